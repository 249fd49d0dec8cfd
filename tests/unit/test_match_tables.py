"""Matching from Excel and CSV: one row a line, the same verdict as from JSON."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook

from nightclerk.documents.match_files import load_invoices, match_files
from nightclerk.documents.match_tables import entries_of
from nightclerk.errors import DocumentError

INVOICES = (
    ("id", "number", "date", "seller", "seller_tax", "net", "tax", "gross", "remark", "name", "qty", "price", "rate",
     "line_net", "line_tax"),
    ("I1", "26000000000000000001", date(2026, 4, 7), "甲", "T1", 130.1, 16.91, 147.01, "订单号:PO20260001", "茶杯",
     4, 25, "13%", 100, 13),
    ("I1", None, None, None, None, None, None, None, None, "茶盘", 1, 30.1, "13%", 30.1, 3.91),
)  # fmt: skip
ORDERS = (
    ("po", "supplier", "supplier_tax", "date", "line", "name", "qty", "price", "rate"),
    ("PO20260001", "甲", "T1", date(2026, 3, 30), 1, "茶杯", 4, 25, "13%"),
    ("PO20260001", "甲", "T1", date(2026, 3, 30), 2, "茶盘", 1, 30.1, "13%"),
)
RECEIPTS = (
    ("gr", "po", "date", "line", "qty"),
    ("G1", "PO20260001", "2026-04-06", 1, 4),
    ("G1", "PO20260001", "2026-04-06", 2, 1),
)  # fmt: skip


def book(folder: Path, name: str, rows: tuple[tuple[object, ...], ...]) -> Path:
    workbook = Workbook()
    for row in rows:
        workbook.active.append(row)
    workbook.save(folder / name)
    return folder / name


def test_three_workbooks_are_matched(tmp_path: Path) -> None:
    """Two rows of one key are one invoice with two lines, and it fits its order."""
    files = [book(tmp_path, f"{n}.xlsx", rows) for n, rows in enumerate((INVOICES, ORDERS, RECEIPTS))]
    (verdict,) = match_files(*files)
    assert (verdict["outcome"], verdict["pos"], verdict["rule"]) == ("match", ["PO20260001"], "reference")


def test_amounts_are_read_as_typed(tmp_path: Path) -> None:
    """30.1 stays 30.1, not the binary number next to it."""
    (case,) = load_invoices(book(tmp_path, "i.xlsx", INVOICES))
    assert [str(line.net) for line in case.lines] == ["100", "30.1"]
    assert (str(case.gross), case.issued_on) == ("147.01", date(2026, 4, 7))


def test_a_csv_in_either_encoding(tmp_path: Path) -> None:
    """UTF-8 and what Excel writes in China give the same entries."""
    found = []
    for encoding in ("utf-8", "gb18030"):
        path = tmp_path / f"{encoding}.csv"
        with path.open("w", encoding=encoding, newline="") as file:
            csv.writer(file).writerows(ORDERS)
        found.append(entries_of(path))
    assert found[0] == found[1]
    assert [line["name"] for line in found[0][0]["lines"]] == ["茶杯", "茶盘"]


def test_a_table_without_its_key_is_refused(tmp_path: Path) -> None:
    """The sentence says which column is missing."""
    with pytest.raises(DocumentError, match="no column id, po or gr"):
        entries_of(book(tmp_path, "x.xlsx", (("name", "qty"), ("茶杯", 1))))
