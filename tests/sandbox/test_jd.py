"""The JD-style center worked by its app class in a real browser, checked by the shop's own books."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flows.apps.jd import Jd
from flows.apps.messages import Messages
from flows.export_orders import read_orders
from nightclerk import BusinessError, NeedsPerson, Refused
from nightclerk.documents.table_errors import WrongPassword
from nightclerk.domain.order_intake import eligible, unclear
from nightclerk.sandbox import world
from nightclerk.sandbox.shop_orders import orders_of, orders_of_day
from tests.sandbox.shop_kit import ROOT, books, opened


@pytest.fixture(scope="module")
def shop(endpoints: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jd]:
    with opened(Jd, endpoints, tmp_path_factory.mktemp("browser")) as app:
        app.sign_in()
        yield app


def orders(reason: str) -> list[str]:
    return [order.number for order in orders_of("jd") if order.reason == reason]


def test_the_archive_opens_with_the_password_from_the_inbox(
    shop: Jd, endpoints: dict[str, Any], tmp_path: Path
) -> None:
    """The message about our own task holds the password; the archive holds the day's orders, each once."""
    task = shop.ask_export(world.business_day())
    file = shop.download_export(task)
    with opened(Messages, endpoints, tmp_path) as inbox:
        password = inbox.archive_password(task)
    intake = read_orders(ROOT, "jd", "yunshan", [file], password=password)
    assert not intake.faults
    assert sorted(o.number for o in intake.orders) == sorted(o.number for o in orders_of_day("jd"))
    to_key = {order.number: order.total for order in orders_of("jd") if order.eligible}
    assert {o.number: o.total for o in intake.orders if eligible(o)} == to_key
    assert [o.number for o in intake.orders if unclear(o)] == orders("unknown")
    with pytest.raises(WrongPassword):
        read_orders(ROOT, "jd", "yunshan", [file], password="Old-1119")


def test_the_password_reaches_no_line_of_the_journal(endpoints: dict[str, Any], shop: Jd, tmp_path: Path) -> None:
    """What was read from the message is a secret: no act tells it."""
    with opened(Messages, endpoints, tmp_path) as inbox:
        task = shop.download_export(shop.ask_export(world.business_day())).stem.removeprefix("order_")
        password = inbox.archive_password(task).reveal()
        assert len(password) == 8
        assert password not in repr(inbox.session.film.lines)


def test_the_card_list_is_read_to_its_end(shop: Jd) -> None:
    """The page changes its tab by itself and loads ten cards at a time; all orders of the asked-for tab come."""
    cancelled = [order.number for order in reversed(orders_of("jd")) if order.status == "已取消"]
    assert shop.orders_in("已取消") == cancelled
    everything = [order.number for order in reversed(orders_of("jd"))]
    assert shop.orders_in("全部订单") == everything


def test_shipping_writes_one_parcel_that_can_be_found_again(shop: Jd, state: Path) -> None:
    """One page an order: carrier, number, 确认出库; the books hold one parcel; the page shows its number."""
    number = orders("")[0]
    assert shop.find_parcel(number) is None
    shop.fill_parcel(number, carrier="中通速递", tracking="76102026112001")
    with shop.session.gate.open():
        shop.ship()
    assert shop.find_parcel(number) == "76102026112001"
    written = books(state, "jd", "SELECT carrier, tracking FROM shipments WHERE order_number = ?", number)
    assert written == [("中通速递", "76102026112001")]


def test_an_order_refunded_after_picking_is_not_shipped(shop: Jd, state: Path) -> None:
    """The shop says no in its own words, and its books hold no parcel."""
    number = orders("refund-after-picking")[0]
    shop.fill_parcel(number, carrier="中通速递", tracking="7610")
    with shop.session.gate.open(), pytest.raises(Refused, match="已申请退款"):
        shop.ship()
    assert books(state, "jd", "SELECT * FROM shipments WHERE order_number = ?", number) == []


def test_an_order_that_is_not_there_ends_in_a_sentence(shop: Jd) -> None:
    """A number that the shop does not have is the data's fault."""
    with pytest.raises(BusinessError, match="no order 999"):
        shop.find_parcel("999")


def test_stock_is_written_once_and_shown(shop: Jd, state: Path) -> None:
    """One SKU's stock is filled in its box, saved and read back; the books hold one write."""
    shop.find_stock("JD-LAMP")
    shop.fill_stock("JD-LAMP", 45)
    with shop.session.gate.open():
        shop.save_stock("JD-LAMP")
    assert shop.find_stock("JD-LAMP") == 45
    assert books(state, "jd", "SELECT sku, quantity FROM stock_writes") == [("JD-LAMP", 45)]


def test_a_wrong_password_stops_at_once(endpoints: dict[str, Any], tmp_path: Path) -> None:
    """账号名与密码不匹配 is not tried again by the bot: a person is asked."""
    with opened(Jd, endpoints, tmp_path, password="wrong") as app, pytest.raises(NeedsPerson, match="refused"):
        app.sign_in()
