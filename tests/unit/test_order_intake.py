"""From export rows to orders: every platform's own shape, and what is put before a person instead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest

from nightclerk.documents import fault_words
from nightclerk.domain.order_intake import (
    FaultKind,
    Intake,
    IntakeFault,
    combined_after_sale,
    combined_status,
    eligible,
    merge,
    orders_from_rows,
    unclear,
)
from nightclerk.domain.orders import AfterSale, OrderStatus
from nightclerk.domain.statuses import BUILT_IN
from nightclerk.texts import language

WAITING = "买家已付款，等待卖家发货"


@dataclass(frozen=True)
class FakeRow:
    """A row as documents would give it."""

    where: str
    values: Mapping[str, Any] = field(hash=False)
    faults: tuple[Exception, ...] = ()

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def get(self, name: str, default: Any = None) -> Any:
        return self.values.get(name) or default

    peek = get


def row(number: str, where: str = "o.csv!A2", **values: Any) -> FakeRow:
    usual = {"sku": "A", "quantity": 1, "price": Decimal(10), "total": Decimal(10)}
    return FakeRow(where, {"number": number, **usual, **values})


def taobao(number: str = "1", *, items: int = 1, status: str = WAITING, **values: Any) -> Intake:
    head = FakeRow("o.csv!A2", {"number": number, "status": status, "total": Decimal(10), **values})
    lines = [row(number, f"i.csv!A{n + 2}", line=str(n), status=status, total=None) for n in range(items)]
    return orders_from_rows("taobao", "s", [head], items=lines)


def only(intake: Intake) -> Any:
    assert intake.faults == ()
    (order,) = intake.orders
    return order


def test_taobao_joins_orders_with_items() -> None:
    """The total comes from the order file, the lines from the item file, the origin is the order's cell."""
    intake = taobao(items=2)
    order = only(intake)
    assert (order.total, len(order.lines), order.key) == (Decimal(10), 2, "taobao:s:1")
    assert intake.origins == {"taobao:s:1": "o.csv!A2"}


def test_the_changed_address_wins() -> None:
    """修改后的收货地址 overrides the address that the buyer gave first."""
    assert only(taobao(address="旧", changed_address="新")).address == "新"
    assert only(taobao(address="旧")).address == "旧"


def test_jd_totals_are_not_summed() -> None:
    """Three SKU rows repeat one order total."""
    rows = [row("7", f"j.csv!A{n}", status="等待出库", sku=str(n), total=Decimal("88.00")) for n in (2, 3, 4)]
    order = only(orders_from_rows("jd", "s", rows))
    assert (order.total, len(order.lines)) == (Decimal("88.00"), 3)


def test_jd_rows_that_disagree_are_a_fault() -> None:
    """One order with two totals is not guessed at; the other order is taken."""
    rows = [
        row("7", total=Decimal(1), status="待出库"),
        row("7", total=Decimal(2), status="待出库"),
        row("8", status="待出库"),
    ]
    intake = orders_from_rows("jd", "s", rows)
    assert [order.number for order in intake.orders] == ["8"]
    assert [(f.kind, f.key, f.what) for f in intake.faults] == [(FaultKind.UNLIKE_ROWS, "jd:s:7", "total")]


def test_douyin_sub_orders_make_one_order() -> None:
    """Amounts of the sub-orders add up; each line keeps its sub-order number."""
    rows = [row("6", status="待发货", line="61"), row("6", status="待发货", line="62", total=Decimal(5))]
    order = only(orders_from_rows("douyin", "s", rows))
    assert (order.total, [line.line for line in order.lines]) == (Decimal(15), ["61", "62"])


def test_an_order_in_two_files_is_taken_once() -> None:
    """Two parts of one download that repeat an order count it once; the gift line stays."""
    twice = [row("9", f"{file}!A{n}", status="待出库", sku=str(n), price=Decimal(n)) for file in "ab" for n in (0, 1)]
    order = only(orders_from_rows("jd", "s", twice))
    assert [(line.sku, line.gift) for line in order.lines] == [("0", True), ("1", False)]


def test_an_order_split_over_two_files_is_whole() -> None:
    """Sub-orders 61 and 62 stand in two members of a zip and belong together."""
    rows = [row("6", "a.csv!A9", status="待发货", line="61"), row("6", "b.csv!A2", status="待发货", line="62")]
    assert len(only(orders_from_rows("douyin", "s", rows)).lines) == 2


@pytest.mark.parametrize("platform", ["jd", "douyin"])
def test_files_that_contradict_each_other(platform: str) -> None:
    """The same line with another quantity in a second file: both cells are reported, nothing is keyed."""
    text = "待出库" if platform == "jd" else "待发货"
    rows = [row("6", f"{file}.csv!A2", status=text, line="61", quantity=n) for file, n in (("a", 1), ("b", 2))]
    intake = orders_from_rows(platform, "s", rows)
    assert intake.orders == ()
    assert [(f.kind, f.where) for f in intake.faults] == [(FaultKind.CONFLICT, ("a.csv!A2", "b.csv!A2"))]


def test_exports_are_merged() -> None:
    """Two exports with the same order give one; when they differ both places and the difference are named."""
    assert len(merge(taobao(), taobao()).orders) == 1
    intake = merge(taobao(), taobao(status="交易关闭"), taobao("2"))
    assert [order.number for order in intake.orders] == ["2"]
    assert [(f.kind, f.what) for f in intake.faults] == [(FaultKind.CONFLICT, "status, status_text")]


def test_what_is_missing_is_named() -> None:
    """An order without items, items without an order, and a paid order without a total."""
    orphan = orders_from_rows("taobao", "s", [], items=[row("5", "i.csv!A2")])
    kinds = [intake.faults[0].kind for intake in (taobao(items=0), orphan, taobao(total=None))]
    assert kinds == [FaultKind.NO_ITEMS, FaultKind.NO_ORDER, FaultKind.NO_TOTAL]


def test_a_bad_cell_stops_its_order_only() -> None:
    """The fault repeats the cell's own sentence."""
    bad = FakeRow("o.csv!A2", {"number": "1"}, (ValueError("o.csv!C2: no amount"),))
    intake = orders_from_rows("jd", "s", [bad, row("2", status="待出库")])
    assert [order.number for order in intake.orders] == ["2"]
    assert (intake.faults[0].kind, intake.faults[0].what) == (FaultKind.BAD_CELL, "o.csv!C2: no amount")


@pytest.mark.parametrize("kind", list(FaultKind))
def test_every_fault_is_told_in_both_languages(kind: FaultKind) -> None:
    """The sentence has the order number and the cells."""
    fault = IntakeFault(kind=kind, platform="jd", shop="s", number="77", where=("a.csv!A2", "b.csv!A9"))
    for code in ("zh", "en"):
        with language(code):
            assert "77" in fault_words(fault)
            assert "a.csv!A2、b.csv!A9" in fault_words(fault)


@pytest.mark.parametrize(
    ("platform", "text", "status"),
    [
        ("taobao", "买家已付款,等待卖家发货", OrderStatus.PAID_TO_SHIP),
        ("taobao", " 买家已付款，等待卖家发货 ", OrderStatus.PAID_TO_SHIP),
        ("jd", "(删除)等待出库", OrderStatus.PAID_TO_SHIP),
        ("jd", "（删除）等待出库", OrderStatus.PAID_TO_SHIP),
        ("jd", "预售待仓配确认", OrderStatus.UNKNOWN),
        ("douyin", "等待出库", OrderStatus.UNKNOWN),
    ],
)
def test_statuses_are_normalised_and_never_guessed(platform: str, text: str, status: OrderStatus) -> None:
    """Punctuation width and prefixes do not matter; a text of another platform or of nobody is UNKNOWN."""
    assert BUILT_IN.order(platform, text) is status


def test_an_unknown_status_is_for_a_person() -> None:
    """Neither eligible nor passed over."""
    order = only(taobao(status="定金已付，待补差价"))
    assert (eligible(order), unclear(order), order.status_text) == (False, True, "定金已付，待补差价")


def test_refunds_are_never_eligible() -> None:
    """An open refund, a refunded amount and an unknown after-sale text all keep an order from being keyed."""
    rows = [row("6", status="待发货", line=text, after_sale=text) for text in ("售后中", "售后关闭")]
    assert only(orders_from_rows("douyin", "s", rows)).after_sale is AfterSale.OPEN
    assert not eligible(only(taobao(refund=Decimal("0.01"))))
    assert eligible(only(taobao(refund=Decimal(0))))
    strange = only(orders_from_rows("douyin", "s", [row("6", status="待发货", line="1", after_sale="新状态")]))
    assert (eligible(strange), unclear(strange)) == (False, True)


@pytest.mark.parametrize(
    ("found", "status"),
    [
        ({OrderStatus.PAID_TO_SHIP, OrderStatus.SHIPPED}, OrderStatus.PART_SHIPPED),
        ({OrderStatus.PAID_TO_SHIP, OrderStatus.CLOSED}, OrderStatus.UNKNOWN),
        ({OrderStatus.SHIPPED, OrderStatus.UNKNOWN}, OrderStatus.UNKNOWN),
    ],
)
def test_parts_in_different_states(found: set[OrderStatus], status: OrderStatus) -> None:
    """Shipped and waiting parts make a part-shipped order; any other mixture is for a person."""
    assert combined_status(found) is status


def test_closed_after_shipping_is_told_apart() -> None:
    """A closed order that has a ship time was closed after it left; the most pressing after-sale state wins."""
    assert combined_status({OrderStatus.CLOSED}, shipped=True) is OrderStatus.CLOSED_AFTER_SHIP
    assert combined_after_sale({AfterSale.NONE, AfterSale.REFUNDED, AfterSale.OPEN}) is AfterSale.OPEN
    assert combined_after_sale({AfterSale.NONE}) is AfterSale.NONE
