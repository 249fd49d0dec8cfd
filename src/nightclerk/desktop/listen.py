"""Hear what a person does on an X11 desktop, whatever program it goes to: mouse buttons and keys, as they are pressed.

By the X server's RECORD extension, on connections of its own: nothing is taken from the program. Keys that a test
sends by XTEST are heard too, so that the recorder can be tested by a player.
"""

from __future__ import annotations

import contextlib
import queue
import threading
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from nightclerk.errors import MissingPart
from nightclerk.texts import say

_SHIFT, _CONTROL, _ALT = 1, 4, 8
_MODIFIERS = range(0xFFE1, 0xFFEF)
_NAMED = {
    0xFF0D: "Enter", 0xFF8D: "Enter", 0xFF09: "Tab", 0xFE20: "Tab", 0xFF08: "Backspace", 0xFF1B: "Escape",
    0xFFFF: "Delete", 0xFF63: "Insert", 0xFF50: "Home", 0xFF57: "End", 0xFF55: "PageUp", 0xFF56: "PageDown",
    0xFF51: "Left", 0xFF52: "Up", 0xFF53: "Right", 0xFF54: "Down",
    **{0xFFBE + n: f"F{n + 1}" for n in range(12)},
}  # fmt: skip
_KEYPAD = {0xFFAA: "*", 0xFFAB: "+", 0xFFAD: "-", 0xFFAE: ".", 0xFFAF: "/", **{0xFFB0 + n: str(n) for n in range(10)}}


@dataclass(frozen=True, kw_only=True)
class Stroke:
    """One press: of a mouse `button` at a point, of a `chord` ("Control+S", "F6"), or of a key that types `text`."""

    button: int = 0
    x: int = 0
    y: int = 0
    chord: str = ""
    text: str = field(default="", repr=False)  # may be a letter of a password


def stroke_of(keysym: int, state: int) -> Stroke | None:
    """What pressing a key means; None for a modifier alone and for keys that no keyboard of ours has."""
    if keysym in _MODIFIERS:
        return None
    character = _KEYPAD.get(keysym) or _character(keysym)
    if character and not state & (_CONTROL | _ALT):
        return Stroke(text=character)
    name = _NAMED.get(keysym) or (character.upper() if len(character) == 1 else "")
    if not name:
        return None
    shift = state & _SHIFT or keysym == 0xFE20
    words = [word for on, word in ((state & _CONTROL, "Control"), (state & _ALT, "Alt"), (shift, "Shift")) if on]
    return Stroke(chord="+".join([*words, name]))


def _character(keysym: int) -> str:
    if 0x20 <= keysym <= 0x7E or 0xA0 <= keysym <= 0xFF:
        return chr(keysym)
    return chr(keysym - 0x01000000) if 0x01000100 <= keysym <= 0x0110FFFF else ""


class Listener:
    """Puts what it hears into `strokes`, from a thread of its own, until it is closed."""

    def __init__(self) -> None:
        try:
            display: Any = import_module("Xlib.display")
            self._record: Any = import_module("Xlib.ext.record")
            self._events: Any = import_module("Xlib.protocol.rq")
            self._x: Any = import_module("Xlib.X")
            self._control, self._data = display.Display(), display.Display()
        except Exception as error:  # what Xlib raises where there is no display is of no one family
            part, remedy = say("record.no_display"), say("record.no_display_remedy")
            raise MissingPart(code="NO_DISPLAY", part=part, remedy=remedy) from error
        self.strokes: queue.Queue[Stroke] = queue.Queue()
        self._context = self._control.record_create_context(0, [self._record.AllClients], [self._range()])
        self._control.sync()  # the other connection must know the context before it listens
        self._thread = threading.Thread(target=self._hear, daemon=True, name="desktop-listen")
        self._thread.start()

    def close(self) -> None:
        with contextlib.suppress(Exception):  # a display that has gone has nothing to be closed
            self._control.record_disable_context(self._context)
            self._control.flush()
        self._thread.join(timeout=2.0)

    def _range(self) -> dict[str, Any]:
        pairs = ("core_requests", "core_replies", "delivered_events", "errors")
        wide = ("ext_requests", "ext_replies")
        return {
            **dict.fromkeys(pairs, (0, 0)), **dict.fromkeys(wide, (0, 0, 0, 0)),
            "device_events": (self._x.KeyPress, self._x.ButtonPress), "client_started": False, "client_died": False,
        }  # fmt: skip

    def _hear(self) -> None:
        with contextlib.suppress(Exception):  # the display ended
            self._data.record_enable_context(self._context, self._take)
            self._data.record_free_context(self._context)

    def _take(self, reply: Any) -> None:
        if reply.category != self._record.FromServer or reply.client_swapped or not reply.data or reply.data[0] < 2:
            return
        rest = reply.data
        parser = self._events.EventField(None)
        while rest:
            event, rest = parser.parse_binary_value(rest, self._data.display, None, None)
            stroke = self._stroke(event)
            if stroke is not None:
                self.strokes.put(stroke)

    def _stroke(self, event: Any) -> Stroke | None:
        if event.type == self._x.ButtonPress:
            return Stroke(button=event.detail, x=event.root_x, y=event.root_y)
        if event.type != self._x.KeyPress:
            return None
        [keysyms] = self._control.get_keyboard_mapping(event.detail, 1)  # asked each time: typing tools remap keys
        shifted = bool(event.state & _SHIFT) and len(keysyms) > 1 and keysyms[1]
        return stroke_of(int(keysyms[1] if shifted else keysyms[0]), int(event.state))
