"""One place on a desktop as a recording knows it: by the accessibility tree, else by a picture of it, else by keys."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nightclerk.desktop.hit import SECRET_ROLES
from nightclerk.desktop.match import is_flat, matches, unique
from nightclerk.desktop.tree import ROLES, Node, Vanished, Wanted, plain, search
from nightclerk.ports import Box

#: The sizes that are tried for a picture of what was clicked, until one fits its window in one place only.
SIZES = ((60, 22), (90, 28), (140, 34), (220, 44), (320, 80))
#: Roles that hold other things and say nothing by themselves.
_HOLDERS = frozenset({"frame", "window", "dialog", "filler", "panel", "scroll pane", "viewport", "grouping"})
_NUMBERS = re.compile(r"\d{3,}")


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

    @classmethod
    def of_keys(cls, keys: str, title: str) -> Place:
        """A place that a keyboard path leads to ("" = where the caret stands already)."""
        window = window_pattern(title)
        way = {"keys": keys, "window": window} if keys else {"window": window}
        return cls(name=keys or "caret", ways=(way,), path=f"keys {keys} {window}")

    @property
    def secret(self) -> bool:
        return self.role in SECRET_ROLES

    def facts(self) -> dict[str, Any]:
        """What the planner asks of an element."""
        typed_in = self.role in ROLES["textbox"]
        return {
            "role": word_of(self.role), "name": self.name, "label": self.name if typed_in else "", "path": self.path,
            "tag": "input" if typed_in else "button", "ways": self.ways, "picture": self.picture,
        }  # fmt: skip


def window_pattern(title: str) -> str:
    """A window by its title; numbers in it (of a voucher, say) will be others tomorrow."""
    parts = [re.sub(r"\\([ \-#&~])", r"\1", re.escape(part)) for part in _NUMBERS.split(title)]
    return "^" + r"\d+".join(parts) + "$"


def place_of(root: Node | None, node: Node | None, title: str, *, picture: Picture | None = None) -> Place:
    """The place of a node, by what tells it from the others in its window; where nothing does, by its picture."""
    window = window_pattern(title)
    try:
        role, name = (node.role(), _name(node)) if node is not None else ("", "")
        way = _way(root, node, role, name) if node is not None and root is not None else None
    except Vanished:
        role, name, way = "", "", None
    ways: list[Mapping[str, Any]] = [{**way, "window": window}] if way is not None else []
    if picture is not None:
        ways.append({"picture": "", "offset": list(picture.offset), "window": window})
    looks = picture.digest if way is None and picture is not None else ""
    path = f"{role} {name} {way} {looks} {window}"
    known = node if way is not None else None
    return Place(
        role=role if way is not None else "", name=name, ways=tuple(ways), path=path, picture=picture, node=known
    )


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


def cut_around(screen: Any, window: Box | None, x: int, y: int) -> Picture | None:
    """The smallest piece around a point that fits its window in one place only; None where there is none."""
    if window is None:
        return None
    height, width = screen.shape[:2]
    left, top = max(0, window.x), max(0, window.y)
    right, bottom = min(width, window.x + window.width), min(height, window.y + window.height)
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
