"""Payment requests as the OA approves them, and the rule that says who has to agree."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class ApprovalLevel(StrEnum):
    """Who has to agree, one after another."""

    MANAGER_FINANCE = "manager_finance"
    GENERAL_MANAGER = "general_manager"
    TOO_HIGH = "too_high"


@dataclass(frozen=True, kw_only=True)
class ApprovalRules:
    """From `general_manager_from` on the general manager agrees too; above `ceiling` no single form is submitted."""

    version: str = "built-in"
    general_manager_from: Decimal = Decimal(5000)
    ceiling: Decimal = Decimal(50000)


@dataclass(frozen=True, kw_only=True)
class PaidInvoice:
    """One invoice that is to be paid, with the purchase order that it belongs to."""

    number: str
    order: str
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class PaymentRequest:
    """One payment to one supplier. `reference` goes into the form's title: by it the form is found again.

    `attachments` are paths relative to the workspace root.
    """

    reference: str
    supplier: str
    amount: Decimal
    invoices: tuple[PaidInvoice, ...]
    attachments: tuple[str, ...] = ()
    purpose: str = ""

    @property
    def key(self) -> str:
        return self.reference


def payment_reference(supplier: str, invoices: Iterable[str]) -> str:
    """The same text for the same invoices of a supplier, on whatever day and in whatever order they come."""
    facts = "\n".join([supplier, *sorted(invoices)])
    return f"FK-{hashlib.sha256(facts.encode()).hexdigest()[:10].upper()}"


def approval_level(amount: Decimal, rules: ApprovalRules) -> ApprovalLevel:
    """Manager and finance; from a threshold on the general manager too; above the ceiling nobody by this form."""
    if amount > rules.ceiling:
        return ApprovalLevel.TOO_HIGH
    from_here = amount >= rules.general_manager_from
    return ApprovalLevel.GENERAL_MANAGER if from_here else ApprovalLevel.MANAGER_FINANCE


class RequestFault(StrEnum):
    """What is wrong with a payment request before anybody sees it."""

    NO_INVOICE = "no_invoice"
    NOT_POSITIVE = "not_positive"
    UNEQUAL = "unequal"  # the invoices do not add up to the amount
    DOUBLED = "doubled"  # one invoice stands twice


def request_faults(request: PaymentRequest) -> tuple[RequestFault, ...]:
    """Everything that is wrong with a request."""
    numbers = [invoice.number for invoice in request.invoices]
    checks = (
        (RequestFault.NO_INVOICE, not numbers),
        (RequestFault.NOT_POSITIVE, request.amount <= 0),
        (RequestFault.UNEQUAL, sum((i.amount for i in request.invoices), Decimal(0)) != request.amount),
        (RequestFault.DOUBLED, len(set(numbers)) < len(numbers)),
    )
    return tuple(fault for fault, holds in checks if holds)
