"""What the warehouse booked in for the orders beside an invoice: the ERP's last export, read again when it changes."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from pathlib import Path

from nightclerk.documents.purchases import RECEIPTS, kept_export, purchases
from nightclerk.domain.purchasing import Receipt
from nightclerk.errors import NightClerkError


def received_for(workspace: Path, orders: Collection[str]) -> tuple[list[Receipt], str]:
    """(receipts of these orders, oldest first; "" or the sentence that says why there are none to show)."""
    file = kept_export(workspace, RECEIPTS)
    try:
        known = _by_order(workspace, file.stat().st_mtime_ns if file.is_file() else 0)
    except NightClerkError as error:
        return [], error.sentence()
    found = [receipt for order in dict.fromkeys(orders) for receipt in known.get(order, ())]
    return sorted(found, key=lambda receipt: (receipt.received_on, receipt.number)), ""


@lru_cache(maxsize=2)
def _by_order(workspace: Path, _changed: int) -> dict[str, list[Receipt]]:
    by_order: dict[str, list[Receipt]] = {}
    for receipt in purchases(workspace)[1]:
        by_order.setdefault(receipt.order, []).append(receipt)
    return by_order
