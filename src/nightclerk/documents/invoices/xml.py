"""Read any invoice XML: tell 数电票 EInvoice, CII and UBL apart by the root element."""

from __future__ import annotations

from dataclasses import replace

from nightclerk.documents.invoices import einvoice_xml, trade_xml
from nightclerk.documents.invoices.faults import NoInvoiceInside
from nightclerk.documents.invoices.markup import local, parse
from nightclerk.domain.amounts import ZERO
from nightclerk.domain.invoices import Reading

#: The XML is the original document itself, so its values cannot have been misread.
_ORIGINAL_NAMES = ("number", "issued_on", "seller", "buyer", "currency")


def xml_reading(content: bytes, file: str) -> tuple[str, Reading]:
    """(format, what the XML states)."""
    root = parse(content, file)
    if local(root) == "EInvoice":
        return "xml-einvoice", einvoice_xml.reading(root)
    if local(root) in trade_xml.CII_ROOTS:
        return "xml-cii", _original(trade_xml.cii(root))
    if local(root) in trade_xml.UBL_ROOTS:
        return "xml-ubl", _original(trade_xml.ubl(root))
    raise NoInvoiceInside(file=file)


def _original(reading: Reading) -> Reading:
    fields = {
        name: tuple(
            replace(field, confirmed_by=einvoice_xml.ORIGINAL if name in _ORIGINAL_NAMES else "") for field in found
        )
        for name, found in reading.fields.items()
    }
    return replace(reading, fields=fields, adjustment=reading.adjustment or ZERO)
