"""The titles of an item table: which column holds what, in six languages, also over several rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from nightclerk.documents.invoices.latin import FIGURE
from nightclerk.documents.invoices.lettering import Cell, Line

_COLUMNS = tuple(
    (name, re.compile(rf"(?<![\w])(?:{pattern})(?![\w])", re.IGNORECASE))
    for name, pattern in (
        ("tax", r"ust\.?-?betrag|mwst\.?-?betrag|steuerbetrag|montant (?:de la )?tva|vat amount|tax amount"
            r"|(?:ust|mwst|tva|vat|iva|btw|gst)\.? ?[€£$]"),
        ("gross",
            r"brutto(?:betrag|preis|summe)?|total ttc|montant ttc|prix ttc|gross(?: amount"
            r"| total)?|amount incl\.? \w+|total incl\.? \w+|totale ivato|totaal incl\.? \w+|total con iva"),
        ("amount",
            r"gesamt-?preis|gesamtbetrag|gesamt(?: netto)?|netto-?betrag|summe(?: netto)?"
            r"|betrag(?: netto)?|entgelt|total (?:ht|net|h\.t\.)|montant(?: ht| h\.t\.)?"
                   r"|total hors taxes|line total|net amount|amount(?: net)?|extended(?: price)?"
                   r"|total(?: price| amount)?|pos\.?-?summe|positionsbetrag|netto|line amount|warenwert"
                   r"|wert|gp|g-preis|honorar|net|taxable value|imponibile"
                   r"|importo|importe|bedrag|totale(?: netto)?|totaal(?: excl\.? \w+)?"),
        ("price",
            r"einzel-?preis|netto-?preis|e-?preis|preis(?:\s?/\s?\w+)?|stück-?preis|ep"
            r"|prix(?: unitaire)?(?: ht| h\.t\.)?|p\.?\s?u\.?(?: ht| h\.t\.)?|unit(?:-| )?price"
            r"|prezzo(?: unit(?:ario|\.)?)?|precio(?: unitario| ud\.?)?|stuksprijs|eenheidsprijs|prijs(?: per stuk)?"
            r"|unit cost|price(?: each|/unit)?|rate|cost|each|per stuk|ek-preis|(?:stunden|tages)?satz|tarif"),
        ("rate",
            r"ust\.?(?:[ -]?satz)?(?:\s?%)?|mwst\.?(?:[ -]?satz)?(?:\s?%)?|steuersatz(?:\s?%"
            r"|\s?\[%\])?|steuer(?:\s?%)?|%?\s?tva(?:\s?%)?|taux(?: de)?(?: tva)?|vat(?:\s?%"
            r"| rate)?|tax(?:\s?%| rate)?|ust-%|%?\s?(?:iva|btw)(?:\s?%)?|aliquota|%"),
        ("qty", r"menge|anzahl|stück(?:zahl)?|quantit(?:y|é)|qté\.?|qte\.?|qty\.?|hours|hrs|nombre|stunden|units|nb"
            r"|q\.?t[àa]'?\.?|quantità|cantidad|cant\.?|uds\.?|unidades|aantal|uren|horas|ore"),
        ("unit", r"einheit|me|eh|unit(?:é)?|uom|einh\.?|u\.?m\.?|unità|unidad|eenheid"),
        ("discount", r"rabatt(?:\s?%)?|remise(?:\s?%)?|discount(?:\s?%)?|rab\.?|sconto|dto\.?|descuento|korting"),
        ("sku",
            r"art(?:ikel)?\.?-?\s?(?:nr|nummer|no)\.?(?:-\w+)?|sku|code(?: article)?"
            r"|réf(?:érence)?\.?|ref\.?|item (?:code|#)|product (?:code|no\.?)|part (?:no"
            r"|number)\.?|hsn(?:/sac)?"
            r"|codice(?: articolo)?|cod\.?|código|referencia|produkt-?nr\.?|referenzen|item no\.?"),
        ("pos", r"pos(?:ition)?\.?|nr\.?|#|no\.?|line|n°|lfd\.? ?nr\.?|ligne|item no\.?"),
        ("name",
            r"bezeichnung|beschreibung|tätigkeit|artikel(?:bezeichnung)?|leistung(?:en|sbeschreibung)?"
            r"|produkt|text|désignation|designation|description(?: of (?:goods|services))?|libellé|nature|prestation"
            r"|descrizione|descripción|omschrijving|concepto|articolo|artículo|producto|prodotto"
            r"|item(?: description(?! of))?|product(?: of dienst)?|dienst"
            r"|details|service|article|goods|warenbezeichnung"),
    )
)  # fmt: skip


#: What a title says beside its name: `EP in EUR`.
_PAID_IN = re.compile(r"\b(?:in\s+|en\s+)?(?:EUR|CHF|GBP|USD|CNY)\b", re.IGNORECASE)


@dataclass
class Column:
    """One column of the table: what it holds and where its title stands."""

    kind: str
    x0: float
    x1: float


def header(lines: Sequence[Line], start: int, least: int = 3) -> tuple[list[Column], int] | None:
    """The first rows from `start` that read as at least so many titles of a table, and the row after them."""
    for index in range(start, len(lines)):
        columns, last = [] if _has_amount(lines[index]) else titles(lines[index]), index
        for other in range(index + 1, min(index + 7, len(lines))):
            if lines[other].base - lines[last].base > 1.3 * lines[index].size or _has_amount(lines[other]):
                break
            more = [c for c in titles(lines[other]) if not any(_over(c, known) for known in columns)]
            if not columns and more:
                break
            columns, last = [*columns, *more], other if more or not enough(columns, least) else last
        if enough(columns, least):
            return _sorted_out([*columns, *_goods(columns, lines[index])]), last + 1
    return None


def _sorted_out(columns: Sequence[Column]) -> list[Column]:
    """From left to right. Of two columns called amount, one left of the goods holds the quantities.

    Of two that could hold the goods, such as `Item` and `Description`, the first counts them.
    """
    ordered = sorted(columns, key=lambda column: column.x0)
    names = [column for column in ordered if column.kind == "name"]
    if len(names) > 1 and names[0] is ordered[0] and not any(column.kind == "pos" for column in ordered):
        names[0].kind = "pos"
    amounts = [column for column in ordered if column.kind == "amount"]
    if len(amounts) > 1 and not any(column.kind == "qty" for column in ordered):
        amounts[0].kind = "qty"
    return ordered


def _goods(columns: Sequence[Column], line: Line) -> list[Column]:
    """The one title that we do not know stands over the goods, where no other does."""
    if any(column.kind in ("name", "sku") for column in columns):
        return []
    cells = [Column("name", cell.x0, cell.x1) for cell in line.cells if _letters(cell.text) > 3]
    unknown = [cell for cell in cells if not any(_over(cell, column) for column in columns)]
    return unknown if len(unknown) == 1 else []


def titles(line: Line) -> list[Column]:
    taken: list[tuple[int, int]] = []
    columns = []
    for kind, pattern in _COLUMNS:
        for match in pattern.finditer(line.text):
            span = match.span()
            if any(span[0] < end and begin < span[1] for begin, end in taken):
                continue
            taken.append(span)
            marks = line.glyphs(_name_start(line.text, span, taken) if kind == "name" else span[0], span[1])
            if marks:
                columns.append(Column(kind, marks[0].x0, marks[-1].x1))
    said = [cell for cell in line.cells if not _mostly_titles(cell, taken)]
    return [column for column in columns if not any(cell.x0 <= column.x0 < cell.x1 for cell in said)]


def _mostly_titles(cell: Cell, taken: Sequence[tuple[int, int]]) -> bool:
    """Whether at least half of a cell's letters belong to titles; prose has the same words now and then."""
    inside = [
        (max(b, cell.start) - cell.start, e - cell.start)
        for b, e in taken
        if b < cell.start + len(cell.text) and e > cell.start
    ]
    covered = sum(_letters(cell.text[begin:end]) for begin, end in inside)
    return 2 * covered >= _letters(_PAID_IN.sub("", cell.text))


def _letters(text: str) -> int:
    return sum(char.isalpha() or char in "#%°" for char in text)


def _name_start(text: str, span: tuple[int, int], taken: Sequence[tuple[int, int]]) -> int:
    """A title such as `Nom & désignation` begins with its first word, not with the one that we know."""
    begin = max(text.rfind("  ", 0, span[0]) + 2, *(end for _, end in taken if end <= span[0]), 0)
    return next((i for i in range(begin, span[0]) if text[i].isalnum()), span[0])


def enough(columns: Sequence[Column], least: int = 3) -> bool:
    kinds = {column.kind for column in columns}
    return len(kinds) >= least and bool(kinds & {"amount", "gross"}) and bool(kinds & {"name", "qty", "price"})


def _has_amount(line: Line) -> bool:
    return any(match["point"] and len(match["rest"]) == 2 for match in FIGURE.finditer(line.text))


def _over(one: Column, other: Column) -> bool:
    return one.x0 < other.x1 and other.x0 < one.x1
