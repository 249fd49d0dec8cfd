"""The desktop driver over a desktop in memory: what it presses, and when it refuses to press."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from nightclerk.desktop.driver import Desktop
from nightclerk.desktop.faults import FieldDiffers, NoPlace
from nightclerk.desktop.view import View
from nightclerk.desktop.windows import Window
from nightclerk.errors import ElementNotFound, PermitExpired, SessionLost, UnknownPopup, WrongWindow
from nightclerk.ports import AppSettings, Box, Permit, Popup, Selector, SelectorSet

FIELD = Selector(name="form.name", ways=({"keys": "Alt+N", "window": "^Form$"},))
LOGIN = Selector(name="signed_out[0]", ways=({"window": "^Login$"},))
SURVEY = Popup(
    name="survey",
    marker=Selector(name="m", ways=({"window": "^Survey$"},)),
    close=Selector(name="c", ways=({"keys": "Escape", "window": "^Survey$"},)),
)
SET = SelectorSet(app="erp", elements={"form.name": FIELD}, popups=(SURVEY,), signed_out=(LOGIN,))


class World:
    """Clock, windows, keyboard, clipboard and screen of a made-up desktop with one text field."""

    def __init__(self, *titles: str) -> None:
        self.titles = list(titles) or ["Form"]
        self.pressed: list[tuple[str, ...]] = []
        self.text, self.offered, self.copied_text = "", "", None
        self.swallow = 0  # so many pastes go wrong

    def now(self) -> datetime:
        return datetime.now(UTC)

    monotonic = staticmethod(time.monotonic)

    def windows(self) -> list[Window]:
        return [Window(handle=hash(title), title=title) for title in self.titles]

    def active(self) -> Window | None:
        return next(iter(self.windows()), None)

    def box(self, _window: Window) -> Box:
        return Box(x=10, y=20, width=100, height=80)

    def grab(self, _box: Box | None = None) -> Any:
        return np.zeros((80, 100, 3), dtype=np.uint8)

    def press(self, chords: Sequence[tuple[str, ...]]) -> None:
        for keys in chords:
            self.pressed.append(keys)
            if keys == ("esc",):
                self.titles.pop(0)
            elif keys == ("ctrl", "v"):
                self.text = "wrong" if self.swallow > 0 else self.offered
                self.swallow -= 1
            elif keys == ("ctrl", "c"):
                self.copied_text = self.text

    def aim(self, _window: int | None) -> None:
        pass

    def answers(self, _window: Window, *, timeout_s: float) -> bool:
        return True

    def held(self) -> str:
        return ""

    def restore(self, text: str) -> None:
        self.kept = text

    def type_ascii(self, text: str) -> None:
        self.text = text

    def put(self, text: str) -> None:
        self.offered = text

    def taken(self, *, timeout_s: float) -> bool:
        return True

    def arm(self) -> None:
        self.copied_text = None

    def copied(self, *, timeout_s: float) -> str | None:
        return self.copied_text

    def desktop(self) -> Desktop:
        anything: Any = self
        return Desktop(
            selectors=SET,
            settings=AppSettings(name="erp"),
            clock=anything,
            shared=anything,
            view=View(windows=anything, screen=anything),
            keyboard=anything,
            clipboard=anything,
        )


def test_fill_pastes_and_reads_back() -> None:
    """The field is reached by its keys, and what it says afterwards is exactly what was given."""
    world = World()
    desktop = world.desktop()
    desktop.fill(desktop.find(FIELD, {}, timeout_s=0), "上海…¥<1>")
    assert world.text == "上海…¥<1>"
    assert world.pressed[0] == ("alt", "n")


def test_fill_tries_a_wrong_paste_again() -> None:
    """One paste that went wrong is noticed and mended."""
    world = World()
    world.swallow = 1
    desktop = world.desktop()
    desktop.fill(desktop.find(FIELD, {}, timeout_s=0), "B-2")
    assert world.text == "B-2"


def test_fill_gives_up_with_both_texts() -> None:
    """A field that never takes the text ends in a sentence with what was wanted and what it says."""
    world = World()
    world.swallow = 9
    desktop = world.desktop()
    with pytest.raises(FieldDiffers, match="says “wrong” after “B-2”"):
        desktop.fill(desktop.find(FIELD, {}, timeout_s=0), "B-2")


def test_secrets_are_typed_not_pasted() -> None:
    """A secret never touches the clipboard."""
    world = World()
    desktop = world.desktop()
    secret = Selector(name="form.name", ways=FIELD.ways, secret=True)
    desktop.fill(desktop.find(secret, {}, timeout_s=0), "pa<ss")
    assert (world.text, world.offered) == ("pa<ss", "")


def test_stolen_focus_stops_the_keys() -> None:
    """When another window took the keyboard after the find, nothing is pressed at all."""
    world = World()
    desktop = world.desktop()
    found = desktop.find(FIELD, {}, timeout_s=0)
    world.titles.insert(0, "Chat")
    with pytest.raises(WrongWindow, match="Chat"):
        desktop.fill(found, "B-2")
    assert world.pressed == []


def test_a_known_popup_is_closed_and_reported() -> None:
    """A described pop-up is closed by its own way, told about, and the find goes on."""
    world = World("Survey", "Form")
    desktop = world.desktop()
    seen: list[str] = []
    desktop.on_popup = seen.append
    assert desktop.find(FIELD, {}, timeout_s=2).way == "keys=Alt+N window=^Form$"
    assert seen == ["survey"]


def test_an_unknown_popup_is_named_and_left_alone() -> None:
    """A window that nobody described stops the act; no key that could close it is pressed."""
    world = World("Licence expired", "Form")
    with pytest.raises(UnknownPopup, match="Licence expired"):
        world.desktop().find(FIELD, {}, timeout_s=2)
    assert world.pressed == [("ctrl", "c")]


def test_a_login_window_is_a_lost_session() -> None:
    """The login window in place of the form means that the session is over."""
    with pytest.raises(SessionLost, match="Login"):
        World("Login").desktop().find(FIELD, {}, timeout_s=2)


def test_no_window_is_not_found() -> None:
    """Without any window the error says so."""
    world = World()
    world.titles.clear()
    with pytest.raises(ElementNotFound, match="no window"):
        world.desktop().find(FIELD, {}, timeout_s=0)


def test_a_window_cannot_be_clicked_as_such() -> None:
    """A way that names only a window has no place to click on, and says what to add."""
    desktop = World().desktop()
    whole = Selector(name="form.any", ways=({"window": "^Form$"},))
    with pytest.raises(NoPlace, match="add a picture or keys"):
        desktop.click(desktop.find(whole, {}, timeout_s=0))


def test_rows_come_from_copied_text() -> None:
    """A grid that copies as tab-separated text becomes one mapping a row."""
    world = World()
    world.text = "单据号\t合计\nXS-1\t8.50\nXS-2\t9.00\n"
    assert world.desktop().rows(FIELD, {}) == [{"单据号": "XS-1", "合计": "8.50"}, {"单据号": "XS-2", "合计": "9.00"}]


def test_a_picture_that_fits_nowhere_leaves_it_to_the_next_way(tmp_path: Path) -> None:
    """Fonts differ between machines: an element with a picture still answers by its window title."""
    file = tmp_path / "button.png"
    cv2.imwrite(str(file), np.tile(np.array([[0, 255], [255, 0]], dtype=np.uint8), (10, 10)))
    ways = ({"picture": str(file), "window": "^Form$"}, {"window": "^Form$"})
    found = World().desktop().find(Selector(name="form.ready", ways=ways), {}, timeout_s=0)
    assert found.way == "window=^Form$"


def test_a_private_element_without_a_place_hides_its_window() -> None:
    """What cannot be located cannot be masked alone, so the whole window is masked."""
    desktop = World().desktop()
    private = Selector(name="form.phone", ways=FIELD.ways, private=True)
    desktop.selectors = SelectorSet(app="erp", elements={"form.phone": private})
    assert desktop.frame().private == (Box(x=10, y=20, width=100, height=80),)


def allowed(world: World, seconds: float) -> Permit:
    until = world.now() + timedelta(seconds=seconds)
    return Permit(element="form.save", until_monotonic_s=world.monotonic() + seconds, until_wall=until)


def test_a_commit_is_pressed_within_its_permit() -> None:
    """The keys of a commit go out as ever while its permit is good."""
    world = World()
    desktop = world.desktop()
    desktop.click(replace(desktop.find(FIELD, {}, timeout_s=0), permit=allowed(world, 20)))
    assert world.pressed == [("alt", "n")]


def test_a_commit_that_comes_too_late_is_not_pressed() -> None:
    """A worker that was frozen on its way presses nothing, and knows that it did not."""
    world = World()
    desktop = world.desktop()
    found = replace(desktop.find(FIELD, {}, timeout_s=0), permit=allowed(world, -1))
    with pytest.raises(PermitExpired, match=r"form.save was not clicked: its leave had run out") as raised:
        desktop.click(found)
    assert (world.pressed, raised.value.untouched) == ([], True)


def test_a_path_of_keys_stops_where_the_permit_ends() -> None:
    """Looked at before every chord: the rest is not pressed, and nobody claims that nothing was."""
    world, save = World(), Selector(name="form.save", ways=({"keys": "Alt+F Enter", "window": "^Form$"},))
    desktop, permit = world.desktop(), allowed(world, 20)
    pressed = world.press

    def press_slowly(chords: Sequence[tuple[str, ...]]) -> None:
        pressed(chords)
        world.now = lambda: datetime.now(UTC) + timedelta(seconds=30)  # type: ignore[method-assign]

    world.press = press_slowly  # type: ignore[method-assign]
    with pytest.raises(PermitExpired) as raised:
        desktop.click(replace(desktop.find(save, {}, timeout_s=0), permit=permit))
    assert (world.pressed, raised.value.untouched) == ([("alt", "f")], False)
