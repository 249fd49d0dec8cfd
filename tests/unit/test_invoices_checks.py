"""The pure checks of invoices: amounts in words, tax ids, sums, and when a value counts as confirmed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightclerk.domain.amounts import amount_in_words, words_to_amount
from nightclerk.domain.invoice_proofs import examine, tax_id_holds
from nightclerk.domain.invoices import (
    Field,
    Invoice,
    InvoiceLine,
    InvoiceStatus,
    Reading,
    Source,
    Value,
)
from nightclerk.domain.line_proofs import line_holds

FEN = st.integers(min_value=-(10**13), max_value=10**13).map(lambda cents: Decimal(cents) / 100)


@given(FEN)
def test_amounts_in_words_and_back(amount: Decimal) -> None:
    """Every amount survives the way into Chinese capitals and back."""
    assert words_to_amount(amount_in_words(amount)) == amount


@pytest.mark.parametrize(
    ("words", "amount"),
    [
        ("贰万柒仟壹佰陆拾圆肆角玖分", "27160.49"),
        ("壹佰元整", "100"),
        ("壹仟零伍圆零叁分", "1005.03"),
        ("（负数）贰仟捌佰叁拾捌圆壹角壹分", "-2838.11"),
        ("叁角", "0.30"),
        ("壹亿零壹圆正", "100000001"),
    ],
)
def test_spellings_of_capitals(words: str, amount: str) -> None:
    """圆 and 元, 整 and 正, zeros in between, and red notes are all read."""
    assert words_to_amount(words) == Decimal(amount)


def test_capitals_with_anything_else_in_them_are_not_read() -> None:
    """A stray character makes the words worthless as a proof, so nothing is guessed."""
    assert words_to_amount("壹佰X圆整") is None
    assert words_to_amount("壹佰圆贰") is None


def test_the_check_character_of_a_tax_id() -> None:
    """One wrong character is noticed, and so are letters that the alphabet does not have."""
    assert tax_id_holds("91990000MA00000C3X")
    assert not tax_id_holds("91990000MA00000C4X")
    assert not tax_id_holds("9199OOOOMA00000C3X")


def test_a_line_with_a_quantity_but_no_price_proves_nothing() -> None:
    """Half a line means that the other half was not read."""
    line = InvoiceLine(name="茶杯", quantity=Decimal(3), price=Decimal("1.10"), net=Decimal("3.30"))
    assert line_holds(line)
    assert not line_holds(InvoiceLine(name="茶杯", quantity=Decimal(3), net=Decimal("3.30")))


def text(value: Value) -> Field:
    return Field(value=value, source=Source.TEXT, page=1, box=(1, 2, 3, 4))


def reading(**changes: tuple[Field, ...]) -> Reading:
    """A sound 数电票 of one line, read from text and QR, with some fields changed."""
    qr = Source.QR
    fields: Mapping[str, tuple[Field, ...]] = {
        "number": (text("26002000000000000001"), Field(value="26002000000000000001", source=qr)),
        "kind": (text("数电专票"),),
        "issued_on": (text(date(2026, 11, 5)), Field(value=date(2026, 11, 5), source=qr)),
        "net": (text(Decimal("100.00")),),
        "tax": (text(Decimal("13.00")),),
        "gross": (text(Decimal("113.00")), Field(value=Decimal("113.00"), source=qr)),
        "gross_words": (text("壹佰壹拾叁圆整"),),
    }
    line = InvoiceLine(name="茶杯", net=Decimal("100.00"), rate=Decimal("0.13"), tax=Decimal("13.00"))
    return Reading(fields={**fields, **changes}, lines=(line,))


def examined(**changes: tuple[Field, ...]) -> Invoice:
    return examine(reading(**changes), file="a.pdf", sha256="0", pages=1, format="pdf")


def test_agreeing_sources_confirm_each_other() -> None:
    """Number and date by the QR code, amounts by words and sums: nobody has to look."""
    invoice = examined()
    assert invoice.status is InvoiceStatus.CONFIRMED
    assert invoice.fields["number"].confirmed_by == "text"
    assert invoice.fields["number"].box == (1, 2, 3, 4)
    assert invoice.fields["gross"].confirmed_by == "text + words + sum"


def test_sources_that_differ_confirm_nothing() -> None:
    """A QR code with another number is a finding, and the number stays unconfirmed."""
    other = (text("26002000000000000001"), Field(value="26002000000000000002", source=Source.QR))
    invoice = examined(number=other)
    assert invoice.status is InvoiceStatus.REVIEW
    assert not invoice.confirmed("number")
    assert [finding.code for finding in invoice.findings] == ["sources_differ"]


def test_words_that_differ_from_figures_are_a_finding() -> None:
    """大写 and 小写 must be the same amount."""
    invoice = examined(gross_words=(text("壹佰壹拾肆圆整"),))
    assert invoice.status is InvoiceStatus.REVIEW
    assert [finding.code for finding in invoice.findings] == ["words_differ"]


def test_totals_that_do_not_add_up_are_not_confirmed() -> None:
    """A misread net confirms neither itself nor the tax."""
    invoice = examined(net=(text(Decimal("101.00")),))
    assert not invoice.confirmed("net")
    assert not invoice.confirmed("tax")
    assert {finding.code for finding in invoice.findings} == {"sum_differs", "lines_differ"}


def test_a_number_without_a_second_source_goes_to_review() -> None:
    """Read once, from the text alone: a person looks."""
    invoice = examined(number=(text("26002000000000000001"),))
    assert invoice.status is InvoiceStatus.REVIEW
    assert not invoice.findings


def test_a_number_of_another_year_is_a_finding() -> None:
    """The first two digits of a 20-digit number are the year of issue."""
    both = tuple(Field(value=date(2025, 11, 5), source=source) for source in (Source.TEXT, Source.QR))
    assert [finding.code for finding in examined(issued_on=both).findings] == ["number_not_of_year"]
