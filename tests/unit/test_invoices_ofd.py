"""An OFD speaks several times: its pages, its custom data, its tags and the XML that the issuer attached."""

from __future__ import annotations

import io
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest

from nightclerk.documents.invoices import read_invoices
from nightclerk.domain.invoices import Invoice, InvoiceStatus, Source
from nightclerk.sandbox.invoice_files import invoice_ofd, invoice_xml
from nightclerk.sandbox.purchases import InvoiceTruth, invoices
from tests.unit.ofd_kit import whole_ofd

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


TRUTHS = [truth for truth in invoices() if truth.gross > 0 and len(truth.number) == 20]


def read_whole(folder: Path, *truths: InvoiceTruth) -> list[Invoice]:
    path = folder / "whole.ofd"
    path.write_bytes(whole_ofd(truths))
    return read_invoices(path)


def facts_of(invoice: Invoice) -> tuple[object, ...]:
    """What every invoice must say, whoever wrote it."""
    texts = [invoice.text(name) for name in ("number", "seller", "seller_tax_id", "buyer", "buyer_tax_id")]
    return (*texts, *(invoice.money(name) for name in ("net", "tax", "gross")), len(invoice.lines))


def truth_of(truth: InvoiceTruth) -> tuple[object, ...]:
    texts = (truth.number, truth.seller, truth.seller_tax_id, truth.buyer, truth.buyer_tax_id)
    return (*texts, truth.net, truth.tax, truth.gross, len(truth.lines))


@pytest.mark.parametrize("truth", TRUTHS[:6], ids=lambda truth: truth.file)
def test_an_ofd_as_the_tax_platforms_write_it(tmp_path: Path, truth: InvoiceTruth) -> None:
    """Labels in a template, text written downwards, an unseen text, two signatures, tags, the issuer's own record."""
    (invoice,) = read_whole(tmp_path, truth)
    assert facts_of(invoice) == truth_of(truth)
    assert [(line.name, line.net, line.tax) for line in invoice.lines] == [
        (line.name, line.net, line.tax) for line in truth.lines
    ]
    assert invoice.status is InvoiceStatus.CONFIRMED
    assert not invoice.findings


def test_two_documents_in_one_ofd_are_two_invoices(tmp_path: Path) -> None:
    """Each with its own pages, tags and record."""
    found = read_whole(tmp_path, *TRUTHS[:2])
    assert [facts_of(invoice) for invoice in found] == [truth_of(truth) for truth in TRUTHS[:2]]


def test_a_record_that_disagrees_with_the_pages_is_a_finding(tmp_path: Path) -> None:
    """The seal does not make two amounts one."""
    path = tmp_path / "whole.ofd"
    page = whole_ofd(TRUTHS[:1])
    with zipfile.ZipFile(io.BytesIO(page)) as archive:
        record = archive.read("Doc_0/Attachs/original_invoice.xml").decode().partition("?>")[2]
    other = record.replace(f">{TRUTHS[0].gross}<", f">{TRUTHS[0].gross + 1}<")
    path.write_bytes(whole_ofd(TRUTHS[:1], {"Doc_0/Attachs/original_invoice.xml": other}))
    (invoice,) = read_invoices(path)
    assert not invoice.confirmed("gross")
    assert "sources_differ" in {finding.code for finding in invoice.findings}


def test_an_xml_in_gbk_is_read(tmp_path: Path) -> None:
    """Some accounting programs save the tax bureau's XML again in their own encoding."""
    path = tmp_path / "a.xml"
    text = invoice_xml(TRUTHS[0]).decode().replace('encoding="UTF-8"', 'encoding="GBK"')
    path.write_bytes(text.encode("gbk"))
    (invoice,) = read_invoices(path)
    assert (invoice.text("seller"), invoice.money("gross")) == (TRUTHS[0].seller, TRUTHS[0].gross)
