"""A shop's settlement: sales, fees and refunds of each order, and every fen of the statement in one verdict."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from nightclerk.documents.match_files import MatchFileWrong
from nightclerk.documents.settlement_files import settle_files
from nightclerk.domain.settlements import Entry, EntryKind, SettlementOutcome, ShopOrder, settle
from nightclerk.texts import language

ORDERS = [
    ShopOrder(number="A", paid=Decimal("100.00")),
    ShopOrder(number="B", paid=Decimal("50.00"), refunded=Decimal("50.00")),
    ShopOrder(number="C", paid=Decimal("20.00")), ShopOrder(number="D", paid=Decimal("80.00")),
]  # fmt: skip


def entry(order: str, kind: str, amount: str, name: str = "") -> Entry:
    return Entry(order=order, kind=EntryKind(kind), amount=Decimal(amount), name=name)


ENTRIES = [
    entry("A", "sale", "100.00"), entry("A", "fee", "-5.00"), entry("B", "sale", "50.00"),
    entry("B", "refund", "-50.00"),
    entry("C", "sale", "20.00"), entry("C", "fee", "-4.00", "commission"), entry("X", "sale", "9.99"),
]  # fmt: skip


def test_each_order_gets_its_verdict() -> None:
    """As agreed, refunded in full, too dear a fee, not in the statement, and not ours."""
    found = {one.order: one.outcome.value for one in settle(ENTRIES, ORDERS)}
    assert found == {"A": "settled", "B": "settled", "C": "exception", "D": "missing", "X": "unknown"}


def test_the_verdicts_hold_every_fen_of_the_statement() -> None:
    """What is paid out is what the entries add up to, whoever they belong to."""
    assert sum(one.payout for one in settle(ENTRIES, ORDERS)) == sum(one.amount for one in ENTRIES)


def test_a_refund_that_the_shop_does_not_know_is_a_difference() -> None:
    """Told with both sides and by how much."""
    (found,) = settle([entry("A", "sale", "100.00"), entry("A", "refund", "-30.00")], ORDERS[:1])
    (gap,) = found.differences
    assert found.outcome is SettlementOutcome.EXCEPTION
    assert (gap.code, gap.expected, gap.found, gap.amount) == ("refund", "0", "30.00", Decimal("30.00"))


def test_files_are_settled_and_a_bad_row_is_named(tmp_path: Path) -> None:
    """CSV and JSON with the same columns; a row without an amount is said with its number."""
    statement, orders = tmp_path / "s.csv", tmp_path / "o.json"
    statement.write_text("order,kind,amount,name\nA,货款,100.00,\nA,佣金,-9.00,commission\n", encoding="utf-8")
    orders.write_text(json.dumps([{"order": "A", "paid": "100.00"}]), encoding="utf-8")
    with language("en"):
        (found,) = settle_files(statement, orders)
        assert found["differences"] == ["A commission: a fee of 9.00, agreed are at most 5.00"]
        statement.write_text("order,kind\nA,sale\n", encoding="utf-8")
        with pytest.raises(MatchFileWrong, match=r"s\.csv: entry 1 cannot be used"):
            settle_files(statement, orders)
