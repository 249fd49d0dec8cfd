"""How long evidence is kept, by class, as `config/retention.yaml` says; and what of one run is due (pure)."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from nightclerk.errors import WorkspaceError
from nightclerk.texts import say

RETENTION = "config/retention.yaml"
_TERM = re.compile(r"(\d{1,4})\s*(day|week|month|year)s?")
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}


@dataclass(frozen=True, kw_only=True)
class Term:
    """A stretch of calendar time, such as 90 days or 10 years; `count` None is for ever."""

    count: int | None = None
    unit: str = "day"

    @property
    def days(self) -> float:
        """Roughly, to compare terms with each other."""
        return float("inf") if self.count is None else self.count * _DAYS[self.unit]

    def after(self, since: datetime) -> datetime | None:
        """The moment when it is over; None for never. A month later is the same day of the month, or its last."""
        if self.count is None:
            return None
        if self.unit in ("day", "week"):
            return since + timedelta(days=self.count * _DAYS[self.unit])
        months = since.year * 12 + since.month - 1 + self.count * (12 if self.unit == "year" else 1)
        year, month = min(months // 12, 9999), months % 12 + 1
        return since.replace(year=year, month=month, day=min(since.day, calendar.monthrange(year, month)[1]))

    def __str__(self) -> str:
        return "forever" if self.count is None else f"{self.count} {self.unit}{'s' if self.count != 1 else ''}"


def parse_term(text: str) -> Term:
    """ "90 days", "2 weeks", "6 months", "10 years" or "forever". ValueError for anything else."""
    if text.strip() == "forever":
        return Term()
    match = _TERM.fullmatch(text.strip())
    if match is None:
        raise ValueError(text)
    return Term(count=int(match[1]), unit=match[2])


def _days(count: int) -> Term:
    return Term(count=count)


def _years(count: int) -> Term:
    return Term(count=count, unit="year")


@dataclass(frozen=True, kw_only=True)
class Retention:
    """One term a class. Accounting originals count from the end of the year they came in, as bookkeeping law does.

    `accounting_kinds` and `trace_kinds`: the kinds of kept files (`run.keep(kind=…)`) that belong to these classes.
    """

    pictures: Term = field(default_factory=lambda: _days(90))
    traces: Term = field(default_factory=lambda: _days(30))
    files: Term = field(default_factory=lambda: _years(2))
    journal: Term = field(default_factory=lambda: _years(10))
    accounting: Term = field(default_factory=lambda: _years(30))
    salts: Term = field(default_factory=lambda: _years(1))
    access: Term = field(default_factory=lambda: _years(10))
    worker_logs: Term = field(default_factory=lambda: _days(90))
    run_files: Term = field(default_factory=lambda: _days(90))
    accounting_kinds: tuple[str, ...] = ("invoice", "payment", "voucher")
    trace_kinds: tuple[str, ...] = ("trace", "page")

    def class_of(self, kind: str) -> str:
        """The class of a kept file of this kind."""
        if kind in self.accounting_kinds:
            return "accounting"
        return "traces" if kind in self.trace_kinds else "files"

    def due_at(self, name: str, since: datetime) -> datetime | None:
        """When what a run left at `since` is due by this class; None: never."""
        if name == "accounting":
            since = datetime(since.year + 1, 1, 1, tzinfo=UTC)
        term: Term = getattr(self, name)
        return term.after(since)

    def is_due(self, name: str, since: datetime, now: datetime) -> bool:
        due_at = self.due_at(name, since)
        return due_at is not None and due_at <= now


@dataclass(frozen=True, kw_only=True)
class Due:
    """What of one run has to go. `names` are relative to its folder, by class; `kept` are originals that stay."""

    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    journal: bool = False
    salt: bool = False
    kept: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return any(self.names.values()) or self.journal or self.salt


def what_is_due(
    policy: Retention, *, since: datetime, now: datetime, pictures: Mapping[str, int], kinds: Mapping[str, str]
) -> Due:
    """Decide what of a run that left off at `since` is due. Its journal stays as long as a file that it vouches for."""
    names: dict[str, tuple[str, ...]] = {}
    if policy.is_due("pictures", since, now):
        names["pictures"] = tuple(f"pictures/{name}" for name in pictures)
    for wanted in ("traces", "files", "accounting"):
        if policy.is_due(wanted, since, now):
            found = tuple(f"files/{name}" for name, kind in kinds.items() if policy.class_of(kind) == wanted)
            names[wanted] = found
    gone = {name for group in names.values() for name in group}
    kept = tuple(f"files/{name}" for name in kinds if f"files/{name}" not in gone)
    nothing_left = not kept and ("pictures" in names or not pictures)
    journal = policy.is_due("journal", since, now) and nothing_left
    return Due(names=names, journal=journal, salt=policy.is_due("salts", since, now) or journal, kept=kept)


# --------------------------------------------------------------------------------------- the file


@dataclass(frozen=True, kw_only=True)
class LoadedRetention:
    """The policy, and what is wrong with its file."""

    policy: Retention
    faults: tuple[WorkspaceError, ...] = ()


def load_retention(root: Path) -> LoadedRetention:
    """Read `config/retention.yaml`; a class that it does not name has its default. Faults are collected, not raised."""
    path = root / RETENTION
    if not path.exists():
        return LoadedRetention(policy=Retention())
    try:
        data = YAML(typ="rt").load(path.read_text(encoding="utf-8")) or {}
    except (YAMLError, ValueError) as error:
        why = getattr(error, "problem", None) or str(error).splitlines()[0]
        mark = getattr(error, "problem_mark", None)
        return LoadedRetention(policy=Retention(), faults=(_fault(mark.line + 1 if mark else 1, "yaml", why=why),))
    if not isinstance(data, Mapping):
        return LoadedRetention(policy=Retention(), faults=(_fault(1, "mapping"),))
    reader = _Reader(data)
    policy = Retention(**dict(reader.values()))
    return LoadedRetention(policy=policy, faults=(*reader.faults, *reader.order_faults(policy)))


class _Reader:
    def __init__(self, data: Any) -> None:
        self.data = data
        self.faults: list[WorkspaceError] = []

    def values(self) -> Iterator[tuple[str, Any]]:
        known = [one.name for one in fields(Retention)]
        for name, value in self.data.items():
            if name not in known:
                self._fault(name, "unknown", name=name, known=", ".join(known))
            elif name.endswith("_kinds"):
                yield from self._kinds(name, value)
            else:
                yield from self._term(name, value)

    def _kinds(self, name: str, value: Any) -> Iterator[tuple[str, Any]]:
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            yield name, tuple(value)
        else:
            self._fault(name, "kinds", name=name)

    def _term(self, name: str, value: Any) -> Iterator[tuple[str, Any]]:
        try:
            yield name, parse_term(str(value))
        except ValueError:
            self._fault(name, "term", name=name, value=value)

    def order_faults(self, policy: Retention) -> Iterator[WorkspaceError]:
        """What vouches for something must not go before it."""
        for shorter, longer in (("pictures", "journal"), ("traces", "journal"), ("files", "journal"),
                                ("salts", "journal"), ("journal", "accounting")):  # fmt: skip
            if getattr(policy, shorter).days > getattr(policy, longer).days:
                yield _fault(self._line(shorter), "order", shorter=shorter, longer=longer)

    def _fault(self, entry: str, key: str, **facts: Any) -> None:
        self.faults.append(_fault(self._line(entry), key, **facts))

    def _line(self, name: str) -> int:
        try:
            return int(self.data.lc.key(name)[0]) + 1
        except (AttributeError, KeyError):
            return 1


def _fault(line: int, key: str, **facts: Any) -> WorkspaceError:
    return WorkspaceError(
        where=f"{RETENTION}:{line}", expected=say(f"retention.{key}", **facts), remedy=say("retention.remedy")
    )
