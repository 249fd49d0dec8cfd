"""Helpers of the terminal tests: screens written as text, and a host that is a script."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from nightclerk.ports import AppSettings, Selector, SelectorSet
from nightclerk.terminal.driver import Terminal
from nightclerk.terminal.screen import Field, Place, Screen


def screen(text: str, **more: Any) -> Screen:
    """A screen of 40 columns; `[   ]` becomes marked cells, its brackets blanks."""
    rows, marked = [], set()
    for row, line in enumerate(text.strip("\n").splitlines()):
        cells: list[str] = []
        inside = False
        for character in line:
            if character in "[]":
                inside, character = character == "[", " "
            elif inside:
                marked.add((row, len(cells)))
            cells += [character, ""] if unicodedata.east_asian_width(character) in "WF" else [character]
        rows.append(tuple(cells + [" "] * (40 - len(cells))))
    return Screen(cells=tuple(rows), marked=frozenset(marked), **more)


class FakeLine:
    """A host that shows `now`; `on_press` may answer a chord by another screen, `coming` follows after one wait."""

    def __init__(self, now: Screen, on_press: Callable[[str], Screen | None] = lambda _chord: None) -> None:
        self.now, self.on_press = now, on_press
        self.pressed: list[str] = []
        self.up = True
        self.deaf = False
        self.coming: Screen | None = None

    def screen(self) -> Screen:
        return self.now

    def alive(self) -> bool:
        return self.up

    def wait_change(self, since: int, timeout_s: float) -> bool:
        self.now, self.coming = self.coming or self.now, None
        return False

    def press(self, chord: str) -> None:
        self.pressed.append(chord)
        self.now = self.on_press(chord) or self.now

    def enter_field(self, place: Place | Field) -> bool:
        self.now = replace(self.now, cursor=(place.row, place.col))
        return True

    def clear_field(self, place: Place | Field) -> None:
        self._write(place.row, place.col, " " * place.length)

    def type(self, text: str) -> None:
        self._write(*self.now.cursor, text[:-1] if self.deaf else text)

    def close(self) -> None:
        self.up = False

    def _write(self, row: int, col: int, text: str) -> None:
        cells = [list(line) for line in self.now.cells]
        for character in text:
            wide = unicodedata.east_asian_width(character) in "WF"
            cells[row][col : col + (2 if wide else 1)] = [character, ""] if wide else [character]
            col += 2 if wide else 1
        self.now = replace(self.now, cells=tuple(map(tuple, cells)))


def terminal(line: FakeLine, clock: Any, *selectors: Selector, **more: Any) -> Terminal:
    """A terminal that has dialled this host."""
    surface = Terminal(
        selectors=SelectorSet(app="erp", elements={one.name: one for one in selectors}, **more),
        settings=AppSettings(name="erp", command=("host",), timeout_s=1),
        clock=clock,
        dial=lambda settings, timeout_s: line,
    )
    surface.start(timeout_s=1)
    return surface


def one(name: str, /, **way: Any) -> Selector:
    """A selector with one way; `commits`, `secret` and `private` are flags of it."""
    flags = {flag: way.pop(flag) for flag in ("commits", "secret", "private") if flag in way}
    return Selector(name=name, ways=(way,), **flags)
