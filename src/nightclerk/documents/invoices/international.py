"""Read an invoice in Latin script from its pages: labels in six languages, arithmetic between the readings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from nightclerk.documents.invoices import keyed
from nightclerk.documents.invoices.compare_lines import PageRow, PageText, tight
from nightclerk.documents.invoices.items import items_of
from nightclerk.documents.invoices.keyed import Found, found_by
from nightclerk.documents.invoices.latin import days, decimal_mark, figures
from nightclerk.documents.invoices.lettering import Line, field_of, lines_of
from nightclerk.documents.invoices.parties import parties_of
from nightclerk.documents.invoices.sheet import Sheet
from nightclerk.documents.invoices.sums import Totals, currency_of, totals_of
from nightclerk.domain.invoices import Field, InvoiceLine, Reading, Value
from nightclerk.domain.line_proofs import sum_net

#: Rows whose days are something else than the day of issue.
_OTHER_DAY = re.compile(
    r"stylesheet|version|fällig|due|zahlbar|liefer|leistung|deliver|livraison|échéance|bestell|order|commande|associ"
    r"|auftrag|zeitraum|period|angebot|quote|devis|überweisen|bis zum|before|avant|lastschrift|skonto"
    r"|vencimiento|scadenza|vervaldat|consegna|entrega|levering|pedido|ordine",
    re.IGNORECASE,
)
#: `… 471102 vom 05.03.2018`: the day right behind the number of a heading.
_OF = re.compile(r"^\W*(?:vom|von|du|del|van|of|dated|date|from|en date du|le|/|,|-)?\W*$", re.IGNORECASE)


def reading(sheets: Sequence[Sheet]) -> Reading:
    """What the pages say; nothing of it is confirmed by itself except sums that meet."""
    pages = [lines_of(sheet) for sheet in sheets]
    point = decimal_mark(line.text for lines in pages for line in lines)
    items, totals = _items_and_totals(pages, point)
    number = _best(found_by(pages, keyed.NUMBERS, keyed.number))
    found: dict[str, Field | None] = {
        "number": number.field if number else None,
        "issued_on": _issue_day(pages, number),
        **parties_of(pages),
        "net": totals.net, "tax": totals.tax, "gross": totals.gross,
        "currency": currency_of(pages, point),
        "orders": _order(pages),
    }  # fmt: skip
    fields = {name: (field,) for name, field in found.items() if field is not None}
    return Reading(fields=fields, lines=items, lines_carry_tax=False, lines_provable=False, tax_parts=totals.parts)


def _items_and_totals(pages: Sequence[Sequence[Line]], point: str) -> tuple[tuple[InvoiceLine, ...], Totals]:
    """A table of goods and amounts alone looks like others: it counts only where it adds up to the net."""
    items = items_of(pages, point)
    totals = totals_of(pages, point, [item.net for item in items])
    if items or not totals.sure or totals.net is None:
        return items, totals
    bare = items_of(pages, point, least=2)
    return (bare if sum_net(bare) == totals.net.value else ()), totals


def _best(found: Iterable[Found]) -> Found | None:
    """The surest label; of equal ones the one whose value stands nearest, then the first."""
    ranked = list(found)
    return min(ranked, key=lambda one: (one.rank, one.near, one.field.page), default=None)


def _issue_day(pages: Sequence[Sequence[Line]], number: Found | None) -> Field | None:
    """By a sure label, right behind the number, by a weak label; at last the only day of the first page."""
    sure = _best(found_by(pages, keyed.DATES[:1], keyed.day))
    if sure is not None:
        return sure.field
    behind = _behind_number(pages, number) if number is not None else None
    if behind is not None:
        return behind
    weak = _best(found_by(pages, keyed.DATES[1:], keyed.day))
    return weak.field if weak is not None else _only_day(pages[0] if pages else [])


def _behind_number(pages: Sequence[Sequence[Line]], number: Found) -> Field | None:
    """The day that follows the number in its row, or opens the next row when the first ends with `vom`."""
    text = number.line.text
    at = text.find(str(number.field.value))
    end = at + len(str(number.field.value))
    for value, span in days(text):
        if span[0] >= end and _OF.match(text[end : span[0]]):
            return _field(value, number.line, span)
    if at >= 0 and re.search(r"\b(?:vom|du|del|of)\s*$", text):
        lines = next((lines for lines in pages if number.line in lines), ())
        after = lines[lines.index(number.line) + 1 :][:1] if lines else ()
        for line in after:
            for value, span in days(line.text):
                return _field(value, line, span)
    return None


def _field(value: date, line: Line, span: tuple[int, int]) -> Field:
    return field_of(value, line.glyphs(*span))


def _only_day(lines: Sequence[Line]) -> Field | None:
    found: dict[date, Field] = {}
    for line in lines:
        if not _OTHER_DAY.search(line.text):
            for value, span in days(line.text):
                found.setdefault(value, _field(value, line, span))
    return next(iter(found.values())) if len(found) == 1 else None


def _order(pages: Sequence[Sequence[Line]]) -> Field | None:
    best = _best(found_by(pages, keyed.ORDERS, keyed.number))
    return best.field if best is not None else None


# ---------------------------------------------------------------------------------- what a page prints


@dataclass(frozen=True, kw_only=True)
class Claims:
    """What the pages say by labels, each with the rank of its label (0 = sure), and every amount that they print."""

    numbers: tuple[tuple[int, Field], ...]
    days: tuple[tuple[int, Field], ...]
    amounts: frozenset[Decimal]
    printed_days: frozenset[date]
    sums_meet: bool
    text: PageText

    def prints(self, value: Value) -> bool:
        return isinstance(value, Decimal) and abs(value) in self.amounts


def claims_of(sheets: Sequence[Sheet]) -> Claims:
    """Everything that an embedded XML can be held against."""
    pages = [lines_of(sheet) for sheet in sheets]
    point = decimal_mark(line.text for lines in pages for line in lines)
    numbers = sorted(found_by(pages, keyed.NUMBERS, keyed.number), key=lambda one: (one.rank, one.near))
    dated = sorted(found_by(pages, keyed.DATES, keyed.day), key=lambda one: (one.rank, one.near))
    behind = [field for one in numbers if (field := _behind_number(pages, one))]
    items = items_of(pages, point)
    return Claims(
        numbers=tuple((one.rank, one.field) for one in numbers),
        days=(*((one.rank, one.field) for one in dated if one.rank == 0), *((0, field) for field in behind[:1]),
              *((one.rank, one.field) for one in dated if one.rank)),
        amounts=frozenset(abs(f.value) for lines in pages for line in lines for f in figures(line.text, point)),
        printed_days=frozenset(day for lines in pages for line in lines for day, _ in days(line.text)),
        sums_meet=totals_of(pages, point, [item.net for item in items]).sure,
        text=_text_of(pages, point),
    )  # fmt: skip


def _text_of(pages: Sequence[Sequence[Line]], point: str) -> PageText:
    """What the pages print, for holding lines against it. A comma and a point are both tried as decimal mark."""
    rows = tuple(
        PageRow(
            words=frozenset(re.findall(r"[^\W\d_]+[²³23]?", line.text.casefold())),
            figures=frozenset(abs(figure.value) for mark in {point, ",", "."} for figure in figures(line.text, mark)),
        )
        for lines in pages
        for line in lines
    )
    return PageText(rows=rows, tight="".join(tight(line.text) for lines in pages for line in lines))
