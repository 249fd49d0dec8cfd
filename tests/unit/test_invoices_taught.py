"""Layouts taught by marking fields once: kept as YAML, used on other invoices of the issuer, faults at file:line."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from nightclerk.documents.invoices import read_invoices
from nightclerk.documents.invoices.taught import Layout, Mark, load_taught
from nightclerk.documents.invoices.teaching import CannotTeach, mark_of, teach
from nightclerk.errors import WorkspaceError
from nightclerk.texts import language

MARKS = tuple(map(mark_of, ("number=1:395,85,560,103", "issued_on=1:395,105,560,123", "gross=1:395,385,560,403")))


def page(path: Path, number: str, gross: str) -> Path:
    """A letter that names nothing: only its places say what is what."""
    canvas = Canvas(str(path), pagesize=(595, 842))
    for x, y, text in ((50, 60, "Odd Press Ltd"), (400, 100, number), (400, 120, "3 May 2026"), (400, 400, gross)):
        canvas.drawString(x, 842 - y, text)
    canvas.drawString(50, 842 - 200, "thank you for your order of the usual things, as agreed by letter")
    canvas.save()
    return path


def test_marks_of_one_invoice_read_the_next_one(tmp_path: Path) -> None:
    """What the marks read is shown at once, kept as YAML, and found on another invoice; it is never confirmed."""
    folder = tmp_path / "config"
    shown = teach(folder, page(tmp_path / "a.pdf", "Q/77", "1,200.50"), name="odd", when="Odd Press", marks=MARKS)
    assert {name: field.value for name, field in shown.items()} == {
        "number": "Q/77", "issued_on": date(2026, 5, 3), "gross": Decimal("1200.50"),
    }  # fmt: skip
    (invoice,) = read_invoices(page(tmp_path / "b.pdf", "Q/78", "13.00"), taught=folder)
    assert (invoice.text("number"), invoice.money("gross")) == ("Q/78", Decimal("13.00"))
    assert not invoice.confirmed("number")
    assert not invoice.confirmed("gross")


def test_another_issuer_is_left_alone(tmp_path: Path) -> None:
    """A layout holds only where its text is printed."""
    teach(tmp_path, page(tmp_path / "a.pdf", "Q/77", "1.00"), name="odd", when="Odd Press", marks=MARKS)
    assert load_taught(tmp_path) == (Layout(name="odd", when="Odd Press", marks=MARKS),)
    canvas = Canvas(str(tmp_path / "c.pdf"), pagesize=(595, 842))
    canvas.drawString(50, 700, "Invoice number: INV-5   Invoice date: 4 May 2026")
    canvas.drawString(400, 742, "Somewhere Street 7, a town")
    canvas.save()
    assert read_invoices(tmp_path / "c.pdf", taught=tmp_path)[0].text("number") == "INV-5"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"when": "Other"},
         "a.pdf: this layout cannot be taught ('Other' is not printed). Name a text of the issuer's pages."),
        ({"name": "../x"}, "a.pdf: this layout cannot be taught (name '../x'). Letters, digits and - make a name."),
        ({"marks": [Mark(field="tax", page=1, box=(10, 700, 20, 720))]},
         "a.pdf: this layout cannot be taught (tax). Mark the place of the value, not of its label."),
    ],
)  # fmt: skip
def test_what_cannot_be_taught_is_said_and_not_kept(tmp_path: Path, change: dict[str, object], sentence: str) -> None:
    """One sentence with the remedy, and no file."""
    asked = {"name": "odd", "when": "Odd Press", "marks": MARKS} | change
    with language("en"), pytest.raises(CannotTeach) as caught:
        teach(tmp_path / "config", page(tmp_path / "a.pdf", "Q/77", "1.00"), **asked)  # type: ignore[arg-type]
    assert caught.value.sentence("en") == sentence
    assert not (tmp_path / "config").exists()


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("fields: {}", "odd.yaml:1"), ("when: A\nfields:\n  nmber: {page: 1, box: [1, 2, 3, 4]}", "odd.yaml:3"),
        ("when: A\nfields:\n  number: {page: 1, box: [9, 2, 3, 4]}", "odd.yaml:3"),
        ("when: A\nfields:\n  number: here", "odd.yaml:3"),
    ],
)  # fmt: skip
def test_a_fault_in_a_layout_names_its_line(tmp_path: Path, text: str, where: str) -> None:
    """People edit these files: file and line, what was expected."""
    (tmp_path / "odd.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(WorkspaceError) as caught:
        load_taught(tmp_path)
    assert caught.value.facts["where"].endswith(where)
