"""Reads the pictures of one screen after another; what has not changed since the last one is not read again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nightclerk.ocr.masks import boxes_of
from nightclerk.ocr.reading import Line, read
from nightclerk.ports import Box

#: A change is read with so many rows above and below it, so that no line of text is cut through.
AROUND_PX = 24


class ScreenReader:
    """Finds texts and private boxes on pictures of a screen. A whole one takes seconds; a changed field far less."""

    def __init__(self, read: Callable[[Any], tuple[Line, ...]] = read) -> None:
        self._read = read
        self._last: Any = None
        self._lines: tuple[Line, ...] = ()

    def __call__(self, pixels: Any) -> tuple[Box, ...]:
        """The private boxes on an RGB array. What reading raises is raised, and the next picture is read whole."""
        return tuple(boxes_of(self.lines(pixels)))

    def lines(self, pixels: Any) -> tuple[Line, ...]:
        """The lines of text on an RGB array."""
        last, self._last = self._last, None
        self._lines = self._lines_of(pixels, last)
        self._last = pixels.copy()
        return self._lines

    def _lines_of(self, pixels: Any, last: Any) -> tuple[Line, ...]:
        if last is None or last.shape != pixels.shape:
            return self._read(pixels)
        changed = (pixels != last).any(axis=(1, 2)).nonzero()[0]
        if not changed.size:
            return self._lines
        top, bottom = self._band(int(changed[0]), int(changed[-1]) + 1, len(pixels))
        kept = [line for line in self._lines if line.box.y + line.box.height <= top or line.box.y >= bottom]
        fresh = [_lower(line, top) for line in self._read(pixels[top:bottom])]
        return tuple(sorted([*kept, *fresh], key=lambda line: (line.box.y // 10, line.box.x)))

    def _band(self, top: int, bottom: int, height: int) -> tuple[int, int]:
        """The rows to read: the changed ones and some around, and the whole of every line that reaches into them."""
        top, bottom = max(0, top - AROUND_PX), min(height, bottom + AROUND_PX)
        while True:
            inside = [one.box for one in self._lines if one.box.y < bottom and one.box.y + one.box.height > top]
            wider = min([top, *(box.y for box in inside)]), max([bottom, *(box.y + box.height for box in inside)])
            wider = max(0, wider[0]), min(height, wider[1])
            if wider == (top, bottom):
                return wider
            top, bottom = wider


def _lower(line: Line, by: int) -> Line:
    box = Box(x=line.box.x, y=line.box.y + by, width=line.box.width, height=line.box.height)
    return Line(text=line.text, box=box, score=line.score)
