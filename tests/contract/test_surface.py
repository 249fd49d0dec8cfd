"""One suite for every surface: what finding, acting and reading promise, whatever the screen is made of."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import pytest

from nightclerk.errors import ApplicationError, ElementAmbiguous, ElementNotFound, SessionLost, WaitTimeout
from nightclerk.locate.fake import FakeSurface
from nightclerk.ports import Found, Selector, SelectorSet, WebSurface


def one(name: str, /, **way: Any) -> Selector:
    return Selector(name=name, ways=(way,))


SELECTORS = SelectorSet(
    app="shop",
    elements={
        selector.name: selector
        for selector in (
            one("orders.day", label="付款日期"),
            Selector(name="orders.password", ways=({"css": "#password"},), secret=True),
            one("orders.gift", label="含赠品"),
            one("orders.carrier", css="#carrier"),
            one("orders.attachment", css="input[type=file]"),
            one("orders.search", role="button", name="查询"),
            one("orders.export", role="link", name="导出"),
            one("orders.total", text=r"/共 (\d+) 条/"),
            one("orders.said", css="#said"),
            one("orders.twice", role="button", name="重复"),
            one("orders.list", css="#list"),
            one("orders.row", css='tr[data-order="{order}"]'),
            one("orders.going", css=".going"),
            one("orders.nothing", css=".nothing"),
        )
    },
    signed_out=(one("signed_out.1", css="#login-form"),),
)


class Stage(Protocol):
    """A surface that shows the order page, and a way to be logged out of it."""

    surface: WebSurface
    log_out: Callable[[], None]


class FakeStage:
    """The order page as a script."""

    def __init__(self, csv: Path) -> None:
        self.surface = screen = FakeSurface(SELECTORS)
        self.log_out = lambda: [screen.hide(name) for name in SELECTORS.elements] and screen.lose_session("登录")
        for name in ("day", "password", "gift", "attachment", "search"):
            screen.show(f"orders.{name}")
        screen.show("orders.total", "共 2 条")
        screen.show("orders.twice", "重复", "重复")
        screen.show("orders.going", "加载中")
        screen.offer("orders.carrier", "请选择", "样例速运", "样例快递")
        screen.show_table("orders.list", [{"订单号": "A1", "金额": "10.00"}, {"订单号": "B'2", "金额": "20.50"}])
        screen.show("orders.row(order=B'2)", "B'2 20.50")
        screen.send("orders.export", csv)
        screen.when("click", "orders.search", self._search)
        screen.when("press", "orders.day", lambda: screen.show("orders.said", "按了 Enter"))
        screen.when("upload", "orders.attachment", lambda: screen.show("orders.said", screen.acts[-1][2]))
        screen.when("click", "orders.going", lambda: screen.hide("orders.going"))

    def _search(self) -> None:
        day = self.surface.texts(SELECTORS.elements["orders.day"], {})[0]
        self.surface.show("orders.said", f"已查询 {day}")


class WebStage:
    """The order page as HTML."""

    def __init__(self, page: Any, site: Any) -> None:
        self.surface = page
        page.selectors = SELECTORS
        page.goto(f"{site}/orders.html", timeout_s=10)
        self.log_out = lambda: page.goto(f"{site}/login.html", timeout_s=10)


@pytest.fixture(params=["fake", "web"])
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Stage:
    if request.param == "web":
        return WebStage(request.getfixturevalue("web"), request.getfixturevalue("site"))
    csv = tmp_path / "source" / "订单.csv"
    csv.parent.mkdir()
    csv.write_bytes("订单号,金额\r\nA1,10.00\r\n".encode("gb18030"))
    return FakeStage(csv)


def find(stage: Stage, name: str, timeout_s: float = 2.0, **values: str) -> Found:
    return stage.surface.find(SELECTORS.elements[name], values, timeout_s=timeout_s)


def text(stage: Stage, name: str, **values: str) -> str:
    return stage.surface.read(find(stage, name, **values))


def test_found_says_how_and_where(stage: Stage) -> None:
    """A find answers with the way in words and a box."""
    found = find(stage, "orders.search")
    assert found.way == "role=button name=查询"
    assert found.box is not None
    assert found.box.width > 0


def test_fill_then_click_acts_on_the_page(stage: Stage) -> None:
    """What was filled is there to be read, and the click sees it."""
    stage.surface.fill(find(stage, "orders.day"), "2026-11-20")
    stage.surface.click(find(stage, "orders.search"))
    assert text(stage, "orders.day") == "2026-11-20"
    assert text(stage, "orders.said") == "已查询 2026-11-20"


def test_press_goes_to_the_element(stage: Stage) -> None:
    """A key pressed in an element is handled there."""
    stage.surface.press("Enter", find(stage, "orders.day"))
    assert text(stage, "orders.said") == "按了 Enter"


def test_choose_picks_by_visible_text(stage: Stage) -> None:
    """An option that is there is picked; one that is not is an error that lists what is offered."""
    stage.surface.choose(find(stage, "orders.carrier"), "样例快递")
    assert text(stage, "orders.carrier") == "样例快递"
    with pytest.raises(ApplicationError, match="样例速运, 样例快递"):
        stage.surface.choose(find(stage, "orders.carrier"), "别家快递")


def test_check_ticks_and_unticks(stage: Stage) -> None:
    """Twice on is on; off is off."""
    gift = find(stage, "orders.gift")
    stage.surface.check(gift, True)
    stage.surface.check(gift, True)
    assert text(stage, "orders.gift") == "on"
    stage.surface.check(gift, False)
    assert text(stage, "orders.gift") == "off"


def test_upload_hands_over_all_files(stage: Stage, tmp_path: Path) -> None:
    """A file field may be hidden behind its button; all files arrive."""
    files = [tmp_path / "a.pdf", tmp_path / "b.pdf"]
    for file in files:
        file.write_text("x")
    stage.surface.upload(find(stage, "orders.attachment"), files)
    assert text(stage, "orders.said") == "a.pdf, b.pdf"


def test_a_download_keeps_its_name_and_bytes(stage: Stage, tmp_path: Path) -> None:
    """The file lands in the folder under the site's own name."""
    file = stage.surface.download(find(stage, "orders.export"), tmp_path / "files", timeout_s=5)
    assert file == tmp_path / "files" / "订单.csv"
    assert file.read_bytes() == "订单号,金额\r\nA1,10.00\r\n".encode("gb18030")


def test_a_table_is_rows_by_header(stage: Stage) -> None:
    """Each row is a mapping keyed by header text."""
    assert stage.surface.rows(SELECTORS.elements["orders.list"], {}) == [
        {"订单号": "A1", "金额": "10.00"},
        {"订单号": "B'2", "金额": "20.50"},
    ]


def test_values_pick_one_of_many(stage: Stage) -> None:
    """A placeholder leads to the one record, even where its key has a quote in it."""
    assert text(stage, "orders.row", order="B'2").split() == ["B'2", "20.50"]


def test_two_that_fit_are_ambiguous(stage: Stage) -> None:
    """Never the first of two: the error names both."""
    with pytest.raises(ElementAmbiguous, match=r"orders.twice fits 2 things on the screen .*重复.*重复"):
        find(stage, "orders.twice", timeout_s=0.2)


def test_what_is_not_there_is_said(stage: Stage) -> None:
    """The error names the element, the time and what the screen shows instead."""
    with pytest.raises(ElementNotFound, match=r"orders.nothing did not appear within 0.2 s; the screen shows .+\."):
        find(stage, "orders.nothing", timeout_s=0.2)


def test_exists_count_and_texts_do_not_wait(stage: Stage) -> None:
    """Nothing there is an answer: False, 0, []."""
    nothing, twice = SELECTORS.elements["orders.nothing"], SELECTORS.elements["orders.twice"]
    assert (stage.surface.exists(nothing, {}), stage.surface.count(nothing, {})) == (False, 0)
    assert stage.surface.texts(nothing, {}) == []
    assert stage.surface.count(twice, {}) == 2
    assert stage.surface.texts(twice, {}) == ["重复", "重复"]


def test_wait_gone_ends_when_it_is_gone(stage: Stage) -> None:
    """It raises while the element stays, and returns once it has left."""
    going = SELECTORS.elements["orders.going"]
    with pytest.raises(WaitTimeout, match=r"Waited 0.2 s for orders.going to go away"):
        stage.surface.wait_gone(going, {}, timeout_s=0.2)
    stage.surface.click(find(stage, "orders.going"))
    stage.surface.wait_gone(going, {}, timeout_s=2)
    assert not stage.surface.exists(going, {})


def test_a_lost_session_is_told_at_once(stage: Stage) -> None:
    """No answer of a logged-out screen is believed, not even "nothing there"."""
    stage.log_out()
    with pytest.raises(SessionLost, match="shop ended our session"):
        find(stage, "orders.search")
    with pytest.raises(SessionLost):
        stage.surface.exists(SELECTORS.elements["orders.nothing"], {})


def test_a_picture_is_taken(stage: Stage) -> None:
    """A frame has pixels that are an image."""
    assert bytes(stage.surface.frame().pixels).startswith(b"\x89PNG")
