"""A person's hands on a bot's own desktop: mouse, keys and pasted text, in pixels of the picture that they see."""

from __future__ import annotations

import contextlib
from typing import Any

from nightclerk.desktop.accessible import open_tree
from nightclerk.desktop.clipboard import Clipboard, open_clipboard
from nightclerk.desktop.driver import Desktop
from nightclerk.desktop.framing import frame_for_holder, secret_screen
from nightclerk.desktop.hit import Hit, hit_at
from nightclerk.desktop.keyboard import RealKeyboard, path
from nightclerk.desktop.screen import Screen
from nightclerk.desktop.tree import Vanished
from nightclerk.desktop.view import View
from nightclerk.desktop.windows import open_windows
from nightclerk.errors import ApplicationError, MissingPart
from nightclerk.ports import Frame, Gesture, Hand, Touched

_PASTE_S = 2.0
_WHEEL_PX = 100


class DesktopHands:
    """`ports.Hands` on the desktop of this process, while its bot stands still. `gui` is pyautogui's way to a mouse."""

    def __init__(self, surface: Desktop, *, gui: Any = None, clipboard: Clipboard | None = None) -> None:
        self._surface = surface
        self._keyboard = RealKeyboard(own_desktop=True)
        self._view = View(windows=open_windows(), screen=Screen())
        self._clipboard = clipboard or open_clipboard()
        self._gui = gui or _pyautogui()
        self._held: set[str] = set()
        self._hit = Hit()

    def glance(self) -> Frame:
        return frame_for_holder(self._view, self._surface.selectors, None)

    def do(self, hand: Hand) -> Touched:
        if hand.gesture is Gesture.DOWN:
            self._hit = self._at(hand.x, hand.y)  # before the click: it may close what it hits
        touched = self._touched()
        with contextlib.suppress(ApplicationError):  # a key that no desktop has does nothing, as on a real keyboard
            self._do(hand)
        return touched

    def _do(self, hand: Hand) -> None:
        match hand.gesture:
            case Gesture.MOVE:
                self._gui.moveTo(hand.x, hand.y, _pause=False)
            case Gesture.DOWN:
                self._gui.mouseDown(hand.x, hand.y, button=hand.button, _pause=False)
                self._held.add(hand.button)
            case Gesture.UP:
                self._gui.mouseUp(hand.x, hand.y, button=hand.button, _pause=False)
                self._held.discard(hand.button)
            case Gesture.WHEEL:
                turns = max(1, round(abs(hand.wheel) / _WHEEL_PX))
                self._gui.scroll(-turns if hand.wheel > 0 else turns, x=hand.x, y=hand.y, _pause=False)
            case Gesture.KEY:
                self._keyboard.press(path(hand.key))
            case Gesture.TEXT:
                self._type(hand.text)

    def rest(self, seconds: float) -> None:
        """A desktop lives on by itself."""

    def close(self) -> None:
        for button in sorted(self._held):
            self._gui.mouseUp(button=button, _pause=False)
        self._clipboard.close()
        self._view.close()

    def _type(self, text: str) -> None:
        """ASCII key by key; anything else through the clipboard, which is emptied after it."""
        if text.isascii() and text.isprintable():
            self._keyboard.type_ascii(text)
            return
        self._clipboard.put(text)
        self._keyboard.press(path("Control+V"))
        self._clipboard.taken(timeout_s=_PASTE_S)
        self._clipboard.arm()

    def _touched(self) -> Touched:
        secret = self._hit.secret or secret_screen(self._view, self._surface.selectors)
        return Touched(element=self._hit.name, where=self._surface.state().where, secret=secret)

    def _at(self, x: int, y: int) -> Hit:
        """What stands there by the accessibility tree; nothing where the program tells none."""
        active = self._view.active()
        with contextlib.suppress(Vanished, MissingPart):
            return hit_at(open_tree().window(active.title), x, y) if active is not None else Hit()
        return Hit()


def _pyautogui() -> Any:
    import pyautogui

    return pyautogui
