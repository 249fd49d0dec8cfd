"""Finding again on real pages: the page changed, the element is found by its fingerprint or nothing is touched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Browser

from nightclerk.errors import ElementNotFound
from nightclerk.locate.fingerprint import learned
from nightclerk.locate.healer import ElementUnsure, Healer
from nightclerk.ports import ActClass, AppSettings, Found, Selector, SelectorSet
from nightclerk.record.elements import text_matches
from nightclerk.web import describe
from nightclerk.web.browser import VIEWPORT
from nightclerk.web.page import WebPage

ELEMENTS = {
    one.name: one
    for one in (
        Selector(name="order.save", ways=({"css": "#save"},)),
        Selector(name="order.submit", ways=({"css": "#submit"},), commits=True),
        Selector(name="order.memo", ways=({"css": "#memo"},)),
        Selector(name="order.ship", ways=({"css": 'tr[data-order="{order}"] .ship'},)),
        Selector(name="order.total", ways=({"css": "#total"},)),
        Selector(name="order.inner", ways=({"css": "#inner-save"},), frame="order.frame"),
        Selector(name="order.frame", ways=({"css": "iframe"},)),
        Selector(name="order.beside", ways=({"css": "input", "right_of": "order.heading"},)),
        Selector(name="order.heading", ways=({"css": "b"},)),
    )
}
PAGE = """<main><h1>订单</h1><form id=order><label>备注<input id=memo name=memo></label>
<button type=button id=save class="btn primary">保存</button><button type=submit id=submit>提交</button>
<a href="/orders?page=2">下一页</a></form><p>合计 <span id=total>12.00</span></p>
<table><thead><tr><th>单号</th><th>买家</th><th>操作</th></tr></thead><tbody>
<tr data-order=A1><td>A1</td><td>甲</td><td><button class=ship>发货</button></td></tr>
<tr data-order=B2><td>B2</td><td>乙</td><td><button class=ship>发货</button></td></tr></tbody></table></main>"""
NEW_NAMES = PAGE.replace("id=save", "id=btn7").replace("id=memo", "id=m1").replace("id=submit", "id=btn8")


class Shop:
    """A page that learned its elements, and can be shown another version of itself."""

    def __init__(self, page: WebPage) -> None:
        self.page, self.healer = page, page.healer

    def show(self, html: str) -> None:
        self.page._page.set_content(f"<meta charset=utf-8>{html}")

    def learn(self, *names: str, **values: str) -> None:
        for name in names:
            found = self.find(name, **values)
            self.healer.prints[name] = learned(describe(found, thorough=True), values=values)

    def find(self, name: str, **values: str) -> Found:
        return self.page.find(ELEMENTS[name], values, timeout_s=0.4)


@pytest.fixture
def shop(chrome: Browser, real_clock: Any) -> Iterator[Shop]:
    settings = AppSettings(name="shop", timeout_s=4.0)
    page = WebPage(
        chrome.new_context(viewport=VIEWPORT), selectors=SelectorSet(app="shop", elements=ELEMENTS), settings=settings,
        clock=real_clock, healer=Healer(app="shop"),
    )  # fmt: skip
    shop = Shop(page)
    shop.show(PAGE)
    yield shop
    page.close()


def said(found: Found) -> str:
    return str(found.handle.inner_text())


def test_a_renamed_id_is_found_again(shop: Shop) -> None:
    """The way is broken, the fingerprint leads to the same button, and what was found says that it was healed."""
    shop.learn("order.save", "order.memo")
    shop.show(NEW_NAMES)
    save = shop.find("order.save")
    assert (said(save), save.healed, save.trust) == ("保存", True, ActClass.EDIT)
    assert save.way == "healed: role=button name=保存"
    healing = shop.healer.healing("order.save")
    assert healing is not None
    assert 0 <= healing.unlike < 10
    assert shop.find("order.memo").handle.get_attribute("name") == "memo"


def test_the_other_button_is_not_taken(shop: Shop) -> None:
    """The button is gone and its neighbours are left: nothing is found, and the two most alike are named."""
    shop.learn("order.save")
    shop.show(PAGE.replace(">保存<", ">保存并提交<").replace("id=save", "id=other"))
    with pytest.raises(ElementUnsure, match="保存并提交"):
        shop.find("order.save")


def test_a_hit_that_is_another_button_is_not_believed(shop: Shop) -> None:
    """The id stayed and now belongs to 删除: the way hits exactly one thing, and it is not the element."""
    shop.learn("order.save")
    shop.show(PAGE.replace(">保存<", ">删除<"))
    with pytest.raises(ElementUnsure):
        shop.find("order.save")


def test_a_commit_is_never_healed(shop: Shop) -> None:
    """However plain the button is, a commit whose way is broken is for a person."""
    shop.learn("order.submit")
    shop.show(NEW_NAMES)
    with pytest.raises(ElementUnsure, match=r"自愈|never healed"):
        shop.find("order.submit")


def test_without_a_fingerprint_nothing_is_healed(shop: Shop) -> None:
    """As before: what no way fits is not there."""
    shop.show(NEW_NAMES)
    with pytest.raises(ElementNotFound):
        shop.find("order.save")


def test_a_row_is_found_by_its_value(shop: Shop) -> None:
    """Learned on one order, healed for another: the way holds the placeholder, and hits that order's row only."""
    shop.learn("order.ship", order="A1")
    shop.show(PAGE.replace("data-order=", "data-key=").replace("class=ship", "class=go"))
    found = shop.find("order.ship", order="B2")
    assert found.handle.evaluate("e => e.closest('tr').dataset.key") == "B2"
    healing = shop.healer.healing("order.ship")
    assert healing is not None
    assert "{order}" in str(healing.change)


def test_a_row_that_is_gone_is_not_another_row(shop: Shop) -> None:
    """The order is not in the table: its button is not the next order's."""
    shop.learn("order.ship", order="A1")
    shop.show(PAGE.replace("data-order=", "data-key="))
    with pytest.raises(ElementUnsure):
        shop.find("order.ship", order="C3")


def test_shadow_roots_are_searched(shop: Shop) -> None:
    """The form moved into a component: its button is found inside the open shadow root."""
    shop.learn("order.save")
    shop.show(f"<main><h1>订单</h1><x-form></x-form></main><template>{NEW_NAMES}</template>")
    shop.page._page.evaluate(
        "() => { const t = document.querySelector('template'); document.querySelector('x-form').attachShadow("
        "{mode: 'open'}).append(t.content.querySelector('form')); }"
    )
    assert said(shop.find("order.save")) == "保存"


def test_a_frame_that_came_between_is_entered(shop: Shop) -> None:
    """The form moved into a frame: the healing names the frame that a selector needs now."""
    shop.learn("order.save")
    shop.show("<main><h1>订单</h1><iframe id=inner srcdoc='" + NEW_NAMES.replace("'", "") + "'></iframe></main>")
    shop.page._page.frame_locator("iframe").locator("form").wait_for(timeout=20_000)
    found = shop.find("order.save")
    assert said(found) == "保存"
    healing = shop.healer.healing("order.save")
    assert healing is not None
    assert healing.change["order.save_frame"] == {"css": "iframe#inner"}


def test_what_is_hidden_is_said_to_be_hidden(shop: Shop) -> None:
    """A button that is there and not shown is never forced."""
    shop.learn("order.save")
    shop.show(NEW_NAMES.replace("id=btn7", "id=btn7 hidden"))
    with pytest.raises(ElementUnsure):
        shop.find("order.save")


def test_the_second_use_needs_no_second_search(shop: Shop) -> None:
    """What was healed once is used by its new way in this run, and verified each time."""
    shop.learn("order.save")
    shop.show(NEW_NAMES)
    shop.find("order.save")
    assert shop.find("order.save").healed
    shop.show(NEW_NAMES.replace(">保存<", ">删除<"))
    with pytest.raises(ElementUnsure):
        shop.find("order.save")


def test_a_way_may_lean_on_another_element(shop: Shop) -> None:
    """`right_of` picks the field beside a text, not its twin in the next line."""
    shop.show("<p><b>数量</b> <input name=a></p><p>单价 <input name=b></p>")
    assert shop.find("order.beside").handle.get_attribute("name") == "a"


def test_a_count_in_css_takes_a_number(shop: Shop) -> None:
    """`:nth-child({n})` is filled as a number."""
    row = Selector(name="order.nth", ways=({"css": "tbody tr:nth-child({n})"},))
    values: Mapping[str, str] = {"n": "2"}
    assert "B2" in said(shop.page.find(row, values, timeout_s=0.4))


def test_a_pattern_with_a_placeholder_is_found(shop: Shop) -> None:
    """A text pattern takes the value of its placeholder as literal text."""
    cell = Selector(name="order.cell", ways=({"text": "/^{order}$/"},))
    assert said(shop.page.find(cell, {"order": "B2"}, timeout_s=0.4)) == "B2"
    assert replace(cell, reads="str").name == "order.cell"


def test_a_row_found_by_part_of_its_text_is_not_that_of_a_longer_number(shop: Shop) -> None:
    """The recorder's way to a row whose cell says more than the number takes the number whole, or nothing."""
    (around, _) = text_matches("{order}")
    row = Selector(name="order.row", ways=({"css": f"tr{around}"},))
    shop.show("<table><tr><td>付款申请-A1001</td></tr><tr><td>付款申请-A100（急）</td></tr></table>")
    found = shop.page.find(row, {"order": "A100"}, timeout_s=0.4)
    assert said(found).strip() == "付款申请-A100（急）"
    shop.show("<table><tr><td>付款申请-A1001</td></tr></table>")
    with pytest.raises(ElementNotFound):
        shop.page.find(row, {"order": "A100"}, timeout_s=0.4)
