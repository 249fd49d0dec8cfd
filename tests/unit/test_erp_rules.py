"""What the practice ERP decides: numbers, refusals, locks, and how its warehouse ships."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from nightclerk.sandbox.erp import rules
from nightclerk.sandbox.erp.books import Books, Draft, Line
from nightclerk.sandbox.erp.rules import Situation

DAY = date(2026, 11, 20)


def draft(number: str, external_no: str) -> Draft:
    """A voucher over one cup."""
    line = Line(item="0101001", quantity=2, price=Decimal("38.50"))
    return Draft(number=number, customer_code="C1001", external_no=external_no, dated=DAY, memo="", lines=(line,))


def test_numbers_follow_each_other() -> None:
    """The first number, and the one after it."""
    assert rules.number_after("") == "XS2611-00001"
    assert rules.number_after("XS2611-00009") == "XS2611-00010"


@pytest.mark.parametrize(
    ("customer", "item", "dated", "situation", "kind"),
    [
        ("C9999", "0101001", DAY, Situation.PLAIN, "customer"),
        ("C1001", "9999999", DAY, Situation.PLAIN, "item"),
        ("C1001", "0101001", date(2026, 10, 31), Situation.PLAIN, "closed"),
        ("C1001", "0101001", DAY, Situation.CLOSED, "closed"),
        ("C1001", "0101001", DAY, Situation.LOCKED, "locked"),
    ],
)
def test_refusals(customer: str, item: str, dated: date, situation: Situation, kind: str) -> None:
    """Each reason for a refusal is named by its kind."""
    refusal = rules.refusal(customer, [item], dated, situation)
    assert refusal is not None
    assert refusal.kind == kind


def test_a_lock_goes_away_and_a_closed_month_stays() -> None:
    """Only the lock is a matter of time."""
    assert rules.situation_now(Situation.LOCKED, age_s=0.1) is Situation.LOCKED
    assert rules.situation_now(Situation.LOCKED, age_s=60) is Situation.PLAIN
    assert rules.situation_now(Situation.CLOSED, age_s=60) is Situation.CLOSED


def test_parcels_are_the_same_every_time() -> None:
    """Carrier and tracking number depend on the order alone; some orders go in two parcels."""
    orders = [f"35{n:017d}" for n in range(200)]
    shipped = {order: rules.parcels("XS2611-00002", order) for order in orders}
    assert shipped == {order: rules.parcels("XS2611-00077", order) for order in orders}
    assert {len(parcels) for parcels in shipped.values()} == {1, 2}
    tracking = [parcel[1] for parcels in shipped.values() for parcel in parcels]
    assert len(tracking) == len(set(tracking))


def test_the_same_external_number_twice_is_not_refused(tmp_path: Path) -> None:
    """The old ERP does not know what an external number is for: that is why `once` exists."""
    books = Books(tmp_path)
    kinds = [books.save(draft(books.next_number(), "E1"), user="night01").kind for _ in range(2)]
    assert kinds == ["saved", "saved"]
    assert [voucher.number for voucher in books.find(external_no="E1")] == ["XS2611-00001", "XS2611-00002"]


def test_a_taken_number_is_a_duplicate(tmp_path: Path) -> None:
    """A number that stands in the books already is refused, whoever saved it."""
    books = Books(tmp_path)
    books.save(draft("XS2611-00001", "E1"), user="day01")
    assert books.save(draft("XS2611-00001", "E2"), user="night01").kind == "duplicate"
    assert books.find(external_no="E2") == []


def test_stock_goes_down_with_every_voucher(tmp_path: Path) -> None:
    """What was sold is counted by item."""
    books = Books(tmp_path)
    books.save(draft("XS2611-00001", "E1"), user="night01")
    books.save(draft("XS2611-00002", "E2"), user="night01")
    assert books.sold() == {"0101001": 4}
