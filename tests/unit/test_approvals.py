"""Payment requests: who has to agree, how a request is named, and what is wrong with a bad one."""

from __future__ import annotations

from decimal import Decimal

import pytest

from nightclerk.domain.approvals import (
    ApprovalLevel,
    ApprovalRules,
    PaidInvoice,
    PaymentRequest,
    RequestFault,
    approval_level,
    payment_reference,
    request_faults,
)


@pytest.mark.parametrize(
    ("amount", "level"),
    [
        ("4999.99", ApprovalLevel.MANAGER_FINANCE),
        ("5000.00", ApprovalLevel.GENERAL_MANAGER),
        ("50000.00", ApprovalLevel.GENERAL_MANAGER),
        ("50000.01", ApprovalLevel.TOO_HIGH),
    ],
)
def test_the_thresholds(amount: str, level: ApprovalLevel) -> None:
    """5,000 is the first amount for the general manager, 50,000 the last that can be submitted."""
    assert approval_level(Decimal(amount), ApprovalRules()) is level


def test_a_reference_depends_on_supplier_and_invoices_only() -> None:
    """The same invoices in another order have the same reference; one more invoice has another."""
    assert payment_reference("S", ["1", "2"]) == payment_reference("S", ["2", "1"])
    assert len({payment_reference("S", ["1", "2"]), payment_reference("S", ["1"]), payment_reference("T", ["1"])}) == 3
    assert payment_reference("S", ["1"]).startswith("FK-")


def request(amount: str, *invoices: tuple[str, str]) -> PaymentRequest:
    paid = tuple(PaidInvoice(number=number, order="PO1", amount=Decimal(of)) for number, of in invoices)
    return PaymentRequest(reference="FK-1", supplier="S", amount=Decimal(amount), invoices=paid)


def test_a_good_request_has_no_faults() -> None:
    """Two invoices that add up."""
    assert request_faults(request("3", ("1", "1"), ("2", "2"))) == ()


def test_all_faults_of_a_request_are_found() -> None:
    """Nothing to pay, a sum that does not fit, an invoice that stands twice."""
    assert request_faults(request("0")) == (RequestFault.NO_INVOICE, RequestFault.NOT_POSITIVE)
    assert request_faults(request("3", ("1", "1"), ("1", "1"))) == (RequestFault.UNEQUAL, RequestFault.DOUBLED)
