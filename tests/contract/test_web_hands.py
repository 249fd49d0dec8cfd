"""Hovering, dragging and changing tabs in a real browser."""

from __future__ import annotations

from typing import Any

import pytest

from nightclerk.errors import NightClerkError
from nightclerk.ports import Selector, SelectorSet
from nightclerk.web.page import WebPage
from nightclerk.web.tabs import NoSuchTab

BOARD = """<!doctype html><meta charset=utf-8><title>板</title>
<style>.menu ul{display:none}.menu:hover ul{display:block}.lane{width:120px;min-height:60px;border:1px solid}</style>
<div class=menu>更多<ul><li id=archive>归档</li></ul></div>
<div class=lane id=todo><div id=card draggable=true>甲</div></div><div class=lane id=done>完成</div>
<label id=drawn style="position:relative"><input type=radio id=cash style="position:absolute;opacity:0;z-index:-1">
<span style="position:absolute;width:20px;height:20px;background:#9c9"></span>现金</label>
<label>银行 <input type=radio id=bank></label>
<div id=veil style="position:absolute;left:0;top:0;width:100%;height:100%;display:none"></div>
<div id=knob style="position:absolute;left:300px;top:20px;width:20px;height:20px;background:#999"></div>
<script>
const card=document.getElementById('card'), done=document.getElementById('done'), knob=document.getElementById('knob');
card.ondragstart=e=>e.dataTransfer.setData('text/plain','card');
done.ondragover=e=>e.preventDefault(); done.ondrop=e=>{e.preventDefault();done.append(card)};
let held=false; knob.onmousedown=()=>{held=true}; onmouseup=()=>{held=false};
knob.ondblclick=()=>{knob.title='two'}; knob.oncontextmenu=e=>{e.preventDefault();knob.title+=' right'};
onmousemove=e=>{if(held)knob.style.left=e.clientX-10+'px'};
</script>"""


def element(css: str) -> Selector:
    return Selector(name=f"board.{css.strip('#.')}", ways=({"css": css},))


@pytest.fixture
def board(web: WebPage, site: Any) -> WebPage:
    site.written["/board"] = BOARD
    names = [element(css) for css in (".menu", "#archive", "#card", "#done", "#done #card", "#knob", "#cash", "#bank")]
    web.selectors = SelectorSet(app="shop", elements={one.name: one for one in names})
    web.goto(f"{site}/board", timeout_s=5)
    return web


def test_a_menu_opens_under_the_mouse(board: WebPage) -> None:
    """What only a hover shows can be found afterwards."""
    assert not board.exists(element("#archive"), {})
    board.hover(board.find(element(".menu"), {}, timeout_s=2))
    assert board.find(element("#archive"), {}, timeout_s=2).way == "css=#archive"


def test_a_card_is_dragged_onto_a_lane(board: WebPage) -> None:
    """The page's own drag and drop takes it."""
    card, lane = board.find(element("#card"), {}, timeout_s=2), board.find(element("#done"), {}, timeout_s=2)
    board.drag(card, lane, (0, 0))
    assert board.count(element("#done #card"), {}) == 1


def test_two_clicks_at_once_and_the_other_button(board: WebPage) -> None:
    """The page hears a double click, then asks for its own menu."""
    knob = board.find(element("#knob"), {}, timeout_s=2)
    board.double_click(knob)
    board.right_click(knob)
    assert board.exists(element('#knob[title="two right"]'), {})


def test_a_radio_that_its_label_draws_is_ticked(board: WebPage) -> None:
    """Kits draw over their radios; the mouse then hits the drawing, which belongs to the same label."""
    cash = board.find(element("#cash"), {}, timeout_s=2)
    board.check(cash, True)
    board.check(cash, True)
    assert cash.handle.is_checked()


def test_a_box_that_something_else_covers_is_not_ticked(board: WebPage) -> None:
    """A veil over the page stops the act, as it would stop a person."""
    bank = board.find(element("#bank"), {}, timeout_s=2)
    bank.handle.evaluate("() => { document.getElementById('veil').style.display = 'block' }")
    with pytest.raises(NightClerkError):
        board.check(bank, True)
    assert not bank.handle.is_checked()


def test_a_knob_is_dragged_by_a_distance(board: WebPage) -> None:
    """Pages that follow the mouse see it move in steps."""
    board.drag(board.find(element("#knob"), {}, timeout_s=2), None, (60, 0))
    box = board.find(element("#knob"), {}, timeout_s=2).box
    assert box is not None
    assert abs(box.x - 360) <= 2


def test_an_older_tab_is_shown_again(board: WebPage, site: Any) -> None:
    """Until another one opens; a tab that is not there is told."""
    board._page.evaluate("url => window.open(url)", f"{site}/orders.html")
    board.wait_gone(element("#card"), {}, timeout_s=5)
    board.tab(1)
    assert board.url().endswith("/board")
    with pytest.raises(NoSuchTab, match=r"There is no tab 3: 2 are open\."):
        board.tab(3)
