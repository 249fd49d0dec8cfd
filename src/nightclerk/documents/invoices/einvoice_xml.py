"""Read the tax bureau's own XML of a 数电票 (EInvoice)."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from nightclerk.documents.invoices import figures
from nightclerk.documents.invoices.markup import anywhere, decimal, first, walk
from nightclerk.documents.invoices.remarks import order_numbers, reversed_invoice
from nightclerk.domain.amounts import FEN, ZERO
from nightclerk.domain.invoices import Field, Finding, InvoiceLine, Reading, Source, Value

_KINDS = {"SWEI3100": "数电专票", "SWEI3200": "数电普票"}
#: The document is the legal original itself: nothing was recognised, so nothing can be misread.
ORIGINAL = "original"


def reading(root: Element) -> Reading:
    """What the XML states. Number and day stand in it twice; a difference is a finding."""
    findings: list[Finding] = []
    data = ("EInvoiceData",)
    basic = (*data, "BasicInformation")
    remark = first(root, *data, "AdditionalInformation", "Remark")
    red = anywhere(root, "OriginalInvoiceCode") or reversed_invoice(remark)
    number, day = _number(root, findings), _day(root)
    values: dict[str, Value | None] = {
        "number": number,
        "kind": _KINDS.get(first(root, "Header", "EInvoiceTag"), "数电票"),
        "issued_on": day,
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
    fields = {name: (_field(name, value),) for name, value in values.items() if value not in ("", None)}
    lines = tuple(line for item in walk(root, *data, "IssuItemInformation") if (line := _line(item)))
    return Reading(fields=fields, lines=lines, findings=tuple(findings))


def _field(name: str, value: Value) -> Field:
    proven = name in ("number", "issued_on", "seller", "buyer", "kind")
    return Field(value=value, source=Source.XML, confirmed_by=ORIGINAL if proven else "")


def _number(root: Element, findings: list[Finding]) -> str:
    head, stamp = first(root, "Header", "EIid"), first(root, "TaxSupervisionInfo", "InvoiceNumber")
    if head and stamp and head != stamp:
        findings.append(Finding(code="xml_disagrees", facts={"field": "number", "value": stamp, "other": head}))
    return stamp or head


def _day(root: Element) -> Value | None:
    stamp = figures.day(first(root, "TaxSupervisionInfo", "IssueTime")[:10])
    asked = figures.day(first(root, "EInvoiceData", "BasicInformation", "RequestTime")[:10])
    return stamp or asked


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
