"""Read `config/matching.yaml`: tolerances by supplier; a fault is a sentence with file and line."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from nightclerk.domain.verdicts import MatchRules, Tolerance
from nightclerk.errors import WorkspaceError

_SHARES = ("price", "quantity", "total")
_TOLERANCE_KEYS = tuple(field.name for field in fields(Tolerance))
_KEYS = (
    "version",
    "three_way",
    "default",
    "suppliers",
    "receipt_days",
    "receipt_margin_days",
    "duplicate_days",
    "rates",
    "aliases",
    "order_numbers",
)


def load_matching_rules(path: Path) -> MatchRules:
    """The rules of a workspace. WorkspaceError names the line, what was expected and the nearest key."""
    try:
        raw = YAML(typ="rt").load(path.read_text(encoding="utf-8")) or {}
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise _fault(path, line, f"YAML ({error.problem})", "Compare the indentation with the lines above") from error
    _check_keys(path, raw, _KEYS)
    default = _tolerance(path, raw.get("default") or {}, Tolerance())
    suppliers = raw.get("suppliers") or {}
    return MatchRules(
        version=str(raw.get("version", "unversioned")),
        default=default,
        suppliers={str(tax_id): _tolerance(path, spec or {}, default) for tax_id, spec in suppliers.items()},
        three_way=_flag(path, raw, "three_way", True),
        receipt_days=_count(path, raw, "receipt_days", 3),
        receipt_margin_days=_count(path, raw, "receipt_margin_days", 5),
        duplicate_days=_count(path, raw, "duplicate_days", 7),
        rates=_rates(path, raw.get("rates") or {}),
        aliases={str(name): str(tax_id) for name, tax_id in (raw.get("aliases") or {}).items()},
        order_numbers=_patterns(path, raw),
    )


def workspace_rules(workspace: Path) -> MatchRules | None:
    """The rules of a workspace; None where it has none and the built-in ones hold."""
    file = workspace / "config" / "matching.yaml"
    return load_matching_rules(file) if file.exists() else None


def _fault(path: Path, line: int, expected: str, remedy: str) -> WorkspaceError:
    return WorkspaceError(where=f"{path.parent.name}/{path.name}:{line}", expected=expected, remedy=remedy)


def _line(raw: Any, key: str) -> int:
    """The line of a key in a mapping that ruamel has read."""
    return int(raw.lc.key(key)[0]) + 1


def _check_keys(path: Path, raw: Any, known: tuple[str, ...]) -> None:
    if not isinstance(raw, Mapping):
        raise _fault(path, 1, f"expected the keys {', '.join(known)}", "Write one `key: value` a line")
    for key in raw:
        if key not in known:
            near = difflib.get_close_matches(str(key), known, n=1)
            remedy = f"Did you mean {near[0]!r}?" if near else f"Known: {', '.join(known)}"
            raise _fault(path, _line(raw, key), f"unknown key {key!r}", remedy)


def _tolerance(path: Path, raw: Any, base: Tolerance) -> Tolerance:
    _check_keys(path, raw, _TOLERANCE_KEYS)
    values: dict[str, Decimal | None] = {name: getattr(base, name) for name in _TOLERANCE_KEYS}
    for name, text in raw.items():
        values[name] = _amount(path, raw, name, str(text).strip())
    return Tolerance(**values)  # type: ignore[arg-type]


def _amount(path: Path, raw: Any, name: str, text: str) -> Decimal | None:
    """`1%` or `0.01` for a share, money for the rest, `none` for no cap."""
    if name == "total_amount" and text.lower() in ("none", "null", ""):
        return None
    try:
        value = Decimal(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except InvalidOperation:
        raise _fault(
            path, _line(raw, name), f"{name} must be a number such as 1% or 0.01", f"It says {text!r}"
        ) from None
    if value < 0 or (name in _SHARES and value >= 1):
        remedy = "Shares lie between 0% and 100%: write 1% or 0.01"
        raise _fault(path, _line(raw, name), f"{name} is {text}, out of range", remedy)
    return value


def _patterns(path: Path, raw: Any) -> tuple[str, ...]:
    found = tuple(map(str, raw.get("order_numbers") or ()))
    for pattern in found:
        try:
            re.compile(pattern)
        except re.error as error:
            line = _line(raw, "order_numbers")
            raise _fault(path, line, f"{pattern!r} must be a regular expression", str(error)) from error
    return found


def _rates(path: Path, raw: Any) -> dict[str, Decimal]:
    """Currency code -> what one unit is in the common currency."""
    found = {}
    for code, text in raw.items():
        rate = _amount(path, raw, code, str(text).strip())
        if not rate:
            raise _fault(path, _line(raw, code), f"the rate of {code} must be above 0", f"It says {str(text)!r}")
        found[str(code)] = rate
    return found


def _flag(path: Path, raw: Any, name: str, default: bool) -> bool:
    value = raw.get(name, default)
    if not isinstance(value, bool):
        raise _fault(path, _line(raw, name), f"{name} must be true or false", f"It says {value!r}")
    return value


def _count(path: Path, raw: Any, name: str, default: int) -> int:
    value = raw.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise _fault(path, _line(raw, name), f"{name} must be a whole number from 0", f"It says {value!r}")
    return value
