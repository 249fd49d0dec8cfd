"""Records survive the way to JSON and back."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from nightclerk.domain.orders import AfterSale, Order, OrderLine, OrderStatus
from nightclerk.records import dump, load

ORDER = Order(
    platform="taobao", shop="yunshan", number="0003515300000000001", status=OrderStatus.PAID_TO_SHIP,
    status_text="买家已付款", after_sale=AfterSale.NONE, total=Decimal("39.90"),
    paid_at=datetime(2026, 11, 20, 3, tzinfo=UTC),
    lines=(OrderLine(line="1", sku="TB-CUP", title="青瓷茶杯", quantity=1, price=Decimal("39.90")),),
)  # fmt: skip


def test_an_order_comes_back_as_it_was() -> None:
    """Money stays exact, numbers stay text, times stay aware, lines stay records."""
    again = load(Order, json.loads(json.dumps(dump(ORDER))))
    assert again == ORDER
    assert again.number == "0003515300000000001"


def test_a_field_that_does_not_fit_is_named() -> None:
    """The sentence names the path and the value."""
    data = dump(ORDER)
    data["lines"][0]["quantity"] = "many"
    with pytest.raises(ValueError, match=r"Order\.lines\[0\]\.quantity: expected int, got 'many'"):
        load(Order, data)


def test_money_that_is_none() -> None:
    """Text that is no amount is refused, not turned into zero."""
    with pytest.raises(ValueError, match=r"Order\.total: 'free' is no Decimal"):
        load(Order, {**dump(ORDER), "total": "free"})


def test_unwritable_values_are_refused() -> None:
    """A value without a JSON form is a mistake of ours and says so."""
    with pytest.raises(TypeError, match="cannot write a object"):
        dump({"x": object()})
