"""Look for what a way describes inside one part of the screen: by picture, by text that OCR reads, or in the tree."""

from __future__ import annotations

import contextlib
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from nightclerk import ocr
from nightclerk.desktop import match
from nightclerk.desktop.screen import Screen, picture
from nightclerk.desktop.spots import Spot, within
from nightclerk.desktop.tree import Node, Tree, Vanished, plain, search
from nightclerk.desktop.ways import Anchor, DesktopWay
from nightclerk.desktop.windows import Window
from nightclerk.locate.ways import pattern_of
from nightclerk.ports import Box

#: A text that was read with less certainty is not acted on.
LEAST_SCORE = 0.6
#: Text that stands out from its ground by less brightness (0-255) is greyed out: a disabled twin, never the thing.
FADED = 90
#: So many parts of the screen are remembered, so that what has not changed is not read again.
_PARTS = 8


class Sight:
    """Eyes on one screen. `reader` makes what reads a picture; one is kept for each part of the screen."""

    def __init__(
        self, *, screen: Screen, tree: Callable[[], Tree], reader: Callable[[], ocr.ScreenReader] = ocr.ScreenReader
    ) -> None:
        self._screen, self._tree, self._new_reader = screen, tree, reader
        self._readers: dict[Box, ocr.ScreenReader] = {}

    def spots(self, way: DesktopWay, window: Window, area: Box) -> list[Spot]:
        """Where a way fits inside an area, best first; of pictures also the runners-up that are not good enough."""
        if way.wanted is not None:
            return within(self._nodes(way, window), area)
        if way.anchor is None:
            return []
        return self.marks(way.anchor, area)

    def marks(self, anchor: Anchor, area: Box) -> list[Spot]:
        """Where a picture or a text stands."""
        pixels = self._screen.grab(area)
        found = self._texts(anchor.text, pixels, area) if anchor.text else _pictures(anchor, pixels)
        left, top = max(0, area.x), max(0, area.y)
        return [replace(spot, box=moved(spot.box, left, top)) for spot in found]

    def lines(self, area: Box) -> tuple[ocr.Line, ...]:
        """The lines of text in an area, in its own pixels. MissingPart where pictures cannot be read."""
        return self._read(self._screen.grab(area), area)

    def again(self, box: Box) -> str:
        """A second look at what a box of the screen says."""
        return ocr.read_again(self._screen.grab(box))

    def root(self, window: Window) -> Node | None:
        """The tree of a window; None where its program offers none."""
        return self._tree().window(window.title)

    def _nodes(self, way: DesktopWay, window: Window) -> list[Spot]:
        """The nodes that fit now; none when the window closes while it is being searched."""
        with contextlib.suppress(Vanished):
            root = self.root(window)
            found = search(root, way.wanted) if root is not None and way.wanted is not None else []
            return [Spot(box=box, node=node) for node in found if (box := node.box()) is not None]
        return []

    def _texts(self, wanted: str, pixels: Any, area: Box) -> list[Spot]:
        sure = [line for line in self._read(pixels, area) if line.score >= LEAST_SCORE]
        found = [said for line in sure if (said := said_at(line, wanted)) is not None]
        return [Spot(box=said.box, text=said.text) for said in found if not faded(pixels, said.box)]

    def _read(self, pixels: Any, area: Box) -> tuple[ocr.Line, ...]:
        reader = self._readers.pop(area, None) or self._new_reader()
        while len(self._readers) >= _PARTS:
            self._readers.pop(next(iter(self._readers)))
        self._readers[area] = reader
        return reader.lines(pixels)


def said_at(line: ocr.Line, wanted: str) -> ocr.Line | None:
    """A line that says the wanted text, or its stretch that a `/pattern/` fits; None when it says something else."""
    pattern = pattern_of(wanted)
    if pattern is None:
        return line if squeezed(line.text) == squeezed(wanted) else None
    fit = pattern.search(line.text)
    if fit is None:
        return None
    return ocr.Line(text=fit[0], box=ocr.stretch(line, fit.start(), fit.end()), score=line.score)


def squeezed(text: str) -> str:
    """A text as it is compared with what was read: OCR loses blanks and mixes up full and half width."""
    return "".join(plain(unicodedata.normalize("NFKC", text)).split())


def faded(pixels: Any, box: Box) -> bool:
    """Whether what stands in a box hardly stands out from its ground."""
    import numpy as np

    part = pixels[max(0, box.y) : box.y + box.height, max(0, box.x) : box.x + box.width].astype(np.int16)
    if not part.size:
        return True
    gray = part.mean(axis=2)
    return float(np.percentile(np.abs(gray - np.median(gray)), 97)) < FADED


def _pictures(anchor: Anchor, pixels: Any) -> list[Spot]:
    if anchor.file is None:
        return []
    found = match.matches(pixels, picture(anchor.file), threshold=min(match.FLOOR, anchor.confidence))
    return [Spot(box=one.box, score=one.score) for one in found]


def moved(box: Box, dx: int, dy: int) -> Box:
    """A box so many pixels further."""
    return Box(x=box.x + dx, y=box.y + dy, width=box.width, height=box.height)
