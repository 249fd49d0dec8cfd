"""Read the evidence heads back out of a shift report (Excel or HTML), to compare them with the evidence itself."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from zipfile import BadZipFile

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from nightclerk.documents.report import label
from nightclerk.errors import DocumentError
from nightclerk.texts import say

Heads = dict[str, tuple[int, str]]
_HASH = re.compile(r"[0-9a-f]{64}")


def heads_in(report: Path) -> Heads:
    """{run: (lines, hash)} of the section on evidence. DocumentError when the file is no report or has none."""
    try:
        rows = _of_workbook(report) if report.suffix.lower() == ".xlsx" else _of_page(report)
    except (OSError, ValueError, KeyError, BadZipFile, InvalidFileException) as error:
        raise _unreadable(report, str(error)) from error
    heads = {row[0]: (int(row[1]), row[2]) for row in rows if len(row) > 2 and _is_head(row)}
    if not heads:
        raise _unreadable(report, say("report.no_heads"))
    return heads


def _is_head(row: list[str]) -> bool:
    return row[1].isdecimal() and _HASH.fullmatch(row[2]) is not None


def _unreadable(report: Path, why: str) -> DocumentError:
    return DocumentError(file=report.name, why=why, remedy=say("report.no_heads_remedy"))


def _of_workbook(report: Path) -> list[list[str]]:
    book = openpyxl.load_workbook(report, read_only=True, data_only=True)
    try:
        sheet = book[str(label("heads"))[:31]]
        return [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    finally:
        book.close()


def _of_page(report: Path) -> list[list[str]]:
    cells = _Cells()
    cells.feed(report.read_text(encoding="utf-8"))
    return cells.rows


class _Cells(HTMLParser):
    """The texts of all table cells of a page, row by row."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        self._inside = tag == "td"
        if self._inside and self.rows:
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "td"

    def handle_data(self, data: str) -> None:
        if self._inside and self.rows and self.rows[-1]:
            self.rows[-1][-1] += data.strip()
