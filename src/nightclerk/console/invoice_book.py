"""The invoices as they stand now, as a workbook: one row each with who decided what, and totals that add up."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from nightclerk.console.rendering import words
from nightclerk.documents.finance_workbook import Cell, put
from nightclerk.domain.items import WorkItem
from nightclerk.domain.reviewing import totals_of
from nightclerk.reviews.invoices import row_of
from nightclerk.texts import say

COLUMNS = (
    ("number", 26), ("issued_on", 13), ("seller", 32), ("gross", 15), ("currency", 9), ("state", 12), ("orders", 28),
    ("reason", 48), ("decided_by", 18), ("decided_at", 20), ("file", 36),
)  # fmt: skip
PARTS = ("matched", "red_notes", "in_review", "rejected", "received")


def write_invoice_book(path: Path, items: Iterable[WorkItem]) -> Path:
    """Write the workbook. Amounts are numbers, everything else is text that no Excel turns into anything."""
    book, found = Workbook(), list(items)
    sheet = book.active
    assert sheet is not None
    sheet.title = say("console.nav.invoices")
    _heads(sheet, [words(f"console.field.{name}", name) for name, _ in COLUMNS], [width for _, width in COLUMNS])
    for place, item in enumerate(found, start=2):
        for column, value in enumerate(_cells(item), start=1):
            put(sheet, place, column, value)
    _totals(book.create_sheet(say("console.invoice.totals")), found)
    book.save(path)
    return path


def _heads(sheet: Worksheet, heads: list[str], widths: list[int]) -> None:
    for column, (head, width) in enumerate(zip(heads, widths, strict=True), start=1):
        put(sheet, 1, column, head)
        sheet.column_dimensions[sheet.cell(1, column).column_letter].width = width
    sheet.freeze_panes = "A2"


def _cells(item: WorkItem) -> list[Cell]:
    row = row_of(item)
    last = (item.details.get("decisions") or [{}])[-1]
    return [
        row.number, row.issued_on, row.seller, row.gross, row.currency, words(f"console.state.{row.state}", row.state),
        ", ".join(row.orders), row.reason, str(last.get("who", "")), str(last.get("at", ""))[:19],
        str(item.details.get("file") or ""),
    ]  # fmt: skip


def _totals(sheet: Worksheet, items: list[WorkItem]) -> None:
    heads = [say("console.field.currency"), *(say(f"console.invoice.part.{part}") for part in PARTS)]
    _heads(sheet, heads, [10, *([16] * len(PARTS))])
    for place, total in enumerate(totals_of(items), start=2):
        put(sheet, place, 1, total.currency)
        for column, part in enumerate(PARTS, start=2):
            put(sheet, place, column, getattr(total, part))
