"""Read the lines of a fapiao's table: columns by their titles, amounts from the right, wrapped names joined."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from nightclerk.documents.invoices import figures
from nightclerk.documents.invoices.glyphs import Glyph
from nightclerk.documents.invoices.sheet import Hit, Sheet, box_of, chunks, text_of
from nightclerk.domain.amounts import FEN, ZERO, rounded
from nightclerk.domain.invoices import InvoiceLine

_TITLES = {
    "name": r"项目名称|货物或应税劳务、服务名称|货物或应税劳务名称",
    "spec": r"规格型号",
    "unit": r"单位",
    "quantity": r"数量",
    "price": r"单价",
    "net": r"(?<!合计)金额",
    "rate": r"税率(?:/征收率)?",
    "tax": r"税额",
}
_END = r"(?<!税)合计(?!\()|小计|价税合计"
_WHOLE_LIST = re.compile(r"详见销货清单")
Cell = tuple[Glyph, ...]


@dataclass(frozen=True, kw_only=True)
class Columns:
    """The titles of the table, by our names; `spec_from` is where the cells of 规格型号 start."""

    titles: dict[str, Hit]
    top: float
    bottom: float
    spec_from: float


def lines(sheet: Sheet) -> tuple[InvoiceLine, ...]:
    """The lines of the table on one page; empty when there is no table or it only points to a list."""
    columns = _columns(sheet)
    if columns is None:
        return ()
    built: list[InvoiceLine] = []
    for row in sheet.between(columns.top, columns.bottom):
        cells = _split_figures(_split_at_spec(chunks(row), columns))
        line = _line(cells, columns, sheet.page.number)
        if line is not None:
            built.append(line)
        elif built and not any(figures.money(text_of(cell, spaces=False)) for cell in cells[1:]):
            built[-1] = _continued(built[-1], cells, columns)
    return tuple(line for line in built if not _WHOLE_LIST.search(line.name))


def _columns(sheet: Sheet) -> Columns | None:
    names = sheet.find(_TITLES["name"])
    if not names:
        return None
    anchor = names[0]
    titles = {"name": anchor}
    for column, pattern in _TITLES.items():
        near = [hit for hit in sheet.find(pattern) if abs(hit.base - anchor.base) < anchor.size]
        if near and column != "name":
            titles[column] = near[0]
    if "net" not in titles or "tax" not in titles:
        return None
    ends = [hit.base for hit in sheet.find(_END) if hit.base > anchor.base + anchor.size]
    bottom = min(ends, default=sheet.page.height) - 0.15 * anchor.size
    return Columns(titles=titles, top=anchor.base + 0.4 * anchor.size, bottom=bottom, spec_from=_spec_edge(titles))


def _spec_edge(titles: dict[str, Hit]) -> float:
    if "spec" not in titles:
        return titles["unit"].x0 if "unit" in titles else titles["net"].x0
    room = titles["spec"].x0 - titles["name"].x1
    return titles["spec"].x0 - min(16.0, max(4.0, 0.6 * room))


def _split_at_spec(cells: list[Cell], columns: Columns) -> list[Cell]:
    """Part a name from a specification that touches it: a new text object starting in that column."""
    parted: list[Cell] = []
    for cell in cells:
        cut = next(
            (
                i
                for i in range(1, len(cell))
                if cell[i].run != cell[i - 1].run and cell[i].x0 >= columns.spec_from > cell[0].x0
            ),
            None,
        )
        parted += [cell] if cut is None else [cell[:cut], cell[cut:]]
    return parted


def _split_figures(cells: list[Cell]) -> list[Cell]:
    """Part two figures that touch: two text objects, each a figure by itself."""
    parted: list[Cell] = []
    for cell in cells:
        cuts = [i for i in range(1, len(cell)) if cell[i].run != cell[i - 1].run]
        if len(cuts) == 1 and len(cell) > 2:  # some programs draw every character by itself
            halves = [cell[: cuts[0]], cell[cuts[0] :]]
            if all(figures.money(text_of(half, spaces=False)) is not None for half in halves):
                parted += halves
                continue
        parted.append(cell)
    return parted


def _line(cells: list[Cell], columns: Columns, page: int) -> InvoiceLine | None:
    """A row that ends with net, rate and tax is a line; everything before them is described by its place."""
    texts = [text_of(cell, spaces=False) for cell in cells]
    if len(cells) < 3:
        return None
    tax = ZERO if figures.STARS.match(texts[-1]) else figures.money(texts[-1])
    has_rate = figures.is_rate(texts[-2])
    net_at = len(cells) - (3 if has_rate else 2)
    net = figures.money(texts[net_at]) if net_at >= 1 else None
    if net is None or tax is None or not _under(cells[net_at], columns.titles["net"]):
        return None
    described = _described(cells[:net_at], texts[:net_at], columns, net)
    return InvoiceLine(
        **described, net=net, rate=figures.rate(texts[-2]) if has_rate else None,
        rate_text=texts[-2] if has_rate else "", tax=tax, page=page,
        box=box_of([glyph for cell in cells for glyph in cell]),
    )  # fmt: skip


def _under(cell: Cell, title: Hit) -> bool:
    """Whether a cell stands below a title or at most a few characters beside it."""
    return cell[0].x0 <= title.x1 + 30 and cell[-1].x1 >= title.x0 - 30


def _described(cells: list[Cell], texts: list[str], columns: Columns, net: Decimal) -> dict[str, Any]:
    quantity, price, rest = _quantity_and_price(cells, texts, columns, net)
    parts: dict[str, list[str]] = {"name": [], "spec": [], "unit": []}
    for cell in cells[:rest]:
        parts[_text_column(cell, columns)].append(text_of(cell))
    joined = {name: " ".join(texts) for name, texts in parts.items()}
    return {**joined, "quantity": quantity, "price": price}


def _quantity_and_price(
    cells: list[Cell], texts: list[str], columns: Columns, net: Decimal
) -> tuple[Decimal | None, Decimal | None, int]:
    """Quantity, price, and how many cells are left. Two figures are both; one goes under its title."""
    if len(cells) >= 2 and cells[-2][-1].x1 > cells[-1][-1].x1:  # a long price starts left of the quantity
        cells, texts = [*cells[:-2], cells[-1], cells[-2]], [*texts[:-2], texts[-1], texts[-2]]
    numbers = [figures.money(text) for text in texts]
    if len(cells) >= 3 and numbers[-1] is not None and numbers[-2] is not None:
        quantity, price = numbers[-2], numbers[-1]
        if abs(rounded(quantity * price) - net) <= FEN or _nearest(cells[-2], columns) == "quantity":
            return quantity, price, len(cells) - 2
    if len(cells) >= 2 and numbers[-1] is not None and cells[-1][0].x0 > columns.spec_from:
        column = _nearest(cells[-1], columns)
        if column in ("quantity", "price"):
            value = numbers[-1]
            return (value, None, len(cells) - 1) if column == "quantity" else (None, value, len(cells) - 1)
    return None, None, len(cells)


def _nearest(cell: Cell, columns: Columns) -> str:
    """The title whose edges are nearest to a cell's (cells are set left, right or in the middle)."""

    def distance(hit: Hit) -> float:
        middle = abs((hit.x0 + hit.x1) / 2 - (cell[0].x0 + cell[-1].x1) / 2)
        return min(abs(hit.x0 - cell[0].x0), abs(hit.x1 - cell[-1].x1), middle)

    return min(columns.titles, key=lambda name: distance(columns.titles[name]))


def _text_column(cell: Cell, columns: Columns) -> str:
    if cell[0].x0 < columns.spec_from:
        return "name"
    if "unit" in columns.titles and "spec" in columns.titles:
        unit, spec = columns.titles["unit"], columns.titles["spec"]
        middle = (cell[0].x0 + cell[-1].x1) / 2
        near_unit = abs(middle - (unit.x0 + unit.x1) / 2) < abs(middle - (spec.x0 + spec.x1) / 2)
        return "unit" if near_unit and cell[0].x0 > spec.x1 - 6 else "spec"
    return "unit" if "unit" in columns.titles else "spec"


def _continued(line: InvoiceLine, cells: Sequence[Cell], columns: Columns) -> InvoiceLine:
    """A row without amounts goes on with the name or the specification of the line above."""
    for cell in cells:
        column = _text_column(cell, columns)
        line = replace(line, **{column: getattr(line, column) + text_of(cell)})
    return line
