"""The Douyin-style center worked by its app class in a real browser, checked by the shop's own books."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flows.apps.douyin import Douyin
from flows.export_orders import read_orders
from nightclerk import BusinessError, NeedsPerson, Refused
from nightclerk.domain.order_intake import eligible, unclear
from nightclerk.sandbox import world
from nightclerk.sandbox.shop_orders import orders_of, orders_of_day
from tests.sandbox.shop_kit import ROOT, books, opened


@pytest.fixture(scope="module")
def shop(endpoints: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Douyin]:
    with opened(Douyin, endpoints, tmp_path_factory.mktemp("browser")) as app:
        app.sign_in()
        yield app


def orders(reason: str) -> list[str]:
    return [order.number for order in orders_of("douyin") if order.reason == reason]


def test_export_holds_the_orders_of_the_day(shop: Douyin) -> None:
    """The workbook with the wrong dimension record gives the day's orders, totals summed over their rows."""
    files = shop.export_orders(world.business_day())
    intake = read_orders(ROOT, "douyin", "yunshan", files)
    assert not intake.faults
    assert sorted(o.number for o in intake.orders) == sorted(o.number for o in orders_of_day("douyin"))
    to_key = {order.number: order.total for order in orders_of("douyin") if order.eligible}
    assert {o.number: o.total for o in intake.orders if eligible(o)} == to_key
    assert [o.number for o in intake.orders if unclear(o)] == orders("unknown")


def test_shipping_writes_one_parcel_that_can_be_found_again(shop: Douyin, state: Path) -> None:
    """An order far down the virtual table is searched for, shipped in the drawer, and found with its number."""
    number = orders("")[0]
    assert shop.find_parcel(number) is None
    shop.fill_parcel(number, carrier="德邦快递", tracking="DPK2026112002")
    with shop.session.gate.open():
        shop.ship()
    assert shop.find_parcel(number) == "DPK2026112002"
    written = books(state, "douyin", "SELECT carrier, tracking FROM shipments WHERE order_number = ?", number)
    assert written == [("德邦快递", "DPK2026112002")]


def test_an_order_refunded_after_picking_is_not_shipped(shop: Douyin, state: Path) -> None:
    """The shop says no in its own words, and its books hold no parcel."""
    number = orders("refund-after-picking")[0]
    shop.fill_parcel(number, carrier="中通快递", tracking="7610")
    with shop.session.gate.open(), pytest.raises(Refused, match="已申请退款"):
        shop.ship()
    assert books(state, "douyin", "SELECT * FROM shipments WHERE order_number = ?", number) == []


def test_orders_that_cannot_be_shipped_end_in_a_sentence(shop: Douyin) -> None:
    """A number that the shop does not have, and an order in after-sale, are the data's fault."""
    with pytest.raises(BusinessError, match="no order 999"):
        shop.fill_parcel("999", carrier="中通快递", tracking="1")
    with pytest.raises(BusinessError, match="does not let"):
        shop.fill_parcel(orders("refund-open")[0], carrier="中通快递", tracking="1")


def test_stock_is_written_once_and_shown(shop: Douyin, state: Path) -> None:
    """One SKU is searched for, edited in its row, saved and read back; the books hold one write."""
    shop.find_stock("DY-BOX")
    shop.fill_stock("DY-BOX", 88)
    with shop.session.gate.open():
        shop.save_stock("DY-BOX")
    assert shop.find_stock("DY-BOX") == 88
    assert books(state, "douyin", "SELECT sku, quantity FROM stock_writes") == [("DY-BOX", 88)]


def test_a_wrong_password_stops_at_once(endpoints: dict[str, Any], tmp_path: Path) -> None:
    """A refused login is not tried again by the bot: a person is asked."""
    with opened(Douyin, endpoints, tmp_path, password="wrong") as app, pytest.raises(NeedsPerson, match="refused"):
        app.sign_in()
