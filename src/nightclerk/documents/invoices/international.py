"""Number, date and totals of an invoice in Latin script, by labels in English, German and French."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from nightclerk.documents.invoices.glyphs import Glyph
from nightclerk.documents.invoices.sheet import Row, Sheet, box_of, text_of
from nightclerk.domain.invoices import Field, Reading, Source, Value

_NUMBER = re.compile(
    r"(?:rechnungs?[- ]?(?:nummer|nr\.?|no\.?)|rechnung\s*(?:\(\d+\)\s*)?(?:nr\.?|nummer|no\.?|#)"
    r"|invoice\s*(?:number|no\.?|nr\.?|#|id)|facture\s*(?:n[°ºo]\.?|num[ée]ro|:)|n[°ºo]\s*(?:de\s*)?facture"
    r"|num[ée]ro\s*(?:de\s*)?facture|^\s*(?:rechnung|invoice|facture)\s*:?(?=\s+\S*\d))\s*[:#.]?\s*",
    re.IGNORECASE,
)
#: Labels of the day of issue, the sure ones first.
_DATES = (
    r"rechnungs?-?datum|invoice\s*date|date\s*(?:de\s*(?:la\s*)?)?(?:facture|facturation)|date\s*d['’]émission"
    r"|belegdatum|ausstellungsdatum|issue\s*date|date\s*of\s*issue|issued\s*(?:at|on)",
    r"(?:rechnung|facture|invoice)\b.{0,40}?\b(?:vom|von|du|of|dated)(?=\s+\d)|rechnung\b(?=\s+\d{1,2}\.\s*[a-zä])",
    r"(?<![a-zäöü])(?:datum|date)(?=\s*:|\s+\d|\s*$)",
)
#: Rows whose dates are something else.
_OTHER_DAY = re.compile(
    r"stylesheet|version|fällig|due|zahlbar|liefer|leistung|delivery|livraison|échéance|bestell|order|commande|associ",
    re.IGNORECASE,
)
_TAX_WORD = re.compile(
    r"\b(?:ust|mwst|mehrwertsteuer|umsatzsteuer|steuerbetrag|vat|tva|tax)\b|steuer\b|steuerbetr", re.IGNORECASE
)
_NET_WORD = re.compile(
    r"netto|net\s*(?:total|amount)|total\s*(?:net|h\.?t\.?)\b|zwischensumme|subtotal|sub-total|ohne\s*(?:ust|mwst)"
    r"|warenwert|montant\s*h\.?t|excl|steuerbasis|hors\s*taxe",
    re.IGNORECASE,
)
_GROSS_WORD = re.compile(
    r"gesamtbetrag|gesamtsumme|brutto|rechnungsbetrag|endbetrag|zahlbetrag|rechnungsbeitrag|fälliger\s*betrag|total\s*ttc|montant\s*ttc"
    r"|net\s*[àa]\s*payer|grand\s*total|total\s*(?:due|amount|incl)|(?:amount|balance)\s*due|due\s*payable|gross"
    r"|zu\s*zahlen|inkl\.?|incl",
    re.IGNORECASE,
)
_MONEY = re.compile(r"(?<![\d.,])(-?\d{1,3}(?:[.,' ]\d{3})*[.,]\d{2}|-?\d+[.,]\d{2})(?![\d])")
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january januar janvier jan janv", "february februar février fevrier feb févr", "march märz mars mar",
            "april avril apr avr", "may mai", "june juni juin jun", "july juli juillet jul", "august août aout aug",
            "september septembre sep sept", "october oktober octobre oct okt", "november novembre nov",
            "december dezember décembre decembre dec dez déc",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_DAYS = (
    (re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})"), "ymd"),
    (re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})"), "dmy"),
    (re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{2})(?!\d)"), "dmy"),
    (re.compile(r"(\d{1,2})\.?\s+([^\W\d_]{3,10})\.?\s+(\d{4})"), "dmy"),
    (re.compile(r"([^\W\d_]{3,10})\.?\s+(\d{1,2}),?\s+(\d{4})"), "mdy"),
)

#: Text -> (value, its place in the text), or None.
Parse = Callable[[str], tuple[Value, tuple[int, int]] | None]


def reading(sheets: Sequence[Sheet]) -> Reading:
    """What the pages say; nothing of it is confirmed by itself except sums that meet."""
    found: dict[str, Field | None] = {
        "number": _labelled(sheets, _NUMBER, _number),
        "issued_on": _issue_day(sheets),
        **_amounts(sheets),
    }
    return Reading(fields={name: (field,) for name, field in found.items() if field is not None})


def _field(value: Value, glyphs: Sequence[Glyph]) -> Field:
    return Field(value=value, source=Source.TEXT, page=glyphs[0].page, box=box_of(glyphs))


# ------------------------------------------------------------------------------------- labelled values


def _labelled(sheets: Iterable[Sheet], label: re.Pattern[str], parse: Parse) -> Field | None:
    """The first value that parses to the right of a label, else right below it."""
    for sheet in sheets:
        found = _labelled_in(sheet, sheet.rows, label, parse)
        if found:
            return found
    return None


def _labelled_in(sheet: Sheet, rows: Iterable[Row], label: re.Pattern[str], parse: Parse) -> Field | None:
    for row in rows:
        text, glyphs = _spaced(row)
        for match in label.finditer(text):
            found = _right_of(text, glyphs, match.end(), parse) or _below(sheet, row, glyphs, match, parse)
            if found:
                return found
    return None


def _right_of(text: str, glyphs: list[Glyph | None], start: int, parse: Parse) -> Field | None:
    result = parse(text[start : start + 40])
    if result is None:
        return None
    value, (left, right) = result
    marked = [glyph for glyph in glyphs[start + left : start + right] if glyph is not None]
    return _field(value, marked) if marked else None


def _below(
    sheet: Sheet, row: Row, glyphs: list[Glyph | None], match: re.Match[str], parse: Parse
) -> Field | None:  # fmt: skip
    label = [glyph for glyph in glyphs[match.start() : match.end()] if glyph is not None]
    if not label:
        return None
    under = sheet.between(row.base + 2, row.base + 2.6 * label[0].size, label[0].x0 - 4, label[-1].x1 + 60)
    for candidate in under[:1]:
        text, marks = _spaced(candidate)
        return _right_of(text, marks, 0, parse)
    return None


def _spaced(row: Row) -> tuple[str, list[Glyph | None]]:
    """The row's text with blanks, and for each character its glyph (None for a blank)."""
    text = ""
    marks: list[Glyph | None] = []
    for before, glyph in zip((None, *row.glyphs), row.glyphs, strict=False):
        if before is not None and glyph.x0 - before.x1 > 0.18 * glyph.size:
            wide = glyph.x0 - before.x1 > 1.5 * glyph.size
            text += "  " if wide else " "
            marks += [None] * (2 if wide else 1)
        text += text_of([glyph])
        marks.append(glyph)
    return text, marks


def _number(text: str) -> tuple[str, tuple[int, int]] | None:
    match = re.match(r"\s*([A-Za-z]{0,6}[-/ ]?\d[\w\-/.]*|[A-Za-z][\w\-/.]*\d[\w\-/.]*)", text)
    if match is None or day(match.group(1)):
        return None
    return match.group(1).strip(" ."), match.span(1)


def day(text: str) -> tuple[date, tuple[int, int]] | None:
    """The first date near the start of a text, with its place in the text."""
    for pattern, order in _DAYS:
        match = pattern.search(text)
        if match is None or match.start() > 14:
            continue
        parts = dict(zip(order, match.groups(), strict=True))
        month = parts["m"] if parts["m"].isdigit() else _MONTHS.get(parts["m"].lower())
        year = int(parts["y"]) + (2000 if len(parts["y"]) == 2 else 0)
        try:
            return date(year, int(month or 0), int(parts["d"])), match.span()
        except ValueError:
            continue
    return None


def _issue_day(sheets: Sequence[Sheet]) -> Field | None:
    """By a sure label, by the number's own row, by a weak label; at last the only day of the first page."""
    kept = [(sheet, [row for row in sheet.rows if not _OTHER_DAY.search(_spaced(row)[0])]) for sheet in sheets]
    for pattern in _DATES:
        label = re.compile(rf"(?:{pattern})\s*[:.]?\s*", re.IGNORECASE)
        for sheet, rows in kept:
            found = _labelled_in(sheet, rows, label, day)
            if found:
                return found
    return _by_number(sheets) or _only_day(kept[0][1] if kept else [])


def _by_number(sheets: Iterable[Sheet]) -> Field | None:
    """`… Nr. 471102 vom` at the end of a row: the day opens the next row."""
    for sheet in sheets:
        for row, after in pairwise(sheet.rows):
            text, _ = _spaced(row)
            if _NUMBER.search(text) and re.search(r"\b(?:vom|du|of)\s*$", text):
                return _right_of(*_spaced(after), 0, day)
    return None


def _only_day(rows: Iterable[Row]) -> Field | None:
    found: dict[Value, Field] = {}
    for row in rows:
        text, marks = _spaced(row)
        for pattern, _ in _DAYS:
            for match in pattern.finditer(text):
                field = _right_of(text, marks, match.start(), day)
                if field:
                    found.setdefault(field.value, field)
    return next(iter(found.values())) if len(found) == 1 else None


def days_of(sheet: Sheet) -> set[date]:
    """Every date that a page prints."""
    found = set()
    for row in sheet.rows:
        text, _ = _spaced(row)
        for pattern, _ in _DAYS:
            for match in pattern.finditer(text):
                result = day(text[match.start() : match.end()])
                if result:
                    found.add(result[0])
    return found


# --------------------------------------------------------------------------------------------- amounts


def amounts_of(sheet: Sheet) -> set[Decimal]:
    """Every amount that a page prints, without its sign."""
    return {abs(amount(one)) for row in sheet.rows for one in _MONEY.findall(_spaced(row)[0])}


def amount(text: str) -> Decimal:
    """`1.234,56`, `1 234,56`, `1,234.56` and `1'234.56` -> Decimal("1234.56")."""
    whole, cents = text[:-3], text[-2:]
    return Decimal(f"{re.sub(r'[^0-9-]', '', whole)}.{cents}")


@dataclass(frozen=True)
class Printed:
    """One amount on the pages with what its rows call it."""

    field: Field
    names: frozenset[str]


def _amounts(sheets: Iterable[Sheet]) -> dict[str, Field | None]:
    """The best named triple of printed amounts with net + tax = gross; else the amount named as the total."""
    printed: dict[Decimal, Printed] = {}
    for sheet in sheets:
        for row in sheet.rows:
            text, marks = _spaced(row)
            for match in _MONEY.finditer(text):
                value = amount(match.group(1))
                glyphs = [glyph for glyph in marks[slice(*match.span(1))] if glyph is not None]
                names = _names(text) | _names(_above(sheet, row, glyphs))
                known = printed[value].names if value in printed else frozenset()
                printed[value] = Printed(_field(value, glyphs), known | names)
    return _triple(printed)


def _above(sheet: Sheet, row: Row, glyphs: Sequence[Glyph]) -> str:
    """What stands in the column above an amount, a few rows up: totals are often set below their labels."""
    size = glyphs[0].size
    rows = sheet.between(row.base - 3.5 * size, row.base - 1, glyphs[0].x0 - 2 * size, glyphs[-1].x1 + size)
    return " ".join(_spaced(one)[0] for one in rows)


def _names(text: str) -> frozenset[str]:
    words = (("net", _NET_WORD), ("tax", _TAX_WORD), ("gross", _GROSS_WORD))
    return frozenset(name for name, pattern in words if pattern.search(text))


def _triple(printed: dict[Decimal, Printed]) -> dict[str, Field | None]:
    best: tuple[int, Decimal, Decimal] | None = None
    for gross in printed:
        for net in printed:
            tax = gross - net
            if gross > 0 and 0 <= tax < net * Decimal("0.35") and tax in printed:
                named = [("gross", gross), ("net", net), ("tax", tax)]
                score = sum(name in printed[value].names for name, value in named) + (tax > 0)
                best = max(best or (0, gross, net), (score, gross, net))
    if best is None or best[0] < 2:
        named_gross = [value for value, one in printed.items() if "gross" in one.names and value > 0]
        return {"gross": printed[max(named_gross)].field} if named_gross else {}
    _, gross, net = best
    fields = {"gross": printed[gross].field, "net": printed[net].field}
    return {**fields, "tax": printed[gross - net].field}
