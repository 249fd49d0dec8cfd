"""A bot's own desktop, watched from beside it and taken over by a person: pictures, clicks, Chinese text."""

from __future__ import annotations

import contextlib
import io
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PIL import Image

from nightclerk.clocks import SystemClock
from nightclerk.desktop import open_desktop
from nightclerk.desktop.clipboard import wait_until
from nightclerk.desktop.driver import Desktop
from nightclerk.errors import HandedBack
from nightclerk.live import open_live
from nightclerk.live.looking import Subject
from nightclerk.live.run_side import RunSide
from nightclerk.live.shown import ShownApp
from nightclerk.ports import AppSettings, Gesture, Hand, LiveRuns, Phase, Sight
from tests.conftest import ListFilm
from tests.sandbox.erp_kit import needs_desktop

pytestmark = needs_desktop

SOON_S = 60.0
#: A form whose title says what its field says; F9 brings a login window.
PROGRAM = """
import tkinter as tk
root = tk.Tk(); root.title("Form"); root.geometry("600x200+100+100")
field = tk.Entry(root, width=60); field.place(x=20, y=20)
def told(*_):
    root.title("Form " + field.get())
field.bind("<KeyRelease>", told)
def paste(e):
    field.insert("insert", root.clipboard_get(type="UTF8_STRING")); told(); return "break"
field.bind("<Control-v>", paste)
def login(e):
    window = tk.Toplevel(root); window.title("Login"); window.focus_force()
root.bind("<F9>", login)
root.mainloop()
"""
SELECTORS = """
form:
  field: {keys: Tab, window: '^Form'}
unpictured: [{window: '^Login$'}]
"""


@dataclass(kw_only=True)
class Night:
    """A run with this desktop that comes to a safe point again and again; its thread is the test's own."""

    desktop: Desktop
    side: RunSide
    live: LiveRuns
    film: ListFilm
    seen: list[Sight] = field(default_factory=list)

    def watch(self, *, token: str = "") -> Sight:
        """What a viewer sees, in a thread of its own, as the console asks."""
        asking = threading.Thread(target=lambda: self.seen.append(self.live.sight("r1", token=token)))
        asking.start()
        asking.join()
        return self.seen[-1]

    def sees(self, why: str = "", *, token: str = "") -> Sight:
        """Wait for a picture, or for the reason why there is none."""

        def fits() -> bool:
            sight = self.watch(token=token)
            return sight.why == why and bool(sight.picture) == (not why)

        assert wait_until(fits, timeout_s=SOON_S, poll_s=0.05), self.seen[-1]
        return self.seen[-1]


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Night]:
    folder = tmp_path / "selectors" / "form"
    folder.mkdir(parents=True)
    (folder / "screens.yaml").write_text(SELECTORS, encoding="utf-8")
    subject = Subject(app="form", root=tmp_path)
    from nightclerk.locate.files import selector_set

    desktop = open_desktop(
        selectors=selector_set("form", workspace=tmp_path), settings=AppSettings(name="form"), clock=SystemClock(),
        folder=tmp_path,
    )  # fmt: skip
    film = ListFilm()
    side = RunSide(
        data=tmp_path, run="r1", film=film, screen=lambda: ShownApp(surface=desktop, subject=subject),
        committing=lambda: False, stopped=lambda: None, time_out=contextlib.nullcontext,
    )  # fmt: skip
    with contextlib.closing(desktop), side:
        desktop.start([sys.executable, "-c", PROGRAM], window="^Form", timeout_s=SOON_S)
        yield Night(desktop=desktop, side=side, live=open_live(tmp_path), film=film)


def test_the_desktop_is_seen_while_its_bot_does_nothing_for_it(night: Night) -> None:
    """The picture comes from beside the run, whose thread is not asked."""
    sight = night.sees()
    with Image.open(io.BytesIO(sight.picture)) as image:
        assert image.size == sight.size == (1280, 800)
    assert (sight.phase, sight.where) == (Phase.WORKING, "Form")


def test_a_person_types_into_the_window_and_hands_back(night: Night) -> None:
    """Clicks, keys and Chinese arrive where the person pointed; then the attempt begins anew."""
    token = night.live.take_over("r1", who="lin")
    box = night.desktop.active_box()
    x, y = box.x + 60, box.y + 30
    hands = [Hand(gesture=gesture, x=x, y=y) for gesture in (Gesture.MOVE, Gesture.DOWN, Gesture.UP)]
    hands += [Hand(gesture=Gesture.TEXT, text="PO-7<"), Hand(gesture=Gesture.TEXT, text="上海市")]
    hands += [Hand(gesture=Gesture.KEY, key="Backspace")]

    def person() -> None:
        assert wait_until(lambda: night.live.sight("r1", token=token).phase is Phase.HELD, timeout_s=SOON_S)
        night.live.act("r1", token=token, hands=hands)
        night.live.hand_back("r1", token=token)

    at_work = threading.Thread(target=person)
    at_work.start()
    with pytest.raises(HandedBack, match="lin took the screen over and did 6 things"):
        night.side.safe_point()
    at_work.join()
    assert wait_until(lambda: night.desktop.windows() == ["Form PO-7<上海"], timeout_s=SOON_S), night.desktop.windows()
    assert [act.verb for act in night.film.kinds("act")] == ["click", "type", "press"]


def test_a_login_window_shows_to_its_holder_only(night: Night) -> None:
    """Whoever watches is told why there is no picture."""
    night.desktop.press("F9")
    night.desktop.wait_window("^Login$", timeout_s=SOON_S)
    assert night.sees("secret_screen").where == ""
    token = night.live.take_over("r1", who="lin")

    def person() -> None:
        night.sees(token=token)
        night.live.hand_back("r1", token=token)

    at_work = threading.Thread(target=person)
    at_work.start()
    assert night.side.safe_point() == 0
    at_work.join()
    assert night.seen[-1].phase is Phase.HELD
