"""The element found last is held by the page: what is read and filled is the node that was found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from nightclerk.ports import Found, Selector, SelectorSet
from nightclerk.web.page import WebPage

FIELD = "<input id=x value=before>"


@pytest.fixture
def show(web: WebPage, site: Any) -> Callable[[str], Page]:
    """Show a page that a test has written."""

    def show(html: str) -> Page:
        path = f"/held/{len(site.written)}"
        site.written[path] = f"<!doctype html><meta charset=utf-8>{html}"
        web.selectors = SelectorSet(app="shop")
        web.goto(f"{site}{path}", timeout_s=30)
        return web._page

    return show


def find(web: WebPage, **way: str) -> Found:
    return web.find(Selector(name="one", ways=(way or {"css": "#x"},)), {}, timeout_s=30)


def test_what_is_filled_is_typed_as_people_type(web: WebPage, show: Callable[[str], Page]) -> None:
    """The page sees one trusted input event, and the old content is gone."""
    page = show(f"{FIELD}<script>x.oninput = e => document.title = `${{e.isTrusted}} ${{x.value}}`</script>")
    web.fill(find(web), "after")
    assert page.title() == "true after"
    assert web.read(find(web)) == "after"


@pytest.mark.parametrize(
    "html",
    [
        "<input id=x type=number>",
        "<div id=x contenteditable style='width:90px;height:20px'></div>",
        "<input id=x readonly><script>setTimeout(() => { x.readOnly = false }, 300)</script>",
        "<input id=x disabled><script>setTimeout(() => { x.disabled = false }, 300)</script>",
        "<input id=x><script>x.onfocus = () => { if (!window.left) { window.left = true; x.blur() } }</script>",
    ],
)
def test_fields_of_other_kinds_are_filled_all_the_same(web: WebPage, show: Callable[[str], Page], html: str) -> None:
    """Numbers, rich text, fields that open a moment later, and a field that drops its first focus."""
    show(html)
    web.fill(find(web), "42")
    assert web.read(find(web)) == "42"


def test_a_field_can_be_emptied(web: WebPage, show: Callable[[str], Page]) -> None:
    """An empty text replaces the content as any other."""
    show(FIELD)
    web.fill(find(web), "")
    assert web.read(find(web)) == ""


def test_a_node_that_the_page_replaced_is_looked_up_again(web: WebPage, show: Callable[[str], Page]) -> None:
    """The old node still says the old thing; nobody is told that."""
    page = show("<p><b id=x>old</b></p>")
    found = find(web)
    page.evaluate("document.querySelector('p').innerHTML = '<b id=x>new</b>'")
    assert web.read(found) == "new"


def test_each_element_answers_for_itself(web: WebPage, show: Callable[[str], Page]) -> None:
    """An element that was found earlier is not taken for the one that was found last."""
    show("<b id=x>first</b><b id=y>second</b>")
    first, second = find(web), find(web, css="#y")
    assert (web.read(first), web.read(second)) == ("first", "second")


def test_elements_in_frames_are_read_and_filled_too(web: WebPage, show: Callable[[str], Page]) -> None:
    """The page's main frame holds nothing of other frames; Playwright's own way does the work."""
    show("<b id=x>outside</b><iframe id=f srcdoc='<input id=x value=inside>'></iframe>")
    frame = Selector(name="f", ways=({"css": "#f"},))
    inner = Selector(name="one", ways=({"css": "#x"},), frame="f")
    web.selectors = SelectorSet(app="shop", elements={"f": frame, "one": inner})
    found = web.find(inner, {}, timeout_s=30)
    assert web.read(found) == "inside"
    web.fill(found, "typed")
    assert web.read(found) == "typed"
