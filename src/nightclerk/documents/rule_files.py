"""Read a rule file of `config/` (matching.yaml, payments.yaml) so that each fault is a sentence with file and line."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from nightclerk.errors import WorkspaceError


def read_rules(path: Path, known: tuple[str, ...]) -> Any:
    """The file as a mapping that knows its lines. WorkspaceError for bad YAML and for a key that is not known."""
    try:
        raw = YAML(typ="rt").load(path.read_text(encoding="utf-8")) or {}
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise fault(path, line, f"YAML ({error.problem})", "Compare the indentation with the lines above") from error
    check_keys(path, raw, known)
    return raw


def fault(path: Path, line: int, expected: str, remedy: str) -> WorkspaceError:
    """What is wrong at a line of a rule file."""
    return WorkspaceError(where=f"{path.parent.name}/{path.name}:{line}", expected=expected, remedy=remedy)


def line_of(raw: Any, key: str) -> int:
    """The line of a key in a mapping that ruamel has read."""
    return int(raw.lc.key(key)[0]) + 1


def check_keys(path: Path, raw: Any, known: tuple[str, ...]) -> None:
    """WorkspaceError names the first key that is not known, and the nearest that is."""
    if not isinstance(raw, Mapping):
        raise fault(path, 1, f"expected the keys {', '.join(known)}", "Write one `key: value` a line")
    for key in raw:
        if key not in known:
            near = difflib.get_close_matches(str(key), known, n=1)
            remedy = f"Did you mean {near[0]!r}?" if near else f"Known: {', '.join(known)}"
            raise fault(path, line_of(raw, key), f"unknown key {key!r}", remedy)


def amount_at(path: Path, raw: Any, name: str, *, share: bool = False) -> Decimal:
    """`1%` or `0.01` for a share, money for the rest; never below 0, a share below 1."""
    text = str(raw[name]).strip()
    try:
        value = Decimal(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except InvalidOperation:
        raise fault(
            path, line_of(raw, name), f"{name} must be a number such as 1% or 0.01", f"It says {text!r}"
        ) from None
    if not value.is_finite() or value < 0 or (share and value >= 1):
        remedy = "Shares lie between 0% and 100%: write 1% or 0.01" if share else "Write an amount from 0"
        raise fault(path, line_of(raw, name), f"{name} is {text}, out of range", remedy)
    return value
