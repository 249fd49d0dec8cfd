"""The lines of an international invoice: columns by their titles in six languages, figures by their place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import pairwise

from nightclerk.documents.invoices.columns import Column, enough, header, titles
from nightclerk.documents.invoices.glyphs import Glyph
from nightclerk.documents.invoices.latin import CURRENCY, figures
from nightclerk.documents.invoices.lettering import Line
from nightclerk.documents.invoices.sheet import box_of
from nightclerk.documents.invoices.sums import TITLE, class_of, is_money
from nightclerk.domain.amounts import FEN, rounded
from nightclerk.domain.invoices import InvoiceLine

_FIGURE_COLUMNS = ("qty", "price", "rate", "tax", "amount", "gross", "discount")
_UNIT = re.compile(r"[^\W\d_]{1,9}\.?|m²|m³|m2|m3")


@dataclass
class Piece:
    """A word or a figure of a row."""

    text: str
    marks: list[Glyph]
    span: tuple[int, int]

    @property
    def x0(self) -> float:
        return self.marks[0].x0

    @property
    def x1(self) -> float:
        return self.marks[-1].x1


@dataclass
class Row:
    """One row of the table while it is read."""

    line: Line
    texts: dict[str, list[Piece]] = field(default_factory=dict)
    figures: dict[str, Decimal] = field(default_factory=dict)
    decimals: dict[str, int] = field(default_factory=dict)
    spare: bool = False  # it has an amount that belongs to no column
    all: list[tuple[Piece, Decimal, int]] = field(default_factory=list)  # every figure that is no percentage


def items_of(pages: Sequence[Sequence[Line]], point: str, least: int = 3) -> tuple[InvoiceLine, ...]:
    """The lines of the whole document in their order; empty when no table with so many titles is recognised."""
    columns: list[Column] = []
    found: list[InvoiceLine] = []
    for lines in pages:
        start = 0
        while start < len(lines):
            titled = header(lines, start, least)
            if titled is not None:
                columns, first = titled
            elif columns and start == 0:
                first = 0
            else:
                break
            rows, start, ended = _table(lines, first, columns, point, ongoing=titled is None)
            found += rows
            if ended and found:
                return tuple(found)
            if titled is None:
                break
    return tuple(found)


# ------------------------------------------------------------------------------------------------ rows


def _table(
    lines: Sequence[Line], first: int, columns: list[Column], point: str, *, ongoing: bool
) -> tuple[list[InvoiceLine], int, bool]:  # fmt: skip
    """(lines, where reading stopped, whether the totals were reached)."""
    kinds = {column.kind for column in columns}
    paid = "amount" if "amount" in kinds else "gross"
    found: list[InvoiceLine] = []
    last, opened, loose = None, not ongoing, None
    for index in range(first, len(lines)):
        line = lines[index]
        if index > first and enough(titles(line)):
            return found, index, False
        row = _row(line, columns, point, paid)
        if _is_line(row, paid, kinds):
            if "name" not in row.texts and loose and line.base - loose.line.base <= 1.2 * line.size:
                row.texts["name"] = loose.texts["name"]
            found.append(_built(row, paid))
            last, opened, loose = row, True, None
            continue
        if (found or ongoing) and _totals_begin(line, point):
            return found, index, True
        if ongoing and not opened and index - first > 25:
            return found, index, False
        if last and "name" in row.texts and not _paid(row) and _follows(row, last):
            name = f"{found[-1].name} {_words(row.texts['name'])}".strip(" :")
            found[-1], last = replace(found[-1], name=name), row
        elif "name" in row.texts and not _paid(row):
            loose = row
    return found, len(lines), False


def _is_line(row: Row, paid: str, kinds: set[str]) -> bool:
    if paid not in row.figures or row.decimals[paid] not in (0, 2):
        return False
    described = "name" in row.texts or "sku" in row.texts
    if "qty" in kinds:
        if class_of(row.line.text) and ("price" in kinds and "price" not in row.figures):
            return False
        return "qty" in row.figures or (described and "price" in row.figures and not class_of(row.line.text))
    return described and ("price" not in kinds or "price" in row.figures) and not class_of(row.line.text)


def _totals_begin(line: Line, point: str) -> bool:
    """A row that names a total and its amount, or titles of totals that stand over their amounts."""
    titles = {class_of(match.group()) for match in TITLE.finditer(line.text)} & {"net", "tax", "gross"}
    if any(is_money(figure) for figure in figures(line.text, point)):
        return class_of(line.text) in ("net", "tax", "gross", "open")
    return len(titles) >= 2


def _row(line: Line, columns: Sequence[Column], point: str, paid: str) -> Row:
    row = Row(line)
    edge = _name_edge(columns)
    before: Piece | None = None
    right = max(column.x1 for column in columns) + 30
    for piece, value in _pieces(line, point):
        if piece.x0 > right:
            break  # another column of the page
        share = value is not None and re.match(r"\s?%", line.text[piece.span[1] :]) is not None
        glued = before is not None and piece.x0 - before.x1 < 0.6 * line.size
        column = _column(piece, columns, edge, value is not None, glued and bool(row.texts.get("name")))
        if share and column.kind not in ("rate", "discount", "name"):
            continue
        row.spare |= value is not None and value[1] == 2
        if value is not None and not share:
            row.all.append((piece, *value))
        if value is not None and column.kind == "pos":
            row.figures["pos"] = value[0]
        elif value is not None and column.kind in _FIGURE_COLUMNS and column.kind not in row.figures:
            row.figures[column.kind], row.decimals[column.kind] = value
        elif glued or not _beside_figures(piece.text):
            kind = column.kind if column.kind not in _FIGURE_COLUMNS or value is None else "name"
            row.texts.setdefault("unit" if kind in ("qty", "unit") else kind, []).append(piece)
        before = piece if value is None or column.kind == "name" else None
    _set_by_arithmetic(row, paid)
    name, unit = row.texts.get("name", []), row.texts.get("unit", [])
    titled = next((column.x0 for column in columns if column.kind == "name"), 0.0)
    apart = name and abs(name[0].x0 - titled) < 2
    if name and unit and not apart and 0 <= name[0].span[0] - unit[-1].span[1] <= 1:  # its title stands further right
        row.texts["name"], row.texts["unit"] = [*unit, *name], []
    elif len(name) > 1 and not unit and "qty" in row.figures and _UNIT.fullmatch(name[-1].text):
        _part_unit(row, name)
    return row


def _part_unit(row: Row, name: list[Piece]) -> None:
    """`Cable 10 m 24 pcs`: what stood behind the quantity that touched the name is its unit."""
    if name[-1].span[0] - name[-2].span[1] > 2:
        row.texts["name"], row.texts["unit"] = name[:-1], name[-1:]


def _set_by_arithmetic(row: Row, paid: str) -> None:
    """Quantity × price = amount decides where the columns were misjudged: only if one triple of the row fits."""
    given = (row.figures.get("qty"), row.figures.get("price"), row.figures.get(paid))
    if None not in given and _makes(*given):  # type: ignore[arg-type]
        return
    found = {
        (one, other, total)
        for one in range(len(row.all))
        for other in range(one + 1, len(row.all))
        for total in range(other + 1, len(row.all))
        if row.all[total][2] == 2 and _makes(row.all[one][1], row.all[other][1], row.all[total][1])
    }
    if len(found) != 1 or class_of(row.line.text) in ("net", "tax", "gross", "open"):
        return
    pieces = [row.all[index] for index in found.pop()]
    if pieces[0][2] >= 2 > pieces[1][2]:  # the price stands before the quantity
        pieces[0], pieces[1] = pieces[1], pieces[0]
    for kind, (_, value, decimals) in zip(("qty", "price", paid), pieces, strict=True):
        row.figures[kind], row.decimals[kind] = value, decimals
    taken = {id(piece) for piece, _, _ in pieces}
    row.texts = {kind: [p for p in texts if id(p) not in taken] for kind, texts in row.texts.items()}
    row.texts = {kind: texts for kind, texts in row.texts.items() if texts}


def _pieces(line: Line, point: str) -> Iterator[tuple[Piece, tuple[Decimal, int] | None]]:
    """Words, and figures as one piece even where blanks part their thousands."""
    spans: list[tuple[int, int, tuple[Decimal, int] | None]] = [
        (*figure.span, (figure.value, figure.decimals)) for figure in figures(line.text, point)
    ]
    for match in re.finditer(r"\S+", line.text):
        if not any(begin < match.end() and match.start() < end for begin, end, _ in spans):
            spans.append((*match.span(), None))
        else:
            spans += _rest_of_word(match, spans)
    for begin, end, value in sorted(spans, key=lambda span: span[0]):
        marks = line.glyphs(begin, end)
        if marks:
            yield Piece(line.text[begin:end], marks, (begin, end)), value


def _rest_of_word(
    match: re.Match[str], spans: Sequence[tuple[int, int, object]]
) -> list[tuple[int, int, tuple[Decimal, int] | None]]:  # fmt: skip
    """What of a word stands before or behind a figure in it (`10€`, `(Stk)5`)."""
    inside = sorted((b, e) for b, e, _ in spans if b < match.end() and match.start() < e)
    edges = [match.start(), *(edge for span in inside for edge in span), match.end()]
    return [(b, e, None) for b, e in list(pairwise(edges))[::2] if e > b]


def _name_edge(columns: Sequence[Column]) -> float:
    """Where the column behind the name begins."""
    name = next((column for column in columns if column.kind == "name"), None)
    behind = [column.x0 for column in columns if name and column.x0 > name.x0]
    return min(behind, default=1e9)


def _column(piece: Piece, columns: Sequence[Column], edge: float, figure: bool, glued: bool) -> Column:
    name = next((column for column in columns if column.kind == "name"), None)
    if glued and name is not None and piece.x0 < edge + 2:
        return name
    if figure:
        usable = [c for c in columns if c.kind in _FIGURE_COLUMNS or c.kind in ("pos", "sku")]
        best = min(usable, key=lambda column: _distance(piece, column), default=columns[0])
        if name is not None and name.x0 - 4 <= piece.x0 and piece.x1 < edge - 2 and _distance(piece, best) > 12:
            return name
        return best
    left = [
        column
        for column in columns
        if column.x0 <= piece.x0 + 4 and column.kind not in ("amount", "price", "rate", "tax", "gross")
    ]
    centred = [column for column in columns if column.kind in ("unit", "qty") and _distance(piece, column) < 8]
    aligned = name is not None and abs(piece.x0 - name.x0) < 5
    if centred and not aligned and (name is None or piece.x0 > edge - 12 or piece.x0 < name.x0 - 4):
        return centred[0]
    return max(left, key=lambda column: column.x0, default=name or columns[0])


def _distance(piece: Piece, column: Column) -> float:
    middle = abs((piece.x0 + piece.x1) / 2 - (column.x0 + column.x1) / 2)
    over = min(piece.x1, column.x1) - max(piece.x0, column.x0)
    apart = min(abs(piece.x1 - column.x1), abs(piece.x0 - column.x0), middle)
    return apart if over > 0 else apart + 6


def _built(row: Row, paid: str) -> InvoiceLine:
    quantity, price, net = row.figures.get("qty"), row.figures.get("price"), row.figures[paid]
    if quantity is None and price is not None:
        quantity = _glued_quantity(row, price, net)
    texts = {kind: _words(pieces) for kind, pieces in row.texts.items()}
    discount = row.figures.get("discount")
    first = row.figures.get("pos")
    if quantity is None and price is not None and first and _makes(first, price, net):
        quantity = first  # a column without a proper title, before the goods
    quantity, price = _agreeing(quantity, price, net, discount)
    rate = row.figures.get("rate")
    marks = [glyph for glyph in row.line.marks if glyph is not None]
    sku, unit = texts.get("sku", ""), texts.get("unit", "")
    if "name" not in texts and not re.search(r"\d", sku):
        texts["name"], sku = sku, ""  # goods that stand under the title of their numbers
    return InvoiceLine(
        name=(texts.get("name", "") or unit or sku).rstrip(" :"), sku=sku, unit=unit,
        quantity=quantity, price=price, net=net, rate=None if rate is None else rate / 100,
        rate_text="" if rate is None else f"{rate.normalize():f}%", tax=row.figures.get("tax", Decimal(0)),
        page=marks[0].page, box=box_of(marks),
    )  # fmt: skip


def _glued_quantity(row: Row, price: Decimal, net: Decimal) -> Decimal | None:
    """A quantity that touches the name: the figure behind it that makes the amount. The rest is its unit."""
    name = row.texts.get("name", [])
    for index in range(len(name) - 1, max(len(name) - 3, 0), -1):
        for point in ",.":
            found = next(figures(name[index].text, point), None)
            if found and found.span == (0, len(name[index].text)) and _makes(found.value, price, net):
                row.texts["name"], row.texts["unit"] = name[:index], name[index + 1 :]
                return found.value
    return None


def _agreeing(
    quantity: Decimal | None, price: Decimal | None, net: Decimal, discount: Decimal | None
) -> tuple[Decimal | None, Decimal | None]:  # fmt: skip
    """`1,000` pieces are one or a thousand: the one that makes the amount is meant."""
    if quantity is None or price is None or _makes(quantity, price, net):
        return quantity, price
    for count in (quantity * 1000, quantity / 1000):
        if _makes(count, price, net):
            return count, price
    for cost in (price * 1000, price / 1000):
        if _makes(quantity, cost, net):
            return quantity, cost
    return quantity, price


def _makes(quantity: Decimal, price: Decimal, net: Decimal) -> bool:
    return abs(rounded(quantity * price) - net) <= FEN


def _words(pieces: Sequence[Piece]) -> str:
    """The pieces as text; those that touch in the row stay together."""
    text, end = "", -1
    for piece in pieces:
        text += piece.text if piece.span[0] == end else f" {piece.text}"
        end = piece.span[1]
    return text.strip()


def _follows(row: Row, last: Row) -> bool:
    """Whether a row right below goes on with a name; small print, another position and what stands apart do not."""
    if "pos" in row.figures and "pos" in last.figures:
        return False
    size, before = (one.texts["name"][0].marks[0].size if "name" in one.texts else one.line.size for one in (row, last))
    return row.line.base - last.line.base <= 1.45 * size and size >= 0.93 * before


def _beside_figures(text: str) -> bool:
    return bool(CURRENCY.fullmatch(text.strip("()"))) or text in ("%", "x", "×")


def _paid(row: Row) -> bool:
    """Whether a row has figures of its own besides its position."""
    return row.spare or bool(row.figures.keys() - {"pos"})
