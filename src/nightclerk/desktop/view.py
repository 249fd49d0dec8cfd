"""What can be seen on the desktop now: active window, places of elements, pictures. Looks only, touches nothing."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from nightclerk import ocr
from nightclerk.desktop.accessible import open_tree
from nightclerk.desktop.clipboard import wait_until
from nightclerk.desktop.grids import read_rows
from nightclerk.desktop.keyboard import Chord
from nightclerk.desktop.masks import text_boxes
from nightclerk.desktop.screen import Screen
from nightclerk.desktop.sight import Sight, moved
from nightclerk.desktop.spots import Spot, beside, decide, fitting, middle
from nightclerk.desktop.tree import Node, Tree, Vanished, outline
from nightclerk.desktop.ways import Anchor, DesktopWay, desktop_ways, inside
from nightclerk.desktop.windows import Window, WindowSystem
from nightclerk.errors import ElementAmbiguous, MissingPart
from nightclerk.locate.ways import placeholders
from nightclerk.ocr import Line
from nightclerk.ports import Box, Found, Selector

_STILL_S = 0.15


@dataclass(frozen=True, kw_only=True)
class Target:
    """The handle of a Found: the window, how to get into the element, and its node where it was found by one."""

    window: Window
    keys: tuple[Chord, ...]
    point: tuple[int, int] | None
    node: Node | None = None
    line: Line | None = None  # what OCR read there


class View:
    """The desktop as the driver sees it."""

    def __init__(
        self,
        *,
        windows: WindowSystem,
        screen: Screen,
        tree: Callable[[], Tree] = open_tree,
        elements: Mapping[str, Selector] = MappingProxyType({}),
        sight: Sight | None = None,
    ) -> None:
        self.system = windows
        self.screen = screen
        self.sight = sight or Sight(screen=screen, tree=tree)
        self._elements = elements

    def active(self) -> Window | None:
        return self.system.active()

    def is_active(self, title: str) -> bool:
        """Whether the window with the keyboard has a title that matches the regex."""
        active = self.active()
        return active is not None and re.search(title, active.title) is not None

    def titles(self) -> list[str]:
        return [window.title for window in self.system.windows()]

    # --------------------------------------------------------------------------------------- elements

    def find(self, selector: Selector, values: Mapping[str, str] | None = None) -> Found | None:
        """The element by the first of its ways that fits once now; ElementAmbiguous when one fits twice and none once.

        A way that needs OCR is passed over where pictures cannot be read; `unread` tells so.
        """
        twice: ElementAmbiguous | None = None
        for way in desktop_ways(selector, values or {}):
            try:
                located = self._locate(selector, way, values or {})
            except ElementAmbiguous as error:
                twice = twice or error
                continue
            if located is not None:
                target, box, words = located
                return Found(selector=selector, way=words, box=box, handle=target)
        if twice is not None:
            raise twice
        return None

    def count(self, selector: Selector, values: Mapping[str, str]) -> int:
        """How many things fit the first way that fits at all."""
        return next((n for way in desktop_ways(selector, values) if (n := self._count(selector, way, values))), 0)

    def unread(self, selector: Selector, values: Mapping[str, str]) -> bool:
        """Whether one of the ways was not tried because pictures cannot be read on this machine."""
        return not ocr.installed() and any(way.reads for way in desktop_ways(selector, values))

    def _locate(
        self, selector: Selector, way: DesktopWay, values: Mapping[str, str]
    ) -> tuple[Target, Box | None, str] | None:
        active = self.active()
        if active is None or not re.search(way.window, active.title):
            return None
        if way.wanted is None and way.anchor is None:
            return Target(window=active, keys=way.keys, point=None), self._place_of(way, active), way.words
        spots = self._spots(selector, way, active, values)
        spot = decide(spots, _threshold(way), element=selector.name)
        if spot is None:
            return None
        point = _point(spot.box, way.anchor) if way.anchor is not None else middle(spot.box)
        target = Target(window=active, keys=way.keys, point=point, node=spot.node, line=_line(spot))
        return target, spot.box, f"{way.words}{_scores(way, spots)}"

    def _place_of(self, way: DesktopWay, active: Window) -> Box | None:
        """Where a window, or a field that only keys lead to, is said to stand."""
        if way.region is None and not way.by_window:
            return None
        whole = self.system.box(active)
        return inside(way.region, whole) if whole is not None and way.region is not None else whole

    def _spots(self, selector: Selector, way: DesktopWay, active: Window, values: Mapping[str, str]) -> list[Spot]:
        """Everything that fits a way, best first, in the part of the window and beside what the way says."""
        area = self._area(selector, way, active, values)
        if area is None or (way.reads and not ocr.installed()):
            return []
        spots = self.sight.spots(way, active, area)
        how, name = way.beside
        if not how or not spots:
            return spots
        anchor = self.find(self._elements[name], values) if name in self._elements else None
        if anchor is None or anchor.box is None:
            return []
        return beside(fitting(spots, _threshold(way)), how, anchor.box)

    def _area(self, selector: Selector, way: DesktopWay, active: Window, values: Mapping[str, str]) -> Box | None:
        """Where a way is looked for: the window, a region of it, or the inside of another element."""
        area = self.system.box(active)
        if area is not None and selector.within:
            outer = self.find(self._elements[selector.within], values) if selector.within in self._elements else None
            area = outer.box if outer is not None else None
        return inside(way.region, area) if area is not None and way.region is not None else area

    def nodes(self, selector: Selector, values: Mapping[str, str]) -> list[Node]:
        """All nodes that fit the first way through the accessibility tree that fits at all."""
        active = self.active()
        if active is None:
            return []
        ways = [way for way in desktop_ways(selector, values) if way.wanted and re.search(way.window, active.title)]
        found = ([spot.node for spot in self._spots(selector, way, active, values) if spot.node] for way in ways)
        return next((nodes for nodes in found if nodes), [])

    def read_rows(self, selector: Selector, values: Mapping[str, str]) -> list[dict[str, str]] | None:
        """The table that a way by OCR stands for: what is read in its area; None where no such way is open now."""
        active = self.active()
        for way in desktop_ways(selector, values):
            area = self._area(selector, way, active, values) if active is not None and way.reads else None
            if active is None or area is None or not re.search(way.window, active.title) or not ocr.installed():
                continue
            lines = [replace(line, box=moved(line.box, area.x, area.y)) for line in self.sight.lines(area)]
            return read_rows(lines, self.sight.again, element=selector.name)
        return None

    def outline(self) -> list[str]:
        """The active window's accessibility tree, a line a node; empty when its program offers none."""
        active = self.active()
        root = self.sight.root(active) if active is not None else None
        return list(outline(root)) if root is not None else []

    def _count(self, selector: Selector, way: DesktopWay, values: Mapping[str, str]) -> int:
        if way.by_window:
            return sum(bool(re.search(way.window, title)) for title in self.titles())
        active = self.active()
        if active is None or not re.search(way.window, active.title):
            return 0
        if way.wanted is None and way.anchor is None:
            return 1
        return len(fitting(self._spots(selector, way, active, values), _threshold(way)))

    # --------------------------------------------------------------------------------------- pictures

    def still_picture(self) -> Any:
        """The screen once two looks in a row are the same (a window that is being drawn is no evidence)."""
        seen = [self.screen.grab()]

        def still() -> bool:
            seen.append(self.screen.grab())
            return bool((seen[-1] == seen[-2]).all())

        wait_until(still, timeout_s=_STILL_S, poll_s=0.012)
        return seen[-1]

    def private_boxes(self, selectors: Iterable[Selector]) -> list[Box]:
        """Where private elements stand; one without a place of its own hides its whole window."""
        active = self.active()
        if active is None:
            return []
        private = [selector for selector in selectors if selector.private]
        return [box for selector in private for box in self._masks(selector, active)]

    def text_boxes(self) -> list[Box] | None:
        """Where the active window shows texts that look private; None where its program tells no texts."""
        active = self.active()
        with contextlib.suppress(Vanished, MissingPart):
            root = self.sight.root(active) if active is not None else None
            return text_boxes(root) if root is not None else None
        return None

    def _masks(self, selector: Selector, active: Window) -> Iterator[Box]:
        zeros = {name: "0" for raw in selector.ways for name in placeholders(raw)}  # only window and place count
        for way in desktop_ways(selector, zeros):
            if not re.search(way.window, active.title):
                continue
            spots = fitting(self._spots(selector, way, active, zeros), _threshold(way))
            places = [_field(spot.box, way.anchor) if way.anchor else spot.box for spot in spots]
            whole = self._place_of(way, active) if way.region else self.system.box(active)
            yield from places or ([whole] if whole is not None else [])

    def close(self) -> None:
        self.system.close()
        self.screen.close()


def _line(spot: Spot) -> Line | None:
    return Line(text=spot.text, box=spot.box, score=spot.score) if spot.text else None


def _threshold(way: DesktopWay) -> float:
    return way.anchor.confidence if way.anchor is not None and way.anchor.file is not None else 0.0


def _scores(way: DesktopWay, spots: list[Spot]) -> str:
    """What the evidence keeps of a picture search: how well it fits, and how well the next best place does."""
    if way.anchor is None or way.anchor.file is None:
        return ""
    return f" ({spots[0].words}; next {spots[1].words})" if len(spots) > 1 else f" ({spots[0].words})"


def _point(box: Box, anchor: Anchor) -> tuple[int, int]:
    """Where to click: the picture's middle, or beside its label, plus the offset."""
    x, y = middle(box)
    if anchor.side == "right_of":
        x = box.x + box.width + box.height
    elif anchor.side == "below":
        y = box.y + box.height + box.height // 2
    return x + anchor.offset[0], y + anchor.offset[1]


def _field(box: Box, anchor: Anchor) -> Box:
    """What a mask covers: the picture, or the field beside a label (generously)."""
    if anchor.side == "right_of":
        return Box(x=box.x + box.width, y=box.y - 4, width=max(320, box.width * 4), height=box.height + 8)
    if anchor.side == "below":
        return Box(x=box.x - 4, y=box.y + box.height, width=max(320, box.width * 4), height=box.height * 2)
    return box
