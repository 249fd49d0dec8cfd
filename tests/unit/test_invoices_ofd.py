"""An OFD speaks several times: its pages, its custom data, its tags and the XML that the issuer attached."""

from __future__ import annotations

import io
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest

from nightclerk.documents.invoices import read_invoices
from nightclerk.domain.invoices import Invoice, InvoiceStatus, Source
from nightclerk.sandbox.invoice_files import invoice_ofd
from nightclerk.sandbox.purchases import invoices

TRUTH = next(truth for truth in invoices() if truth.form == "ofd")
ORIGINAL = f"""<eInvoice xmlns:fp="http://www.edrm.org.cn/schema/e-invoice/2019"><fp:InvoiceNo>{TRUTH.number}</fp:InvoiceNo>
<fp:IssueDate>{TRUTH.issued_on:%Y年%m月%d日}</fp:IssueDate><fp:Seller><fp:SellerName>{TRUTH.seller}</fp:SellerName></fp:Seller>
<fp:TaxInclusiveTotalAmount>{TRUTH.gross}</fp:TaxInclusiveTotalAmount></eInvoice>"""
XBRL = f"""<xbrl xmlns:inv="http://xbrl.mof.gov.cn/taxonomy/2021-09-30/inv"><inv:NumberOfInvoice>{TRUTH.number}</inv:NumberOfInvoice>
<inv:DateOfIssue>{TRUTH.issued_on}</inv:DateOfIssue>
<inv:TaxIncludedAmountInFigures>{TRUTH.gross}</inv:TaxIncludedAmountInFigures></xbrl>"""


def read(folder: Path, name: str, text: str) -> Invoice:
    """The sandbox's OFD with one more part."""
    buffer = io.BytesIO(invoice_ofd(TRUTH))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr(name, text)
    path = folder / "a.ofd"
    path.write_bytes(buffer.getvalue())
    (invoice,) = read_invoices(path)
    return invoice


@pytest.mark.parametrize("text", [ORIGINAL, XBRL], ids=["original_invoice", "xbrl"])
def test_the_attached_xml_is_the_best_source(tmp_path: Path, text: str) -> None:
    """Number, day and gross come from it and are confirmed by the page."""
    invoice = read(tmp_path, "Doc_0/Attachs/original_invoice.xml", text)
    assert invoice.fields["gross"].source is Source.XML
    assert (invoice.text("number"), invoice.money("gross")) == (TRUTH.number, TRUTH.gross)
    assert invoice.status is InvoiceStatus.CONFIRMED


def test_an_attached_xml_that_says_something_else_is_a_finding(tmp_path: Path) -> None:
    """Page and attachment name two amounts: nobody pays before a person has looked."""
    other = ORIGINAL.replace(str(TRUTH.gross), str(TRUTH.gross + Decimal(1)))
    invoice = read(tmp_path, "Doc_0/Attachs/original_invoice.xml", other)
    assert not invoice.confirmed("gross")
    assert "sources_differ" in {finding.code for finding in invoice.findings}


def test_tags_name_the_text_objects_of_a_page(tmp_path: Path) -> None:
    """A tag points to a number that no text object has: it says nothing and harms nothing."""
    tags = "<eInvoice><InvoiceNo><ObjectRef PageRef='1'>99999</ObjectRef></InvoiceNo></eInvoice>"
    invoice = read(tmp_path, "Doc_0/Tags/CustomTag.xml", tags)
    assert invoice.text("number") == TRUTH.number
    assert invoice.status is InvoiceStatus.CONFIRMED
