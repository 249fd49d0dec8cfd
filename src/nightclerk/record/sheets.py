"""The sheet that a person worked from: its columns, what type they are, which names a row, and which row was typed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl.utils.datetime import from_excel

from nightclerk.documents.layouts import Layout
from nightclerk.documents.sources import open_sources
from nightclerk.domain.privacy import find_private
from nightclerk.errors import WorkspaceError
from nightclerk.record.meaning import amount_of, day_of
from nightclerk.record.naming import english, identifier, unique
from nightclerk.texts import say

_ID = re.compile(
    r"单号|编号|号码|编码|流水|订单|账号|税号|电话|手机|条码|号$|number|\bno\.?\b|code|sku|\bid\b|key|phone", re.I
)
_KEY = re.compile(r"单号|编号|流水|订单号|申请号|number|order|\bno\.?\b|\bid\b|key|reference", re.I)
_MONEY = re.compile(r"金额|价|款|额|费|税|amount|price|total|sum|cost|fee|tax|net|gross", re.I)
_COUNT = re.compile(r"数量|件数|个数|qty|quantity|count|pieces", re.I)
_DAYS = re.compile(r"日期|时间|日$|\bdate\b|\bday\b|\btime\b|_on$|_at$", re.I)
#: Rows that are looked at; more of them tell nothing new about the columns.
MOST_ROWS = 5000


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column: its header as written, our field name, how it is read (id, text, money, int, date)."""

    header: str
    field: str
    reads: str
    cells: tuple[Any, ...]
    private: bool = False

    @property
    def python(self) -> str:
        """The type of the field in code."""
        return {"money": "Decimal", "int": "int", "date": "date"}.get(self.reads, "str")

    @property
    def filled(self) -> bool:
        """Whether every row says something in it."""
        return all(cell not in (None, "") for cell in self.cells)


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A table: `name` of its file, its columns in order."""

    name: str
    path: Path
    columns: tuple[Column, ...]

    @property
    def rows(self) -> int:
        return len(self.columns[0].cells) if self.columns else 0

    def column(self, field: str) -> Column:
        return next(column for column in self.columns if column.field == field)

    def key(self, used: Iterable[str] = ()) -> Column:
        """The column that most likely names a row: unique, filled, called a number, typed by the person."""
        typed = set(used)
        return max(self.columns, key=lambda column: key_score(column, typed))

    def best_row(self, texts: Sequence[str]) -> int | None:
        """The row that most of the typed texts come from; None when no row says any of them."""
        scores = [sum(_weight(text) for text in texts if self.fields_of(row, text)) for row in range(self.rows)]
        best = max(scores, default=0)
        return scores.index(best) if best > 0 else None

    def fields_of(self, row: int, text: str) -> list[Column]:
        """The columns whose cell in `row` means what `text` says."""
        return [column for column in self.columns if means(column.cells[row], text)]


def key_score(column: Column, typed: set[str]) -> float:
    """How well a column names a row; negative when two rows share a value."""
    texts = [cell_text(cell) for cell in column.cells]
    if not all(texts) or len(set(texts)) < len(texts) or column.reads in ("money", "date"):
        return -1.0
    return 1.0 + 4 * bool(_KEY.search(column.header)) + 2 * (column.field in typed) - bool(column.private)


def _weight(text: str) -> float:
    return min(len(text.strip()), 12) / 4


def means(cell: Any, text: str) -> bool:
    """Whether a cell and a typed text say the same: as text, as a day, or as an amount."""
    written = text.strip()
    if not written or cell in (None, ""):
        return False
    if cell_text(cell) == written:
        return True
    day = day_of(cell)
    if day is not None and day == day_of(written):
        return True
    amount = amount_of(cell)
    return amount is not None and amount == amount_of(written) and len(written) > 1


def cell_text(cell: Any) -> str:
    """A cell as a person would type it."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, date) and (day := day_of(cell)):
        return day.isoformat()
    return str(cell).strip().removeprefix("'").strip()


def read_sheet(path: Path) -> Sheet:
    """The first table of a workbook or CSV. WorkspaceError when there is no header with rows under it."""
    if not path.is_file():
        raise WorkspaceError(where=str(path), expected=say("record.no_sheet"), remedy=say("record.no_sheet_remedy"))
    for source in open_sources(path, Layout(name=path.stem, columns=()), None):
        for table in source.sheets:
            rows = [cells for _, cells in zip(range(MOST_ROWS), (row for _, row in table.rows), strict=False)]
            found = _table(path, rows)
            if found is not None:
                return found
    raise WorkspaceError(where=path.name, expected=say("record.empty_sheet"), remedy=say("record.no_sheet_remedy"))


def _table(path: Path, rows: Sequence[Sequence[Any]]) -> Sheet | None:
    head = next(
        (n for n, row in enumerate(rows) if sum(isinstance(c, str) and bool(c.strip()) for c in row) >= 2), None
    )
    if head is None or head + 1 >= len(rows):
        return None
    body = [row for row in rows[head + 1 :] if any(cell not in (None, "") for cell in row)]
    columns: list[Column] = []
    for place, cell in enumerate(rows[head]):
        header = str(cell or "").strip()
        if header:
            cells = tuple(_day_or(header, row[place] if place < len(row) else None) for row in body)
            columns.append(_column(header, cells, place, {column.field for column in columns}))
    return Sheet(name=path.name, path=path, columns=tuple(columns)) if body else None


def _day_or(header: str, cell: Any) -> Any:
    """A workbook's number of a day as that day, in a column that is called one."""
    if isinstance(cell, int | float) and not isinstance(cell, bool) and _DAYS.search(header) and 20_000 < cell < 80_000:
        return day_of(from_excel(cell)) or cell
    return cell


def _column(header: str, cells: tuple[Any, ...], place: int, taken: set[str]) -> Column:
    field = unique(english(header) or identifier(header) or f"column_{place + 1}", taken | {"key"})
    filled = [cell for cell in cells if cell not in (None, "")]
    private = any(find_private(cell_text(cell), label=header) for cell in filled[:50])
    return Column(header=header, field=field, reads=_reads(header, filled), cells=cells, private=private)


def _reads(header: str, cells: Sequence[Any]) -> str:
    texts = [cell_text(cell) for cell in cells]
    if not cells or _ID.search(header):
        return "id" if _ID.search(header) else "text"
    if all(day_of(cell) is not None for cell in cells):
        return "date"
    amounts = [amount_of(cell) for cell in cells]
    if all(amount is not None for amount in amounts):
        whole = all(amount == amount.to_integral_value() for amount in amounts if amount is not None)
        if _COUNT.search(header) and whole:
            return "int"
        if _MONEY.search(header) or any("." in text for text in texts):
            return "money"
    return "text"
