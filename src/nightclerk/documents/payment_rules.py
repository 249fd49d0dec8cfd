"""Read `config/payments.yaml`: from which amounts people decide on a payment, and the fees agreed with platforms."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nightclerk.documents.rule_files import amount_at, check_keys, fault, line_of, read_rules
from nightclerk.domain.approvals import ApprovalRules
from nightclerk.domain.settlements import FeeTerms

#: Where a workspace keeps them.
FILE = Path("config") / "payments.yaml"
_APPROVALS = ("general_manager_from", "ceiling")
#: The share of every fee that has no line of its own.
_OTHERS = "others"


def load_approval_rules(workspace: Path) -> ApprovalRules:
    """The thresholds of a workspace; the built-in ones where it has no file. WorkspaceError names file and line."""
    path = workspace / FILE
    return _approvals(path, _raw(path)) if path.is_file() else ApprovalRules()


def load_fee_terms(workspace: Path) -> FeeTerms:
    """The agreed fees of a workspace; the built-in ones where it has no file. WorkspaceError names file and line."""
    path = workspace / FILE
    return _fees(path, _raw(path)) if path.is_file() else FeeTerms()


def _raw(path: Path) -> Any:
    return read_rules(path, ("version", "approvals", "fees"))


def _approvals(path: Path, raw: Any) -> ApprovalRules:
    given = raw.get("approvals") or {}
    check_keys(path, given, _APPROVALS)
    values = {name: amount_at(path, given, name) for name in given}
    rules = ApprovalRules(version=_version(raw), **values)
    if rules.ceiling < rules.general_manager_from:
        line = line_of(given, "ceiling" if "ceiling" in given else "general_manager_from")
        remedy = f"It is {rules.ceiling}, and the general manager decides from {rules.general_manager_from}"
        raise fault(path, line, "ceiling must not lie below general_manager_from", remedy)
    return rules


def _fees(path: Path, raw: Any) -> FeeTerms:
    given = raw.get("fees") or {}
    shares = {str(name): amount_at(path, given, name, share=True) for name in given}
    if _OTHERS in shares:
        shares[""] = shares.pop(_OTHERS)
    return FeeTerms(version=_version(raw), shares={**FeeTerms().shares, **shares})


def _version(raw: Any) -> str:
    return str(raw.get("version", "unversioned"))
