"""A desktop of one's own: Chinese typing without a lost character, and nothing left behind by a bot that was killed."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from nightclerk.app import SystemClock
from nightclerk.desktop import open_desktop
from nightclerk.desktop.clipboard import wait_until
from nightclerk.desktop.driver import Desktop
from nightclerk.desktop.session import ProgramNotStarted
from nightclerk.errors import SessionLost, WrongWindow
from nightclerk.ports import AppSettings, Selector, SelectorSet
from tests.sandbox.erp_kit import needs_desktop

pytestmark = needs_desktop

FIELD = Selector(name="form.field", ways=({"keys": "Alt+F", "window": "^Form$"},))
CHAT = Selector(name="chat.window", ways=({"window": "^Chat$"},))
PROGRAM = """
import tkinter as tk
root = tk.Tk(); root.title("Form")
field = tk.Entry(root, width=60); field.pack(); field.focus_force()
root.bind("<Alt-Key-f>", lambda e: field.focus_set() or "break")
def select(e): field.selection_range(0, "end"); return "break"
def paste(e):
    field.delete(0, "end"); field.insert(0, root.clipboard_get(type="UTF8_STRING")); return "break"
field.bind("<Control-a>", select); field.bind("<Control-v>", paste)
def chat(e):
    window = tk.Toplevel(root); window.title("Chat"); window.focus_force()
root.bind("<F9>", chat)
root.mainloop()
"""
BOT = """
import sys
from nightclerk.desktop import session
shared = session.open_session()
shared.keeper.start([sys.executable, "-c", "import time; time.sleep(600)"])
print(shared.env["DISPLAY"], shared.folder, flush=True)
sys.stdin.read()
"""
TEXTS = (
    "上海云杉样例商贸有限公司",
    "¥1,234.50 <加急> 《合同》",
    "〇零１２３ＡＢＣ，。；：“”",
    "a<b>&'\"c\\d",
    "3579243502113506847",
)


@pytest.fixture
def form(tmp_path: Path) -> Iterator[Desktop]:
    """A program with one text field."""
    selectors = SelectorSet(app="form", elements={"form.field": FIELD, "chat.window": CHAT})
    desktop = open_desktop(selectors=selectors, settings=AppSettings(name="form"), clock=SystemClock(), folder=tmp_path)
    with contextlib.closing(desktop):
        desktop.start([sys.executable, "-c", PROGRAM], window="^Form$", timeout_s=20)
        yield desktop


@pytest.mark.parametrize("text", TEXTS)
def test_text_arrives_exactly(form: Desktop, text: str) -> None:
    """Chinese, full-width, long numbers and the characters that break shells all read back as they were."""
    form.fill(form.find(FIELD, {}, timeout_s=5), text)
    assert form.read(form.find(FIELD, {}, timeout_s=5)) == text


def test_a_window_that_steals_the_focus_stops_the_typing(form: Desktop) -> None:
    """After a chat window came up, the field is not typed into, and neither is the chat window."""
    found = form.find(FIELD, {}, timeout_s=5)
    form.fill(found, "for the form")
    form.press("F9")
    form.wait_window("^Chat$", timeout_s=5)
    with pytest.raises(WrongWindow, match="Chat"):
        form.fill(found, "not for the chat")


def test_a_program_that_dies_is_a_lost_session(form: Desktop) -> None:
    """A find after the program ended says so at once, not after its time is up."""
    form._shared.keeper.stop(form._program or 0)
    with pytest.raises(SessionLost, match="the program has ended"):
        form.find(FIELD, {}, timeout_s=60)


def test_a_program_that_cannot_start_says_why(form: Desktop) -> None:
    """The last line of its own error output comes with the remedy."""
    with pytest.raises(ProgramNotStarted, match=r"No licence.*config/apps\.yaml"):
        form.start([sys.executable, "-c", "raise SystemExit('No licence')"], window="^Other$", timeout_s=20)


def test_a_killed_bot_leaves_nothing_behind() -> None:
    """Screen, window manager, programs and folder of a bot that died by SIGKILL are gone a moment later."""
    with subprocess.Popen([sys.executable, "-c", BOT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as bot:
        assert bot.stdout is not None
        display, folder = bot.stdout.readline().split()
        socket = Path(f"/tmp/.X11-unix/X{display.lstrip(':')}")
        assert socket.exists()
        os.kill(bot.pid, signal.SIGKILL)
        bot.wait()
    assert wait_until(lambda: not socket.exists() and not Path(folder).exists(), timeout_s=20, poll_s=0.05)


def test_the_screen_is_of_one_size_and_said_so(form: Desktop) -> None:
    """The journal's start line can say what pictures and places were measured on."""
    assert form.screen() == "1280x800, 96 dpi"
