"""Read `config/matching.yaml`: tolerances by supplier; a fault is a sentence with file and line."""

from __future__ import annotations

import re
from dataclasses import fields
from decimal import Decimal
from pathlib import Path
from typing import Any

from nightclerk.documents.rule_files import amount_at, check_keys, fault, line_of, read_rules
from nightclerk.domain.verdicts import MatchRules, Tolerance

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
    raw = read_rules(path, _KEYS)
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


def _tolerance(path: Path, raw: Any, base: Tolerance) -> Tolerance:
    check_keys(path, raw, _TOLERANCE_KEYS)
    values: dict[str, Decimal | None] = {name: getattr(base, name) for name in _TOLERANCE_KEYS}
    for name, text in raw.items():
        unset = name == "total_amount" and str(text).strip().lower() in ("none", "null", "")
        values[name] = None if unset else amount_at(path, raw, name, share=name in _SHARES)
    return Tolerance(**values)  # type: ignore[arg-type]


def _patterns(path: Path, raw: Any) -> tuple[str, ...]:
    found = tuple(map(str, raw.get("order_numbers") or ()))
    for pattern in found:
        try:
            re.compile(pattern)
        except re.error as error:
            line = line_of(raw, "order_numbers")
            raise fault(path, line, f"{pattern!r} must be a regular expression", str(error)) from error
    return found


def _rates(path: Path, raw: Any) -> dict[str, Decimal]:
    """Currency code -> what one unit is in the common currency."""
    found = {}
    for code, text in raw.items():
        rate = amount_at(path, raw, code)
        if not rate:
            raise fault(path, line_of(raw, code), f"the rate of {code} must be above 0", f"It says {str(text)!r}")
        found[str(code)] = rate
    return found


def _flag(path: Path, raw: Any, name: str, default: bool) -> bool:
    value = raw.get(name, default)
    if not isinstance(value, bool):
        raise fault(path, line_of(raw, name), f"{name} must be true or false", f"It says {value!r}")
    return value


def _count(path: Path, raw: Any, name: str, default: int) -> int:
    value = raw.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise fault(path, line_of(raw, name), f"{name} must be a whole number from 0", f"It says {value!r}")
    return value
