"""The practice shops' books: what they take and refuse, export jobs that take their time, bounded troubles."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from nightclerk.sandbox import shop_books, world
from nightclerk.sandbox.shop_books import Barred, ShopBooks
from nightclerk.sandbox.shop_orders import Stage, orders_of
from nightclerk.sandbox.troubles import Troubles

DAY = world.business_day()


def number(platform: str, stage: Stage) -> str:
    return next(o.number for o in orders_of(platform) if o.stage is stage and not o.reason.startswith("refund-after"))


def test_a_parcel_is_in_the_books_at_once_and_survives_a_restart(tmp_path: Path) -> None:
    """Another process that opens the same books sees it."""
    order = number("taobao", Stage.TO_SHIP)
    ShopBooks(tmp_path, "taobao").ship(order, "顺丰速运", "SF1", again=False)
    found = ShopBooks(tmp_path, "taobao").order(order)
    assert found is not None
    assert (found.shipped, found.carrier, found.tracking) == (True, "顺丰速运", "SF1")


def test_a_second_parcel_is_taken_only_where_the_shop_allows_it(tmp_path: Path) -> None:
    """With `again` it is appended, so that a bot that doubles can be caught; without, the shop says no."""
    books, order = ShopBooks(tmp_path, "jd"), number("jd", Stage.TO_SHIP)
    books.ship(order, "中通速递", "1", again=False)
    with pytest.raises(Barred, match="请勿重复"):
        books.ship(order, "中通速递", "2", again=False)
    books.ship(order, "中通速递", "2", again=True)
    assert books.order(order).tracking == "2"  # type: ignore[union-attr]


@pytest.mark.parametrize("stage", [Stage.UNPAID, Stage.CLOSED, Stage.SHIPPED, Stage.ON_HOLD, Stage.UNKNOWN])
def test_only_paid_orders_are_shipped(tmp_path: Path, stage: Stage) -> None:
    """Every other state is refused with the state's own text."""
    order = next(o for o in orders_of("taobao") if o.stage is stage)
    with pytest.raises(Barred, match="不能发货"):
        ShopBooks(tmp_path, "taobao").ship(order.number, "顺丰速运", "SF1", again=True)


def test_a_late_refund_shows_after_the_first_export_and_bars_shipping(tmp_path: Path) -> None:
    """The buyer changes his mind once the order is on its way into the ERP."""
    books = ShopBooks(tmp_path, "douyin")
    order = next(o.number for o in orders_of("douyin") if o.refund_after_picking)
    assert not books.order(order).refund_asked  # type: ignore[union-attr]
    books.ask_export("orders", DAY, DAY)
    assert books.order(order).refund_asked  # type: ignore[union-attr]
    with pytest.raises(Barred, match="已申请退款"):
        books.ship(order, "中通快递", "1", again=True)


@pytest.mark.parametrize("quantity", ["-1", "1.5", "many", "", "1234567"])
def test_stock_takes_whole_numbers_only(tmp_path: Path, quantity: str) -> None:
    """Anything else is refused and leaves the books as they are."""
    books = ShopBooks(tmp_path, "taobao")
    before = books.stock("TB-CUP")
    with pytest.raises(Barred, match="整数"):
        books.set_stock("TB-CUP", quantity)
    assert books.stock("TB-CUP") == before


def test_a_report_takes_its_time_and_the_next_one_a_while(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not ready at once, ready later; a second of the same kind is refused within the cool-down, not after it."""
    books = ShopBooks(tmp_path, "taobao")
    job = books.ask_export("orders", DAY, DAY, takes_s=2, cooldown_s=300)
    assert not job.ready
    with pytest.raises(Barred, match="5分钟内只能导出一次"):
        books.ask_export("orders", DAY, DAY, cooldown_s=300)
    later = shop_books.now() + timedelta(seconds=301)
    monkeypatch.setattr(shop_books, "now", lambda: later)
    assert job.ready
    assert books.ask_export("orders", DAY, DAY, cooldown_s=300).number > job.number


def test_yesterdays_reports_lie_there_from_the_start(tmp_path: Path) -> None:
    """One of each kind, ready, with yesterday's day: the trap for a bot that takes the first card."""
    jobs = ShopBooks(tmp_path, "taobao").exports()
    assert [(job.kind, job.ready, job.last) for job in jobs] == [
        ("items", True, DAY - timedelta(days=1)),
        ("orders", True, DAY - timedelta(days=1)),
    ]


def test_a_trouble_strikes_a_bounded_number_of_times_even_over_a_restart(tmp_path: Path) -> None:
    """Not before `after`, then every `every`-th, at most so often; each spot for itself."""
    struck = [
        Troubles(tmp_path, ["lost-answer"]).strike("lost-answer", "jd", after=1, every=2, at_most=2) for _ in range(8)
    ]
    assert struck == [False, True, False, True, False, False, False, False]
    assert not Troubles(tmp_path).strike("lost-answer", "douyin")
    with pytest.raises(ValueError, match="no trouble is called sloow"):
        Troubles(tmp_path, ["sloow"])
