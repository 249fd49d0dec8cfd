"""Read the tax bureau's own XML of a 数电票 (EInvoice)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from xml.etree.ElementTree import Element

from nightclerk.documents.invoices import figures
from nightclerk.documents.invoices.markup import anywhere, decimal, first, walk
from nightclerk.documents.invoices.remarks import order_numbers, reversed_invoice
from nightclerk.domain.amounts import FEN, ZERO
from nightclerk.domain.invoices import Field, Finding, InvoiceLine, Reading, Source, Value

_KINDS = {"SWEI3100": "数电专票", "SWEI3200": "数电普票"}
#: The document is the legal original itself, and it states the value in two places.
ORIGINAL = "original"


def reading(root: Element) -> Reading:
    """What the XML states. Number and day stand in it twice: equal they confirm each other, else finance is told."""
    data = ("EInvoiceData",)
    basic = (*data, "BasicInformation")
    remark = first(root, *data, "AdditionalInformation", "Remark")
    red = anywhere(root, "OriginalInvoiceCode") or reversed_invoice(remark)
    number, day = _number(root), _day(root)
    values: dict[str, Value | None] = {
        "kind": _KINDS.get(first(root, "Header", "EInvoiceTag"), "数电票"),
        "seller": first(root, *data, "SellerInformation", "SellerName"),
        "seller_tax_id": first(root, *data, "SellerInformation", "SellerIdNum"),
        "buyer": first(root, *data, "BuyerInformation", "BuyerName"),
        "buyer_tax_id": first(root, *data, "BuyerInformation", "BuyerIdNum"),
        "net": _fen(first(root, *basic, "TotalAmWithoutTax")),
        "tax": _fen(first(root, *basic, "TotalTaxAm")),
        "gross": _fen(first(root, *basic, "TotalTax-includedAmount")),
        "gross_words": first(root, *basic, "TotalTax-includedAmountInChinese"),
        "currency": "CNY",
        "remark": remark,
        "orders": " ".join(order_numbers(remark)),
        "red_of": red,
        "drawer": first(root, *basic, "Drawer"),
    }
    said = {name: value for name, value in values.items() if value not in ("", None)}
    fields = {name: (Field(value=value, source=Source.XML),) for name, value in said.items()}
    fields |= {name: (twice.field,) for name, twice in (("number", number), ("issued_on", day)) if twice.field}
    lines = tuple(line for item in walk(root, *data, "IssuItemInformation") if (line := _line(item)))
    findings = tuple(twice.finding for twice in (number, day) if twice.finding)
    return Reading(fields=fields, lines=lines, findings=findings, adjustment=ZERO)


@dataclass(frozen=True, kw_only=True)
class _Twice:
    """A value that the document states in its head and in the tax bureau's stamp."""

    field: Field | None = None
    finding: Finding | None = None


def _twice(name: str, stamp: Value | None, head: Value | None, *, same: bool) -> _Twice:
    """Confirmed where both say the same; the stamp counts where they do not, and finance is told."""
    value = stamp or head
    if not value:
        return _Twice()
    field = Field(value=value, source=Source.XML, confirmed_by=ORIGINAL if stamp and head and same else "")
    if not (stamp and head) or same:
        return _Twice(field=field)
    facts = {"field": name, "value": str(stamp), "other": str(head)}
    return _Twice(field=field, finding=Finding(code="xml_disagrees", facts=facts))


def _number(root: Element) -> _Twice:
    head, stamp = first(root, "Header", "EIid"), first(root, "TaxSupervisionInfo", "InvoiceNumber")
    return _twice("number", stamp, head, same=stamp == head)


def _day(root: Element) -> _Twice:
    """The stamp follows the request within minutes: around midnight a day later, which confirms nothing."""
    stamp = figures.day(first(root, "TaxSupervisionInfo", "IssueTime")[:10])
    asked = figures.day(first(root, "EInvoiceData", "BasicInformation", "RequestTime")[:10])
    if stamp and asked and stamp - asked == timedelta(days=1):
        asked = None
    return _twice("issued_on", stamp, asked, same=stamp == asked)


def _fen(text: str) -> Value | None:
    value = decimal(text)
    return None if value is None else value.quantize(FEN)


def _line(item: Element) -> InvoiceLine | None:
    net, rate_text = decimal(first(item, "Amount")), first(item, "TaxRate")
    if net is None:
        return None
    rate = decimal(rate_text)
    return InvoiceLine(
        name=first(item, "ItemName"), spec=first(item, "SpecMod"), unit=first(item, "MeaUnits"),
        quantity=decimal(first(item, "Quantity")), price=decimal(first(item, "UnPrice")), net=net,
        rate=rate, rate_text=rate_text, tax=decimal(first(item, "ComTaxAm")) or ZERO, source=Source.XML,
    )  # fmt: skip
