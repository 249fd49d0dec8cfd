"""Compare an embedded XML with its page: what the page prints confirms the XML, what it contradicts is a finding."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from nightclerk.documents.invoices.international import amounts_of, days_of
from nightclerk.documents.invoices.sheet import Sheet
from nightclerk.domain.invoices import Field, Reading, Source, Value

_AMOUNTS = ("net", "tax", "gross")


def page_and_xml(page: Reading, attached: Reading, sheets: Sequence[Sheet]) -> Reading:
    """One reading of both sources. The XML's lines are the better ones.

    A value of the XML that stands on the page is confirmed by it, whatever the page's layout made us read. Only
    what is not printed anywhere is held against what was read from the page; so is a whole triple of other amounts.
    """
    other_sums = _other_sums(page, attached)
    names = {**page.fields, **attached.fields}
    fields = {
        name: (*attached.fields.get(name, ()), *_from_page(name, page, attached, sheets, other_sums)) for name in names
    }
    return Reading(
        fields=fields, lines=attached.lines or page.lines, findings=(*page.findings, *attached.findings),
        lines_carry_tax=attached.lines_carry_tax if attached.lines else page.lines_carry_tax,
    )  # fmt: skip


def _from_page(
    name: str, page: Reading, attached: Reading, sheets: Sequence[Sheet], other_sums: bool
) -> tuple[Field, ...]:
    stated, read = attached.fields.get(name, ()), page.fields.get(name, ())
    if not stated or (other_sums and name in _AMOUNTS):
        return read
    value = stated[0].value
    number = next((sheet.page.number for sheet in sheets if _prints(sheet, value)), 0)
    if not number:
        return read
    same = tuple(field for field in read if field.value == value)
    return same or (Field(value=value, source=Source.TEXT, page=number),)


def _prints(sheet: Sheet, value: Value) -> bool:
    if isinstance(value, Decimal):
        return abs(value) in amounts_of(sheet)
    if isinstance(value, date):
        return value in days_of(sheet)
    return "".join(value.split()).casefold() in sheet.text.replace("\n", "").casefold()


def _other_sums(page: Reading, attached: Reading) -> bool:
    """Whether the page states a net, a tax and a gross that add up, and another gross than the XML."""
    read = {name: field[0].value for name in _AMOUNTS if (field := page.fields.get(name))}
    stated = attached.fields.get("gross")
    whole = len(read) == 3 and read["net"] + read["tax"] == read["gross"]  # type: ignore[operator]
    return bool(whole and stated and stated[0].value != read["gross"])
