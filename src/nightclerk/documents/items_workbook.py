"""The workbook of what failed and why: one sheet a queue, the data as text columns, made to be mended and read back.

A value goes out as text and comes back as what it was: order numbers keep all their digits, money its cents, dates
their form. A cell that nobody changed gives back exactly the value that was exported, whatever Excel shows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from nightclerk.domain.items import State, WorkItem
from nightclerk.errors import DocumentError, WorkspaceError
from nightclerk.texts import catalogue, say

FACTS = ("queue", "key", "state", "reason", "remedy", "version", "action")
WIDTHS = {"queue": 14, "key": 34, "state": 11, "reason": 50, "remedy": 40, "version": 9, "action": 16}
AGAIN, SKIP = "again", "skip"
_HEADER_FILL = PatternFill("solid", start_color="FF1F3864")


@dataclass(frozen=True, kw_only=True)
class EditedRow:
    """One row as it came back. `cells` holds each payload column's value and its address, `where` the row's own."""

    queue: str
    key: str
    version: object
    action: str
    where: Mapping[str, str]
    cells: Mapping[str, tuple[Any, str]] = field(default_factory=dict)


def as_text(value: Any) -> str:
    """How one value of a payload stands in its cell."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return ILLEGAL_CHARACTERS_RE.sub("", text)


# ------------------------------------------------------------------------------------------- writing


def write_items(path: Path, items: Sequence[WorkItem]) -> Path:
    """Write the workbook; items of one queue stand on one sheet in the order in which they come."""
    book = Workbook()
    book.remove(book.active)
    queues = list(dict.fromkeys(item.queue for item in items)) or ["-"]
    for queue in queues:
        _write_sheet(book.create_sheet(_title(queue)), [item for item in items if item.queue == queue])
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    return path


def _title(queue: str) -> str:
    return re.sub(r"[\[\]:*?/\\]", "-", queue)[:31]


def _write_sheet(sheet: Worksheet, items: Sequence[WorkItem]) -> None:
    names = list(dict.fromkeys(name for item in items for name in item.payload))
    for column, head in enumerate([*(say(f"items.head.{fact}") for fact in FACTS), *names], start=1):
        _put(sheet, 1, column, head)
        sheet.cell(1, column).font, sheet.cell(1, column).fill = Font(bold=True, color="FFFFFFFF"), _HEADER_FILL
    for number, item in enumerate(items, start=2):
        for column, text in enumerate([*_facts(item), *(as_text(item.payload.get(name)) for name in names)], start=1):
            _put(sheet, number, column, text)
    for column, width in enumerate([*WIDTHS.values(), *(24 for _ in names)], start=1):
        sheet.column_dimensions[sheet.cell(1, column).column_letter].width = width
    sheet.freeze_panes = "C2"


def _facts(item: WorkItem) -> list[str]:
    action = AGAIN if item.state in (State.REJECTED, State.FAILED) else SKIP
    remedy = say(f"items.remedy.{item.state.value}")
    return [item.queue, item.key, item.state.value, item.reason, remedy, str(item.version), action]


def _put(sheet: Worksheet, row: int, column: int, text: str) -> None:
    """Text and nothing but text: no formula, no number, no date."""
    cell: Cell = sheet.cell(row, column)
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)
    cell.data_type, cell.number_format = "s", "@"
    cell.alignment = Alignment(vertical="top", wrap_text=column in (4, 5))


# ------------------------------------------------------------------------------------------- reading


def read_items(path: Path) -> list[EditedRow]:
    """The rows of an edited workbook; DocumentError when it is none, WorkspaceError when its columns are not ours."""
    try:
        book = load_workbook(path, data_only=True)
    except FileNotFoundError:
        raise DocumentError(file=path.name, why="there is no such file", remedy="Check the path") from None
    except (InvalidFileException, BadZipFile, KeyError, OSError, ValueError) as error:
        why = f"it is no Excel workbook ({error})"
        raise DocumentError(file=path.name, why=why, remedy=say("items.fault.no_columns_remedy")) from error
    return [row for sheet in book.worksheets for row in _read_sheet(path.name, sheet)]


def _read_sheet(file: str, sheet: Worksheet) -> Iterator[EditedRow]:
    heads = [str(cell.value or "") for cell in sheet[1]]
    if len(heads) < len(FACTS) or not all(_is_head(head, fact) for head, fact in zip(heads, FACTS, strict=False)):
        raise WorkspaceError(
            where=f"{file}!{sheet.title}!A1", expected=say("items.fault.no_columns"),
            remedy=say("items.fault.no_columns_remedy"),
        )  # fmt: skip
    for cells in sheet.iter_rows(min_row=2):
        if not any(cell.value is not None for cell in cells):
            continue
        facts = dict(zip(FACTS, cells, strict=False))
        payload = zip(heads[len(FACTS) :], cells[len(FACTS) :], strict=False)
        yield EditedRow(
            queue=str(facts["queue"].value or ""), key=str(facts["key"].value or ""), version=facts["version"].value,
            action=str(facts["action"].value or SKIP).strip().lower(),
            where={name: _address(file, cell) for name, cell in facts.items()},
            cells={name: (cell.value, _address(file, cell)) for name, cell in payload if name},
        )  # fmt: skip


def _is_head(head: str, fact: str) -> bool:
    """Whether it is this column's head in any language: who reads need not speak what the exporter spoke."""
    return head in catalogue()[f"items.head.{fact}"].values()


def _address(file: str, cell: Cell) -> str:
    return f"{file}!{cell.parent.title}!{cell.coordinate}"


# ---------------------------------------------------------------------------------------- back to data


def mended(item: WorkItem, row: EditedRow) -> tuple[dict[str, Any], list[WorkspaceError]]:
    """The payload with the cells that were changed, and what is wrong with those that cannot be taken."""
    payload, faults = dict(item.payload), []
    for name, (value, where) in row.cells.items():
        old = item.payload.get(name)
        if (value or "") == as_text(old):
            continue
        try:
            payload[name] = _as_kind_of(old, value)
        except _Unfit as unfit:
            facts = {"kind": unfit.kind, "text": str(value)}
            expected, remedy = say(f"items.fault.{unfit.fault}", **facts), say(f"items.fault.{unfit.fault}_remedy")
            faults.append(WorkspaceError(where=where, expected=expected, remedy=remedy))
    return payload, faults


class _Unfit(Exception):
    """A cell that cannot be what it was."""

    def __init__(self, fault: str, kind: str = "") -> None:
        super().__init__(fault)
        self.fault, self.kind = fault, kind


def _as_kind_of(old: Any, value: Any) -> Any:
    """A changed cell as the kind of value that stood there; Excel may have made a number or a date of it."""
    if isinstance(old, bool):
        return _one_of(str(value).strip().lower(), {"true": True, "false": False})
    if isinstance(old, int):
        return _number(value, int)
    if isinstance(old, float):
        return _number(value, float)
    if isinstance(old, list | dict):
        return _nested(value, type(old))
    return _text(value)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float) and not isinstance(value, bool):
        exact = Decimal(str(value))
        if abs(exact) >= 10**15 or len(exact.as_tuple().digits) > 15:
            raise _Unfit("number")
        return f"{exact:f}"
    return str(value)


def _number(value: Any, kind: type[int] | type[float]) -> int | float:
    try:
        number = Decimal(str(value).strip())
        if kind is int and number != number.to_integral_value():
            raise _Unfit("kind", "int")
        return kind(number)
    except (InvalidOperation, ValueError):
        raise _Unfit("kind", kind.__name__) from None


def _one_of(text: str, known: Mapping[str, bool]) -> bool:
    if text not in known:
        raise _Unfit("kind", "true | false")
    return known[text]


def _nested(value: Any, kind: type) -> Any:
    try:
        data = json.loads(str(value))
    except ValueError:
        raise _Unfit("kind", "JSON") from None
    if not isinstance(data, kind):
        raise _Unfit("kind", "JSON")
    return data
