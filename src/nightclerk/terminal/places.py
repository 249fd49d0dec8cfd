"""Where a selector's way stands on a terminal screen: by label, by position, by text, or only by the screen itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nightclerk.errors import WorkspaceError
from nightclerk.locate.ways import filled, main_key, pattern_of
from nightclerk.ports import Selector
from nightclerk.terminal.keys import path
from nightclerk.terminal.screen import Place, Screen, columns, table


@dataclass(frozen=True, kw_only=True)
class Target:
    """A way that fits just now: its place (None: the whole screen), its keys, and the text that it stands for."""

    way: Mapping[str, Any]
    place: Place | None = None
    keys: tuple[str, ...] = ()
    text: str = ""
    input: bool = False


def targets(screen: Screen, selector: Selector, way: Mapping[str, Any], values: Mapping[str, str]) -> list[Target]:
    """All places where one way fits; none when the screen is another one (`window`)."""
    way = filled(way, values, element=selector.name, where=selector.where)
    if way.get("window") and not screen.says(str(way["window"])):
        return []
    key = main_key(way)
    if key in ("window", "keys"):
        keys = tuple(path(str(way["keys"]))) if key == "keys" else ()
        return [Target(way=way, keys=keys, text=" ".join(line for line in screen.lines() if line))]
    return _KINDS[key](screen, way, selector) if key in _KINDS else []


def rows(screen: Screen, selector: Selector, way: Mapping[str, Any], values: Mapping[str, str]) -> list[dict[str, str]]:
    """The lines under a header that the way finds, as one mapping a row."""
    found = targets(screen, selector, way, values)
    if len(found) != 1 or found[0].place is None:
        return []
    return table(screen, found[0].place, columns(screen, found[0].place))


def _field(screen: Screen, way: Mapping[str, Any], _selector: Selector) -> list[Target]:
    length = int(way.get("length", 0))
    labels = _found(screen, str(way["field"]))
    places = [place for label in labels if (place := screen.place_after(label, length=length)) is not None]
    return [Target(way=way, place=p, text=screen.text(p), input=True) for p in _distinct(places)]


def _after(screen: Screen, way: Mapping[str, Any], _selector: Selector) -> list[Target]:
    length = int(way.get("length", 0))
    plain = Screen(cells=screen.cells)
    places = [place for label in _found(plain, str(way["after"])) if (place := plain.place_after(label, length=length))]
    return [Target(way=way, place=p, text=screen.text(p)) for p in _distinct(places)]


def _at(screen: Screen, way: Mapping[str, Any], selector: Selector) -> list[Target]:
    numbers = re.fullmatch(r"\s*(\d+)\s*,\s*(\d+)\s*(?:,\s*(\d+)\s*)?", str(way["at"]))
    if numbers is None:
        raise WorkspaceError(
            where=selector.where or selector.name, expected="at: 'row,column,length', counted from 1",
            remedy="Such as at: '8,12,10'",
        )  # fmt: skip
    row, col = int(numbers[1]) - 1, int(numbers[2]) - 1
    if row >= len(screen.cells) or col >= screen.width:
        return []
    declared = next((field for field in screen.fields if field.holds(row, col)), None)
    place = declared or Place(row=row, col=col, length=int(numbers[3] or 1))
    return [Target(way=way, place=place, text=screen.text(place), input=True)]


def _line(screen: Screen, way: Mapping[str, Any], _selector: Selector) -> list[Target]:
    row = int(way["line"]) - 1
    if not 0 <= row < len(screen.cells) or not screen.line(row).strip():
        return []
    place = Place(row=row, col=0, length=screen.width)
    return [Target(way=way, place=place, text=screen.text(place))]


def _text(screen: Screen, way: Mapping[str, Any], _selector: Selector) -> list[Target]:
    places = _found(screen, str(way["text"]))
    return [Target(way=way, place=place, text=screen.text(place)) for place in places]


def _found(screen: Screen, text: str) -> list[Place]:
    pattern = pattern_of(text) or re.compile(re.escape(text))
    return [place for place, _ in screen.matches(pattern)]


def _distinct(places: list[Place]) -> list[Place]:
    return list(dict.fromkeys(places))


_KINDS = {"field": _field, "after": _after, "at": _at, "line": _line, "text": _text}
