"""Read `config/stock.yaml`: which part of the free stock each shop may offer; a fault is a sentence with its line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from nightclerk.errors import WorkspaceError


class StockShareFault(WorkspaceError):
    """Facts: where, expected, remedy. A share that nobody set must not become the whole stock."""


def load_stock_shares(path: Path, shops: Iterable[str]) -> Mapping[str, Fraction]:
    """The share of each of `shops` as a fraction; StockShareFault when one is missing or they exceed the whole."""
    try:
        raw = YAML(typ="safe").load(path.read_text(encoding="utf-8")) if path.exists() else {}
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise _fault(path, f"YAML ({error.problem})", "Compare the indentation with the lines above", line) from error
    shares = (raw or {}).get("shares") or {}
    missing = [shop for shop in shops if shop not in shares]
    if missing:
        raise _fault(path, f"a share for {', '.join(missing)}", "Add it under shares:, in per cent")
    for shop, share in shares.items():
        if isinstance(share, bool) or not isinstance(share, int) or not 0 <= share <= 100:
            raise _fault(path, f"a whole number from 0 to 100 for {shop}, not {share!r}", "Correct the share")
    if sum(shares.values()) > 100:
        raise _fault(path, f"100 at most in all, not {sum(shares.values())}", "Lower a share: stock would be oversold")
    return {shop: Fraction(share, 100) for shop, share in shares.items()}


def _fault(path: Path, expected: str, remedy: str, line: int = 1) -> StockShareFault:
    return StockShareFault(where=f"{path.parent.name}/{path.name}:{line}", expected=expected, remedy=remedy)
