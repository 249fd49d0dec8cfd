"""One click, one request: a browser that repeats a POST by itself is kept from it when the click is a commit."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from nightclerk.ports import Permit, Selector, SelectorSet
from nightclerk.sandbox.partner import LOGIN, Server, serve
from nightclerk.sandbox.partner_books import PartnerBooks
from nightclerk.web.page import WebPage


def selector(name: str, css: str, *, commits: bool = False) -> Selector:
    return Selector(name=name, ways=({"css": css},), commits=commits)


SAVE, ANSWERED = selector("order.save", "#save", commits=True), selector("order.said", "#said:not(:empty)")
USER, PASSWORD, ENTER = (
    selector("user", "[name=user]"),
    selector("password", "[name=password]"),
    selector("in", "button"),
)
REF, QUANTITY, HOME = selector("ref", "#ref"), selector("quantity", "#quantity"), selector("home", ".signed-in")
ELEMENTS = {one.name: one for one in (SAVE, ANSWERED, USER, PASSWORD, ENTER, REF, QUANTITY, HOME)}


@pytest.fixture
def partner(tmp_path: Path) -> Iterator[Server]:
    server = serve(tmp_path, port=0)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def form(web: WebPage, partner: Server, tmp_path: Path) -> WebPage:
    """The filled order form of a signed-in user, whose connections have been used before."""
    url = json.loads((tmp_path / "partner.json").read_text())["url"]
    web.selectors = SelectorSet(app="partner", elements=ELEMENTS)
    web.goto(f"{url}/till/", timeout_s=10)
    web.fill(web.find(USER, {}, timeout_s=3), LOGIN[0])
    web.fill(web.find(PASSWORD, {}, timeout_s=3), LOGIN[1])
    web.click(web.find(ENTER, {}, timeout_s=3))
    web.find(HOME, {}, timeout_s=3)
    web.goto(f"{url}/till/new", timeout_s=10)
    web.fill(web.find(REF, {}, timeout_s=3), "a")
    web.fill(web.find(QUANTITY, {}, timeout_s=3), "1")
    return web


def test_a_commit_whose_connection_is_cut_is_sent_once(
    form: WebPage, partner: Server, tmp_path: Path, real_clock: Any
) -> None:
    """The server writes the order and drops the connection: one click stays one order."""
    partner.partner.orders.tell("committed", "drop")
    until = real_clock.now() + timedelta(seconds=20)
    permit = Permit(element="order.save", until_monotonic_s=real_clock.monotonic() + 20, until_wall=until)
    form.click(replace(form.find(SAVE, {}, timeout_s=3), permit=permit))
    assert form.read(form.find(ANSWERED, {}, timeout_s=5)) == "网络异常，请稍后重试"
    assert PartnerBooks(tmp_path).counts() == {"a": 1}


def test_a_browser_left_to_itself_sends_it_twice(form: WebPage, partner: Server, tmp_path: Path) -> None:
    """Why that is needed: the same click without a permit is repeated by the browser, and the page knows of one."""
    partner.partner.orders.tell("committed", "drop")
    form.click(form.find(SAVE, {}, timeout_s=3))
    assert form.read(form.find(ANSWERED, {}, timeout_s=5)) == "保存成功：2"
    assert PartnerBooks(tmp_path).counts() == {"a": 2}
