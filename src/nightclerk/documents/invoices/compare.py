"""Compare an embedded XML with its page: a label that agrees confirms, one that contradicts is a finding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from rapidfuzz import fuzz

from nightclerk.documents.invoices.compare_lines import PageText, beside_page, tight
from nightclerk.documents.invoices.international import Claims, claims_of
from nightclerk.documents.invoices.sheet import Sheet
from nightclerk.domain.amounts import ZERO
from nightclerk.domain.invoices import Field, Finding, Reading, Source, Value
from nightclerk.domain.line_proofs import sum_net

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
    # The labels of a fapiao leave no doubt about what its page says; those of a free layout may be read wrongly.
    own = page.lines_provable
    fields = {
        name: (
            *attached.fields.get(name, ()),
            *(page.fields.get(name, ()) if own else _from_page(name, page, attached, sheets, claims)),
        )
        for name in names
    }
    findings = (*page.findings, *attached.findings, *_swapped(page, attached))
    if not attached.lines:
        return replace(page, fields=fields, findings=findings)
    lines, unlike = beside_page(page, attached.lines, claims.text)
    return replace(
        attached, fields=fields, lines=lines, findings=(*findings, *unlike),
        tax_parts=attached.tax_parts or page.tax_parts, adjustment=_adjustment(attached, claims),
    )  # fmt: skip


def _adjustment(attached: Reading, claims: Claims) -> Decimal:
    """What leads from the lines to the net: as the data state it, else a discount or charge that the page prints."""
    net = attached.fields["net"][0].value if attached.fields.get("net") else None
    if attached.adjustment is not None or not isinstance(net, Decimal):
        return attached.adjustment or ZERO
    gap = net - sum_net(attached.lines)
    return gap if claims.prints(gap) else ZERO


def _from_page(
    name: str, shown: Reading, attached: Reading, sheets: Sequence[Sheet], claims: Claims
) -> tuple[Field, ...]:
    """The page's own word about one field, as far as it speaks for or against the XML."""
    stated, read = attached.fields.get(name, ()), shown.fields.get(name, ())
    if not stated:
        return read
    value = stated[0].value
    if name in ("number", "issued_on"):
        claimed = claims.numbers if name == "number" else claims.days
        printed = value in claims.printed_days if isinstance(value, date) else bool(_shown(sheets, value))
        return _labelled(value, claimed, read, printed=printed)
    if name in _AMOUNTS:
        return _amount(name, value, read, claims)
    page = _shown(sheets, value, words=name in _PARTIES)
    if name in _PARTIES and page:  # the other party's name is printed too: only the page's own word on this side counts
        return tuple(replace(one, value=value) for one in read if _like(str(one.value), str(value)) >= _SAME)
    if page:
        return (Field(value=value, source=Source.TEXT, page=page, box=_box(read, value)),)
    near = claims.text.nearly(str(value)) if name not in ("currency", "kind") else ""
    if near and not any(near in _tight(one[0].value) for one in attached.fields.values()):
        return (Field(value=near, source=Source.TEXT),)
    if name in _PARTIES:
        return tuple(field for field in read if _like(str(field.value), str(value)) < _ALIKE)
    if name == "orders":  # numbers are padded with zeros, and pages write words around them
        return tuple(one for one in read if not _contained(str(one.value), str(value)))
    return read if name in ("seller_tax_id", "currency") else ()


def _contained(one: str, other: str) -> bool:
    short, long = sorted((_tight(one).lstrip("0"), _tight(other).lstrip("0")), key=len)
    return short in long


def _box(read: Sequence[Field], value: Value) -> tuple[float, float, float, float] | None:
    return next((field.box for field in read if _tight(field.value) == _tight(value)), None)


def _tight(value: Value) -> str:
    return tight(str(value))


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


def _shown(sheets: Sequence[Sheet], value: Value, *, words: bool = False) -> int:
    """The page that prints a text as it is; with `words` all of its words are enough, wherever they stand."""
    for sheet in sheets:
        text = PageText(rows=(), tight=tight(sheet.text))
        if tight(str(value)) in text.tight or (words and text.shows(str(value))):
            return sheet.page.number
    return 0


def _swapped(page: Reading, attached: Reading) -> list[Finding]:
    """The page bills the one that the data call the seller. Pages name whom they bill; the sender is often a guess."""
    stated = {side: str(found[0].value) for side in _PARTIES if (found := attached.fields.get(side))}
    billed = next((str(field.value) for field in page.fields.get("buyer", ())), "")
    if len(stated) < 2 or not billed or _like(billed, stated["buyer"]) >= _ALIKE:
        return []
    return [Finding(code="parties_swapped", facts=stated)] if _like(billed, stated["seller"]) >= _SAME else []


def _like(one: str, other: str) -> float:
    return fuzz.token_set_ratio(one.casefold(), other.casefold())
