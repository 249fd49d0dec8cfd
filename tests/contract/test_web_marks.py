"""What is found is marked and asked about beside the page's own scripts, out of their sight and reach."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from nightclerk.ports import Found, Selector, SelectorSet
from nightclerk.web import marks
from nightclerk.web.page import WebPage
from nightclerk.web.protocol import ask_beside, ask_page

FITS = marks.Question(name="seen", source="")  # known to the engine; how many fit comes with every answer


@pytest.fixture
def show(web: WebPage, site: Any) -> Callable[..., Page]:
    """Show a page that a test has written, with one private element on request."""

    def show(html: str, *, private: str = "") -> Page:
        path = f"/marked/{len(site.written)}"
        site.written[path] = f"<!doctype html><meta charset=utf-8>{html}"
        one = {"one": Selector(name="one", ways=({"css": private},), private=True)} if private else {}
        web.selectors = SelectorSet(app="shop", elements=one)
        web.goto(f"{site}{path}", timeout_s=30)
        return web._page

    return show


def find(web: WebPage, css: str) -> Found:
    return web.find(Selector(name="x", ways=({"css": css},)), {}, timeout_s=30)


def test_the_page_cannot_see_what_was_found(web: WebPage, show: Callable[..., Page]) -> None:
    """The mark stands in the world beside the page's own, under the name by which Playwright calls that today."""
    page = show("<b id=x>found</b>")
    assert web.read(find(web, "#x")) == "found"
    assert ask_beside(page, "globalThis.nightclerkMarked.held.nodes[0].id") == "x"
    assert ask_page(page, "typeof globalThis.nightclerkMarked") == "undefined"


@pytest.mark.parametrize(("css", "fits"), [("#none", 0), ("#x", 1), ("b", 2)])
def test_one_call_tells_how_many_fit(web: WebPage, show: Callable[..., Page], css: str, fits: int) -> None:
    """None, one and several are answers alike: nothing is waited for."""
    page = show("<b id=x>one</b><b>two</b>")
    told = marks.tell(page.locator(css), "asked", FITS)
    assert told.fits == fits
    assert bool(told.answer) == (fits == 1)


def test_marks_go_with_their_document(web: WebPage, show: Callable[..., Page]) -> None:
    """In the document that follows nothing is marked, and what was found is looked up again there."""
    show("<b id=x>before</b>")
    found = find(web, "#x")
    page = show("<b id=x>after</b>")
    assert marks.ask_marked(page, "held", web._grip.turn if web._grip else 0, "nodes => nodes.length") == []
    assert web.read(found) == "after"


def test_an_element_in_a_frame_is_found_and_read(web: WebPage, show: Callable[..., Page]) -> None:
    """Frames are asked through Playwright, as ever."""
    show("<iframe id=f srcdoc='<b id=x>inside</b>'></iframe>")
    frame = Selector(name="f", ways=({"css": "#f"},))
    web.selectors = SelectorSet(app="shop", elements={"f": frame})
    inside = Selector(name="x", ways=({"css": "#x"},), frame="f")
    assert web.read(web.find(inside, {}, timeout_s=30)) == "inside"


def test_a_page_that_lies_about_where_things_stand_leads_no_mask_astray(
    web: WebPage, show: Callable[..., Page]
) -> None:
    """The page's own scripts answer for their own world only: masks are measured beside it."""
    page = show("<p id=p style='width:200px'>buyer</p>", private="#p")
    page.evaluate("Element.prototype.getBoundingClientRect = () => new DOMRect(0, 0, 0, 0)")
    boxes = web.frame().private
    assert any(box.width >= 200 for box in boxes)
