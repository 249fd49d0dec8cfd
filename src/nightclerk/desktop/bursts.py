"""Bursts of mouse and keys into one window: its focus is checked before and after, what was typed is read back.

No character is lost because nothing is believed: a paste counts once the program has asked for our text and the field,
read through the accessibility tree or by copying it, says exactly that text.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

from nightclerk.desktop.clipboard import Clipboard, wait_until
from nightclerk.desktop.faults import FieldDiffers, NotResponding
from nightclerk.desktop.keyboard import Chord, Keyboard, path
from nightclerk.desktop.permits import mind, send
from nightclerk.desktop.view import Target, View
from nightclerk.errors import ApplicationError, WrongWindow
from nightclerk.ports import Clock, Found, Permit

POLL_S = 0.01
PASTE_S = 2.0
COPY_S = 2.0
_NOTHING_S = 0.1
_TRIES = 2
#: A program that is asked for something that cannot be taken back must answer within this time.
ALIVE_S = 3.0
#: What selects all of a field; where it goes to the line's start instead (FLTK, Emacs keys), an app says another.
SELECT_ALL = "Control+A"
#: One mouse and one keyboard a process: bursts of two apps never mix.
_INPUT = threading.RLock()


class Bursts:
    """The hands of one desktop app. `lock` keeps other processes of the same desktop out, where there are any."""

    def __init__(
        self,
        *,
        view: View,
        keyboard: Keyboard,
        clipboard: Clipboard,
        clock: Clock,
        lock: Callable[[], AbstractContextManager[None]] = contextlib.nullcontext,
        select_all: str = SELECT_ALL,
    ) -> None:
        self.select_all = path(select_all)
        self.keyboard, self._clipboard = keyboard, clipboard
        self._view, self._clock, self._lock = view, clock, lock
        self._kept: str | None = None  # what stood on the clipboard before this burst
        self._deep = 0

    @contextlib.contextmanager
    def on(self, found: Found) -> Iterator[Target]:
        """Keyboard and mouse for one burst, the element's window being the active one, a commit's permit good."""
        target: Target = found.handle
        with self.anywhere():
            try:
                self.expect_window(target)
                if found.permit is not None:
                    self.expect_answer(target)
                mind(found.permit, self._clock)
                self.keyboard.aim(target.window.handle)
            except ApplicationError as error:
                error.untouched = found.permit is not None
                raise
            yield target

    @contextlib.contextmanager
    def anywhere(self) -> Iterator[None]:
        """Keyboard and mouse for one burst, whatever is in front. The clipboard says afterwards what it said before."""
        with _INPUT, self._lock() if not self._deep else contextlib.nullcontext():
            self._deep += 1
            try:
                yield
            finally:
                self._deep -= 1
                self.keyboard.aim(None)
                if not self._deep and self._kept is not None:
                    self._clipboard.restore(self._kept)
                    self._kept = None

    def expect_window(self, target: Target) -> None:
        """Raise WrongWindow unless the target's window has the keyboard."""
        active = self._view.active()
        if active is None or active.handle != target.window.handle:
            raise WrongWindow(wanted=target.window.title, found=active.title if active else "-")

    def expect_answer(self, target: Target) -> None:
        """Raise NotResponding when the program hangs: it would do later what it is told now."""
        if not self._view.system.answers(target.window, timeout_s=ALIVE_S):
            raise NotResponding(window=target.window.title, waited_s=ALIVE_S)

    def enter(self, target: Target, permit: Permit | None = None) -> None:
        """Go into the element by mouse or keys; a window that is meant as a whole has the caret already."""
        if target.point is not None:
            mind(permit, self._clock)
            self._untouched(permit, lambda: self.keyboard.click(*target.point or (0, 0)))
        elif target.keys:
            send(self.keyboard, target.keys, permit, self._clock)

    def type_secret(self, target: Target, text: str) -> None:
        """Replace what the field says key by key: a secret never touches the clipboard and is never read back."""
        self.enter(target)
        self.keyboard.press(self.select_all)
        self.keyboard.type_ascii(text)

    def paste(self, found: Found, target: Target, text: str) -> None:
        """Paste and read back until the field says exactly `text`."""
        said, heard = None, False
        for _ in range(_TRIES):
            self.enter(target)
            taken = self._put(text)
            self.expect_window(target)
            if taken:
                heard = True
                said = self._says(target, text)
                if (said or "") == text:
                    return
                self.expect_window(target)
        self.expect_answer(target)
        if not heard:
            raise NotResponding(window=target.window.title, waited_s=_TRIES * PASTE_S)
        raise FieldDiffers(element=found.selector.name, wanted=text, found=said or "")

    def copy(self, first: tuple[Chord, ...] = (), *, timeout_s: float = COPY_S) -> str | None:
        """Press `first` and the copy chord; what came to the clipboard, or None."""
        self._keep()
        self._clipboard.arm()
        self.keyboard.press((*first, *path("Control+C")))
        return self._clipboard.copied(timeout_s=timeout_s)

    def wait(self, condition: Callable[[], bool], timeout_s: float) -> bool:
        """Whether a condition came to hold."""
        return wait_until(condition, timeout_s=timeout_s, poll_s=POLL_S)

    # ------------------------------------------------------------------------------------------ inside

    def _says(self, target: Target, text: str) -> str | None:
        """What the field says now, where `text` was typed: by the accessibility tree, else by copying it."""
        node = target.node
        if node is None:
            return self.copy(self.select_all, timeout_s=COPY_S if text else _NOTHING_S)
        self.wait(lambda: node.text() == text, COPY_S)
        return node.text()

    def _put(self, text: str) -> bool:
        """Replace what the field says; False when the program did not take the text from the clipboard."""
        if not text:
            self.keyboard.press(path("Home Shift+End Delete"))
            return True
        self._keep()
        self._clipboard.put(text)
        self.keyboard.press((*self.select_all, *path("Control+V")))
        return self._clipboard.taken(timeout_s=PASTE_S)

    def _keep(self) -> None:
        if self._kept is None:
            self._kept = self._clipboard.held()

    @staticmethod
    def _untouched(permit: Permit | None, act: Callable[[], None]) -> None:
        """An act that was refused because another window would have got it has touched nothing."""
        try:
            act()
        except WrongWindow as error:
            error.untouched = permit is not None
            raise
