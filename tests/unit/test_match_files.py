"""Matching from JSON files, as `nightclerk invoices match` does it, and what a wrong entry is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from nightclerk.documents.match_files import load_invoices, match_files
from nightclerk.errors import DocumentError

LINE = {"line": 1, "name": "图书", "sku": "S1", "qty": 4, "price": "25", "rate": "9%", "net": "100.00", "tax": "9.00"}
INVOICE = {
    "id": "I1", "number": "26002000000000000001", "date": "2026-04-07", "seller": "甲", "seller_tax": "T1",
    "net": "100.00", "tax": "9.00", "gross": "109.00", "currency": "CNY", "remark": "订单号:PO20260001",
    "lines": [LINE],
}  # fmt: skip
ORDER = {"po": "PO20260001", "supplier": "甲", "supplier_tax": "T1", "date": "2026-03-30", "lines": [LINE]}
RECEIPT = {"gr": "G1", "po": "PO20260001", "date": "2026-04-06", "lines": [{"line": 1, "qty": 3}]}


def written(folder: Path, name: str, entries: Any) -> Path:
    path = folder / name
    path.write_text(json.dumps(entries, ensure_ascii=False), encoding="utf-8")
    return path


def test_the_verdicts_of_three_files(tmp_path: Path) -> None:
    """One object for each invoice, with the difference that makes it an exception."""
    files = [written(tmp_path, f"{n}.json", [one]) for n, one in enumerate((INVOICE, ORDER, RECEIPT))]
    (verdict,) = match_files(*files)
    assert (verdict["invoice"], verdict["outcome"], verdict["pos"]) == ("I1", "exception", ["PO20260001"])
    assert verdict["differences"] == [
        {"code": "not_received", "where": "PO20260001/1", "expected": "3", "found": "4", "by": "25.00"}
    ]


def test_a_wrong_entry_is_named(tmp_path: Path) -> None:
    """File and entry number; the good ones before it do not hide it."""
    broken = {**INVOICE, "gross": "a lot"}
    with pytest.raises(DocumentError, match=r"in\.json: entry 2 cannot be used"):
        load_invoices(written(tmp_path, "in.json", [INVOICE, broken]))


def test_a_file_that_holds_no_list(tmp_path: Path) -> None:
    """An object or broken JSON is refused as a whole."""
    with pytest.raises(DocumentError, match="A JSON list is expected"):
        load_invoices(written(tmp_path, "in.json", {"invoices": []}))
