"""What an OFD says beside its pages: the issuer's attached XML or XBRL, and the tags that name its text objects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from xml.etree.ElementTree import Element

from nightclerk.documents.invoices import figures
from nightclerk.documents.invoices.markup import anywhere, decimal, local
from nightclerk.documents.invoices.remarks import order_numbers, reversed_invoice
from nightclerk.domain.amounts import ZERO
from nightclerk.domain.invoices import Field, InvoiceLine, Source, Value

#: Our field -> its names in the attached XML of older invoices (and in their tags), and in XBRL.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "number": ("InvoiceNo", "NumberOfInvoice", "EInvoiceNumber", "InvoiceNumber"),
    "code": ("InvoiceCode", "CodeOfInvoice"),
    "issued_on": ("IssueDate", "DateOfIssue"),
    "check_code": ("InvoiceCheckCode", "IdentifyingCode"),
    "buyer": ("BuyerName", "NameOfPurchaser"),
    "buyer_tax_id": ("BuyerTaxID", "TaxpayerIdentificationNumberUnifiedSocialCreditCodeOfPurchaser"),
    "seller": ("SellerName", "NameOfSeller"),
    "seller_tax_id": ("SellerTaxID", "TaxpayerIdentificationNumberUnifiedSocialCreditCodeOfSeller"),
    "net": ("TaxExclusiveTotalAmount", "TotalAmountExcludingTax"),
    "tax": ("TaxTotalAmount", "TotalTaxAmount"),
    "gross": ("TaxInclusiveTotalAmount", "TaxIncludedAmountInFigures"),
    "gross_words": ("TaxIncludedAmountInWords",),
    "remark": ("Note", "Remarks"),
    "drawer": ("InvoiceClerk", "Issuer"),
}
_LINES = ("GoodsInfo", "InformationOfTaxableGoodsOrServicesDetailItemsTuple")
_LINE_NAMES: Mapping[str, tuple[str, ...]] = {
    "name": ("Item", "NameOfTaxableGoodsOrServices"),
    "spec": ("Specification", "SpecificationModel", "SpecificationAndModel"),
    "unit": ("MeasurementDimension", "Unit", "UnitOfMeasurement"),
    "quantity": ("Quantity",),
    "price": ("Price", "UnitPrice"),
    "net": ("Amount", "AmountExcludingTax"),
    "rate": ("TaxScheme", "TaxRate"),
    "tax": ("TaxAmount",),
}


def is_attached_invoice(root: Element) -> bool:
    """Whether an XML part of the archive is the issuer's own record of the invoice."""
    return (local(root) == "eInvoice" and bool(anywhere(root, "InvoiceNo"))) or local(root) == "xbrl"


def attached_fields(root: Element) -> dict[str, Field]:
    """The values that an attached XML or XBRL states."""
    values = {
        name: next((text for one in names if (text := anywhere(root, one))), "") for name, names in _NAMES.items()
    }
    return _fields(values, Source.XML)


def attached_lines(root: Element) -> tuple[InvoiceLine, ...]:
    """The lines that it states; empty when it has none or one of them has no amount."""
    found = [_line(element) for element in root.iter() if local(element) in _LINES]
    return tuple(line for line in found if line is not None) if all(found) else ()


def tagged_fields(root: Element, texts: Mapping[str, str]) -> dict[str, Field]:
    """The values of a CustomTag.xml: its elements point to text objects by their numbers."""
    values = {}
    for name, names in _NAMES.items():
        tag = next((element for element in root.iter() if local(element) in names), None)
        if tag is not None:
            values[name] = "".join(texts.get(number, "") for number in _objects(tag))
    return _fields(values, Source.OFD)


def _objects(tag: Element) -> Iterator[str]:
    for element in tag.iter():
        if local(element) == "ObjectRef":
            yield (element.text or element.get("ObjectID") or "").strip()


def _fields(values: Mapping[str, str], source: Source) -> dict[str, Field]:
    fields = {}
    for name, text in values.items():
        value = _value(name, text)
        if value not in (None, ""):
            fields[name] = Field(value=value, source=source)
    remark = str(fields["remark"].value) if "remark" in fields else ""
    for name, said in (("orders", " ".join(order_numbers(remark))), ("red_of", reversed_invoice(remark))):
        if said:
            fields[name] = Field(value=said, source=source)
    return fields


def _value(name: str, text: str) -> Value | None:
    if name == "issued_on":
        found: date | None = figures.day(text)
        return found
    if name in ("net", "tax", "gross"):
        amount = figures.money(text.strip("()（）小写 "))
        return ZERO if figures.STARS.match(text) else amount.quantize(Decimal("0.01")) if amount is not None else None
    return "".join(text.split()) if name in ("number", "code", "check_code") else text.strip()


def _line(element: Element) -> InvoiceLine | None:
    said = {
        key: next((text for one in names if (text := anywhere(element, one))), "") for key, names in _LINE_NAMES.items()
    }
    net = decimal(said["net"])
    if net is None:
        return None
    rate = figures.rate(said["rate"].replace(".00%", "%"))
    fraction = decimal(said["rate"])
    return InvoiceLine(
        name=said["name"], spec=said["spec"], unit=said["unit"], quantity=decimal(said["quantity"]),
        price=decimal(said["price"]), net=net, rate=fraction if rate is None else rate, rate_text=said["rate"],
        tax=decimal(said["tax"]) or ZERO, source=Source.XML,
    )  # fmt: skip
