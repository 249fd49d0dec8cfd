"""International invoices: the embedded XML against its page, and number, date and totals from the page alone."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from reportlab.pdfgen.canvas import Canvas

from nightclerk.documents.invoices import read_invoices
from nightclerk.documents.invoices.latin import decimal_mark, figures
from nightclerk.domain.invoices import Invoice, InvoiceStatus

XML = """<?xml version="1.0"?><CrossIndustryInvoice>
 <ExchangedDocument><ID>RE-7</ID><IssueDateTime><DateTimeString>20261105</DateTimeString></IssueDateTime></ExchangedDocument>
 <SupplyChainTradeTransaction><ApplicableHeaderTradeAgreement/>
 <ApplicableHeaderTradeSettlement><InvoiceCurrencyCode>EUR</InvoiceCurrencyCode>
  <SpecifiedTradeSettlementHeaderMonetarySummation><TaxBasisTotalAmount>1000.00</TaxBasisTotalAmount>
  <TaxTotalAmount>190.00</TaxTotalAmount><GrandTotalAmount>1190.00</GrandTotalAmount>
  </SpecifiedTradeSettlementHeaderMonetarySummation></ApplicableHeaderTradeSettlement>
  <IncludedSupplyChainTradeLineItem><SpecifiedTradeProduct><Name>Tisch</Name></SpecifiedTradeProduct>
  <SpecifiedLineTradeSettlement><SpecifiedTradeSettlementLineMonetarySummation><LineTotalAmount>1000.00</LineTotalAmount>
  </SpecifiedTradeSettlementLineMonetarySummation></SpecifiedLineTradeSettlement></IncludedSupplyChainTradeLineItem>
 </SupplyChainTradeTransaction></CrossIndustryInvoice>"""

GERMAN = (
    "Rechnung Nr. RE-7 vom 05.11.2026", "Lieferdatum: 01.11.2026", "Tisch  1.000,00", "Nettobetrag 1.000,00",
    "zzgl. 19 % MwSt 190,00", "Gesamtbetrag EUR 1.190,00", "Zahlbar bis 05.12.2026",
)  # fmt: skip
ENGLISH = (
    "Invoice number: RE-7", "Invoice date: 5 November 2026", "Due date: 5 December 2026", "Subtotal 1,000.00",
    "VAT 190.00", "Total due 1,190.00",
)  # fmt: skip
FRENCH = (
    "FACTURE N° : RE-7", "Date : 05/11/2026", "Date d'échéance : 05/12/2026", "Total HT 1 000,00", "TVA 190,00",
    "Total TTC 1 190,00",
)  # fmt: skip
SWISS = (
    "Faktura Nr. RE-7", "Zürich, 5. November 2026", "Tisch  1'000.00", "Total exkl. MWST 1'000.00", "MWST 19 % 190.00",
    "Total inkl. MWST CHF 1'190.00", "Zahlbar innert 30 Tagen",
)  # fmt: skip
ITALIAN = (
    "FATTURA n. RE-7 del 05/11/2026", "Scadenza: 05/12/2026", "Imponibile 1.000,00", "IVA 19% 190,00",
    "Totale fattura € 1.190,00",
)  # fmt: skip
SPANISH = (
    "Número de factura: RE-7", "Fecha de emisión: 5 de noviembre de 2026", "Fecha de vencimiento: 05/12/2026",
    "Base imponible 1.000,00 €", "IVA (19%) 190,00 €", "Total a pagar 1.190,00 €",
)  # fmt: skip
DUTCH = (
    "Factuurnummer: RE-7", "Factuurdatum: 5 november 2026", "Vervaldatum: 05-12-2026", "Totaal excl. btw € 1.000,00",
    "19% btw € 190,00", "Te betalen € 1.190,00",
)  # fmt: skip
PAGES = {
    "german": GERMAN, "english": ENGLISH, "french": FRENCH, "swiss": SWISS, "italian": ITALIAN, "spanish": SPANISH,
    "dutch": DUTCH,
}  # fmt: skip


def read(folder: Path, rows: tuple[str, ...], *, xml: str = "") -> Invoice:
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    for number, row in enumerate(rows):
        canvas.drawString(70, 750 - 20 * number, row)
    canvas.save()
    document = pdfium.PdfDocument(buffer.getvalue())
    if xml:
        document.new_attachment("factur-x.xml").set_data(xml.encode())
    path = folder / "a.pdf"
    document.save(str(path))
    (invoice,) = read_invoices(path)
    return invoice


@pytest.mark.parametrize("rows", PAGES.values(), ids=PAGES.keys())
def test_number_day_and_totals_from_the_page(tmp_path: Path, rows: tuple[str, ...]) -> None:
    """Six languages, four ways to write amounts and dates; other dates are not taken for the day of issue."""
    invoice = read(tmp_path, rows)
    assert invoice.text("number") == "RE-7"
    assert invoice.fields["issued_on"].value == date(2026, 11, 5)
    assert [invoice.money(name) for name in ("net", "tax", "gross")] == [Decimal(1000), Decimal(190), Decimal(1190)]
    assert invoice.status is InvoiceStatus.REVIEW


def test_a_page_that_prints_what_the_xml_says_confirms_it(tmp_path: Path) -> None:
    """Two sources, one content: nobody has to look."""
    invoice = read(tmp_path, GERMAN, xml=XML)
    assert invoice.status is InvoiceStatus.CONFIRMED
    assert invoice.fields["gross"].confirmed_by == "text + sum"
    assert invoice.lines[0].name == "Tisch"


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("RE-7", "RE-8", "number"),
        ("20261105", "20261106", "issued_on"),
        (">1190.00", ">1191.00", "gross"),
    ],
)
def test_a_page_and_an_xml_that_differ_are_a_finding(tmp_path: Path, old: str, new: str, field: str) -> None:
    """Whoever sends two amounts under one cover is looked at."""
    invoice = read(tmp_path, GERMAN, xml=XML.replace(old, new))
    assert invoice.status is InvoiceStatus.REVIEW
    assert not invoice.confirmed(field)
    assert field in [finding.facts.get("field") for finding in invoice.findings]


def test_a_value_that_the_page_does_not_print_stays_unconfirmed(tmp_path: Path) -> None:
    """No number on the page: no finding, but no proof either."""
    invoice = read(tmp_path, ("Rechnung", *GERMAN[1:]), xml=XML)
    assert not invoice.confirmed("number")
    assert not [finding for finding in invoice.findings if finding.facts.get("field") == "number"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.234,56", "1234.56"),
        ("1 234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1'234.56", "1234.56"),
        ("-5,00", "-5"),
    ],
)
def test_how_amounts_are_written(text: str, value: str) -> None:
    """The last mark before two digits is the decimal mark, whatever country."""
    (found,) = figures(text, decimal_mark([text]))
    assert found.value == Decimal(value)


def test_titles_that_name_the_currency(tmp_path: Path) -> None:
    """`EP in EUR` and `GP in EUR` are the price and the amount of a line."""
    path = tmp_path / "a.pdf"
    canvas = Canvas(str(path))
    rows = (
        ("Pos.", "Bezeichnung", "Menge", "EP in EUR", "GP in EUR"), ("1", "Tisch", "2", "400,00", "800,00"),
        ("2", "Lampe", "4", "50,00", "200,00"),
    )  # fmt: skip
    for number, row in enumerate(rows):
        for left, text in zip((60, 90, 300, 380, 470), row, strict=True):
            canvas.drawString(left, 600 - 16 * number, text)
    for number, text in enumerate(GERMAN[:2]):
        canvas.drawString(60, 760 - 16 * number, text)
    for number, text in enumerate(GERMAN[3:]):
        canvas.drawString(380, 520 - 16 * number, text)
    canvas.save()
    (invoice,) = read_invoices(path)
    assert [(line.name, line.quantity, line.price, line.net) for line in invoice.lines] == [
        ("Tisch", 2, Decimal("400.00"), Decimal("800.00")), ("Lampe", 4, Decimal("50.00"), Decimal("200.00")),
    ]  # fmt: skip


INVENTED = {
    "bilingual labels": (("Nummer / Numéro: 2026009060", "Datum / Date: 05-11-2026"), ("number", "2026009060")),
    "a number of two words": (("Honorarnote HN 70/2026", "Wien, 05.11.2026"), ("number", "HN 70/2026")),
}


@pytest.mark.parametrize(("rows", "expected"), INVENTED.values(), ids=INVENTED.keys())
def test_labels_of_other_layouts(tmp_path: Path, rows: tuple[str, ...], expected: tuple[str, str]) -> None:
    """A label in two languages, and a number with a word of its own."""
    name, value = expected
    assert read(tmp_path, rows).text(name) == value


def drawn(path: Path, *rows: tuple[float, tuple[tuple[float, str], ...]]) -> Invoice:
    """A page with texts at (from the top, (from the left, text)…), read back."""
    canvas = Canvas(str(path))
    for top, texts in rows:
        for left, text in texts:
            canvas.drawString(left, 800 - top, text)
    canvas.save()
    (invoice,) = read_invoices(path)
    return invoice


ITALIAN_TABLE = (
    (40.0, ((60.0, "FATTURA n. RE-7 del 05/11/2026"),)),
    (100.0, ((60.0, "Descrizione"), (300.0, "Q.tà"), (360.0, "Prezzo"), (430.0, "Imponibile"))),
    (116.0, ((60.0, "Tavolo"), (300.0, "2"), (360.0, "500,00"), (430.0, "1.000,00"))),
)


def test_totals_under_titles_in_italian(tmp_path: Path) -> None:
    """A row of titles over a row of amounts: each amount belongs to the whole title above it."""
    titles = ((60.0, "Totale imponibile"), (200.0, "Totale imposta"), (340.0, "Totale fattura"))
    amounts = ((60.0, "1.000,00"), (200.0, "220,00"), (340.0, "1.220,00"))
    invoice = drawn(tmp_path / "a.pdf", *ITALIAN_TABLE, (160.0, titles), (176.0, amounts))
    assert [invoice.money(name) for name in ("net", "tax", "gross")] == [Decimal(1000), Decimal(220), Decimal(1220)]


def test_no_tax_is_concluded_where_a_larger_amount_stands(tmp_path: Path) -> None:
    """Words that we do not know above net, tax and total: the net is not confirmed as all that is to be paid."""
    titles = ((60.0, "Totale imponibile"), (200.0, "Xyz"), (340.0, "Zyx"))
    amounts = ((60.0, "1.000,00"), (200.0, "220,00"), (340.0, "1.220,00"))
    invoice = drawn(tmp_path / "a.pdf", *ITALIAN_TABLE, (160.0, titles), (176.0, amounts))
    assert not any(invoice.confirmed(name) and invoice.money(name) != value for name, value in
                   (("net", Decimal(1000)), ("tax", Decimal(220)), ("gross", Decimal(1220))))  # fmt: skip
    assert not invoice.confirmed("tax")


def test_a_table_of_goods_and_amounts_alone(tmp_path: Path) -> None:
    """Two columns are a table of lines where they add up to the net."""
    invoice = drawn(
        tmp_path / "a.pdf",
        (40.0, ((60.0, "Rechnung Nr. RE-7 vom 05.11.2026"),)),
        (100.0, ((60.0, "Leistung"), (430.0, "Betrag"))),
        (116.0, ((60.0, "Anschluss"), (430.0, "600,00"))),
        (132.0, ((60.0, "Miete"), (430.0, "400,00"))),
        (160.0, ((60.0, "Summe ohne USt."), (430.0, "1.000,00"))),
        (176.0, ((60.0, "USt. 19 %"), (430.0, "190,00"))),
        (192.0, ((60.0, "Rechnungsbetrag"), (430.0, "1.190,00"))),
    )
    assert [(line.name, line.net) for line in invoice.lines] == [("Anschluss", Decimal(600)), ("Miete", Decimal(400))]


def test_a_sender_line_that_wraps_is_not_the_buyer(tmp_path: Path) -> None:
    """The town that fell into the next row of the small print belongs to the sender."""
    path = tmp_path / "a.pdf"
    canvas = Canvas(str(path))
    canvas.setFont("Helvetica", 7)
    for down, text in ((100, "Probe GmbH • Probeallee 109 • 99998"), (110, "Musterstadt")):
        canvas.drawString(45, 800 - down, text)
    canvas.setFont("Helvetica", 11)
    for down, text in ((124, "Musterholz GmbH"), (138, "Probeallee 148"), (152, "D-12345 Beispielhausen")):
        canvas.drawString(45, 800 - down, text)
    canvas.drawString(45, 600, "Rechnung Nr. RE-7 vom 05.11.2026")
    canvas.save()
    (invoice,) = read_invoices(path)
    assert invoice.text("buyer") == "Musterholz GmbH"
