"""Say a verdict in words, and as plain data for the review page and for `invoices match --json`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nightclerk.domain.purchasing import PurchaseOrder
from nightclerk.domain.verdicts import Difference, Evidence, Verdict
from nightclerk.texts import say


def evidence_text(evidence: Evidence) -> str:
    """One reason as a sentence."""
    return say(f"matching.evidence.{evidence.code}", **evidence.facts)


def difference_text(difference: Difference) -> str:
    """One difference as a sentence."""
    return say(
        f"matching.difference.{difference.code}", where=difference.where, expected=difference.expected,
        found=difference.found, amount=f"{difference.amount:.2f}",
    )  # fmt: skip


def reason(verdict: Verdict) -> str:
    """Why the invoice ended as it did: the differences if there are any, else the evidence."""
    parts = [difference_text(one) for one in verdict.differences] or [evidence_text(one) for one in verdict.evidence]
    return "；".join(parts)


def verdict_json(verdict: Verdict) -> dict[str, Any]:
    """The object that `invoices match --json` prints for one invoice."""
    return {
        "invoice": verdict.invoice,
        "outcome": verdict.outcome.value,
        "pos": list(verdict.orders),
        "rule": verdict.rule,
        "evidence": [evidence_text(one) for one in verdict.evidence],
        "differences": [_difference_json(one) for one in verdict.differences],
        "of": verdict.of,
        "runner_up": list(verdict.runner_up),
    }


def _difference_json(difference: Difference) -> dict[str, str]:
    return {
        "code": difference.code, "where": difference.where, "expected": difference.expected,
        "found": difference.found, "by": f"{difference.amount:.2f}",
    }  # fmt: skip


def candidates_json(verdict: Verdict, orders: Mapping[str, PurchaseOrder]) -> list[dict[str, Any]]:
    """The orders that the review page shows beside the invoice: the chosen ones first, then the runner-up."""
    shown = []
    for numbers, why in ((verdict.orders, reason(verdict)), (verdict.runner_up, "")):
        known = [orders[number] for number in numbers if number in orders]
        if known:
            differences = [_difference_json(one) for one in verdict.differences] if why else []
            shown.append(_candidate(known, why, differences))
    return shown


def _candidate(orders: list[PurchaseOrder], why: str, differences: list[dict[str, str]]) -> dict[str, Any]:
    lines = [
        {
            "order": order.number, "name": line.name, "spec": line.spec, "quantity": str(line.quantity),
            "price": str(line.price),
        }
        for order in orders
        for line in order.lines
    ]  # fmt: skip
    return {
        "orders": [order.number for order in orders],
        "why": why,
        "supplier": orders[0].supplier,
        "ordered_on": ", ".join(order.ordered_on.isoformat() for order in orders),
        "net": str(sum(order.net for order in orders)),
        "tax": str(sum(order.tax for order in orders)),
        "gross": str(sum(order.gross for order in orders)),
        "lines": lines,
        "differences": differences,
    }
