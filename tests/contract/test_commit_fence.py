"""A commit that was frozen on its way does not reach the page: real processes are stopped and woken too late."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from nightclerk.errors import ElementNotFound, PermitExpired, UnknownPopup
from nightclerk.ports import Permit, Selector, SelectorSet
from nightclerk.web.faults import CannotAct
from nightclerk.web.page import WebPage

ROOT = Path(__file__).parents[2]
PAGE = """<!doctype html><meta charset=utf-8><button id=save>保存</button><p id=saved>0</p><script>
let seen = 0;
const count = () => { document.querySelector('#saved').textContent = ++seen; };
document.querySelector('#save').addEventListener('click', count);
</script>"""
SAVE = Selector(name="orders.save", ways=({"css": "#save"},), commits=True)
SAVED = Selector(name="orders.saved", ways=({"css": "#saved"},))
LATE = ("PermitExpired", True, "0")


@pytest.fixture
def shop(web: WebPage, site: Any) -> WebPage:
    site.written["/save"] = PAGE
    web.selectors = SelectorSet(app="shop", elements={"orders.save": SAVE, "orders.saved": SAVED})
    web.goto(f"{site}/save", timeout_s=10)
    return web


def permit(clock: Any, seconds: float) -> Permit:
    until = clock.now() + timedelta(seconds=seconds)
    return Permit(element="orders.save", until_monotonic_s=clock.monotonic() + seconds, until_wall=until)


def commit(web: WebPage, allowed: Permit) -> None:
    web.click(replace(web.find(SAVE, {}, timeout_s=3), permit=allowed))


def saved(web: WebPage) -> str:
    return web.read(web.find(SAVED, {}, timeout_s=3))


def test_a_commit_in_time_lands_and_later_clicks_are_free(shop: WebPage, real_clock: Any) -> None:
    """The fence lets the one click through and minds nothing afterwards: no plain click needs a permit."""
    commit(shop, permit(real_clock, 60))
    shop.click(shop.find(SAVE, {}, timeout_s=3))
    assert saved(shop) == "2"


def test_a_commit_without_leave_is_not_even_sent(shop: WebPage, real_clock: Any) -> None:
    """A permit that is over before the click is seen by our own clock; nothing was clicked, and the error says so."""
    with pytest.raises(PermitExpired, match=r"orders.save was not clicked: its leave had run out") as raised:
        commit(shop, permit(real_clock, -0.1))
    assert (raised.value.untouched, saved(shop)) == (True, "0")


def test_a_button_that_takes_no_click_proves_that_nothing_was_clicked(shop: WebPage, real_clock: Any) -> None:
    """Playwright gives up on a disabled button, and the page has seen no event: `once` need not doubt."""
    shop._page.evaluate("document.querySelector('#save').disabled = true")
    with pytest.raises(CannotAct) as raised:
        commit(shop, permit(real_clock, 20))
    assert (raised.value.untouched, saved(shop)) == (True, "0")


def test_an_error_after_the_click_proves_nothing(shop: WebPage, real_clock: Any) -> None:
    """What is raised once the page has seen the click leaves the effect uncertain."""
    shop._page.evaluate("document.querySelector('#save').addEventListener('click', () => alert('谁知道'))")
    with pytest.raises(UnknownPopup) as raised:
        commit(shop, permit(real_clock, 20))
    assert (raised.value.untouched, saved(shop)) == (False, "1")


def test_a_commit_in_a_new_document_is_not_fenced_away(shop: WebPage, site: Any, real_clock: Any) -> None:
    """The node that was found is gone with its document: no other node is clicked in its place."""
    found = shop.find(SAVE, {}, timeout_s=3)
    shop.goto(f"{site}/orders.html", timeout_s=10)
    with pytest.raises((CannotAct, ElementNotFound)) as raised:
        shop.click(replace(found, permit=permit(real_clock, 3)))
    assert raised.value.untouched


# --------------------------------------------------------------------------------- real frozen processes


def below(pid: int) -> Iterator[int]:
    """The processes that a process has started, and theirs."""
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            yield int(child)
            yield from below(int(child))


def name_of(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")


def pids(worker: int, what: str) -> list[int]:
    """The processes of one part of a worker: its python, Playwright's driver, or the whole browser."""
    if what == "python":
        return [worker]
    browser = [pid for pid in below(worker) if "--type=" in name_of(pid) or "--user-data-dir" in name_of(pid)]
    return browser if what == "browser" else [pid for pid in below(worker) if pid not in browser]


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="reads the process tree from /proc")
@pytest.mark.parametrize(
    ("frozen", "expected"),
    [
        ("python", LATE),
        pytest.param("driver", LATE, marks=pytest.mark.slow),
        pytest.param("browser", LATE, marks=pytest.mark.slow),
        pytest.param("nobody", ("", False, "1"), marks=pytest.mark.slow),
    ],
)
def test_a_click_that_was_frozen_does_not_land(
    site: Any, tmp_path: Path, frozen: str, expected: tuple[str, bool, str]
) -> None:
    """Stopped between the fence and the click and woken after the permit: the page never sees it, and we know."""
    site.written["/save"] = PAGE
    permit_s = 60.0 if frozen == "nobody" else 5.0
    command = [sys.executable, "-m", "tests.contract.frozen_click", f"{site}/save", str(tmp_path), str(permit_s)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as worker:
        assert worker.stdin is not None
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
        held = pids(worker.pid, frozen) if frozen != "nobody" else []
        for pid in held:
            os.kill(pid, signal.SIGSTOP)
        worker.stdin.write("go on\n")
        worker.stdin.flush()
        threading.Event().wait(permit_s + 0.5 if held else 0)
        for pid in held:
            os.kill(pid, signal.SIGCONT)
        told = json.loads(worker.stdout.readline())
    assert (told["error"], told["untouched"], told["seen"]) == expected
