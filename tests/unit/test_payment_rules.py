"""config/payments.yaml: thresholds of approvals and agreed fees; each fault is a sentence with file and line."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from nightclerk.documents.payment_rules import load_approval_rules, load_fee_terms
from nightclerk.domain.approvals import ApprovalLevel, ApprovalRules, approval_level
from nightclerk.domain.settlements import FeeTerms
from nightclerk.errors import WorkspaceError

ROOT = Path(__file__).parents[2]


def workspace(folder: Path, text: str) -> Path:
    path = folder / "config" / "payments.yaml"
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    return folder


def test_the_rules_that_we_ship() -> None:
    """They are those of the sandbox's OA, and carry a version."""
    rules, terms = load_approval_rules(ROOT), load_fee_terms(ROOT)
    assert (rules.general_manager_from, rules.ceiling) == (Decimal(5000), Decimal(50000))
    assert terms.most("anything") == Decimal("0.05")
    assert rules.version == terms.version == "2026-11-01"


def test_a_site_sets_its_own(tmp_path: Path) -> None:
    """A lower ceiling sends a smaller payment to a person; a fee with a line of its own has its own share."""
    folder = workspace(tmp_path, "version: 3\napprovals: {ceiling: 8000}\nfees: {others: 2%, 佣金: 0.06}\n")
    assert approval_level(Decimal("8000.01"), load_approval_rules(folder)) is ApprovalLevel.TOO_HIGH
    terms = load_fee_terms(folder)
    assert (terms.most("佣金"), terms.most("运费险"), terms.version) == (Decimal("0.06"), Decimal("0.02"), "3")


def test_without_the_file_the_built_in_rules_hold(tmp_path: Path) -> None:
    """And say so by their version."""
    assert load_approval_rules(tmp_path) == ApprovalRules()
    assert load_fee_terms(tmp_path) == FeeTerms()
    assert ApprovalRules().version == "built-in"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("approvals:\n  celing: 1\n", "config/payments.yaml:2: unknown key 'celing'. Did you mean 'ceiling'?"),
        ("approvals:\n  ceiling: much\n", "config/payments.yaml:2: ceiling must be a number"),
        ("approvals:\n  ceiling: -1\n", "config/payments.yaml:2: ceiling is -1, out of range"),
        ("approvals:\n  ceiling: nan\n", "config/payments.yaml:2: ceiling is nan, out of range"),
        ("approvals:\n  ceiling: 100\n", "config/payments.yaml:2: ceiling must not lie below general_manager_from"),
    ],
)
def test_a_fault_names_file_and_line(tmp_path: Path, text: str, sentence: str) -> None:
    """A threshold that makes no sense pays nothing: the flow stops with the place to mend."""
    with pytest.raises(WorkspaceError) as raised:
        load_approval_rules(workspace(tmp_path, text))
    assert str(raised.value).startswith(sentence)


def test_a_share_above_all_is_refused(tmp_path: Path) -> None:
    """5 would be 500 percent; 5% is meant."""
    with pytest.raises(WorkspaceError, match="others is 5, out of range") as raised:
        load_fee_terms(workspace(tmp_path, "fees:\n  others: 5\n"))
    assert str(raised.value).startswith("config/payments.yaml:2: ")
