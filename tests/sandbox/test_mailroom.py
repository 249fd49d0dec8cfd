"""The papers of the sandbox's inbox are read back: every value right, nothing wrong confirmed."""

from __future__ import annotations

from pathlib import Path

import pytest

from nightclerk.documents.invoices import read_invoices
from nightclerk.domain.invoices import Invoice, InvoiceStatus
from nightclerk.errors import DocumentError
from nightclerk.sandbox import mailroom
from nightclerk.sandbox.purchases import InvoiceTruth, invoices

TRUTHS = {truth.file: truth for truth in invoices()}


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("inbox")
    mailroom.fill(folder)
    return folder


def _expected(truth: InvoiceTruth) -> dict[str, object]:
    return {
        "number": truth.number, "issued_on": truth.issued_on, "net": truth.net, "tax": truth.tax,
        "gross": truth.gross, "seller": truth.seller, "seller_tax_id": truth.seller_tax_id, "buyer": truth.buyer,
        "buyer_tax_id": truth.buyer_tax_id, "kind": "数电专票" if truth.special else "数电普票",
    }  # fmt: skip


def _lines(source: Invoice | InvoiceTruth) -> list[tuple[object, ...]]:
    return [(x.name, x.spec, x.unit, x.quantity, x.price, x.net, x.rate, x.tax) for x in source.lines]


@pytest.mark.parametrize("name", sorted(TRUTHS))
def test_every_value_of_every_paper_is_read(inbox: Path, name: str) -> None:
    """PDF, XML and OFD alike give number, date, parties, amounts, lines, order numbers and red-note reference."""
    truth = TRUTHS[name]
    (invoice,) = read_invoices(inbox / name)
    assert {field: invoice.fields[field].value for field in _expected(truth)} == _expected(truth)
    assert _lines(invoice) == _lines(truth)
    assert tuple(invoice.text("orders").split()) == truth.mentions
    assert invoice.text("red_of") == truth.red_of
    assert invoice.status is InvoiceStatus.CONFIRMED


def test_the_box_of_a_value_lies_on_its_page(inbox: Path) -> None:
    """Finance sees each value marked where it stands: the number is at the top right of a 数电票."""
    (invoice,) = read_invoices(inbox / "龙泉青瓷-1101.pdf")
    field = invoice.fields["number"]
    assert field.page == 1
    assert field.box is not None
    left, top, right, bottom = field.box
    assert 300 < left < right < 596
    assert 0 < top < bottom < 60


@pytest.mark.parametrize("name", sorted(mailroom.IMPOSTORS))
def test_a_file_that_only_pretends_is_named_with_a_remedy(inbox: Path, name: str) -> None:
    """A text or a web page under the name of a PDF ends in one sentence."""
    with pytest.raises(DocumentError, match=r"this is not a PDF, OFD or XML.*Ask the sender"):
        read_invoices(inbox / name)


def test_filling_twice_changes_nothing(tmp_path: Path) -> None:
    """The mailroom writes the same bytes each time, so that a file's hash is stable."""
    before = {path.name: path.read_bytes() for path in mailroom.fill(tmp_path / "a")}
    after = {path.name: path.read_bytes() for path in mailroom.fill(tmp_path / "b")}
    assert before == after
    assert len(before) == len(invoices()) + 2
