"""The Taobao-style center worked by its app class in a real browser, checked by the shop's own books."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flows.apps.taobao import SOLD, Taobao
from flows.export_orders import read_orders
from nightclerk import ApplicationError, BusinessError, NeedsPerson, Refused
from nightclerk.domain.order_intake import eligible
from nightclerk.errors import CommitOutsideOnce
from nightclerk.sandbox import world
from nightclerk.sandbox.shop_orders import orders_of, orders_of_day
from tests.sandbox.shop_kit import ROOT, books, opened


@pytest.fixture(scope="module")
def shop(endpoints: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Taobao]:
    with opened(Taobao, endpoints, tmp_path_factory.mktemp("browser")) as app:
        app.sign_in()
        yield app


def orders(reason: str) -> list[str]:
    return [order.number for order in orders_of("taobao") if order.reason == reason]


def test_export_holds_the_orders_of_the_day_and_not_yesterdays_report(shop: Taobao) -> None:
    """Two reports of the asked-for day come down; joined they are the day's orders to the last one."""
    files = shop.export_orders(world.business_day())
    intake = read_orders(ROOT, "taobao", "yunshan", files)
    assert not intake.faults
    assert {o.number for o in intake.orders} == {o.number for o in orders_of_day("taobao")}
    to_key = {order.number: order.total for order in orders_of("taobao") if order.eligible}
    assert {o.number: o.total for o in intake.orders if eligible(o)} == to_key


def test_a_refused_report_ends_in_the_shops_words(shop: Taobao) -> None:
    """What the export dialog complains about is what the bot says."""
    shop.open(f"{SOLD}?first=2026-13-01")
    with pytest.raises(ApplicationError, match="日期格式不正确"):
        shop.ask_report("订单报表")


def test_shipping_writes_one_parcel_that_can_be_found_again(shop: Taobao, state: Path) -> None:
    """The virtual carrier list is scrolled to the carrier; the books hold one parcel; the list shows its number."""
    number = orders("")[0]
    assert shop.find_parcel(number) is None
    shop.fill_parcel(number, carrier="德邦物流", tracking="DPK2026112001")
    with shop.session.gate.open():
        shop.ship()
    assert shop.find_parcel(number) == "DPK2026112001"
    written = books(state, "taobao", "SELECT carrier, tracking FROM shipments WHERE order_number = ?", number)
    assert written == [("德邦物流", "DPK2026112001")]


def test_shipping_outside_once_is_refused_by_the_engine(shop: Taobao) -> None:
    """确认发货 is a commit: with the gate shut it is not clicked."""
    shop.fill_parcel(orders("bundle")[0], carrier="顺丰速运", tracking="SF1")
    with pytest.raises(CommitOutsideOnce):
        shop.ship()
    assert shop.find_parcel(orders("bundle")[0]) is None


def test_an_order_refunded_after_picking_is_not_shipped(shop: Taobao, state: Path) -> None:
    """The shop says no in its own words, and its books hold no parcel."""
    number = orders("refund-after-picking")[0]
    shop.fill_parcel(number, carrier="顺丰速运", tracking="SF2")
    with shop.session.gate.open(), pytest.raises(Refused, match="已申请退款"):
        shop.ship()
    assert books(state, "taobao", "SELECT * FROM shipments WHERE order_number = ?", number) == []


def test_unknown_and_closed_orders_cannot_be_shipped(shop: Taobao) -> None:
    """A number that the shop does not have, and an order that it does not let go, end in a sentence."""
    with pytest.raises(BusinessError, match="no order 1"):
        shop.fill_parcel("1", carrier="顺丰速运", tracking="SF3")
    with pytest.raises(BusinessError, match="交易关闭"):
        shop.fill_parcel(orders("closed")[0], carrier="顺丰速运", tracking="SF3")


def test_stock_is_written_once_and_shown(shop: Taobao, state: Path) -> None:
    """One SKU's stock is filled, saved and read back; the books hold one write."""
    assert shop.find_stock("TB-CUP") != 123
    shop.fill_stock("TB-CUP", 123)
    with shop.session.gate.open():
        shop.save_stock("TB-CUP")
    assert shop.find_stock("TB-CUP") == 123
    assert books(state, "taobao", "SELECT sku, quantity FROM stock_writes") == [("TB-CUP", 123)]


def test_a_wrong_password_stops_at_once(endpoints: dict[str, Any], tmp_path: Path) -> None:
    """A refused login is not tried again by the bot: a person is asked."""
    with opened(Taobao, endpoints, tmp_path, password="wrong") as app, pytest.raises(NeedsPerson, match="refused"):
        app.sign_in()
