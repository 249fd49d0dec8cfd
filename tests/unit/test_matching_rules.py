"""config/matching.yaml: read into tolerances; each fault is a sentence with file, line and remedy."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from nightclerk.documents.matching_rules import load_matching_rules
from nightclerk.errors import WorkspaceError

ROOT = Path(__file__).parents[2]


def written(folder: Path, text: str) -> Path:
    path = folder / "config" / "matching.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_the_rules_that_we_ship() -> None:
    """The default allows one percent on the price and no quantity; one supplier may deliver two percent more."""
    rules = load_matching_rules(ROOT / "config" / "matching.yaml")
    assert rules.default.price == Decimal("0.01")
    assert rules.tolerance("91990000MA00000F6A").quantity == Decimal("0.02")
    assert rules.tolerance("91990000MA00000F6A").price == Decimal("0.01")
    assert rules.tolerance("somebody else") == rules.default


def test_shares_and_money(tmp_path: Path) -> None:
    """`1%` and `0.01` are the same; a cap in money may be set."""
    rules = load_matching_rules(written(tmp_path, "default: {price: 2%, total: 0.02, total_amount: 50}\n"))
    assert (rules.default.price, rules.default.total) == (Decimal("0.02"), Decimal("0.02"))
    assert rules.default.total_amount == Decimal(50)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("version: 1\ntolerence: 1\n", "config/matching.yaml:2: unknown key 'tolerence'"),
        ("default:\n  prize: 1%\n", "config/matching.yaml:2: unknown key 'prize'. Did you mean 'price'?"),
        ("default:\n  price: cheap\n", "config/matching.yaml:2: price must be a number such as 1% or 0.01"),
        ("default:\n  price: 5\n", "config/matching.yaml:2: price is 5, out of range"),
        ("suppliers:\n  T1:\n    quantity: -1%\n", "config/matching.yaml:3: quantity is -1%, out of range"),
        ("rates:\n  USD: 0\n", "config/matching.yaml:2: the rate of USD must be above 0"),
        ("receipt_days: soon\n", "config/matching.yaml:1: receipt_days must be a whole number"),
        ("three_way: maybe\n", "config/matching.yaml:1: three_way must be true or false"),
        ("default: [\n", "config/matching.yaml:2: YAML"),
        ("- a\n", "config/matching.yaml:1: expected the keys version"),
    ],
)
def test_a_fault_names_file_and_line(tmp_path: Path, text: str, sentence: str) -> None:
    """Staff edit this file: they learn where it is wrong and what would be right."""
    with pytest.raises(WorkspaceError) as raised:
        load_matching_rules(written(tmp_path, text))
    assert str(raised.value).startswith(sentence)
