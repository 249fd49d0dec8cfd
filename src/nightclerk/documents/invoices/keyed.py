"""Find what a label names: behind it in its cell, in the next cell, or in the cell below it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from nightclerk.documents.invoices.latin import CURRENCY, days, figures
from nightclerk.documents.invoices.lettering import Cell, Line
from nightclerk.domain.invoices import Field, Value

#: Text -> (value, its place in the text), or None.
Parse = Callable[[str], tuple[Value, tuple[int, int]] | None]

_BILL = (
    r"(?:\w*rechnung(?:s|en)?|\w*honorar(?:note)?|\w*kostennote|notula|parcella|minuta"
    r"|beleg|re\.?|\w*gutschrift(?:s)?|rechnungskorrektur|storno\w*"
    r"|invoice|bill|credit\s*(?:note|memo)"
    r"|tax\s*invoice|facture|avoir|factura|fattura|factuur|fatura|faktura"
    r"|nota\s*di\s*credito|creditnota|document|doc\.?)"
)
#: What makes a label speak of another invoice than this one.
_OTHER = r"(?!\s*(?:associ|d['’]origine|initiale|référenc|concern|vom\s+original))"
_NO = r"(?:nummer|nr\b\.?|no\b\.?|number|n[uú]mero\b|num(?:éro)?\b\.?|n[°ºo]\.?|n\.(?=\s?\w)|#|id\b)"
_CODE = r"\s*(?:\(\d{3}\))?\s*"
#: Labels of the number, the sure ones first. The last is a title that the number follows at once.
NUMBERS = (
    rf"{_BILL}{_CODE}[\s-]*{_NO}"
    rf"|{_NO}\s*(?:(?:de(?:lla)?|di)\s*(?:la\s*)?)?(?:facture|factura|fattura|factuur|l['’]avoir){_OTHER}"
    rf"|numéro\s*(?:de\s*)?(?:facture|d['’]avoir){_OTHER}"
    rf"|facture\s*(?=:)|(?:invoice|credit\s*note)\s*ref(?:erence)?\b",
    r"^(?:number|numéro|nummer|nr\.?|no\.?|n°|reference|référence)$",
    rf"^{_BILL}{_CODE}:?$",
)
#: Labels of the day of issue, the sure ones first; the last ones only when they stand alone.
DATES = (
    rf"rechnungs-?\s?(?:datum|tag)|invoice\s*date|date\s*(?:de\s*(?:la\s*)?)?(?:facture"
    rf"|facturation){_OTHER}|date\s*d['’]\s?émission"
    r"|beleg-?\s?datum|ausstellungsdatum|gutschriftsdatum|erstellungsdatum|issue\s*date"
    r"|date\s*of\s*(?:issue|invoice)|date\s*issued"
    r"|billing\s*date|issued\s*(?:at|on)|bill\s*date|credit\s*(?:note\s*)?date|fecha"
    r"|data\s*(?:d(?:i|ella)\s*)?(?:fattura|emissione|documento)|factuur-?\s?datum|date\s*de\s*l['’]avoir|tax\s*point",
    r"^(?:datum|date|data|issued|le|den|émise?\s*le|ausgestellt\s*am|dated)$",
    rf"^{_BILL}$",
)
ORDERS = (
    r"(?:ihre\s*)?bestell(?:ung|nummer|[- ]?(?:nr|no)\.?)(?:s?[- ]?(?:nr|nummer)\.?)?(?:\s*kunde)?|ihr\s*auftrag"
    r"|p\.?o\.?[\s-]*(?:number|no\.?|nr\.?|#)|purchase\s*order(?:\s*(?:number|no\.?|#))?"
    r"|(?:your|customer)\s*order(?:\s*(?:number|no\.?))?"
    r"|order\s*(?:number|no\.?|#|reference)"
    r"|(?:n[°ºo]\s*(?:de\s*)?)?(?:bon\s*de\s*)?commande(?:\s*n[°ºo])?|votre\s*commande"
    r"|vs\.?\s*ordine|vostro\s*ordine|(?:su\s*)?pedido(?:\s*n[°ºo])?|bestelnummer|uw\s*(?:order|bestelling)"
    r"|^order$",
)
_NUMBER = re.compile(r"[A-Za-z]{0,8}[ ]?[-/#.]?[A-Za-z]{0,4}[-/.]?\d[\w\-/.]*|[A-Za-z][\w\-/.]*\d[\w\-/.]*")
#: A word with a number behind it, which may have a word of its own: `Honorarnote HN 12/2026`.
_FIRST_WORD = re.compile(r"\s*([^\W\d_]+\.?)\s+(?=(?:[A-Z]{1,4} )?\S*\d)")
#: What parts a label from its value.
_AFTER = re.compile(r"[\s:.#=–-]*")


@dataclass(frozen=True)
class Found:
    """One value behind one label. `rank`: the smaller, the surer; `near` 0 behind, 1 beside, 2 below."""

    field: Field
    rank: int
    near: int
    line: Line


def number(text: str) -> tuple[str, tuple[int, int]] | None:
    """The number at the start of a text: it has a digit, and is no day and no amount."""
    match = _NUMBER.match(text)
    if match is None or any(span[0] == 0 for _, span in days(text)):
        return None
    if any(f.span[0] == 0 and f.decimals == 2 and f.span[1] >= match.end() for f in figures(text, ",")):
        return None
    if CURRENCY.match(text):
        return None
    value = match.group().rstrip(" .-/")
    return (value, (0, len(value))) if re.search(r"\d", value) else None


def day(text: str) -> tuple[Value, tuple[int, int]] | None:
    """The day at the start of a text; a weekday or the town of a letterhead may stand before it."""
    for value, span in days(text):
        before = text[: span[0]].strip(" ,.:")
        if not before or re.fullmatch(
            r"(?:[^\W\d_]{2,10}\.?,?|le|the|am|den|vom|du|del|van)(?:\s(?:den|le))?", before, re.I
        ):
            return value, span
        return None
    return None


def found_by(pages: Sequence[Sequence[Line]], labels: Sequence[str], parse: Parse) -> Iterator[Found]:
    """Every value that parses behind, beside or below one of the labels."""
    for rank, pattern in enumerate(labels):
        label = re.compile(rf"(?<![\w'’-])(?:{pattern})" if not pattern.startswith("^") else pattern, re.IGNORECASE)
        for lines in pages:
            for index, line in enumerate(lines):
                for cell in line.cells:
                    yield from _at(cell, lines[index + 1 : index + 6], label, parse, rank)
                    yield from _in_two_rows(cell, lines[index + 1 : index + 6], label, parse, rank)


def _at(cell: Cell, below: Sequence[Line], label: re.Pattern[str], parse: Parse, rank: int) -> Iterator[Found]:
    for match in _labels(cell, label):
        start = _AFTER.match(cell.text, match[1]).end()  # type: ignore[union-attr]
        result = parse(cell.text[start:]) if start < len(cell.text) else None
        if result is not None:
            value, (left, right) = result
            yield Found(cell.field(value, start + left, start + right), rank, 0, cell.line)
            continue
        rest = cell.text[start:]
        if re.search(r"[^\W_]", rest) and not rest.startswith("("):
            continue  # something else is said behind the label
        found = _beside(cell, parse) or _below(cell, match, below, parse)
        if found is not None:
            yield Found(found[0], rank, found[1], cell.line)


def _in_two_rows(
    cell: Cell, below: Sequence[Line], label: re.Pattern[str], parse: Parse, rank: int
) -> Iterator[Found]:  # fmt: skip
    """A title that is wrapped in its column: `Numéro de` over `facture`."""
    if not below or below[0].base - cell.line.base > 1.35 * cell.line.size or re.search(r"\d|:", cell.text):
        return
    under = [other for other in below[0].cells if abs(other.x0 - cell.x0) < 3 and not re.search(r"\d|:", other.text)]
    if under and (match := label.fullmatch(f"{cell.text} {under[0].text}")) and not label.fullmatch(under[0].text):
        found = _below(under[0], (0, match.end() - len(cell.text) - 1), below[1:], parse)
        if found is not None:
            yield Found(found[0], rank, found[1], cell.line)


def _labels(cell: Cell, label: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Places of the label in a cell. One that must stand alone may be followed by a colon and its value."""
    if label.pattern.startswith("^"):
        head, colon, _ = cell.text.partition(":")
        said = (head if colon else cell.text).strip()
        if any(label.match(part.strip()) for part in (said, *said.split("/"))):  # `Nummer / Numéro`
            yield 0, len(head) + len(colon) if colon else len(cell.text)
            return
        for inner in re.finditer(r"(?<=[\d.)\]])[ ,;·|]+([^\W\d_]+\.?)\s*:\s*", cell.text):
            if label.match(inner[1]):  # behind another value: `R-17 Date: 5 May 2026`
                yield inner.span(1)[0], inner.end()
        if not colon and (match := _FIRST_WORD.match(cell.text)) and label.match(match[1]):
            yield match.span()
        return
    for match in label.finditer(cell.text):
        yield match.span()


def _beside(cell: Cell, parse: Parse) -> tuple[Field, int] | None:
    after = [other for other in cell.line.cells if other.start > cell.start]
    if not after:
        return None
    text = after[0].text
    skip = _AFTER.match(text).end()  # type: ignore[union-attr]
    result = parse(text[skip:])
    return (after[0].field(result[0], skip + result[1][0], skip + result[1][1]), 1) if result else None


def _below(cell: Cell, label: tuple[int, int], below: Iterable[Line], parse: Parse) -> tuple[Field, int] | None:
    """The first cell under the label; at most two and a half rows further down."""
    marks = cell.line.glyphs(cell.start + label[0], cell.start + label[1])
    if not marks:
        return None
    x0, x1 = marks[0].x0, marks[-1].x1
    for line in below:
        if line.base - cell.line.base > 3.2 * cell.line.size:
            return None
        under = [other for other in line.cells if other.x0 < x1 and x0 < other.x1 and line.base > cell.line.base + 2]
        if under:
            text = under[0].text
            begin = next((i for i, mark in _starts(under[0]) if mark >= x0 - 6), 0)
            result = parse(text[begin:]) or parse(text)
            offset = begin if result and parse(text[begin:]) else 0
            return (under[0].field(result[0], offset + result[1][0], offset + result[1][1]), 2) if result else None
    return None


def _starts(cell: Cell) -> Iterator[tuple[int, float]]:
    """Where each word of a cell starts: (index in its text, x)."""
    for match in re.finditer(r"\S+", cell.text):
        glyphs = cell.line.glyphs(cell.start + match.start(), cell.start + match.end())
        if glyphs:
            yield match.start(), glyphs[0].x0
