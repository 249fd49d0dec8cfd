"""Read a platform's settlement statement and the shop's orders from JSON, Excel or CSV, and settle them.

Columns of the statement: order, kind (sale, fee, refund; 订单, 费用, 退款), amount, name.
Columns of the orders: order, paid, refunded.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from nightclerk.documents.match_files import MatchFileWrong
from nightclerk.domain.amounts import ZERO
from nightclerk.domain.settlements import Entry, EntryKind, FeeTerms, Settlement, ShopOrder, settle
from nightclerk.errors import DocumentError
from nightclerk.texts import say

_KINDS = {"订单": "sale", "货款": "sale", "费用": "fee", "佣金": "fee", "退款": "refund"}


def settle_files(statement: Path, orders: Path, terms: FeeTerms | None = None) -> list[dict[str, Any]]:
    """One object an order: outcome, what is paid out, and each difference as a sentence."""
    entries = [_built(statement, n, row, _entry) for n, row in enumerate(_rows(statement), start=1)]
    known = [_built(orders, n, row, _order) for n, row in enumerate(_rows(orders), start=1)]
    return [_plain(one) for one in settle(entries, known, terms)]


def _plain(one: Settlement) -> dict[str, Any]:
    amounts = {name: str(getattr(one, name)) for name in ("payout", "sales", "fees", "refunds")}
    told = [
        say(f"matching.settlement.{gap.code}", where=gap.where, expected=gap.expected, found=gap.found)
        for gap in one.differences
    ]
    return {"order": one.order, "outcome": one.outcome.value, **amounts, "differences": told}


def _built(path: Path, number: int, row: Mapping[str, Any], build: Any) -> Any:
    try:
        return build(row)
    except (KeyError, ValueError, InvalidOperation) as error:
        raise MatchFileWrong(file=path.name, entry=number, why=repr(error)) from error


def _entry(row: Mapping[str, Any]) -> Entry:
    kind = str(row["kind"]).strip()
    return Entry(
        order=str(row["order"]), kind=EntryKind(_KINDS.get(kind, kind)), amount=Decimal(str(row["amount"])),
        name=str(row.get("name") or ""),
    )  # fmt: skip


def _order(row: Mapping[str, Any]) -> ShopOrder:
    refunded = row.get("refunded")
    return ShopOrder(
        number=str(row["order"]), paid=Decimal(str(row["paid"])),
        refunded=ZERO if refunded in (None, "") else Decimal(str(refunded)),
    )  # fmt: skip


def _rows(path: Path) -> list[dict[str, Any]]:
    try:
        if path.suffix.lower() == ".json":
            found = json.loads(path.read_text(encoding="utf-8"))
            return [dict(row) for row in found]
        if path.suffix.lower() == ".csv":
            return list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
        sheet = load_workbook(path, read_only=True, data_only=True).worksheets[0]
        first, *rest = sheet.iter_rows(values_only=True)
    except Exception as error:  # whatever a library trips over in a stranger's file is about that file
        raise DocumentError(file=path.name, why=str(error), remedy="JSON, CSV or Excel with named columns.") from error
    titles = [str(title or "").strip().lower() for title in first]
    return [dict(zip(titles, row, strict=False)) for row in rest if any(row)]
