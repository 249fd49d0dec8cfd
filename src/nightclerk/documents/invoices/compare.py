"""Compare an embedded XML with its page: a label that agrees confirms, one that contradicts is a finding."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from rapidfuzz import fuzz

from nightclerk.documents.invoices.international import Claims, claims_of
from nightclerk.documents.invoices.sheet import Sheet
from nightclerk.domain.amounts import ZERO
from nightclerk.domain.invoices import Field, Finding, Reading, Source, Value, line_holds

_AMOUNTS = ("net", "tax", "gross")
_PARTIES = ("seller", "buyer")
#: Below the first likeness (0 to 100) two names are two parties, from the second on they are one.
_ALIKE, _SAME = 60, 90


def page_and_xml(page: Reading, attached: Reading, sheets: Sequence[Sheet]) -> Reading:
    """One reading of both sources. The XML's lines are the better ones.

    A value of the XML that only stands somewhere on the page is neither confirmed nor contradicted by it.
    """
    claims = claims_of(sheets)
    names = {**page.fields, **attached.fields}
    fields = {
        name: (*attached.fields.get(name, ()), *_from_page(name, page, attached, sheets, claims)) for name in names
    }
    findings = (*page.findings, *attached.findings, *_swapped(page, attached), *_lines(page, attached))
    return Reading(
        fields=fields, lines=attached.lines or page.lines, findings=findings,
        lines_carry_tax=attached.lines_carry_tax if attached.lines else page.lines_carry_tax,
        lines_provable=bool(attached.lines) or page.lines_provable,
    )  # fmt: skip


def _from_page(
    name: str, page: Reading, attached: Reading, sheets: Sequence[Sheet], claims: Claims
) -> tuple[Field, ...]:
    """The page's own word about one field, as far as it speaks for or against the XML."""
    stated, read = attached.fields.get(name, ()), page.fields.get(name, ())
    if not stated:
        return read
    value = stated[0].value
    if name in ("number", "issued_on"):
        claimed = claims.numbers if name == "number" else claims.days
        printed = value in claims.printed_days if isinstance(value, date) else bool(_shown(sheets, value))
        return _labelled(value, claimed, read, printed=printed)
    if name in _AMOUNTS:
        return _amount(name, value, read, claims)
    shown = _shown(sheets, value)
    if shown:
        return (Field(value=value, source=Source.TEXT, page=shown, box=_box(read, value)),)
    if name in _PARTIES:
        return tuple(field for field in read if _like(str(field.value), str(value)) < _ALIKE)
    return read if name in ("seller_tax_id", "currency") else ()


def _box(read: Sequence[Field], value: Value) -> tuple[float, float, float, float] | None:
    return next((field.box for field in read if _tight(field.value) == _tight(value)), None)


def _tight(value: Value) -> str:
    return re.sub(r"[\s.]", "", str(value)).casefold()


def _labelled(
    value: Value, claimed: Sequence[tuple[int, Field]], read: tuple[Field, ...], *, printed: bool
) -> tuple[Field, ...]:  # fmt: skip
    """A label that says the same confirms; one that says something else contradicts what is printed nowhere.

    What is printed under no such label is contradicted by a sure label only.
    """
    same = [field for _, field in claimed if _tight(field.value) == _tight(value)]
    if same:
        return (replace(same[0], value=value),)
    if any(_tight(field.value) == _tight(value) for field in read):
        return read
    return tuple(field for rank, field in claimed if rank == 0 or not printed)[:1]


def _amount(name: str, value: Value, read: tuple[Field, ...], claims: Claims) -> tuple[Field, ...]:
    """A triple that adds up, or the only amount of a label, speaks for the page."""
    if any(field.value == value for field in read) or claims.sums_meet:
        return read
    return tuple(
        field for field in read if isinstance(field.value, Decimal) and name == "gross" and not claims.prints(value)
    )


def _shown(sheets: Sequence[Sheet], value: Value) -> int:
    """The page that prints a text as it is; for a name all of its longer words are enough."""
    for sheet in sheets:
        text = sheet.text.replace("\n", "").casefold()
        words = [word for word in re.findall(r"[\w&]+", str(value).casefold()) if len(word) > 2]
        if _tight(value) in re.sub(r"[\s.]", "", text) or (words and all(word in text for word in words)):
            return sheet.page.number
    return 0


def _swapped(page: Reading, attached: Reading) -> list[Finding]:
    """A party of the page that is the other one in the XML."""
    stated = {side: str(found[0].value) for side in _PARTIES if (found := attached.fields.get(side))}
    if len(stated) < 2 or _like(stated["seller"], stated["buyer"]) >= _ALIKE:
        return []
    for side, other in (_PARTIES, _PARTIES[::-1]):
        read = page.fields.get(side)
        if read and _like(str(read[0].value), stated[other]) >= _SAME > _ALIKE > _like(
            str(read[0].value), stated[side]
        ):
            return [Finding(code="parties_swapped", facts=stated)]
    return []


def _like(one: str, other: str) -> float:
    return fuzz.token_set_ratio(one.casefold(), other.casefold())


def _lines(page: Reading, attached: Reading) -> list[Finding]:
    """As many lines on the page as in the XML, and one that multiplies out on the page has another amount there."""
    shown = Counter(line.net for line in page.lines)
    stated = Counter(line.net for line in attached.lines)
    gross = attached.fields["gross"][0].value if attached.fields.get("gross") else None
    if shown.total() != stated.total() or shown == stated or sum(stated.elements(), ZERO) == gross:
        return []  # an XML that states its lines with tax says the same in other words
    net = page.fields["net"][0].value if page.fields.get("net") else None
    proven = sum(shown.elements(), ZERO) == net
    for line in page.lines:
        multiplied = line.quantity is not None and line.price is not None and line_holds(line)
        if (proven or multiplied) and line.net not in stated:
            facts = {
                "page": str(line.net),
                "xml": ", ".join(str(amount) for amount in sorted((stated - shown).elements())),
            }
            return [Finding(code="lines_of_page_differ", facts=facts)]
    return []
