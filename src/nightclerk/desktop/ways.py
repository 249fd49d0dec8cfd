"""What a desktop way says: a window, and in it a picture, a node of the accessibility tree, or a keyboard path."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nightclerk.desktop.keyboard import Chord, path
from nightclerk.desktop.tree import Wanted, wanted_of
from nightclerk.locate.ways import filled, way_words
from nightclerk.ports import Selector


@dataclass(frozen=True, kw_only=True)
class Anchor:
    """A picture to look for; `offset` leads from its middle to the point that is meant."""

    file: Path
    offset: tuple[int, int] = (0, 0)
    confidence: float = 0.9
    side: str = ""  # "" the picture itself, "right_of" or "below" it


@dataclass(frozen=True, kw_only=True)
class DesktopWay:
    """One way, parsed. `window` is a regex of the window's title ("" = whatever window is active)."""

    window: str
    keys: tuple[Chord, ...]
    anchor: Anchor | None
    words: str
    wanted: Wanted | None = None  # in the accessibility tree

    @property
    def by_window(self) -> bool:
        """Whether the window itself is meant."""
        return not self.keys and self.anchor is None and self.wanted is None


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
            )
        )
    return parsed


def _anchor(way: Mapping[str, Any]) -> Anchor | None:
    for side in ("right_of", "below"):
        if side in way:
            inner = way[side] if isinstance(way[side], Mapping) else {"picture": way[side]}
            return _picture({**inner, "offset": way.get("offset", inner.get("offset", (0, 0)))}, side)
    return _picture(way, "") if "picture" in way else None


def _picture(way: Mapping[str, Any], side: str) -> Anchor:
    dx, dy = way.get("offset", (0, 0))
    return Anchor(
        file=Path(str(way["picture"])),
        offset=(int(dx), int(dy)),
        confidence=float(way.get("confidence", 0.9)),
        side=side,
    )


def _words(way: Mapping[str, Any]) -> str:
    """The way for the journal; of picture files only the name."""
    short: dict[str, Any] = {key: Path(str(value)).name if key == "picture" else value for key, value in way.items()}
    for side in ("right_of", "below"):
        inner = way.get(side)
        if isinstance(inner, Mapping):
            short[side] = _words(inner)
    return way_words(short)
