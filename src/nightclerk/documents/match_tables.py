"""Read invoices, purchase orders or receipts for matching from an Excel workbook or a CSV: one row a line.

The columns are those of the JSON format; a line's own amounts are `line_net` and `line_tax`. Rows with the same key
(`id`, `po` or `gr`) are one document; its head may stand in its first row only. An optional sheet `lines` holds the
lines apart from the heads, joined by the key.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from nightclerk.errors import DocumentError

TABLE_SUFFIXES = (".xlsx", ".xlsm", ".csv")
_KEYS = ("id", "gr", "po")
_LINE = ("line", "name", "spec", "sku", "unit", "qty", "price", "rate", "line_net", "line_tax")
Row = dict[str, str]


def entries_of(path: Path) -> list[dict[str, Any]]:
    """The documents of a table in the JSON format. DocumentError names what is missing."""
    sheets = [_csv(path)] if path.suffix.lower() == ".csv" else list(_workbook(path))
    if not sheets or not sheets[0]:
        raise DocumentError(file=path.name, why="no rows", remedy="Put the column names in the first row.")
    heads, more = sheets[0], [row for sheet in sheets[1:] for row in sheet]
    key = next((name for name in _KEYS if name in heads[0]), None)
    if key is None:
        raise DocumentError(file=path.name, why="no column id, po or gr", remedy="Name the column of the document.")
    return list(_grouped(heads, more, key).values())


def _grouped(heads: Iterable[Row], more: Iterable[Row], key: str) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    before = ""
    for row in (*heads, *more):
        number = row.get(key) or before
        if not number:
            continue
        before = number
        entry = found.setdefault(number, {key: number, "lines": []})
        entry.update({name: text for name, text in row.items() if name not in _LINE and text and not entry.get(name)})
        line = {name.removeprefix("line_"): row[name] for name in _LINE if row.get(name)}
        if line.keys() - {"line"}:
            entry["lines"].append(line)
    return found


def _csv(path: Path) -> list[Row]:
    text = path.read_bytes()
    try:
        content = text.decode("utf-8-sig")
    except UnicodeDecodeError:
        content = text.decode("gb18030", errors="replace")
    return _rows(csv.reader(content.splitlines()))


def _workbook(path: Path) -> Iterator[list[Row]]:
    """The first sheet, then the one called lines."""
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, OSError, KeyError) as error:
        raise DocumentError(file=path.name, why=str(error), remedy="Save it as an Excel workbook again.") from error
    try:
        for index, sheet in enumerate(book.worksheets):
            if index == 0 or sheet.title.lower() in ("lines", "明细"):
                yield _rows(sheet.iter_rows(values_only=True))
    finally:
        book.close()


def _rows(rows: Iterable[Iterable[object]]) -> list[Row]:
    found = iter(rows)
    titles = [str(title or "").strip().lower() for title in next(found, ())]
    named = (dict(zip(titles, map(_text, row), strict=False)) for row in found)
    return [row for row in named if any(row.values())]


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):  # 0.1 as it was typed, not its binary neighbour
        return f"{Decimal(repr(value)).normalize():f}"
    return "" if value is None else str(value).strip()
