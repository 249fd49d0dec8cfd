"""Free layouts of international invoices: figures, days, parties, lines and totals wherever they stand on the page."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from nightclerk.documents.invoices import read_invoices
from nightclerk.documents.invoices.latin import days, decimal_mark, figures
from nightclerk.documents.invoices.ocr import by_ocr
from nightclerk.documents.invoices.pool import read_many
from nightclerk.documents.invoices.sums import class_of
from nightclerk.domain.invoice_proofs import examine
from nightclerk.domain.invoices import Field, Invoice, InvoiceStatus, Reading, Source
from nightclerk.errors import DocumentError

Text = tuple[float, float, str]
LETTER: tuple[Text, ...] = (
    (50, 100, "Probe KG · Probeallee 5 · 01234 Testdorf"), (50, 120, "Muster GmbH"), (50, 133, "Musterweg 8"),
    (50, 146, "99998 Musterstadt"), (350, 120, "Rechnungs-Nr.:"), (450, 120, "RE-2026/7"), (350, 135, "Datum"),
    (450, 135, "5. Nov. 2026"), (350, 150, "Lieferdatum"), (450, 150, "01.11.2026"), (50, 780, "USt-IdNr. DE123456789"),
)  # fmt: skip
TABLE: tuple[Text, ...] = (
    (50, 250, "Menge"), (110, 250, "Bezeichnung"), (330, 250, "Einzelpreis"), (450, 250, "Betrag"),
    (50, 270, "3"), (110, 270, "Stuhl Modell 500"), (350, 270, "400,00"), (450, 270, "1.200,00"),
    (50, 290, "2,5"), (110, 290, "Montage"), (350, 290, "80,00"), (455, 290, "200,00"),
    (110, 303, "nach Aufwand"), (330, 340, "Nettobetrag"), (450, 340, "1.400,00"),
    (330, 355, "MwSt. 7% auf 200,00"), (460, 355, "14,00"), (330, 370, "MwSt. 19% auf 1.200,00"), (455, 370, "228,00"),
    (330, 385, "Gesamtbetrag"), (450, 385, "1.642,00"), (330, 400, "Anzahlung"), (450, 400, "-642,00"),
    (330, 415, "Zahlbetrag"), (450, 415, "1.000,00"),
)  # fmt: skip


def read(folder: Path, texts: tuple[Text, ...]) -> Invoice:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(595, 842))
    canvas.setFont("Helvetica", 10)
    for x, y, text in texts:
        canvas.drawString(x, 842 - y, text)
    canvas.save()
    path = folder / "a.pdf"
    path.write_bytes(buffer.getvalue())
    (invoice,) = read_invoices(path)
    return invoice


def test_a_letter_with_a_window(tmp_path: Path) -> None:
    """The sender's line names the seller, the window below it the buyer; the delivery day is another one."""
    invoice = read(tmp_path, (*LETTER, *TABLE))
    assert (invoice.text("seller"), invoice.text("buyer")) == ("Probe KG", "Muster GmbH")
    assert (invoice.text("number"), invoice.fields["issued_on"].value) == ("RE-2026/7", date(2026, 11, 5))
    assert invoice.text("seller_tax_id") == "DE123456789"


def test_the_tax_of_two_rates_is_one_sum(tmp_path: Path) -> None:
    """No row states the whole tax, and less is to be paid than the gross: the sums say which is which."""
    invoice = read(tmp_path, (*LETTER, *TABLE))
    amounts = [invoice.money(name) for name in ("net", "tax", "gross")]
    assert amounts == [Decimal("1400.00"), Decimal("242.00"), Decimal("1642.00")]
    assert invoice.fields["gross"].confirmed_by == "sum"


def test_lines_by_their_columns(tmp_path: Path) -> None:
    """A figure inside a name is no quantity, and a row without figures goes on with the name."""
    invoice = read(tmp_path, (*LETTER, *TABLE))
    found = [(line.name, line.quantity, line.price, line.net) for line in invoice.lines]
    assert found == [
        ("Stuhl Modell 500", Decimal(3), Decimal("400.00"), Decimal("1200.00")),
        ("Montage nach Aufwand", Decimal("2.5"), Decimal("80.00"), Decimal("200.00")),
    ]


def test_nothing_of_a_free_layout_is_confirmed_alone(tmp_path: Path) -> None:
    """Number, day and names have no second source: a person looks, however good they are."""
    invoice = read(tmp_path, (*LETTER, *TABLE))
    assert invoice.status is InvoiceStatus.REVIEW
    assert not any(invoice.confirmed(name) for name in ("number", "issued_on", "seller", "buyer"))
    assert not any(line.confirmed_by for line in invoice.lines)


def test_titles_above_their_values(tmp_path: Path) -> None:
    """Number and day in a row of titles, the totals in a second one."""
    grid = (
        (50, 60, "Example Supplies Ltd"), (50, 200, "Invoice number"), (160, 200, "Date of issue"),
        (270, 200, "Account"), (50, 215, "INV-77"), (160, 215, "3 May 2026"), (270, 215, "K10452"),
        (300, 500, "Net total"), (380, 500, "VAT"), (450, 500, "Total"), (300, 515, "$1,000.00"),
        (380, 515, "$200.00"), (450, 515, "$1,200.00"),
    )  # fmt: skip
    invoice = read(tmp_path, grid)
    assert (invoice.text("number"), invoice.fields["issued_on"].value) == ("INV-77", date(2026, 5, 3))
    assert (invoice.money("gross"), invoice.text("currency")) == (Decimal("1200.00"), "USD")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 234 567,89", "1234567.89"),
        ("12'345.60", "12345.60"),
        ("(1,234.50)", "-1234.50"),
        ("99,90-", "-99.90"),
        ("-$ 949.07", "-949.07"),
        ("−5,00", "-5"),
    ],
)
def test_spellings_of_figures(text: str, value: str) -> None:
    """Blanks, apostrophes, brackets and signs before or behind."""
    (found,) = figures(text, decimal_mark([text]))
    assert found.value == Decimal(value)


def test_what_is_no_figure() -> None:
    """A part of a number with letters, a day and an article number are none."""
    assert not list(figures("AB-1234 RE-2026/7x", ","))


@pytest.mark.parametrize(
    "text",
    ["5. November 2026", "5 nov. 2026", "Nov 5, 2026", "05-Nov-2026", "05/11/26", "2026-11-05", "5 novembre 2026"],
)
def test_spellings_of_days(text: str) -> None:
    """Months in words of three languages, two and four digits of the year."""
    assert [day for day, _ in days(text)] == [date(2026, 11, 5)]


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("Total excl. VAT", "net"), ("Total TTC", "gross"), ("Total TVA", "tax"), ("Net à payer", "open"),
        ("Gesamtbetrag inkl. MwSt.", "gross"), ("Rechnungssumme ohne USt.", "net"), ("Bruttopreis :", ""),
    ],
)  # fmt: skip
def test_what_a_label_calls_its_amount(label: str, kind: str) -> None:
    """The word that narrows a label decides, not the first one."""
    assert class_of(label) == kind


def test_what_was_recognised_is_never_confirmed() -> None:
    """Sums that meet do not prove a recognised figure, and finance is told where it comes from."""
    amounts = {"net": "100.00", "tax": "13.00", "gross": "113.00"}
    fields = {name: (Field(value=Decimal(text), source=Source.TEXT, page=1),) for name, text in amounts.items()}
    invoice = examine(by_ocr(Reading(fields=fields)), file="a.pdf", sha256="0", pages=1, format="pdf")
    assert invoice.status is InvoiceStatus.REVIEW
    assert not any(invoice.confirmed(name) for name in amounts)
    assert [finding.code for finding in invoice.findings] == ["by_ocr"]


def test_many_files_keep_their_order(tmp_path: Path) -> None:
    """A missing file is a sentence in its place, and the next one is read."""
    read(tmp_path, (*LETTER, *TABLE))
    files = [tmp_path / "missing.pdf", tmp_path / "a.pdf"]
    (_, missing), (_, found) = read_many(files, jobs=2)
    assert isinstance(missing, DocumentError)
    assert str(missing).startswith("missing.pdf")
    assert isinstance(found, list)
    assert found[0].text("number") == "RE-2026/7"
