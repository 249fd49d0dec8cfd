"""A page that hangs for good is freed from another thread: the browser is killed and the call that hung fails."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from nightclerk.limit import limited
from nightclerk.ports import AppSettings, Selector, SelectorSet
from nightclerk.web.driver import open_web
from nightclerk.web.faults import BrowserTrouble

TITLE = Selector(name="page.title", ways=({"css": "h1"},))
HANGS = "<!doctype html><meta charset=utf-8><h1>挂起</h1><script>setTimeout(() => { for (;;); }, 300)</script>"


def test_a_hung_page_is_freed_by_killing_its_browser(site: Any, tmp_path: Path, real_clock: Any) -> None:
    """The page's script never ends, so that no call into it does either; killed, it ends in a sentence, and a new
    browser opens with the same profile."""
    site.written["/hangs"] = HANGS
    facts = {
        "selectors": SelectorSet(app="shop", elements={"page.title": TITLE}),
        "settings": AppSettings(name="shop", timeout_s=60), "profile": tmp_path / "profile", "downloads": tmp_path,
        "clock": real_clock,
    }  # fmt: skip
    page = open_web(**facts)
    page.goto(f"{site}/hangs", timeout_s=30)
    threading.Event().wait(0.6)
    left: list[int] = []
    with pytest.raises(BrowserTrouble), limited(1.0, kill=page.kill, leave=left.append) as limit:
        page.texts(TITLE, {})
    assert (limit.struck, left) == (True, [])
    page.close()
    again = open_web(**facts)
    again.goto(f"{site}/orders.html", timeout_s=30)
    assert again.texts(TITLE, {}) is not None
    again.close()
