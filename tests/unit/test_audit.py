"""The audit of the sandbox's books: it must be able to see doubled, lost and wrong records."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from nightclerk.sandbox import audit, purchases
from nightclerk.sandbox.audit import Claims

TABLES = {
    "orders": "number, total, eligible",
    "shipments": "order_number, tracking",
    "stock": "sku, quantity",
    "stock_writes": "sku",
    "vouchers": "external_no, total",
    "deliveries": "external_no, tracking",
    "forms": "number, status",
    "form_lines": "form, invoice_number, amount",
}


def books(state: Path, system: str, **rows: Sequence[Sequence[Any]]) -> None:
    (state / "books").mkdir(exist_ok=True)
    with closing(sqlite3.connect(state / "books" / f"{system}.db")) as db, db:
        for table, entries in rows.items():
            db.execute(f"CREATE TABLE IF NOT EXISTS {table}({TABLES[table]})")
            for entry in entries:
                db.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(entry))})", entry)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """Three orders to key, one that must not be; two are keyed, one waits."""
    orders = [("A", "10.00", 1), ("B", "20.00", 1), ("C", "30.00", 1), ("X", "5.00", 0)]
    stock = [("TB-CUP", 4)]
    books(tmp_path, "taobao", orders=orders, shipments=[("A", "SF1")], stock=stock, stock_writes=[("TB-CUP",)])
    for shop in ("jd", "douyin"):
        books(tmp_path, shop, orders=[], shipments=[], stock=[], stock_writes=[])
    books(tmp_path, "erp", vouchers=[("A", "10.00"), ("B", "20.00")], deliveries=[("A", "SF1"), ("B", "")])
    books(tmp_path, "oa", forms=[], form_lines=[])
    return tmp_path


CLAIMS = Claims(orders=frozenset("C"), stock={("taobao", "TB-CUP"): 4})


def test_a_clean_night(state: Path) -> None:
    """What stands once or waits is neither lost nor doubled."""
    counts = audit.orders(state, CLAIMS)
    assert counts == {"eligible": 3, "keyed": 2, "in_review": 1, "doubled": 0, "lost": 0, "wrong": 0}
    assert audit.shipments(state, CLAIMS)["written"] == 1
    assert audit.clean({"orders": counts, "stock": audit.stock(state, CLAIMS)})


def test_a_doubled_voucher_shows(state: Path) -> None:
    """A second voucher with the same external number is doubled."""
    books(state, "erp", vouchers=[("A", "10.00")])
    assert audit.orders(state, CLAIMS)["doubled"] == 1


def test_a_lost_order_shows(state: Path) -> None:
    """An order that is neither keyed nor waiting is lost, whatever the bots say they did."""
    assert audit.orders(state, Claims())["lost"] == 1


def test_a_wrong_voucher_shows(state: Path) -> None:
    """A voucher for an order that must not be keyed, and one with another total, are wrong."""
    books(state, "erp", vouchers=[("X", "5.00"), ("C", "31.00")])
    assert audit.orders(state, CLAIMS)["wrong"] == 2


def test_parcels_are_held_against_the_warehouse(state: Path) -> None:
    """A parcel that nobody sent is wrong, one written twice is doubled, one not written is lost."""
    books(state, "taobao", shipments=[("A", "SF1"), ("B", "SF9")])
    books(state, "erp", deliveries=[("C", "SF3")])
    counts = audit.shipments(state, CLAIMS)
    assert (counts["doubled"], counts["wrong"], counts["lost"]) == (1, 1, 1)


def test_stock_is_what_the_shop_shows(state: Path) -> None:
    """A level that the shop does not show is lost, however often it was written."""
    meant = Claims(stock={("taobao", "TB-CUP"): 9})
    assert audit.stock(state, meant)["lost"] == 1
    books(state, "taobao", stock_writes=[("TB-CUP",)])
    assert audit.stock(state, CLAIMS)["doubled"] == 1


def test_a_wrong_link_shows() -> None:
    """A match to another order than the papers' own is wrong, and so is one that must wait."""
    papers = purchases.truth_by_number()
    good = next(p for p in papers.values() if p.outcome == "match")
    waiting = next(p for p in papers.values() if p.outcome == "review")
    links = {good.number: frozenset(good.orders), waiting.number: frozenset(waiting.orders)}
    assert audit.invoices(Claims(links=links))["wrong"] == 1
    assert audit.invoices(Claims(links={good.number: frozenset({"PO-0"})}))["wrong"] == 1


def test_payments_are_held_against_the_papers(state: Path) -> None:
    """An invoice in two forms is doubled, another amount is wrong, a matched one without a form is lost."""
    papers = [p for p in purchases.truth_by_number().values() if p.scenario == "exact"]
    a, b = papers[0], papers[1]
    links = {paper.number: frozenset(paper.orders) for paper in (a, b)}
    lines = [("F1", a.number, str(a.gross)), ("F2", a.number, str(a.gross))]
    books(state, "oa", forms=[("F1", "pending"), ("F2", "pending")], form_lines=lines)
    counts = audit.approvals(state, Claims(links=links))
    assert (counts["doubled"], counts["lost"], counts["wrong"]) == (1, 1, 0)
