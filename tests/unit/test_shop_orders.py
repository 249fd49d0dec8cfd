"""The practice orders: enough of them, the same everywhere, adding up, with every oddity that a flow must survive."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest

from nightclerk.sandbox import shop_orders, world
from nightclerk.sandbox.shop_orders import orders_of, orders_of_day

PLATFORMS = ("taobao", "jd", "douyin")


def test_there_are_at_least_120_orders_of_the_day_and_most_are_to_ship() -> None:
    """The demo's night has its load: 130 orders, 87 of them eligible."""
    orders = [order for platform in PLATFORMS for order in orders_of_day(platform)]
    assert len(orders) == len({order.number for order in orders}) == 130
    assert sum(order.eligible for order in orders) == 87


@pytest.mark.parametrize("platform", PLATFORMS)
def test_totals_add_up_but_for_the_one_odd_order(platform: str) -> None:
    """Lines and freight make the total, except where the oddity is just that."""
    wrong = [o.reason for o in orders_of(platform) if sum((x.amount for x in o.lines), o.freight) != o.total]
    assert wrong == (["odd-total"] if platform == "taobao" else [])


@pytest.mark.parametrize("platform", PLATFORMS)
def test_orders_are_the_same_on_every_call(platform: str) -> None:
    """A fresh build gives what the first one gave: nothing depends on the clock or the machine."""
    first = orders_of(platform)
    shop_orders.orders_of.cache_clear()
    assert orders_of(platform) == first


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_oddity_is_there(platform: str) -> None:
    """Bundles, gifts, an unmapped SKU, a late refund, an unknown status, unpaid, closed, and the day before."""
    found = Counter(order.reason for order in orders_of(platform))
    wanted = {"bundle", "gift", "unmapped-sku", "refund-after-picking", "unknown", "unpaid", "closed", "day-before"}
    assert wanted <= set(found)
    gifts = [line for order in orders_of(platform) for line in order.lines if line.price == 0]
    assert gifts
    assert {line.sku for line in gifts} == {f"{world.UNMAPPED_SKUS[PLATFORMS.index(platform)][:2]}-GIFTBAG"}


def test_one_order_stands_in_two_files() -> None:
    """JD splits its archive, and one order is in both parts."""
    assert [order.platform for p in PLATFORMS for order in orders_of(p) if order.in_exports == 2] == ["jd"]


def test_a_bundle_costs_less_than_its_parts() -> None:
    """So that a voucher's line prices have to be spread over the parts."""
    assert world.sku_price("TB-TEASET") == Decimal("358.00")
    assert world.sku_price("TB-CUP") * 4 + world.sku_price("TB-POT") + world.sku_price("TB-TRAY") == Decimal("370.00")
