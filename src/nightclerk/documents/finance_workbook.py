"""The workbook for finance: matched, to review, duplicates, red notes and totals that add up to the fen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from urllib.parse import quote

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from nightclerk.documents.match_words import reason
from nightclerk.domain.amounts import ZERO
from nightclerk.domain.invoice_cases import InvoiceCase
from nightclerk.domain.verdicts import MatchOutcome, Verdict

Cell = str | Decimal | date | None
_HEADER_FILL = PatternFill("solid", start_color="FF1F3864")
_MONEY, _DATE = "#,##0.00;[Red]-#,##0.00", "yyyy-mm-dd"


@dataclass(frozen=True, kw_only=True)
class Booked:
    """One invoice document with its verdict; `unreadable` files have neither number nor amount."""

    case: InvoiceCase | None
    verdict: Verdict | None
    file: str
    why: str = ""
    link: str = ""  # where the archived original is, seen from the workbook
    evidence: str = ""  # where the film of the run that read it is, seen from the workbook


#: (header, width, value) of each column, for all sheets of documents.
_COLUMNS: tuple[tuple[str, float, Callable[[Booked], Cell]], ...] = (
    ("发票号码 / Number", 24, lambda b: b.case.number if b.case else ""),
    ("开票日期 / Date", 13, lambda b: b.case.issued_on if b.case else None),
    ("销售方 / Seller", 30, lambda b: b.case.seller if b.case else ""),
    ("税号 / Tax ID", 22, lambda b: b.case.seller_tax_id if b.case else ""),
    ("金额 / Net", 14, lambda b: b.case.net if b.case else None),
    ("税额 / Tax", 13, lambda b: b.case.tax if b.case else None),
    ("价税合计 / Gross", 15, lambda b: b.case.gross if b.case else None),
    ("币种 / Currency", 9, lambda b: b.case.currency if b.case else ""),
    ("采购订单 / Orders", 26, lambda b: ", ".join(b.verdict.orders) if b.verdict else ""),
    ("规则 / Rule", 20, lambda b: b.verdict.rule if b.verdict else "unreadable"),
    ("说明 / Reason", 60, lambda b: b.why or (reason(b.verdict) if b.verdict else "")),
    ("次选 / Runner-up", 20, lambda b: ", ".join(b.verdict.runner_up) if b.verdict else ""),
    ("文件 / File", 32, lambda b: b.file),
    ("证据 / Evidence", 24, lambda b: "↗" if b.evidence else ""),
)

#: Sheet title -> the outcomes that it lists; None stands for files that could not be read.
SHEETS: tuple[tuple[str, tuple[MatchOutcome | None, ...]], ...] = (
    ("Matched", (MatchOutcome.MATCH,)),
    ("Review", (MatchOutcome.REVIEW, MatchOutcome.EXCEPTION, None)),
    ("Duplicates", (MatchOutcome.DUPLICATE,)),
    ("Red notes", (MatchOutcome.OFFSET,)),
)


def write_finance_workbook(path: Path, booked: Sequence[Booked]) -> Path:
    """Write the workbook. Every document stands on exactly one sheet, so the totals add up to the input."""
    book = Workbook()
    book.remove(book.active)
    for title, outcomes in SHEETS:
        _list_sheet(book.create_sheet(title), [b for b in booked if _outcome(b) in outcomes])
    _totals_sheet(book.create_sheet("Totals"), booked)
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    return path


def _outcome(booked: Booked) -> MatchOutcome | None:
    return booked.verdict.outcome if booked.verdict else None


def _list_sheet(sheet: Worksheet, rows: Iterable[Booked]) -> None:
    _header(sheet, [(header, width) for header, width, _ in _COLUMNS])
    for number, booked in enumerate(rows, start=2):
        for column, (_, _, value) in enumerate(_COLUMNS, start=1):
            put(sheet, number, column, value(booked))
        for back, link in ((1, booked.link), (0, booked.evidence)):
            if link:
                sheet.cell(row=number, column=len(_COLUMNS) - back).hyperlink = quote(link)
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(_COLUMNS))}{max(sheet.max_row, 1)}"


def _header(sheet: Worksheet, columns: Sequence[tuple[str, float]]) -> None:
    for column, (header, width) in enumerate(columns, start=1):
        cell = sheet.cell(row=1, column=column, value=header)
        cell.font, cell.fill = Font(bold=True, color="FFFFFFFF"), _HEADER_FILL
        cell.alignment = Alignment(wrap_text=True, vertical="center")
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = "B2"


def put(sheet: Worksheet, row: int, column: int, value: Cell) -> None:
    """Write one cell: amounts as numbers, days as dates, and text as text even when it starts with = + - @."""
    cell = sheet.cell(row=row, column=column)
    if isinstance(value, Decimal):
        cell.value, cell.number_format = value, _MONEY
    elif isinstance(value, date):
        cell.value, cell.number_format = value, _DATE
    elif value is not None:
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", str(value))
        cell.data_type, cell.number_format = "s", "@"
        cell.quotePrefix = str(value).startswith(("=", "+", "-", "@"))


def _totals_sheet(sheet: Worksheet, booked: Sequence[Booked]) -> None:
    """One row a sheet, and the sum of all documents that came in; both sums are written and compared."""
    _header(sheet, [("类别 / Part", 28), ("张数 / Documents", 14), ("价税合计 / Gross", 18)])
    total, count = ZERO, 0
    for row, (title, outcomes) in enumerate(SHEETS, start=2):
        part = [b for b in booked if _outcome(b) in outcomes]
        gross = sum((b.case.gross for b in part if b.case), ZERO)
        total, count = total + gross, count + len(part)
        _totals_row(sheet, row, (title, Decimal(len(part)), gross))
    everything = sum((b.case.gross for b in booked if b.case), ZERO)
    last = len(SHEETS) + 2
    _totals_row(sheet, last, ("合计 / Sum", Decimal(count), total), bold=True)
    _totals_row(sheet, last + 1, ("收到 / Received", Decimal(len(booked)), everything), bold=True)


def _totals_row(sheet: Worksheet, row: int, values: tuple[Cell, Cell, Cell], *, bold: bool = False) -> None:
    for column, value in enumerate(values, start=1):
        put(sheet, row, column, value)
        sheet.cell(row=row, column=column).font = Font(bold=bold)
    sheet.cell(row=row, column=2).number_format = "0"
