"""A person's hands on a terminal session: chords and text at the cursor; a click brings the cursor to its field."""

from __future__ import annotations

import contextlib
import threading
from dataclasses import replace

from nightclerk.errors import ApplicationError, WorkspaceError
from nightclerk.ports import Frame, Gesture, Hand, Touched
from nightclerk.terminal.driver import Terminal
from nightclerk.terminal.picture import cell_at
from nightclerk.terminal.screen import Place


class TerminalHands:
    """`ports.Hands` on one terminal."""

    def __init__(self, surface: Terminal) -> None:
        self._surface = surface

    def glance(self) -> Frame:
        """As evidence; the terminal's own screen never shows what a hidden field holds, so that a sign-on shows too."""
        return self._surface.frame()

    def do(self, hand: Hand) -> Touched:
        row, col = cell_at(hand.x, hand.y) if hand.gesture is Gesture.DOWN else self._surface.screen().cursor
        field = next((one for one in self._surface.screen().fields if one.holds(row, col)), None)
        with contextlib.suppress(ApplicationError, WorkspaceError):  # an unknown key, a line that is down
            self._do(hand, replace(field, row=row, col=col) if field is not None else None)
        hidden = field is not None and field.hidden
        where = self._surface.state().where
        return Touched(element=f"row {row + 1}, column {col + 1}", where=where, secret=hidden)

    def _do(self, hand: Hand, place: Place | None) -> None:
        if hand.gesture is Gesture.DOWN and place is not None:
            self._surface.go(place)
        elif hand.gesture is Gesture.KEY:
            self._surface.press(hand.key)
        elif hand.gesture is Gesture.TEXT:
            self._surface.type(hand.text)

    def rest(self, seconds: float) -> None:
        threading.Event().wait(seconds)

    def close(self) -> None:
        """Nothing is held."""
