"""Reading the same invoice in other shapes: turned, scaled, drawn twice, two on a page, as CII, UBL and OFD."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from nightclerk.documents.invoices import read_invoices
from nightclerk.documents.invoices.remarks import order_numbers, reversed_invoice
from nightclerk.domain.invoices import InvoiceStatus
from nightclerk.sandbox import invoice_pdf
from nightclerk.sandbox.invoice_files import invoice_ofd
from nightclerk.sandbox.purchases import InvoiceTruth, invoices

WIDE, HIGH = invoice_pdf.WIDTH, invoice_pdf.HEIGHT
FIRST, SECOND = (truth for truth in invoices() if truth.scenario in ("exact_no_reference", "consolidated"))


def drawn(folder: Path, size: tuple[float, float], draw: Callable[[Canvas], None]) -> Path:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=size)
    invoice_pdf.register_font()
    draw(canvas)
    canvas.showPage()
    canvas.save()
    path = folder / "a.pdf"
    path.write_bytes(buffer.getvalue())
    return path


def page(canvas: Canvas, truth: InvoiceTruth) -> None:
    invoice_pdf.draw_page(canvas, truth, truth.lines, 1, 1)


def turned(angle: int, x: float, y: float) -> Callable[[Canvas], None]:
    def draw(canvas: Canvas) -> None:
        canvas.translate(x, y)
        canvas.rotate(angle)
        page(canvas, FIRST)

    return draw


def scaled(canvas: Canvas) -> None:
    canvas.translate(60, 300)
    canvas.scale(0.8, 0.8)
    page(canvas, FIRST)


def twice(canvas: Canvas) -> None:
    page(canvas, FIRST)
    canvas.translate(0.3, 0)
    page(canvas, FIRST)


@pytest.mark.parametrize(
    ("size", "draw"),
    [
        ((HIGH, WIDE), turned(90, HIGH, 0)),
        ((HIGH, WIDE), turned(-90, 0, WIDE)),
        ((WIDE, HIGH), turned(180, WIDE, HIGH)),
        ((595, 842), scaled),
        ((WIDE, HIGH), twice),
    ],
    ids=["left", "right", "upside-down", "scaled", "twice"],
)
def test_however_it_lies_on_the_page(tmp_path: Path, size: tuple[float, float], draw: Callable[[Canvas], None]) -> None:
    """Turned, scaled and doubly drawn pages give the same values, still confirmed."""
    (invoice,) = read_invoices(drawn(tmp_path, size, draw))
    assert invoice.text("number") == FIRST.number
    assert invoice.text("seller") == FIRST.seller
    assert [line.net for line in invoice.lines] == [line.net for line in FIRST.lines]
    assert invoice.status is InvoiceStatus.CONFIRMED


def test_two_on_a_page_are_two_and_go_to_review(tmp_path: Path) -> None:
    """Their values are not mixed; the QR code may be the neighbour's, so it confirms neither."""

    def draw(canvas: Canvas) -> None:
        page(canvas, FIRST)
        canvas.translate(0, HIGH)
        page(canvas, SECOND)

    found = read_invoices(drawn(tmp_path, (WIDE, 2 * HIGH), draw))
    assert [(i.text("number"), i.money("gross")) for i in found] == [
        (SECOND.number, SECOND.gross),
        (FIRST.number, FIRST.gross),
    ]
    assert [invoice.status for invoice in found] == [InvoiceStatus.REVIEW, InvoiceStatus.REVIEW]


def test_an_ofd_whose_data_and_page_differ_is_a_finding(tmp_path: Path) -> None:
    """The tags say one net, the page another: neither is confirmed."""
    truth = next(truth for truth in invoices() if truth.form == "ofd")
    path = tmp_path / "a.ofd"
    path.write_bytes(_with_other_net(invoice_ofd(truth)))
    (invoice,) = read_invoices(path)
    assert invoice.status is InvoiceStatus.REVIEW
    assert not invoice.confirmed("net")
    assert "sources_differ" in {finding.code for finding in invoice.findings}


def _with_other_net(content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            text = old.read(name).decode()
            if name == "OFD.xml":
                text = re.sub(r'(Name="合计金额">)[\d.]+', r"\g<1>1.00", text)
            new.writestr(name, text)
    return buffer.getvalue()


CII = """<?xml version="1.0"?>
<rsm:CrossIndustryInvoice xmlns:rsm="urn:rsm" xmlns:ram="urn:ram" xmlns:udt="urn:udt">
 <rsm:ExchangedDocument><ram:ID>RE-7</ram:ID><ram:IssueDateTime>
  <udt:DateTimeString format="102">20261105</udt:DateTimeString></ram:IssueDateTime></rsm:ExchangedDocument>
 <rsm:SupplyChainTradeTransaction>
  <ram:ApplicableHeaderTradeAgreement><ram:SellerTradeParty><ram:Name>Muster GmbH</ram:Name></ram:SellerTradeParty>
  </ram:ApplicableHeaderTradeAgreement>
  <ram:ApplicableHeaderTradeSettlement><ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>
   <ram:SpecifiedTradeSettlementHeaderMonetarySummation>
    <ram:TaxBasisTotalAmount>100.00</ram:TaxBasisTotalAmount>
    <ram:TaxTotalAmount currencyID="USD">21.00</ram:TaxTotalAmount>
    <ram:TaxTotalAmount currencyID="EUR">19.00</ram:TaxTotalAmount>
    <ram:GrandTotalAmount>119.00</ram:GrandTotalAmount>
   </ram:SpecifiedTradeSettlementHeaderMonetarySummation></ram:ApplicableHeaderTradeSettlement>
 </rsm:SupplyChainTradeTransaction></rsm:CrossIndustryInvoice>"""

UBL = """<?xml version="1.0"?><Invoice xmlns="urn:u" xmlns:c="urn:c"><c:ID>RE-7</c:ID>
 <c:IssueDate>2026-11-05</c:IssueDate>
 <c:DocumentCurrencyCode>EUR</c:DocumentCurrencyCode>
 <c:AccountingSupplierParty><c:Party><c:PartyName><c:Name>Muster GmbH</c:Name></c:PartyName></c:Party>
 </c:AccountingSupplierParty><c:TaxTotal><c:TaxAmount>19.00</c:TaxAmount></c:TaxTotal>
 <c:LegalMonetaryTotal><c:TaxExclusiveAmount>100.00</c:TaxExclusiveAmount>
 <c:TaxInclusiveAmount>119.00</c:TaxInclusiveAmount></c:LegalMonetaryTotal></Invoice>"""


@pytest.mark.parametrize("content", [CII, UBL], ids=["cii", "ubl"])
def test_international_xml(tmp_path: Path, content: str) -> None:
    """Number, date, seller and amounts; of two tax totals the one in the invoice's own currency."""
    path = tmp_path / "a.xml"
    path.write_text(content, encoding="utf-8")
    (invoice,) = read_invoices(path)
    assert invoice.fields["issued_on"].value == date(2026, 11, 5)
    assert (invoice.text("number"), invoice.text("seller")) == ("RE-7", "Muster GmbH")
    assert [invoice.money(name) for name in ("net", "tax", "gross")] == [Decimal(100), Decimal(19), Decimal(119)]


@pytest.mark.parametrize(
    ("remark", "orders"),
    [
        ("订单号：PO20261003，PO20261004", ("PO20261003", "PO20261004")),
        ("订单号:PO20261003PO20261004", ("PO20261003", "PO20261004")),
        ("订单 4956518414\n4958178483", ("4956518414", "4958178483")),
        ("订单号：49565184144958178483", ("4956518414", "4958178483")),
        ("销方开户银行：样例银行 9900000000000000011", ()),
    ],
)
def test_order_numbers_of_a_remark(remark: str, orders: tuple[str, ...]) -> None:
    """Listed, run together or wrapped; a bank account is none."""
    assert order_numbers(remark) == orders


def test_the_invoice_that_a_red_note_reverses() -> None:
    """The confirmation number behind it is not taken for it."""
    remark = "被红冲蓝字数电票号码：26002170972139812615 红字发票信息确认单编号：26002511276117999157"
    assert reversed_invoice(remark) == "26002170972139812615"
