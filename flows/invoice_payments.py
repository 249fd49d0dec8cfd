"""Turn accepted invoices into payments: what no payment holds yet, less what red notes took off, by supplier."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from flows.invoices import invoice_queue
from flows.payments import payment_queue
from nightclerk import Run
from nightclerk.documents.payment_rules import load_approval_rules
from nightclerk.domain.approvals import PaidInvoice, PaymentRequest, payment_reference
from nightclerk.domain.items import State, WorkItem
from nightclerk.domain.verdicts import MatchOutcome


def queue_payments(run: Run) -> int:
    """Queue a payment for every accepted invoice that no payment holds yet, by supplier, up to the ceiling."""
    done = run.items(invoice_queue, states=[State.DONE])
    asked = requested(run)
    reversed_by = red_amounts(done)
    payable: dict[str, list[tuple[PaidInvoice, str]]] = {}
    for item in sorted(done, key=lambda item: item.key):
        case = invoice_queue.load(item.payload)
        amount = case.gross + reversed_by.get(item.key, Decimal(0))
        if case.gross > 0 and amount > 0 and case.number not in asked:
            paid = PaidInvoice(number=case.number, order=",".join(item.details.get("orders", ())), amount=amount)
            payable.setdefault(case.seller, []).append((paid, str(item.details.get("kept", ""))))
    ceiling = load_approval_rules(run.workspace).ceiling
    requests = [one for supplier, found in payable.items() for one in requests_for(supplier, found, ceiling)]
    return sum(run.put(payment_queue, request) for request in requests)


def requested(run: Run) -> set[str]:
    """Numbers of the invoices that a payment holds already."""
    return {line["number"] for item in run.items(payment_queue) for line in item.payload["invoices"]}


def red_amounts(done: Iterable[WorkItem]) -> dict[str, Decimal]:
    """What accepted red notes take off, by the key of the invoice that they reverse."""
    amounts: dict[str, Decimal] = {}
    for item in done:
        verdict = item.details.get("verdict", {})
        if verdict.get("outcome") == MatchOutcome.OFFSET:
            of = str(verdict["of"])
            amounts[of] = amounts.get(of, Decimal(0)) + Decimal(str(item.payload["gross"]))
    return amounts


def requests_for(supplier: str, found: Sequence[tuple[PaidInvoice, str]], ceiling: Decimal) -> list[PaymentRequest]:
    """As few payments as possible without exceeding the form's ceiling; a larger invoice goes alone."""
    bundles: list[list[tuple[PaidInvoice, str]]] = []
    for entry in found:
        total = sum((paid.amount for paid, _ in bundles[-1]), entry[0].amount) if bundles else ceiling + 1
        if total > ceiling:
            bundles.append([entry])
        else:
            bundles[-1].append(entry)
    return [request_for(supplier, bundle) for bundle in bundles]


def request_for(supplier: str, bundle: Sequence[tuple[PaidInvoice, str]]) -> PaymentRequest:
    invoices = tuple(paid for paid, _ in bundle)
    return PaymentRequest(
        reference=payment_reference(supplier, [paid.number for paid in invoices]),
        supplier=supplier,
        amount=sum((paid.amount for paid in invoices), Decimal(0)),
        invoices=invoices,
        attachments=tuple(kept for _, kept in bundle),
        purpose="货款 " + "、".join(paid.order for paid in invoices),
    )
