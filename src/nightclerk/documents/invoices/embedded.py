"""The XML inside a PDF/A-3 (Factur-X, ZUGFeRD, 数电票 with its XML attached): find it and read it."""

from __future__ import annotations

from xml.etree.ElementTree import Element

import pypdfium2 as pdfium

from nightclerk.documents.invoices import einvoice_xml, trade_xml
from nightclerk.documents.invoices.markup import SIZE_LIMIT, local, parse
from nightclerk.domain.invoices import Reading

_COUNT_LIMIT = 20


def xml_reading(document: pdfium.PdfDocument, file: str) -> Reading | None:
    """What the first attached invoice XML states, or None when there is none."""
    for index in range(min(document.count_attachments(), _COUNT_LIMIT)):
        attachment = document.get_attachment(index)
        name = attachment.get_name()
        if not name.lower().endswith(".xml"):
            continue
        content = bytes(attachment.get_data())
        if len(content) > SIZE_LIMIT:
            continue
        found = reading_of(parse(content, f"{file}/{name}"))
        if found is not None:
            return found
    return None


def reading_of(root: Element) -> Reading | None:
    """What an XML of any known kind states; None for one of another kind."""
    if local(root) in trade_xml.CII_ROOTS:
        return trade_xml.cii(root)
    if local(root) in trade_xml.UBL_ROOTS:
        return trade_xml.ubl(root)
    return einvoice_xml.reading(root) if local(root) == "EInvoice" else None
