"""Count what really stands in the practice systems: entered, doubled, lost, wrong, by their own books."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from nightclerk.sandbox import purchases

SHOPS = ("taobao", "jd", "douyin")


@dataclass(frozen=True, kw_only=True)
class Claims:
    """What the bots say, to be held against the books: what waits for a person, and which links they made.

    orders: order numbers that wait. parcels: (order number, tracking number). stock: (platform, sku) -> quantity
    that the bots meant to write. invoices: numbers that wait. links: invoice number -> purchase orders it was
    matched to. forms: invoice numbers whose payment waits.
    """

    orders: frozenset[str] = frozenset()
    parcels: frozenset[tuple[str, str]] = frozenset()
    stock: Mapping[tuple[str, str], int] = field(default_factory=dict)
    stock_waiting: frozenset[tuple[str, str]] = frozenset()
    invoices: frozenset[str] = frozenset()
    links: Mapping[str, frozenset[str]] = field(default_factory=dict)
    payments: frozenset[str] = frozenset()


def audit(state: Path, claims: Claims) -> dict[str, dict[str, int]]:
    """The four counts of the shift, from the books under `state`."""
    return {
        "orders": orders(state, claims),
        "shipments": shipments(state, claims),
        "stock": stock(state, claims),
        "invoices": invoices(claims),
        "approvals": approvals(state, claims),
    }


def orders(state: Path, claims: Claims) -> dict[str, int]:
    """Each order that should be keyed: once in the ERP, or waiting for a person; anything else is lost."""
    eligible = {
        number for shop in SHOPS for (number,) in _rows(state, shop, "SELECT number FROM orders WHERE eligible")
    }
    known = {number for shop in SHOPS for (number,) in _rows(state, shop, "SELECT number FROM orders")}
    keyed = Counter(number for (number,) in _rows(state, "erp", "SELECT external_no FROM vouchers"))
    waiting = claims.orders & known - set(keyed)
    return {
        "eligible": len(eligible),
        "keyed": len(eligible & set(keyed)),
        "in_review": len(waiting),
        "doubled": sum(times - 1 for times in keyed.values()),
        "lost": len(eligible - set(keyed) - waiting),
        "wrong": len(set(keyed) - eligible) + _wrong_totals(state),
    }


def _wrong_totals(state: Path) -> int:
    sold = {n: Decimal(t) for shop in SHOPS for n, t in _rows(state, shop, "SELECT number, total FROM orders")}
    keyed = _rows(state, "erp", "SELECT external_no, total FROM vouchers")
    return sum(1 for number, total in keyed if number in sold and Decimal(total) != sold[number])


def shipments(state: Path, claims: Claims) -> dict[str, int]:
    """Each parcel that the warehouse sent: once in its shop, or waiting for a person."""
    sent = set(_rows(state, "erp", "SELECT external_no, tracking FROM deliveries WHERE tracking <> ''"))
    written = Counter(
        row for shop in SHOPS for row in _rows(state, shop, "SELECT order_number, tracking FROM shipments")
    )
    waiting = claims.parcels - set(written)
    return {
        "sent": len(sent),
        "written": len(sent & set(written)),
        "in_review": len(waiting & sent),
        "doubled": sum(times - 1 for times in written.values()),
        "lost": len(sent - set(written) - waiting),
        "wrong": len(set(written) - sent),
    }


def stock(state: Path, claims: Claims) -> dict[str, int]:
    """Each stock level that the bots meant to write: shown by its shop, written once, or waiting."""
    shown = {(shop, sku): n for shop in SHOPS for sku, n in _rows(state, shop, "SELECT sku, quantity FROM stock")}
    writes = Counter((shop, sku) for shop in SHOPS for (sku,) in _rows(state, shop, "SELECT sku FROM stock_writes"))
    right = {key for key, quantity in claims.stock.items() if shown.get(key) == quantity}
    return {
        "levels": len(claims.stock),
        "written": len(right),
        "in_review": len(claims.stock_waiting - right),
        "doubled": sum(times - 1 for times in writes.values()),
        "lost": len(set(claims.stock) - right - claims.stock_waiting),
        "negative": sum(1 for quantity in shown.values() if quantity < 0),
    }


def invoices(claims: Claims) -> dict[str, int]:
    """Each accepted link against the truth of the papers."""
    truth = purchases.truth_by_number()
    wrong = [
        number
        for number, linked in claims.links.items()
        if number not in truth
        or truth[number].outcome not in ("match", "offset")
        or linked != set(truth[number].orders)
    ]
    sent = {number for number in truth if number not in claims.links and number not in claims.invoices}
    return {"matched": len(claims.links), "in_review": len(claims.invoices), "lost": len(sent), "wrong": len(wrong)}


def approvals(state: Path, claims: Claims) -> dict[str, int]:
    """Each matched invoice to be paid: in one submitted form, or waiting for a person."""
    truth = purchases.truth_by_number()
    submitted = _rows(state, "oa", "SELECT number FROM forms WHERE status NOT IN ('draft', '草稿')")
    lines = Counter(
        number
        for number, form in _rows(state, "oa", "SELECT invoice_number, form FROM form_lines")
        if (form,) in submitted
    )
    due = _due(truth)
    payable = {number for number in claims.links if due.get(number, Decimal(0)) > 0}
    amounts = dict(_rows(state, "oa", "SELECT invoice_number, amount FROM form_lines"))
    return {
        "forms": len(submitted),
        "invoices": len(lines),
        "in_review": len(claims.payments - set(lines)),
        "doubled": sum(times - 1 for times in lines.values()),
        "lost": len(payable - set(lines) - claims.payments),
        "wrong": sum(1 for n in lines if Decimal(amounts[n]) != due.get(n)),
    }


def _due(truth: Mapping[str, purchases.InvoiceTruth]) -> dict[str, Decimal]:
    """What each matching invoice is to be paid: its gross less what red notes took off."""
    due = {number: paper.gross for number, paper in truth.items() if paper.outcome == "match"}
    for paper in truth.values():
        if paper.red_of in due:
            due[paper.red_of] += paper.gross
    return due


def _rows(state: Path, system: str, query: str) -> list[tuple[Any, ...]]:
    """Rows of one system's books; none when it never opened them."""
    file = state / "books" / f"{system}.db"
    if not file.exists():
        return []
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=10)) as books:
        return list(books.execute(query))


def clean(counts: Mapping[str, Mapping[str, int]]) -> bool:
    """Whether nothing is doubled, lost, wrong or negative anywhere."""
    bad = ("doubled", "lost", "wrong", "negative")
    return not any(part.get(word, 0) for part in counts.values() for word in bad)


def numbers(rows: Iterable[str]) -> frozenset[str]:
    """The last part of business keys such as "taobao:yunshan:3515…"."""
    return frozenset(row.rpartition(":")[2] for row in rows)
