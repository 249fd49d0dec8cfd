"""Filing the orders of an export: queued, known, set aside for a person, or none of our business."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from flows.export_orders import queue_orders
from flows.orders import order_queue
from nightclerk.domain.items import State
from nightclerk.domain.order_intake import FaultKind, Intake, IntakeFault
from nightclerk.domain.orders import AfterSale, Order, OrderStatus

PAID = Order(
    platform="taobao", shop="yunshan", number="1", status=OrderStatus.PAID_TO_SHIP, status_text="买家已付款",
    total=Decimal("39.00"),
)  # fmt: skip


class Filed:
    """A run that remembers what was put and settled."""

    def __init__(self) -> None:
        self.items: dict[str, tuple[State, str]] = {}

    def put(self, queue: Any, record: Order) -> bool:
        assert queue is order_queue
        new = record.number not in self.items
        self.items.setdefault(record.number, (State.NEW, ""))
        return new

    def refresh(self, queue: Any, record: Order) -> bool:
        return False

    def withdraw(self, queue: Any, record: Order, reason: str) -> bool:
        waited = self.items.get(record.number, (None, ""))[0] is State.NEW
        if waited:
            self.items[record.number] = (State.REJECTED, reason)
        return waited

    def settle(self, queue: Any, record: Order, state: State, *, reason: str, details: Any) -> bool:
        self.items[record.number] = (state, reason)
        return True


def test_each_order_goes_where_it_belongs() -> None:
    """Paid ones are queued once; an unknown status is set aside with its words; refunded and closed ones stay out."""
    run = Filed()
    orders = (
        PAID,
        replace(PAID, number="2", status=OrderStatus.UNKNOWN, status_text="定金已付"),
        replace(PAID, number="3", after_sale=AfterSale.OPEN),
        replace(PAID, number="4", status=OrderStatus.CLOSED),
    )
    assert queue_orders(run, Intake(orders=orders)) == {  # type: ignore[arg-type]
        "orders": 4, "queued": 1, "known": 0, "in_review": 1, "refreshed": 0, "withdrawn": 0, "not_to_key": 2,
    }  # fmt: skip
    assert run.items["2"][0] is State.REJECTED
    assert "定金已付" in run.items["2"][1]
    assert queue_orders(run, Intake(orders=(PAID,)))["known"] == 1  # type: ignore[arg-type]


def test_a_refund_takes_a_waiting_order_out_of_the_queue() -> None:
    """A later export of an order that waits to be keyed says that the buyer wants the money back."""
    run = Filed()
    queue_orders(run, Intake(orders=(PAID,)))  # type: ignore[arg-type]
    refunded = replace(PAID, after_sale=AfterSale.OPEN, after_sale_text="退款中")
    assert queue_orders(run, Intake(orders=(refunded,)))["withdrawn"] == 1  # type: ignore[arg-type]
    state, why = run.items["1"]
    assert state is State.REJECTED
    assert why == "A later export says 买家已付款 退款中: the order was taken out of the queue before it was keyed."


def test_rows_that_are_no_order_wait_for_a_person_with_their_cell() -> None:
    """An order that could not be read is filed under its number, or under its cell when that is missing too."""
    run = Filed()
    faults = [
        IntakeFault(kind=FaultKind.BAD_CELL, platform="jd", shop="s", number=n, where=("a.csv!A7",), what="no amount")
        for n in ("9", "")
    ]
    assert queue_orders(run, Intake(faults=tuple(faults)))["in_review"] == 2  # type: ignore[arg-type]
    assert set(run.items) == {"9", "a.csv!A7"}
    assert "a.csv!A7" in run.items["9"][1]
