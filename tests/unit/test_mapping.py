"""Shop SKUs to ERP lines: bundles, gifts, and a voucher total that is the order's to the fen."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightclerk.domain.mapping import (
    CarrierTable,
    CustomerTable,
    SkuPart,
    SkuTable,
    Unmapped,
    spread,
    to_erp_lines,
)
from nightclerk.domain.orders import Order, OrderLine, OrderStatus

TEASET = (
    SkuPart(item="cup", quantity=4, weight=Decimal(39)),
    SkuPart(item="pot", quantity=1, weight=Decimal(128)),
)
SKUS = SkuTable(
    parts={
        ("jd", "CUP"): (SkuPart(item="cup", quantity=1),),
        ("jd", "SET"): TEASET,
        ("jd", "BAG"): (SkuPart(item="bag", quantity=1),),
    }
)


def order(total: str, *lines: tuple[str, int, str], freight: str = "0") -> Order:
    sold = tuple(
        OrderLine(line=str(n), sku=sku, title="", quantity=quantity, price=Decimal(price), gift=price == "0")
        for n, (sku, quantity, price) in enumerate(lines)
    )
    return Order(
        platform="jd", shop="s", number="1", status=OrderStatus.PAID_TO_SHIP, status_text="",
        total=Decimal(total), freight=Decimal(freight), lines=sold,
    )  # fmt: skip


def lines(of: Order) -> list[tuple[str, int, str]]:
    return [(line.item, line.quantity, str(line.price)) for line in to_erp_lines(of, SKUS)]


def test_a_plain_line_keeps_its_price() -> None:
    """One SKU, one item, the price that was paid."""
    assert lines(order("78.00", ("CUP", 2, "39.00"))) == [("cup", 2, "39.00")]


def test_a_bundle_is_split_by_the_weights_of_its_parts() -> None:
    """A tea set of 284 at list price sold for 250 splits 156 : 128 over four cups and a pot."""
    found = to_erp_lines(order("250.00", ("SET", 1, "284.00")), SKUS)
    assert [(line.item, line.quantity, str(line.price)) for line in found] == [
        ("cup", 4, "34.33"),
        ("pot", 1, "112.68"),
    ]
    assert sum(line.amount for line in found) == Decimal("250.00")


def test_three_pieces_for_ten_yuan() -> None:
    """Pieces that cannot share a price become two lines one fen apart."""
    assert lines(order("10.00", ("CUP", 3, "3.34"))) == [("cup", 1, "3.34"), ("cup", 2, "3.33")]


def test_freight_is_spread_over_the_goods() -> None:
    """The total that the buyer paid, freight included, is what the voucher says."""
    assert lines(order("49.00", ("CUP", 1, "39.00"), freight="10.00")) == [("cup", 1, "49.00")]


def test_gifts_stay_with_price_0() -> None:
    """A gift is a line of its own and takes no share of the money."""
    assert lines(order("39.00", ("CUP", 1, "39.00"), ("BAG", 1, "0"))) == [("cup", 1, "39.00"), ("bag", 1, "0.00")]


def test_an_order_of_gifts_only_still_adds_up() -> None:
    """A paid order whose lines all cost nothing spreads its total by pieces."""
    assert sum(line.amount for line in to_erp_lines(order("9.00", ("BAG", 2, "0")), SKUS)) == Decimal("9.00")


def test_all_unmapped_skus_are_named() -> None:
    """One error for the order, with every SKU that nobody has mapped."""
    with pytest.raises(Unmapped) as caught:
        to_erp_lines(order("1", ("NEW", 1, "1"), ("CUP", 1, "1"), ("NEW2", 1, "1")), SKUS)
    assert (caught.value.table, caught.value.names) == ("skus", ("NEW", "NEW2"))


def test_shops_and_carriers_that_nobody_mapped() -> None:
    """Both tables name what they lack."""
    with pytest.raises(Unmapped, match="customers: jd s"):
        CustomerTable().of("jd", "s")
    with pytest.raises(Unmapped, match="carriers: jd 顺丰"):
        CarrierTable(names={("顺丰", "taobao"): "x"}).of("顺丰", "jd")


@given(
    total=st.integers(0, 10**7),
    bought=st.lists(
        st.tuples(st.sampled_from(["CUP", "SET", "BAG"]), st.integers(1, 9), st.integers(0, 10**5)), min_size=1
    ),
)
def test_the_voucher_always_totals_the_order(total: int, bought: list[tuple[str, int, int]]) -> None:
    """Whatever was bought for whatever price: no fen is lost, none is made, none is negative."""
    sold = order(str(Decimal(total) / 100), *((sku, n, str(Decimal(fen) / 100)) for sku, n, fen in bought))
    found = to_erp_lines(sold, SKUS)
    assert sum(line.amount for line in found) == sold.total
    assert all(line.price >= 0 and line.quantity > 0 for line in found)


def test_spread_gives_the_left_fen_to_the_largest_remainder() -> None:
    """0.05 over 1:1:1 is 0.02, 0.02, 0.01."""
    shares = spread(Decimal("0.05"), [Decimal(1)] * 3, [Decimal(1)] * 3)
    assert shares == [Decimal("0.02"), Decimal("0.02"), Decimal("0.01")]
