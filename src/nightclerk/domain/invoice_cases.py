"""Invoice cases: one invoice document with its values only, as the matcher, the queue and the workbook see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from nightclerk.domain.amounts import ZERO
from nightclerk.domain.invoices import Invoice, InvoiceLine, InvoiceStatus


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseLine:
    """One line as the matcher sees it."""

    name: str
    spec: str = ""
    sku: str = ""
    quantity: Decimal | None = None
    price: Decimal | None = None
    net: Decimal
    rate: Decimal | None = None
    tax: Decimal = ZERO


@dataclass(frozen=True, kw_only=True, slots=True)
class InvoiceCase:
    """One invoice document as the matcher, the queue and the workbook see it: values only.

    `confirmed` says that every needed value has an independent proof; without it nothing is paid unseen.
    `orders` are numbers that the document names; `red_of` is the number of the invoice that it reverses.
    """

    key: str
    number: str
    issued_on: date
    seller: str
    seller_tax_id: str
    net: Decimal
    tax: Decimal
    gross: Decimal
    code: str = ""
    kind: str = ""
    currency: str = "CNY"
    remark: str = ""
    orders: tuple[str, ...] = ()
    red_of: str = ""
    lines: tuple[CaseLine, ...] = ()
    file: str = ""
    format: str = ""
    sha256: str = ""
    confirmed: bool = True
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Settled:
    """An invoice that an earlier run has filed: it is no duplicate of itself, and what it bills is not open.

    `orders` are those that it was accepted for; empty when it was not accepted.
    """

    case: InvoiceCase
    orders: tuple[str, ...] = ()


def case_of(invoice: Invoice, *, key: str) -> InvoiceCase | None:
    """The case of one invoice, or None when a value that matching cannot do without was not read."""
    issued = invoice.fields.get("issued_on")
    amounts = [invoice.money(name) for name in ("net", "tax", "gross")]
    if issued is None or not isinstance(issued.value, date) or None in amounts or not invoice.text("number"):
        return None
    net, tax, gross = (amount or ZERO for amount in amounts)
    return InvoiceCase(
        key=key, number=invoice.text("number"), code=invoice.text("code"), kind=invoice.text("kind"),
        issued_on=issued.value, seller=invoice.text("seller"), seller_tax_id=invoice.text("seller_tax_id"),
        net=net, tax=tax, gross=gross, currency=invoice.text("currency") or "CNY", remark=invoice.text("remark"),
        orders=tuple(invoice.text("orders").split()), red_of=invoice.text("red_of"),
        lines=tuple(_case_line(line) for line in invoice.lines), file=invoice.file, format=invoice.format,
        sha256=invoice.sha256, confirmed=invoice.status is InvoiceStatus.CONFIRMED,
        doubts=tuple(finding.code for finding in invoice.findings),
    )  # fmt: skip


def _case_line(line: InvoiceLine) -> CaseLine:
    return CaseLine(
        name=line.name, spec=line.spec, sku=line.sku, quantity=line.quantity, price=line.price, net=line.net,
        rate=line.rate, tax=line.tax,
    )  # fmt: skip
