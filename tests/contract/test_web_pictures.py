"""Pictures of pages: every private thing is under a mask of the same moment, or there is no picture."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page

from nightclerk.ports import Box, Frame, Selector, SelectorSet
from nightclerk.web import pictures
from nightclerk.web.page import WebPage

PHONE = "13900017788"


@pytest.fixture
def put(web: WebPage, site: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Page]:
    """Show a page that a test has written; Playwright's own page comes back, to look at where things stand."""
    monkeypatch.setattr(pictures, "PAINT_S", 60.0)  # a machine under load is no matter here

    def show(html: str, *, private: str = "", unpictured: str = "") -> Page:
        path = f"/pictured/{len(site.written)}"
        site.written[path] = f"<!doctype html><meta charset=utf-8>{html}"
        web.selectors = SelectorSet(
            app="shop",
            elements={"one": Selector(name="one", ways=({"css": private},), private=True)} if private else {},
            unpictured=(Selector(name="no", ways=({"css": unpictured},)),) if unpictured else (),
        )
        web.goto(f"{site}{path}", timeout_s=30)
        return web._page

    return show


#: Where the text of an element stands, line by line; a field is one box.
_LINES = """e => {
  const range = document.createRange();
  range.selectNodeContents(e);
  const lines = e.matches("input, select, textarea") ? [] : [...range.getClientRects()].filter((r) => r.width > 1);
  return (lines.length ? lines : [e.getBoundingClientRect()]).map((r) => [r.left, r.top, r.width, r.height]);
}"""


def covered(frame: Frame, element: Locator) -> bool:
    """Whether masks lie over the left end, the middle and the right end of every line of an element."""
    points = [
        (x, top + height / 2)
        for left, top, width, height in element.evaluate(_LINES)
        for x in (left + 2, left + width / 2, left + width - 2)
    ]
    return all(any(b.x <= x <= b.x + b.width and b.y <= y <= b.y + b.height for b in frame.private) for x, y in points)


@pytest.mark.parametrize(
    "html",
    [
        f"<input id=x placeholder='{PHONE}'>",
        f"<textarea id=x>{PHONE}</textarea>",
        f"<select id=x><option>{PHONE}</option></select>",
        f"<style>#x::after {{content: attr(data-n)}}</style><b id=x data-n='{PHONE}'></b>",
        "<p><span id=x>139</span> <span>0001</span> <span>7788</span></p>",
        "<p><i>139</i><b id=x>0001</b><u>7788</u></p>",
        "<input value=139 style='width:40px'> <input id=x value=0001 style='width:50px'> <input value=7788>",
        "<table><tr><td>139</td><td id=x>0001</td><td>7788</td></tr></table>",
        f"<div style='zoom:1.5'><b id=x>{PHONE}</b></div>",
        f"<div style='height:30px;overflow:auto'><p>a<p>b<p><b id=x>{PHONE}</b></div>",
        "<p id=x style='width:130px;word-break:break-all'>浙江省杭州市样例区虚构路138号5幢201室</p>",
        "<p id=x style='margin:0'>浙江省杭州市样例区虚构路</p><p style='margin:0'>138号5幢201室</p>",
        "<b id=x>苏A·D2345</b>",
        f"<p>🎁🎁🎁🎁🎁 收到 <b id=x>{PHONE}</b></p>",
        "<b id=x>１３９０００１７７８８</b>",
    ],
)
def test_personal_data_is_masked_however_it_is_written(web: WebPage, put: Callable[..., Page], html: str) -> None:
    """Fields, placeholders, style sheets, split numbers, zoom, scrolled panes, wrapped lines, full-width digits."""
    page = put(html)
    page.locator("#x").scroll_into_view_if_needed(timeout=30_000)
    assert covered(web.frame(), page.locator("#x"))


def test_a_shadow_root_is_searched_too(web: WebPage, put: Callable[..., Page]) -> None:
    """What an open shadow root shows is masked."""
    page = put("<p id=x></p>")
    page.evaluate(f"document.querySelector('#x').attachShadow({{mode: 'open'}}).innerHTML = '<b>{PHONE}</b>'")
    assert covered(web.frame(), page.locator("#x b"))


def test_business_numbers_are_not_masked(web: WebPage, put: Callable[..., Page]) -> None:
    """On a page with order numbers, dates and amounts only nothing is masked."""
    put("<p>订单编号 372811000729001234</p><p>2026-11-22 10:30</p><p>￥1,288.50</p><input value=3> <input value=12.5>")
    frame = web.frame()
    assert frame.private == ()
    assert Image.open(io.BytesIO(frame.pixels)).size == (1280, 800)


def test_what_moves_while_it_is_pictured_is_masked_where_it_was_and_is(
    web: WebPage, put: Callable[..., Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A private element that jumps, and one that comes, between the two looks are masked in both places."""
    page = put(f"<b id=x style='position:absolute;left:9px;top:9px'>{PHONE}</b>", private=".late")
    take, jumps = pictures._pixels, iter(range(100, 900, 100))

    def jump(*asked: Any) -> bytes:
        left = next(jumps)
        page.evaluate(f"document.querySelector('#x').style.left = '{left}px'")
        page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p class=late>甲乙</p>')")
        return take(*asked)

    monkeypatch.setattr(pictures, "_pixels", jump)
    frame = web.frame()
    assert covered(frame, page.locator("#x"))
    assert all(covered(frame, one) for one in page.locator(".late").all())


def test_a_login_that_comes_while_the_picture_is_taken_leaves_no_picture(
    web: WebPage, put: Callable[..., Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between looking for a secret screen and taking the picture it appears: nothing is kept."""
    page = put("<p>列表</p>", unpictured="input[type=password]")
    take = pictures._pixels

    def log_out(*asked: Any) -> bytes:
        page.evaluate("document.body.innerHTML = '<input type=password value=topsecret>'")
        return take(*asked)

    monkeypatch.setattr(pictures, "_pixels", log_out)
    frame = web.frame()
    assert (frame.secret_screen, frame.pixels) == (True, b"")


def test_another_document_in_between_leaves_no_picture_of_unknown_things(
    web: WebPage, put: Callable[..., Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page that is replaced at every try cannot be vouched for; the journal is told why."""
    page = put("<p>列表</p>")
    take = pictures._pixels

    def leave(*asked: Any) -> bytes:
        page.reload()
        return take(*asked)

    monkeypatch.setattr(pictures, "_pixels", leave)
    frame = web.frame()
    assert frame.pixels == b""  # a browser asked in the very moment of a reload may refuse to answer at all
    assert frame.unpictured in ("the screen did not hold still", "the browser could not be asked")


def test_a_browser_that_does_not_paint_stops_nothing(
    web: WebPage, put: Callable[..., Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The capture has a time limit of its own."""
    put("<p>列表</p>")
    monkeypatch.setattr(pictures, "PAINT_S", 0.0001)
    assert web.frame().unpictured == "the browser did not paint in time"


def test_boxes_are_in_the_pictures_own_pixels() -> None:
    """On a screen with two pixels for each of the page's, masks are twice as large."""
    box = Box(x=10, y=20, width=30, height=40)
    assert pictures._scaled(box, 2.0) == Box(x=20, y=40, width=60, height=80)
