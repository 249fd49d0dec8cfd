"""A page without a window, taken over by a person: a captcha is solved through pictures and input events."""

from __future__ import annotations

import contextlib
import threading
from pathlib import Path
from typing import Any

import pytest

from nightclerk.desktop.clipboard import wait_until
from nightclerk.live import open_live
from nightclerk.live.looking import Subject
from nightclerk.live.run_side import RunSide
from nightclerk.live.shown import ShownApp
from nightclerk.ports import Gesture, Hand, Phase, Selector, SelectorSet
from nightclerk.web.page import WebPage
from tests.conftest import ListFilm

SOON_S = 60.0
CAPTCHA = """<!doctype html><meta charset=utf-8><title>验证</title><body style="margin:0">
<div id=captcha style="position:absolute;left:20px;top:10px">请拖动滑块，再输入图中文字</div>
<div id=knob style="position:absolute;left:20px;top:60px;width:40px;height:40px;background:#47c"></div>
<input id=word name=word style="position:absolute;left:20px;top:120px;width:200px;height:30px">
<input id=pin type=password style="position:absolute;left:20px;top:170px;width:200px;height:30px">
<script>
let held=false; knob.onmousedown=()=>{held=true}; onmouseup=()=>{held=false};
onmousemove=e=>{if(held&&e.buttons===1)knob.style.left=e.clientX-20+'px'};
word.onkeydown=e=>{if(e.key==='Enter'&&e.isTrusted)document.title=knob.style.left+' '+word.value};
</script>"""
MARK = Selector(name="captcha", ways=({"css": "#captcha"},))


def point(gesture: Gesture, x: int, y: int) -> Hand:
    return Hand(gesture=gesture, x=x, y=y)


@pytest.fixture
def captcha(web: WebPage, site: Any) -> WebPage:
    site.written["/captcha"] = CAPTCHA
    web.selectors = SelectorSet(app="shop", elements={"captcha": MARK}, unpictured=(MARK,))
    web.goto(f"{site}/captcha", timeout_s=5)
    return web


def test_a_person_solves_a_captcha_of_a_page_that_has_no_window(captcha: WebPage, tmp_path: Path) -> None:
    """They see it (nobody else does), drag, click and type; the run that waited for them goes on with it."""
    film, subject, live = ListFilm(), Subject(app="shop", root=tmp_path), open_live(tmp_path)
    side = RunSide(
        data=tmp_path, run="r1", film=film, screen=lambda: ShownApp(surface=captcha, subject=subject),
        committing=lambda: False, stopped=lambda: None, time_out=contextlib.nullcontext,
    )  # fmt: skip
    hands = [point(Gesture.MOVE, 40, 80), point(Gesture.DOWN, 40, 80)]
    hands += [point(Gesture.MOVE, 40 + 20 * n, 80) for n in range(1, 8)] + [point(Gesture.UP, 180, 80)]
    hands += [point(Gesture.DOWN, 60, 135), point(Gesture.UP, 60, 135), Hand(gesture=Gesture.TEXT, text="云杉")]
    hands += [Hand(gesture=Gesture.KEY, key="Enter")]
    hands += [point(Gesture.DOWN, 60, 185), point(Gesture.UP, 60, 185), Hand(gesture=Gesture.TEXT, text="4711")]
    seen: list[int] = []

    def person() -> None:
        token = live.take_over("r1", who="lin")
        assert wait_until(lambda: live.sight("r1", token=token).phase is Phase.HELD, timeout_s=SOON_S)
        assert wait_until(lambda: bool(live.sight("r1", token=token).picture), timeout_s=SOON_S)
        seen.append(len(live.sight("r1").picture))
        live.act("r1", token=token, hands=hands)
        live.hand_back("r1", token=token)

    with side:
        live.sight("r1")
        at_work = threading.Thread(target=person)
        at_work.start()
        assert wait_until(lambda: side.safe_point(expected=True) == len(hands), timeout_s=SOON_S)
        at_work.join()
    assert captcha.title() == "160px 云杉"
    assert seen == [0]
    told = [(act.verb, act.value, act.element) for act in film.kinds("act")]
    assert told == [
        ("click", "left", "div knob"), ("drag", None, ""), ("click", "left", "input text word"),
        ("type", "2 characters", "input text word"), ("press", "Enter", "input text word"),
        ("click", "left", "input password pin"), ("type", None, "input password pin"),
    ]  # fmt: skip
