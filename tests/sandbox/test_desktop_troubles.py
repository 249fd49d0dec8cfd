"""What can go wrong on a desktop: each trouble ends in a clean retry or a named stop, and no key in a wrong window."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from nightclerk.desktop.driver import Desktop
from nightclerk.desktop.faults import NotResponding, ScreenLocked, SecondInstance
from nightclerk.errors import ApplicationError, SessionLost, UnknownPopup, WaitTimeout, WrongWindow
from nightclerk.ports import Found
from tests.sandbox.erp_kit import needs_desktop
from tests.sandbox.form_kit import FIELD, form, start

pytestmark = needs_desktop
TEXT = "not for anybody else"


@pytest.fixture
def desktop(tmp_path: Path) -> Iterator[Desktop]:
    with form(tmp_path) as desktop:
        yield desktop


def field(desktop: Desktop) -> Found:
    return desktop.find(FIELD, {}, timeout_s=20)


def typed(folder: Path) -> dict[str, str]:
    """What reached windows other than the form."""
    return {name: (folder / name).read_text() for name in ("Chat", "Survey", "Alert") if (folder / name).exists()}


def test_a_stolen_focus_stops_the_keys(desktop: Desktop, tmp_path: Path) -> None:
    """A chat window takes the focus between the find and the typing: it gets no character, the error names it."""
    found = field(desktop)
    desktop.press("F4")
    wait_for(desktop, "Chat")
    with pytest.raises(WrongWindow, match="Chat"):
        desktop.fill(found, TEXT)
    with pytest.raises(WrongWindow, match="Chat"):
        desktop.press("F6")
    assert typed(tmp_path) == {}


def test_a_focus_stolen_within_a_burst_stops_it(desktop: Desktop, tmp_path: Path) -> None:
    """The first key of a path opens a window: the second key is never sent into it."""
    found = field(desktop)
    with desktop._bursts.on(found), pytest.raises(WrongWindow, match="Chat"):
        press_f4_then_x(desktop)
    assert typed(tmp_path) == {}


def test_a_known_box_is_closed_and_the_work_goes_on(desktop: Desktop) -> None:
    """A described modal box gets its own key, is reported, and the field takes its text."""
    seen: list[str] = []
    desktop.on_popup = seen.append
    desktop.press("F5")
    wait_for(desktop, "Survey")
    desktop.fill(field(desktop), TEXT)
    assert (seen, desktop.read(field(desktop))) == (["survey"], TEXT)


def test_an_unknown_box_stops_the_bot_by_name(desktop: Desktop, tmp_path: Path) -> None:
    """Nobody described it: no key that could answer it is pressed, its title is told."""
    desktop.press("F6")
    wait_for(desktop, "Alert")
    with pytest.raises(UnknownPopup, match="Alert"):
        field(desktop)
    assert typed(tmp_path).get("Alert", "").strip("\x03") == ""


def test_a_program_that_hangs_is_named(desktop: Desktop, monkeypatch: pytest.MonkeyPatch) -> None:
    """It does not take what is pasted: the bot says so instead of waiting for ever."""
    found = field(desktop)
    monkeypatch.setattr("nightclerk.desktop.bursts.PASTE_S", 0.5)
    desktop.press("F7")
    with pytest.raises(NotResponding, match=r"“Form” has not responded for 1 s"):
        desktop.fill(found, TEXT)


def test_a_program_that_dies_is_started_again(desktop: Desktop, tmp_path: Path) -> None:
    """Its end is told at once as a lost session; a new start gives a form that works."""
    desktop.press("F9")
    with pytest.raises(SessionLost, match="the program has ended"):
        desktop.wait_window("^Other$", timeout_s=60)
    start(desktop, tmp_path)
    desktop.fill(field(desktop), TEXT)
    assert desktop.read(field(desktop)) == TEXT


def test_a_lock_over_the_screen_is_named(desktop: Desktop) -> None:
    """Something that no window manager handles covers everything: nothing is typed."""
    found = field(desktop)
    desktop.press("F8")
    assert desktop._wait(lambda: locked(desktop, found), 20)
    with pytest.raises(ScreenLocked, match="Locker"):
        desktop.fill(found, TEXT)


def test_a_second_instance_is_refused(desktop: Desktop, tmp_path: Path) -> None:
    """A window like ours that is not ours stands there already: the two could be mistaken, so none is worked."""
    ours, desktop._program = desktop._program, None
    with pytest.raises(SecondInstance, match="“Form” is open already"):
        start(desktop, tmp_path)
    desktop._program = ours


def test_a_window_that_does_not_come_is_told_with_what_shows(desktop: Desktop) -> None:
    """The wait says what it waited for and what the screen showed instead."""
    with pytest.raises(WaitTimeout, match=r"window \^Report\$; the screen shows Form"):
        desktop.wait_window("^Report$", timeout_s=0.3)


def press_f4_then_x(desktop: Desktop) -> None:
    """A path of two keys whose first one takes effect before the second is due."""
    desktop._bursts.keyboard.press([("f4",)])
    wait_for(desktop, "Chat")
    desktop._bursts.keyboard.press([("x",)])


def wait_for(desktop: Desktop, title: str) -> None:
    """Wait until a window has the keyboard, without what a bot does meanwhile about strange windows."""
    assert desktop._wait(lambda: desktop._view.is_active(f"^{title}$"), 20)


def locked(desktop: Desktop, found: Found) -> bool:
    try:
        desktop._bursts.keyboard.aim(found.handle.window.handle)
    except ApplicationError:
        return True
    return False
