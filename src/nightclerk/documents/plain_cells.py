"""Excel cells that stay what they say: text is never a formula, and tables get header, widths and bands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

FONT = "Microsoft YaHei"
_HEAD = PatternFill("solid", fgColor="26324D")
_BAND = PatternFill("solid", fgColor="F4F6FA")
_LINE = Border(bottom=Side(style="thin", color="DDE2EC"))
_TONES = {"good": "1B7A4B", "bad": "B3261E", "wait": "9A5B00", "": "222B3A"}
#: A cell that begins with one of these could be taken for a formula by a spreadsheet program.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def put_text(
    sheet: Any, row: int, column: int, value: str | int, *, size: int = 10, bold: bool = False, tone: str = ""
) -> Any:
    """Write one value; text stays text whatever it begins with. Returns the cell."""
    cell = sheet.cell(row, column)
    if isinstance(value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
        cell.data_type = "s"
        if value.startswith(_FORMULA_STARTS):
            cell.quotePrefix = True
    else:
        cell.value = value
    cell.font = Font(name=FONT, size=size, bold=bold, color=_TONES[tone])
    return cell


def banded_sheet(
    sheet: Any,
    headers: Sequence[str],
    rows: Sequence[Sequence[str | int]],
    widths: Sequence[int],
    tones: Sequence[str],
) -> None:
    """Fill a sheet with one table: frozen dark header, column widths, bands, the second column in its tone."""
    for place, (header, width) in enumerate(zip(headers, widths, strict=True), start=1):
        cell = put_text(sheet, 1, place, header, bold=True)
        cell.font, cell.fill = Font(name=FONT, size=10, bold=True, color="FFFFFF"), _HEAD
        cell.alignment = Alignment(vertical="center")
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.row_dimensions[1].height = 24
    for number, (row, tone) in enumerate(zip(rows, tones, strict=True), start=2):
        for place, value in enumerate(row, start=1):
            cell = put_text(sheet, number, place, value, tone=tone if place == 2 else "")
            cell.border, cell.alignment = _LINE, Alignment(wrap_text=True, vertical="top")
            if number % 2:
                cell.fill = _BAND
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(headers))}{len(rows) + 1}"
    sheet.sheet_view.showGridLines = False
