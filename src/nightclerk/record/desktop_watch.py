"""Watch a person work in a desktop program: clicks, keys and texts become steps, each with ways to its element."""

from __future__ import annotations

import contextlib
import queue
import re
from collections.abc import Callable
from typing import Any

from nightclerk.desktop.accessible import open_tree
from nightclerk.desktop.clipboard import wait_until
from nightclerk.desktop.listen import Stroke
from nightclerk.desktop.tree import Node, Vanished, walk
from nightclerk.desktop.view import View
from nightclerk.desktop.windows import Window
from nightclerk.errors import MissingPart
from nightclerk.ports import Box
from nightclerk.record.desktop_place import Picture, Place, cut_around, label_beside, place_of, window_pattern
from nightclerk.record.steps import Step

_POLL_S = 0.1
#: What was typed shows after so long at the latest; an input method's text never equals the keys.
_SHOWN_S = 1.0
#: Keys that change a text without being part of it.
_EDITING = frozenset({"Backspace", "Delete", "Home", "End", "Left", "Right", "Control+A", "Control+C"})
_PASTES = frozenset({"Control+V", "Shift+Insert"})
_TABS = frozenset({"Tab", "Shift+Tab"})
_FIELDS = frozenset({"text", "entry", "password text", "terminal", "spin button", "combo box"})


class DesktopWatch:
    """Gathers `steps`. Everything but the listener runs in the thread that calls `run`."""

    def __init__(
        self, *, view: View, strokes: queue.Queue[Stroke], ours: Callable[[Window], bool],
        clipboard: Callable[[], str] = str,
    ) -> None:  # fmt: skip
        self._view, self._strokes, self._ours, self._clipboard = view, strokes, ours, clipboard
        self.steps: list[Step] = []
        self.stopped = False
        self._screen: Any = None
        self._stood: list[tuple[Window, Box]] = []
        self._look()
        self._typed: list[str] | None = None
        self._field, self._field_window, self._shown = Place(), "", ""
        self._clicked: Place | None = None
        self._label: Picture | None = None  # of what was clicked, should it be a field
        self._tabs: list[str] = []
        self._next, self._looking = "", False
        self._searched = ""  # what a look typed: taken to be what it reads, where no tree tells

    def run(self, over: Callable[[], bool]) -> None:
        """Take what is heard until the person stops (Alt+Shift+S) or `over()`."""
        while not self.stopped:
            try:
                self._take(self._strokes.get(timeout=_POLL_S))
            except queue.Empty:
                if over():
                    break
                self._look()
                self._shown = self._field_says() or self._shown
        self._end_typing()

    def _take(self, stroke: Stroke) -> None:
        marks = {"Alt+Shift+K": "commit", "Alt+Shift+R": "read"}
        if stroke.chord == "Alt+Shift+S":
            self.stopped = True
        elif stroke.chord == "Alt+Shift+L":
            self._end_typing()
            self._looking = not self._looking
        elif stroke.chord in marks:
            self._end_typing()
            self._next = marks[stroke.chord]
        elif (window := self._window(stroke)) is not None:
            self._act(stroke, window)

    def _look(self) -> None:
        """Screen and windows as they are before the next press, which may close the window that it goes to."""
        boxes = ((one, self._view.system.box(one)) for one in self._view.system.windows())
        self._stood = [(one, box) for one, box in boxes if box is not None]
        self._screen = self._view.screen.grab()

    def _window(self, stroke: Stroke) -> Window | None:
        """The window that the stroke goes to, if it is one of the program's."""
        if stroke.button:
            hit = (one for one, box in self._stood if _in(stroke, box))
            window = next(hit, None) or self._view.active()
        else:
            window = self._view.active()
        return window if window is not None and self._ours(window) else None

    def _act(self, stroke: Stroke, window: Window) -> None:
        if stroke.button == 1:
            self._end_typing()
            self._click(stroke, window)
        elif stroke.text:
            self._type(stroke.text, window)
        elif stroke.chord in _PASTES or (stroke.chord in _EDITING and self._typed is not None):
            self._begin_typing(window)
            self._edit(stroke.chord)
        elif stroke.chord:
            self._end_typing()
            self._chord(stroke.chord, window)

    # ---------------------------------------------------------------------------------------- clicks

    def _click(self, stroke: Stroke, window: Window) -> None:
        """What stands under the mouse now, before the program answers."""
        box = next((box for one, box in self._stood if one == window), None) or self._view.system.box(window)
        node = self._under(window, stroke.x, stroke.y)
        picture = cut_around(self._screen, box, stroke.x, stroke.y)
        place = place_of(self._root(window), node, window.title, picture=picture, screen=self._screen, window=box)
        self._label = label_beside(self._screen, box, stroke.x, stroke.y)
        if self._next == "read":
            self._add("read", place.as_field(self._label), window, value=_text(node) or self._searched)
            return
        self._clicked, self._tabs = place, []
        if place.role == "check box" and node is not None:
            self._add("check", place, window, value="" if _guarded(node.checked) else "on")
        else:
            self._add("click", place, window)

    def _chord(self, chord: str, window: Window) -> None:
        """Tab waits for what follows it; other keys press what they stand for."""
        if chord in _TABS:
            self._tabs.append(chord)
            return
        self._clicked = None
        self._add("click", Place.of_keys(" ".join([*self._tabs, chord]), window.title), window)
        self._tabs = []

    # ---------------------------------------------------------------------------------------- typing

    def _begin_typing(self, window: Window) -> None:
        if self._typed is None:
            self._typed, self._field, self._shown = [], self._focused(window), ""
            self._field_window = window.title

    def _type(self, text: str, window: Window) -> None:
        self._begin_typing(window)
        assert self._typed is not None
        if not self._field.secret:  # of a password nothing is kept, not even here
            self._typed.append(text)

    def _edit(self, chord: str) -> None:
        assert self._typed is not None
        if chord == "Backspace" and self._typed:
            self._typed.pop()
        elif chord == "Control+A":
            self._typed.clear()
        elif chord in _PASTES and not self._field.secret:  # of a password nothing is looked at
            self._typed.append(self._clipboard())

    def _focused(self, window: Window) -> Place:
        """The field that the keys go to: by the tree, else what was clicked last, else how Tab led there."""
        if not self._tabs and self._clicked is not None and (self._clicked.role in _FIELDS or not self._clicked.role):
            return self._clicked.as_field(self._label)
        root = self._root(window)
        for node in walk(root) if root is not None else ():
            if _guarded(node.role) in _FIELDS and _guarded(node.focused):
                box = self._view.system.box(window)
                return place_of(root, node, window.title, screen=self._screen, window=box)
        return Place.of_keys(" ".join(self._tabs), window.title)

    def _end_typing(self) -> None:
        """The field's last text; the click that only put the caret there is left out."""
        if self._typed is None:
            return
        place, typed = self._field, "".join(self._typed)
        said = self._said_at_last(typed)
        self._typed, self._tabs, self._clicked = None, [], None
        last = self.steps[-1] if self.steps else None
        if last is not None and last.verb == "click" and last.facts.get("path") in (place.path, place.clicked):
            self.steps.pop()
        self._searched = said if self._looking else ""
        self._add("fill", place, None, value=said, secret="password" if place.secret else "")

    def _said_at_last(self, typed: str) -> str:
        """What the field said before the program took its text: as it shows it, else by the keys and the clipboard."""
        if self._field.secret:
            return ""
        if self._field.node is None:
            return typed
        wait_until(lambda: self._field_says() == typed, timeout_s=0.0 if self._shown else _SHOWN_S, poll_s=0.02)
        return self._field_says() or (self._shown or typed if typed else "")

    def _field_says(self) -> str:
        """What the field that is typed in shows now; "" for a secret one and for one that no tree knows."""
        return _text(self._field.node) if self._typed is not None and not self._field.secret else ""

    # ---------------------------------------------------------------------------------------- inside

    def _add(self, verb: str, place: Place, window: Window | None, *, value: str = "", secret: str = "") -> None:
        title = window.title if window is not None else self._field_window
        commit = self._next == "commit" and verb == "click"
        if verb != "fill":
            self._next = ""
        url = f"window:{window_pattern(title)}"
        self.steps.append(
            Step(
                verb=verb, url=url, title=title, facts=place.facts(), value=value, secret=secret, commit=commit,
                looking=self._looking,
            )
        )  # fmt: skip

    def _root(self, window: Window) -> Node | None:
        with contextlib.suppress(Vanished, MissingPart):
            return open_tree().window(window.title)
        return None

    def _under(self, window: Window, x: int, y: int) -> Node | None:
        """The smallest thing that holds the point: menus that hang out of their bar are found as well."""
        best, size = None, 0
        root = self._root(window)
        for node in walk(root) if root is not None else ():
            box = _guarded(node.box)
            if box is None or not (box.x <= x < box.x + box.width and box.y <= y < box.y + box.height):
                continue
            if best is None or box.width * box.height <= size:
                best, size = node, box.width * box.height
        return best


def _in(stroke: Stroke, box: Any) -> bool:
    return bool(box.x <= stroke.x < box.x + box.width and box.y <= stroke.y < box.y + box.height)


def _text(node: Node | None) -> str:
    return re.sub(r"\s+$", "", str(_guarded(node.text) or "")) if node is not None else ""


def _guarded(ask: Callable[[], Any]) -> Any:
    """The answer; None when the thing has vanished."""
    try:
        return ask()
    except Vanished:
        return None
