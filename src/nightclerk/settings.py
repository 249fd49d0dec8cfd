"""`config/settings.yaml`: what a workspace says about itself, read with a fault for every value that makes no sense."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from nightclerk.texts import LANGUAGES


@dataclass(frozen=True, kw_only=True)
class Settings:
    """`config/settings.yaml`. `day` fixes the business day (the sandbox's); None is today in `timezone`.

    `database`: "" for the embedded one, else postgresql://…; `evidence`: where all machines bring their films together
    (a folder or an fsspec URL), "" for nowhere; `can`: what this machine's workers have, () for the usual;
    `parallel`: how many runs at once a worker performs, by capability. `vault`: auto, file or keyring; `logs`: text or
    json; `goodbye_s`: how long a stop waits for the items in hand; `waiting_cost_per_hour` in `currency`: what an hour
    costs in which a question to a person stays open. `oidc`: the account service of the company, {} for none.
    """

    language: str = "zh"
    timezone: str = "Asia/Shanghai"
    day: date | None = None
    database: str = ""
    retry_base_s: float = 2.0
    pictures_mb_per_run: int = 200
    evidence: str = ""
    can: tuple[str, ...] = ()
    parallel: Mapping[str, int] = field(default_factory=dict)
    vault: str = "auto"
    logs: str = "text"
    goodbye_s: float = 90.0
    currency: str = "CNY"
    waiting_cost_per_hour: Decimal = Decimal(0)
    oidc: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Misfit:
    """A setting that makes no sense: its key, what was expected instead, and what to do."""

    key: str
    expected: str
    remedy: str


def read_settings(data: Mapping[str, Any]) -> tuple[Settings, list[Misfit]]:
    """The settings, the default in place of each misfit."""
    values: dict[str, Any] = {}
    misfits: list[Misfit] = []
    for key, read in _READERS.items():
        if key not in data or data[key] is None:
            continue
        try:
            values[key] = read(data[key])
        except (ValueError, TypeError, InvalidOperation, ZoneInfoNotFoundError) as error:
            wanted = _WANTED.get(key) or str(error)
            misfits.append(Misfit(key=key, expected=f"{wanted}, not {data[key]!r}", remedy=f"Mend {key}:"))
    return Settings(**values), misfits


def seconds(value: Any) -> float:
    """A duration in seconds: 90, "90s", "20m", "2h", "1d". ValueError for anything else."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([smhd]?)\s*", str(value))
    if match is None:
        raise ValueError(value)
    return float(match[1]) * {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}[match[2]]


def words(value: Any) -> tuple[str, ...]:
    """One word or several, as several."""
    return (value,) if isinstance(value, str) else tuple(str(v) for v in value)


def _one_of(*choices: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value not in choices:
            raise ValueError(value)
        return str(value)

    return read


def _zone(value: Any) -> str:
    return ZoneInfo(str(value)).key


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def _whole(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise ValueError(value)
    return value


def _money(value: Any) -> Decimal:
    amount = Decimal(str(value))
    if not amount.is_finite() or amount < 0:
        raise ValueError(value)
    return amount


def _parallel(value: Any) -> dict[str, int]:
    if not isinstance(value, Mapping) or not all(type(n) is int and n > 0 for n in value.values()):
        raise ValueError(value)
    return {str(can): n for can, n in value.items()}


def _oidc(value: Any) -> dict[str, Any]:
    """issuer, client and roles are needed. In the clear only to this very machine."""
    texts = {str(key): one for key, one in dict(value).items()}
    roles = texts.get("roles")
    needed = all(isinstance(texts.get(key), str) and texts[key] for key in ("issuer", "client"))
    safe = str(texts.get("issuer")).startswith(("https://", "http://127.0.0.1:", "http://localhost:"))
    strange = set(texts) - {"issuer", "client", "secret", "roles", "claim", "name", "scope"}
    if not needed or not safe or strange or not isinstance(roles, Mapping) or not roles:
        raise ValueError(value)
    return texts


_READERS: dict[str, Callable[[Any], Any]] = {
    "language": _one_of(*LANGUAGES), "timezone": _zone, "day": _day, "database": str, "retry_base_s": seconds,
    "pictures_mb_per_run": _whole, "evidence": str, "can": words, "parallel": _parallel,
    "vault": _one_of("auto", "file", "keyring"), "logs": _one_of("text", "json"), "goodbye_s": seconds,
    "currency": str, "waiting_cost_per_hour": _money, "oidc": _oidc,
}  # fmt: skip
_WANTED = {
    "language": "language: zh or en", "timezone": "a time zone such as Asia/Shanghai",
    "day": "a date such as 2026-11-20",
    "retry_base_s": "a duration such as 2 or 5s", "pictures_mb_per_run": "a whole number of megabytes",
    "can": "a list of words", "parallel": "parallel: {web: 3}", "vault": "vault: auto, file or keyring",
    "logs": "logs: text or json", "goodbye_s": "a duration such as 90s",
    "waiting_cost_per_hour": "an amount of money from 0 on",
    "oidc": "issuer (https), client and roles {their group: role}, and at most secret, claim, name, scope besides",
}  # fmt: skip


def known_settings() -> Iterator[str]:
    """The keys that `config/settings.yaml` may have."""
    return iter(_READERS)
