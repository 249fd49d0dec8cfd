"""One place on a desktop as a recording knows it: by the accessibility tree, else by a picture of it, else by keys."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from nightclerk.desktop.hit import SECRET_ROLES
from nightclerk.desktop.match import is_flat, matches, unique
from nightclerk.desktop.traits import described, look_of_pixels, same_node, survey, telling
from nightclerk.desktop.tree import ROLES, Node, Vanished, Wanted, plain, search
from nightclerk.ports import Box

#: The sizes that are tried for a picture of what was clicked, until one fits its window in one place only.
SIZES = ((60, 22), (90, 28), (140, 34), (220, 44), (320, 80))
#: Roles that hold other things and say nothing by themselves.
_HOLDERS = frozenset({"frame", "window", "dialog", "filler", "panel", "scroll pane", "viewport", "grouping"})
_NUMBERS = re.compile(r"\d{3,}")
#: A label's line of text: half its height, pixels around it, shades that are a border or ink, a gap between words.
_BAND, _MARGIN, _STEP, _THROUGH, _INK, _GAP, _LEAST_INK = 12, 3, 8.0, 0.9, 60.0, 24, 5


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A piece of the window; `offset` leads from its middle to where the person clicked."""

    pixels: Any = field(repr=False)
    offset: tuple[int, int] = (0, 0)

    @property
    def digest(self) -> str:
        """The same for the same piece and point."""
        return hashlib.sha256(self.pixels.tobytes() + repr(self.offset).encode()).hexdigest()[:12]


@dataclass(frozen=True, kw_only=True)
class Place:
    """What was acted on. `ways` as selectors write them (`picture` gets its file when it is named)."""

    role: str = ""
    name: str = ""
    ways: tuple[Mapping[str, Any], ...] = ()
    path: str = ""
    picture: Picture | None = None
    node: Node | None = field(default=None, repr=False)
    clicked: str = ""  # the path of the click that put the caret there
    #: Its raw fingerprint, where the tree tells it from others.
    print: Mapping[str, Any] | None = field(default=None, repr=False)

    @classmethod
    def of_keys(cls, keys: str, title: str) -> Place:
        """A place that a keyboard path leads to ("" = where the caret stands already)."""
        window = window_pattern(title)
        way = {"keys": keys, "window": window} if keys else {"window": window}
        return cls(name=keys or "caret", ways=(way,), path=f"keys {keys} {window}")

    @property
    def secret(self) -> bool:
        return self.role in SECRET_ROLES

    def as_field(self, label: Picture | None) -> Place:
        """The same as a place that holds text: not by a picture of what it holds, but by one of its label."""
        tree = tuple(way for way in self.ways if "picture" not in way)
        if not tree and label is None:
            return self
        window = self.ways[0]["window"] if self.ways else ""
        marks = ({"picture": "", "offset": list(label.offset), "window": window},) if label is not None else ()
        path = self.path if tree or label is None else f"label {label.digest} {window}"
        return replace(self, ways=(*tree, *marks), picture=label, path=path, clicked=self.path)

    def facts(self) -> dict[str, Any]:
        """What the planner asks of an element."""
        typed_in = self.role in ROLES["textbox"]
        return {
            "role": word_of(self.role), "name": self.name, "label": self.name if typed_in else "", "path": self.path,
            "tag": "input" if typed_in else "button", "ways": self.ways, "picture": self.picture,
            "print": self.print,
        }  # fmt: skip


def window_pattern(title: str) -> str:
    """A window by its title; numbers in it (of a voucher, say) will be others tomorrow."""
    parts = [re.sub(r"\\([ \-#&~])", r"\1", re.escape(part)) for part in _NUMBERS.split(title)]
    return "^" + r"\d+".join(parts) + "$"


def place_of(
    root: Node | None, node: Node | None, title: str, *, picture: Picture | None = None, screen: Any = None,
    window: Box | None = None,
) -> Place:  # fmt: skip
    """The place of a node, by what tells it from the others in its window; where nothing does, by its picture.

    `screen` and the box of its `window` are for the fingerprint of what the tree shows.
    """
    pattern = window_pattern(title)
    try:
        role, name = (node.role(), _name(node)) if node is not None else ("", "")
        way = _way(root, node, role, name) if node is not None and root is not None else None
    except Vanished:
        role, name, way = "", "", None
    ways: list[Mapping[str, Any]] = [{**way, "window": pattern}] if way is not None else []
    if picture is not None:
        ways.append({"picture": "", "offset": list(picture.offset), "window": pattern})
    looks = picture.digest if way is None and picture is not None else ""
    path = f"{role} {name} {way} {looks} {pattern}"
    known = node if way is not None else None
    return Place(
        role=role if way is not None else "", name=name, ways=tuple(ways), path=path, picture=picture, node=known,
        print=print_of(root, known, screen, window),
    )  # fmt: skip


def print_of(root: Node | None, node: Node | None, screen: Any, window: Box | None) -> dict[str, Any] | None:
    """The raw fingerprint of a node; None where the tree does not show it, or has nothing to tell it by."""
    around = survey(root, window) if root is not None and node is not None else []
    place = next((n for n, one in enumerate(around) if node is not None and same_node(one.node, node)), None)
    raw = described(around, place) if place is not None else None
    if raw is None or not telling(raw):
        return None
    left, top, wide, high = raw.get("box", (0, 0, 0, 0))
    if screen is None or window is None or not wide:
        return raw
    x, y = window.x + left, window.y + top
    return {**raw, "look": look_of_pixels(screen[y : y + high, x : x + wide])}


def _name(node: Node) -> str:
    texts = [node.name(), *node.labels(), node.title()]
    return next((plain(text) for text in texts if text.strip()), "")


def _way(root: Node, node: Node, role: str, name: str) -> dict[str, Any] | None:
    """The role and name that find this node; with its number where others answer to them too."""
    if role in _HOLDERS or (not name and role not in ROLES["textbox"]):
        return None
    word, box = word_of(role), node.box()
    found = search(root, Wanted(role=word, name=name))
    place = next((n for n, one in enumerate(found) if one.box() == box), None)
    if place is None:
        return None
    way: dict[str, Any] = {"role": word} | ({"name": name} if name else {})
    return way | ({"nth": place} if len(found) > 1 else {})


def word_of(role: str) -> str:
    """Our word for a role of the tree; the tree's own where we have none, or where ours means more than secrets."""
    if role in SECRET_ROLES:
        return role
    return next((word for word, roles in ROLES.items() if role in roles), role)


def _on_screen(screen: Any, window: Box) -> tuple[int, int, int, int]:
    """The part of a window that the screen shows: left, top, right, bottom."""
    height, width = screen.shape[:2]
    right, bottom = min(width, window.x + window.width), min(height, window.y + window.height)
    return max(0, window.x), max(0, window.y), right, bottom


def cut_around(screen: Any, window: Box | None, x: int, y: int) -> Picture | None:
    """The smallest piece around a point that fits its window in one place only; None where there is none."""
    if window is None:
        return None
    left, top, right, bottom = _on_screen(screen, window)
    area = screen[top:bottom, left:right]
    for wide, high in SIZES:
        x0, y0 = max(left, x - wide // 2), max(top, y - high // 2)
        piece = screen[y0 : min(bottom, y0 + high), x0 : min(right, x0 + wide)]
        if not piece.size or is_flat(piece):
            continue
        if unique(matches(area, piece)) is not None:
            middle = (x0 + piece.shape[1] // 2, y0 + piece.shape[0] // 2)
            return Picture(pixels=piece.copy(), offset=(x - middle[0], y - middle[1]))
    return None


def label_beside(screen: Any, window: Box | None, x: int, y: int) -> Picture | None:
    """The text to the left of a field, which says no more than the field's name; None where there is none, or two.

    The field's own piece of the screen would hold what was typed in it, and would not be there tomorrow.
    """
    import numpy as np

    if window is None:
        return None
    left, top, right, bottom = _on_screen(screen, window)
    area = screen[top:bottom, left:right]
    band = area[max(0, y - top - _BAND) : y - top + _BAND, : x - left].astype(np.int16).mean(axis=2)
    edge = _left_edge(band)
    columns = _ink_before(band, edge) if edge is not None else None
    if columns is None:
        return None
    first, last = max(0, columns[0] - _MARGIN), columns[1] + _MARGIN
    y0 = max(0, y - top - _BAND)
    piece = area[y0 : y0 + 2 * _BAND, first:last]
    if is_flat(piece) or unique(matches(area, piece)) is None:
        return None
    middle = (left + first + piece.shape[1] // 2, top + y0 + piece.shape[0] // 2)
    return Picture(pixels=piece.copy(), offset=(x - middle[0], y - middle[1]))


def _left_edge(band: Any) -> int | None:
    """The nearest upright line to the left of the last column: a field's border goes through, a letter does not."""
    import numpy as np

    steps = (np.abs(np.diff(band, axis=1)) > _STEP).mean(axis=0) if band.size else np.zeros(0)
    upright = np.flatnonzero(steps >= _THROUGH)
    return int(upright[-1]) if upright.size else None


def _ink_before(band: Any, edge: int) -> tuple[int, int] | None:
    """The first and last column of the words nearest before an edge; None where only ground is."""
    import numpy as np

    ground = np.median(band[:, :edge]) if edge > 0 else 0.0
    inked = np.flatnonzero((np.abs(band[:, : max(0, edge - _MARGIN)] - ground) > _INK).any(axis=0))
    if inked.size < _LEAST_INK:
        return None
    gaps = np.flatnonzero(np.diff(inked) > _GAP)
    return int(inked[gaps[-1] + 1 if gaps.size else 0]), int(inked[-1])
