"""What can be seen on the desktop now: active window, places of elements, pictures. Looks only, touches nothing."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from nightclerk.desktop import match
from nightclerk.desktop.accessible import Tree, open_tree
from nightclerk.desktop.clipboard import wait_until
from nightclerk.desktop.keyboard import Chord
from nightclerk.desktop.masks import text_boxes
from nightclerk.desktop.screen import Screen, picture
from nightclerk.desktop.tree import Node, Vanished, outline, search
from nightclerk.desktop.ways import Anchor, DesktopWay, desktop_ways
from nightclerk.desktop.windows import Window, WindowSystem
from nightclerk.errors import ElementAmbiguous, MissingPart
from nightclerk.locate.ways import placeholders
from nightclerk.ports import Box, Found, Selector

_STILL_S = 0.15


@dataclass(frozen=True, kw_only=True)
class Target:
    """The handle of a Found: the window, how to get into the element, and its node where it was found by one."""

    window: Window
    keys: tuple[Chord, ...]
    point: tuple[int, int] | None
    node: Node | None = None


class View:
    """The desktop as the driver sees it."""

    def __init__(self, *, windows: WindowSystem, screen: Screen, tree: Callable[[], Tree] = open_tree) -> None:
        self.system = windows
        self.screen = screen
        self._tree = tree

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
        """The element by the first of its ways that fits now; ElementAmbiguous when a picture fits twice."""
        for way in desktop_ways(selector, values or {}):
            located = self._locate(selector, way)
            if located is not None:
                target, box = located
                return Found(selector=selector, way=way.words, box=box, handle=target)
        return None

    def count(self, selector: Selector, values: Mapping[str, str]) -> int:
        """How many things fit the first way that fits at all."""
        return next((n for n in map(self._count, desktop_ways(selector, values)) if n), 0)

    def _locate(self, selector: Selector, way: DesktopWay) -> tuple[Target, Box | None] | None:
        active = self.active()
        if active is None or not re.search(way.window, active.title):
            return None
        if way.wanted is not None:
            return self._locate_node(selector, way, active)
        if way.anchor is None:
            box = self.system.box(active) if way.by_window else None
            return Target(window=active, keys=way.keys, point=None), box
        places = self._places(way.anchor, active)
        if not places:
            return None
        best = match.unique(places)
        if best is None:
            first, second = (f"{p.score:.3f} at {p.box.x},{p.box.y}" for p in places[:2])
            raise ElementAmbiguous(element=selector.name, count=len(places), first=first, second=second)
        return Target(window=active, keys=way.keys, point=_point(best.box, way.anchor)), best.box

    def _locate_node(self, selector: Selector, way: DesktopWay, window: Window) -> tuple[Target, Box | None] | None:
        nodes = self._nodes(way, window)
        if not nodes:
            return None
        if len(nodes) > 1:
            first, second = (str(node.box()) for node in nodes[:2])
            raise ElementAmbiguous(element=selector.name, count=len(nodes), first=first, second=second)
        box = nodes[0].box()
        point = (box.x + box.width // 2, box.y + box.height // 2) if box is not None else None
        return Target(window=window, keys=way.keys, point=point, node=nodes[0]), box

    def nodes(self, selector: Selector, values: Mapping[str, str]) -> list[Node]:
        """All nodes that fit the first way through the accessibility tree that fits at all."""
        active = self.active()
        if active is None:
            return []
        inside = [way for way in desktop_ways(selector, values) if re.search(way.window, active.title)]
        return next((found for found in (self._nodes(way, active) for way in inside) if found), [])

    def outline(self) -> list[str]:
        """The active window's accessibility tree, a line a node; empty when its program offers none."""
        active = self.active()
        root = self._tree().window(active.title) if active is not None else None
        return list(outline(root)) if root is not None else []

    def _nodes(self, way: DesktopWay, window: Window) -> list[Node]:
        """The nodes that fit now; none when the window closes while it is being searched."""
        if way.wanted is None:
            return []
        with contextlib.suppress(Vanished):
            root = self._tree().window(window.title)
            return search(root, way.wanted) if root is not None else []
        return []

    def _count(self, way: DesktopWay) -> int:
        if way.by_window:
            return sum(bool(re.search(way.window, title)) for title in self.titles())
        active = self.active()
        if active is None or not re.search(way.window, active.title):
            return 0
        if way.wanted is not None:
            return len(self._nodes(way, active))
        return len(self._places(way.anchor, active)) if way.anchor else 1

    def _places(self, anchor: Anchor, window: Window) -> list[match.Match]:
        """Where a picture fits inside one window, in screen coordinates, best first."""
        area = self.system.box(window)
        if area is None:
            return []
        left, top = max(0, area.x), max(0, area.y)
        found = match.matches(self.screen.grab(area), picture(anchor.file), threshold=anchor.confidence)
        return [match.Match(box=_moved(one.box, left, top), score=one.score) for one in found]

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
            root = self._tree().window(active.title) if active is not None else None
            return text_boxes(root) if root is not None else None
        return None

    def _masks(self, selector: Selector, active: Window) -> Iterator[Box]:
        zeros = {name: "0" for raw in selector.ways for name in placeholders(raw)}  # only window and picture count
        for way in desktop_ways(selector, zeros):
            if not re.search(way.window, active.title):
                continue
            places = [_field(one.box, way.anchor) for one in self._places(way.anchor, active)] if way.anchor else []
            places += [box for node in self._nodes(way, active) if (box := node.box()) is not None]
            whole = self.system.box(active)
            yield from places or ([whole] if whole is not None else [])

    def close(self) -> None:
        self.system.close()
        self.screen.close()


def _moved(box: Box, dx: int, dy: int) -> Box:
    return Box(x=box.x + dx, y=box.y + dy, width=box.width, height=box.height)


def _point(box: Box, anchor: Anchor) -> tuple[int, int]:
    """Where to click: the picture's middle, or beside its label, plus the offset."""
    x, y = box.x + box.width // 2, box.y + box.height // 2
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
