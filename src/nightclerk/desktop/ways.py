"""What a desktop way says: a window, and in it a picture, a text, a node of the accessibility tree, or a keyboard path.

`region: [x, y, width, height]` (pixels of the window's content; a negative x or y counts from the right or the bottom)
keeps a picture or text search inside one part of the window, and says where a field stands that only keys lead to.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nightclerk.desktop.keyboard import Chord, path
from nightclerk.desktop.tree import Wanted, wanted_of
from nightclerk.locate.ways import filled, relation, way_words
from nightclerk.ports import Box, Selector

_SIDES = ("right_of", "below")


@dataclass(frozen=True, kw_only=True)
class Anchor:
    """A picture or a text to look for; `offset` leads from its middle to the point that is meant."""

    file: Path | None = None
    text: str = ""  # as OCR reads it; `/…/` is a pattern
    offset: tuple[int, int] = (0, 0)
    confidence: float = 0.9
    side: str = ""  # "" the thing itself, "right_of" or "below" it


@dataclass(frozen=True, kw_only=True)
class DesktopWay:
    """One way, parsed. `window` is a regex of the window's title ("" = whatever window is active)."""

    window: str
    keys: tuple[Chord, ...]
    anchor: Anchor | None
    words: str
    wanted: Wanted | None = None  # in the accessibility tree
    region: Box | None = None  # of the window's content, as written
    beside: tuple[str, str] = ("", "")  # near | right_of | below, and the element that it is beside of

    @property
    def by_window(self) -> bool:
        """Whether the window itself is meant."""
        return not self.keys and self.anchor is None and self.wanted is None

    @property
    def reads(self) -> bool:
        """Whether this way needs OCR."""
        return self.anchor is not None and bool(self.anchor.text)


def desktop_ways(selector: Selector, values: Mapping[str, str]) -> list[DesktopWay]:
    """The selector's ways for a desktop, placeholders filled in."""
    parsed = []
    for raw in selector.ways:
        way = filled(raw, values, element=selector.name, where=selector.where)
        parsed.append(
            DesktopWay(
                window=str(way.get("window", "")),
                keys=path(str(way.get("keys", ""))),
                anchor=_anchor(way),
                words=_words(way),
                wanted=wanted_of(way),
                region=_region(way),
                beside=relation(way),
            )
        )
    return parsed


def other_windows(selector: Selector, title: str) -> list[str]:
    """The windows that an element is looked for in, when the one that shows is none of them; [] while it may be."""
    wanted = [str(way.get("window", "")) for way in selector.ways]
    elsewhere = all(window and not re.search(window, title) for window in wanted)
    return list(dict.fromkeys(wanted)) if elsewhere else []


def inside(region: Box, window: Box) -> Box:
    """A region on the screen, given where its window stands; what reaches out of the window is cut off."""
    left = window.x + region.x + (window.width if region.x < 0 else 0)
    top = window.y + region.y + (window.height if region.y < 0 else 0)
    right = min(left + region.width, window.x + window.width)
    bottom = min(top + region.height, window.y + window.height)
    return Box(x=left, y=top, width=max(1, right - left), height=max(1, bottom - top))


def _region(way: Mapping[str, Any]) -> Box | None:
    if "region" not in way:
        return None
    x, y, width, height = (int(number) for number in way["region"])
    return Box(x=x, y=y, width=width, height=height)


def _anchor(way: Mapping[str, Any]) -> Anchor | None:
    if relation(way)[0] and not ("picture" in way or "ocr" in way):
        return None
    if "picture" in way or "ocr" in way:
        return _mark(way, "")
    side = next((side for side in _SIDES if side in way), "")
    if not side:
        return None
    inner = way[side] if isinstance(way[side], Mapping) else {"picture": way[side]}
    return _mark({**inner, "offset": way.get("offset", inner.get("offset", (0, 0)))}, side)


def _mark(way: Mapping[str, Any], side: str) -> Anchor:
    dx, dy = way.get("offset", (0, 0))
    return Anchor(
        file=Path(str(way["picture"])) if "picture" in way else None,
        text=str(way.get("ocr", "")),
        offset=(int(dx), int(dy)),
        confidence=float(way.get("confidence", 0.9)),
        side=side,
    )


def _words(way: Mapping[str, Any]) -> str:
    """The way for the journal; of picture files only the name."""
    short: dict[str, Any] = {key: Path(str(value)).name if key == "picture" else value for key, value in way.items()}
    for side in _SIDES:
        inner = way.get(side)
        if isinstance(inner, Mapping):
            short[side] = _words(inner)
    return way_words(short)
