"""Keys and chords on a desktop, in Playwright's spelling: "F6", "Control+S", "Alt+L Down*2"."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from typing import Any, Protocol

from nightclerk.errors import ApplicationError, MissingPart

Chord = tuple[str, ...]

_NAMES = {
    "control": "ctrl", "ctrl": "ctrl", "alt": "alt", "shift": "shift", "meta": "win",
    "enter": "enter", "escape": "esc", "esc": "esc", "tab": "tab", "backspace": "backspace", "delete": "delete",
    "insert": "insert", "home": "home", "end": "end", "pageup": "pageup", "pagedown": "pagedown",
    "arrowup": "up", "up": "up", "arrowdown": "down", "down": "down", "arrowleft": "left", "left": "left",
    "arrowright": "right", "right": "right", "space": "space", "plus": "+",
}  # fmt: skip
_STEP = re.compile(r"(?P<chord>.+?)(?:\*(?P<times>\d+))?$")


class UnknownKey(ApplicationError):
    """Facts: key."""

    en = "“{key}” is no key; write chords like Control+S, F6 or Enter, and repeats like Down*2."
    zh = "没有名为“{key}”的按键；组合键请写成 Control+S、F6、Enter，重复写成 Down*2。"


class Untypable(ApplicationError):
    """Facts: character. A secret with such a character cannot be typed key by key."""

    en = "The character {character!r} is not on the keyboard; secrets must be plain ASCII on desktop programs."
    zh = "键盘上没有字符 {character!r}；桌面程序的密码只能使用 ASCII 字符。"


def chord(text: str) -> Chord:
    """`"Control+Shift+S"` -> `("ctrl", "shift", "s")`; UnknownKey for anything else."""
    names = text.split("+") if text != "+" else ["plus"]
    return tuple(_key(name) for name in names)


def path(text: str) -> tuple[Chord, ...]:
    """A keyboard path, chords parted by blanks, `*n` repeats: `"Alt+L Down*2"` -> 3 chords."""
    chords: list[Chord] = []
    for word in text.split():
        match = _STEP.fullmatch(word)
        assert match is not None
        chords += [chord(match["chord"])] * int(match["times"] or 1)
    return tuple(chords)


def _key(name: str) -> str:
    known = _NAMES.get(name.lower())
    if known:
        return known
    if re.fullmatch(r"[fF]([1-9]|1[0-2])", name) or (len(name) == 1 and name.isascii() and name.isprintable()):
        return name.lower()
    raise UnknownKey(key=name)


class Keyboard(Protocol):
    """What the driver needs of a keyboard and a mouse."""

    def aim(self, window: int | None) -> None:
        """From now on nothing may reach another window than this one (None: any window)."""

    def press(self, chords: Sequence[Chord]) -> None: ...
    def type_ascii(self, text: str) -> None: ...
    def click(self, x: int, y: int) -> None: ...


def open_keyboard(*, own_desktop: bool) -> Keyboard:
    """Keyboard and mouse of this process's desktop."""
    if sys.platform == "linux":
        from nightclerk.desktop.x11_hands import X11Hands

        return X11Hands()
    return RealKeyboard(own_desktop=own_desktop)


class RealKeyboard:
    """Keyboard and mouse of the desktop through pyautogui, imported here because it binds to a display.

    For Windows and for a person's hands; a bot's own X11 desktop is worked by x11_hands.py.
    """

    def __init__(self, *, own_desktop: bool) -> None:
        try:
            import pyautogui
        except SystemExit as error:  # its mouseinfo ends the process when tkinter is not there
            remedy = "Run: apt-get install -y python3-tk (or use a Python that has tkinter)."
            raise MissingPart(code="NO_TKINTER", part="tkinter", remedy=remedy) from error
        pyautogui.PAUSE = 0
        pyautogui.FAILSAFE = not own_desktop  # a person at the mouse can stop the bot; on our own desktop there is none
        if sys.platform == "linux":
            import pyautogui._pyautogui_x11 as x11

            x11.keyboardMapping["<"] = x11.keyboardMapping[","]  # pyautogui #198: it types > for <
        self._gui: Any = pyautogui

    def aim(self, window: int | None) -> None:
        """Nothing to do: this system cannot keep others from taking the focus; the driver looks before and after."""

    def press(self, chords: Sequence[Chord]) -> None:
        """Press chords one after the other; every key that went down comes up again."""
        for keys in chords:
            held: list[str] = []
            try:
                for key in keys:
                    self._gui.keyDown(key, _pause=False)
                    held.append(key)
            finally:
                for key in reversed(held):
                    self._gui.keyUp(key, _pause=False)

    def type_ascii(self, text: str) -> None:
        """Type characters key by key (for secrets: nothing touches the clipboard)."""
        for character in text:
            if not (character.isascii() and character.isprintable()):
                raise Untypable(character=character)
        for character in text:
            self._gui.press(character, _pause=False)

    def click(self, x: int, y: int) -> None:
        self._gui.click(x, y, _pause=False)
