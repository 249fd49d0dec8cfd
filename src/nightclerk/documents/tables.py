"""Read an export file by its layout into rows of typed values, each knowing the cell it came from."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from openpyxl.utils import get_column_letter

from nightclerk.documents.cells import EXPECTED, FILLED, blank, clean, value_of
from nightclerk.documents.layouts import Column, Layout
from nightclerk.documents.sources import Sheet, Source, open_sources
from nightclerk.documents.table_errors import (
    BadCell,
    DoubledColumn,
    EmptyExport,
    MissingColumn,
    NoHeader,
)
from nightclerk.errors import DocumentError
from nightclerk.ports import Secret

_HEADER_WITHIN = 20


class Row:
    """One data row. `row["total"]` is typed by the layout; a cell that could not be read raises BadCell then.

    `faults` lists the bad cells of the row, so that a caller can put the row aside instead.
    """

    __slots__ = ("_letters", "_sheet", "_values", "faults", "number")

    def __init__(
        self,
        sheet: str,
        number: int,
        values: dict[str, Any],
        letters: Mapping[str, str],
        faults: tuple[BadCell, ...],
    ) -> None:
        self._sheet = sheet
        self._values = values
        self._letters = letters
        self.number = number
        self.faults = faults

    @property
    def where(self) -> str:
        """The row's first cell, e.g. "orders.csv!A12" or "orders.xlsx!Sheet1!A12"."""
        return f"{self._sheet}!A{self.number}"

    def cell(self, name: str) -> str:
        """The cell of one column, e.g. "orders.csv!H12" (the row's first cell if the file has no such column)."""
        return f"{self._sheet}!{self._letters.get(name, 'A')}{self.number}"

    def __getitem__(self, name: str) -> Any:
        value = self._values[name]
        if isinstance(value, BadCell):
            raise value
        return value

    def get(self, name: str, default: Any = None) -> Any:
        """The value, or `default` where it is blank or the layout has no such column."""
        value = self[name] if name in self._values else None
        return default if value in (None, "") else value

    def peek(self, name: str) -> Any:
        """The value, None where it is blank or could not be read."""
        value = self._values.get(name)
        return None if isinstance(value, BadCell) or value == "" else value

    def as_dict(self) -> dict[str, Any]:
        """All values by column name; raises BadCell like `row[name]`."""
        return {name: self[name] for name in self._values}

    def __repr__(self) -> str:
        return f"Row({self.where})"


@dataclass(frozen=True, kw_only=True)
class _Field:
    """A column of the layout and the file columns (0-based) that hold it, best first."""

    column: Column
    places: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class _Header:
    """Where the columns of one sheet are."""

    fields: tuple[_Field, ...]
    letters: Mapping[str, str]
    width: int


def read_table(
    path: Path, layout: Layout, *, password: Secret | str | None = None, allow_empty: bool = False
) -> list[Row]:
    """All rows of a CSV, workbook or zip; a DocumentError says what is wrong with the file and the remedy."""
    rows = list(iter_table(path, layout, password=password))
    if not rows and not allow_empty:
        raise EmptyExport(file=path.name)
    return rows


def iter_table(path: Path, layout: Layout, *, password: Secret | str | None = None) -> Iterator[Row]:
    """The rows one by one; whether the file was cut off is known only when the last one has been read."""
    word = password.reveal() if isinstance(password, Secret) else password
    for source in open_sources(path, layout, word):
        yield from _source_rows(source, layout)


def _source_rows(source: Source, layout: Layout) -> Iterator[Row]:
    """The rows of the first sheet that has our header; further sheets are notes and look-ups."""
    misses: list[DocumentError] = []
    for sheet in source.sheets:
        try:
            header = _find_header(sheet, layout)
        except (MissingColumn, NoHeader) as error:
            misses.append(error)
            continue
        yield from _rows(sheet, layout, header)
        return
    raise min(misses, key=lambda miss: isinstance(miss, NoHeader))  # the sheet that came closest explains best


# ------------------------------------------------------------------------------------------- header


def _find_header(sheet: Sheet, layout: Layout) -> _Header:
    required = [column for column in layout.columns if column.required] or list(layout.columns)
    best: tuple[int, list[str]] = (0, [])
    for number, cells in islice(sheet.rows, _HEADER_WITHIN):
        names = [normal_header(cell) for cell in cells]
        if all(_places(column, names) for column in required):
            return _header(sheet, layout, names, number)
        hits = sum(1 for column in layout.columns if _places(column, names))
        if hits > best[0]:
            best = (hits, [str(cell).strip() for cell in cells if cell is not None])
    raise _no_header(sheet.name, layout, required, best[1])


def _no_header(sheet: str, layout: Layout, required: list[Column], seen: list[str]) -> DocumentError:
    if not seen:
        columns = "、".join(column.headers[0] for column in required)
        return NoHeader(file=sheet, columns=columns, layout=layout.name)
    names = [normal_header(cell) for cell in seen]
    missing = next(column for column in required if not _places(column, names))
    nearest = difflib.get_close_matches(missing.headers[0], seen, n=1, cutoff=0.0)
    return MissingColumn(file=sheet, column=" / ".join(missing.headers), nearest=nearest[0], layout=layout.name)


def _header(sheet: Sheet, layout: Layout, names: list[str], number: int) -> _Header:
    fields = tuple(_Field(column=column, places=_places(column, names)) for column in layout.columns)
    for field in fields:
        _refuse_doubled(sheet.name, field, names, number)
    letters = {field.column.name: column_letter(field.places[0]) for field in fields if field.places}
    return _Header(fields=fields, letters=letters, width=len(names))


def _refuse_doubled(sheet: str, field: _Field, names: list[str], number: int) -> None:
    for place in field.places:
        again = [other for other, name in enumerate(names) if name == names[place] and other > place]
        if again:
            raise DoubledColumn(
                file=sheet,
                column=field.column.headers[0],
                first=f"{column_letter(place)}{number}",
                second=f"{column_letter(again[0])}{number}",
            )


def _places(column: Column, names: list[str]) -> tuple[int, ...]:
    wanted = [normal_header(header) for header in column.headers]
    return tuple(names.index(header) for header in wanted if header in names)


def normal_header(cell: Any) -> str:
    """A header as it is compared: no blanks, byte order mark or case; full-width brackets as half-width."""
    text = unicodedata.normalize("NFKC", clean("" if cell is None else cell)).replace("\ufeff", "")
    return "".join(text.split()).lower()


def column_letter(place: int) -> str:
    """The letter of a 0-based column: 0 is A, 26 is AA."""
    return str(get_column_letter(place + 1))


# --------------------------------------------------------------------------------------------- rows


def _rows(sheet: Sheet, layout: Layout, header: _Header) -> Iterator[Row]:
    for number, cells in sheet.rows:
        first = next((cell for cell in cells if cell not in (None, "")), None)
        if first is None or (isinstance(first, str) and _is_no_data(first, cells, layout)):
            continue
        yield _row(sheet.name, number, cells, layout, header)


def _is_no_data(first: str, cells: list[Any], layout: Layout) -> bool:
    if first.strip():
        return bool(layout.footers) and first.strip().startswith(layout.footers)
    return not any(clean(cell) for cell in cells if cell is not None)


def _row(sheet: str, number: int, cells: list[Any], layout: Layout, header: _Header) -> Row:
    faults: list[BadCell] = []
    values: dict[str, Any] = {}
    for field in header.fields:
        try:
            values[field.column.name] = _value(field, cells, layout)
        except ValueError as error:
            cell = f"{sheet}!{header.letters[field.column.name]}{number}"
            fault = _bad_cell(cell, field.column, str(error))
            values[field.column.name] = fault
            faults.append(fault)
    faults += _beyond_header(sheet, number, cells, header.width)
    return Row(sheet, number, values, header.letters, tuple(faults))


def _value(field: _Field, cells: list[Any], layout: Layout) -> Any:
    value = blank(field.column.reads)
    for place in field.places:
        if place < len(cells):
            value = value_of(cells[place], field.column, layout.timezone)
        if value not in (None, ""):
            return value
    if field.column.filled:
        raise ValueError("")
    return value


def _bad_cell(cell: str, column: Column, value: str) -> BadCell:
    expected_zh, expected_en = EXPECTED[column.reads] if value else FILLED
    return BadCell(file=cell, header=column.headers[0], value=value, expected_zh=expected_zh, expected_en=expected_en)


def _beyond_header(sheet: str, number: int, cells: list[Any], width: int) -> list[BadCell]:
    """Filled cells right of the header: an unquoted comma has shifted the row, so none of it can be trusted."""
    for place in range(width, len(cells)):
        if cells[place] is not None and clean(cells[place]):
            return [
                BadCell(
                    file=f"{sheet}!{column_letter(place)}{number}",
                    header="–",
                    value=clean(cells[place]),
                    expected_zh="空白（表头右侧不应有内容，可能有未加引号的逗号）",
                    expected_en="nothing (right of the header; perhaps a comma without quotes)",
                )
            ]
    return []
