"""What stands under the mouse, by a window's accessibility tree: the innermost thing there that says what it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from nightclerk.desktop.tree import TABLES, Node, Vanished, plain
from nightclerk.domain.privacy import brief
from nightclerk.ports import Box

#: What accessibility trees call a field whose content nobody may see.
SECRET_ROLES = frozenset({"password text"})
_LONGEST = 40
_MOST = 2000


@dataclass(frozen=True, kw_only=True)
class Hit:
    """The thing under the mouse; an empty one where the tree does not tell. `name` is fit for a journal."""

    role: str = ""
    name: str = ""
    box: Box | None = None
    node: Node | None = field(default=None, repr=False, compare=False)

    @property
    def secret(self) -> bool:
        return self.role in SECRET_ROLES


def hit_at(root: Node | None, x: int, y: int) -> Hit:
    """The innermost visible node whose box holds the point; of several of one depth the one that is drawn last."""
    found = Hit()
    for node, box in _holding(root, x, y):
        found = Hit(role=node.role(), name=_name(node), box=box, node=node)
    return found


def _holding(root: Node | None, x: int, y: int) -> Iterator[tuple[Node, Box]]:
    """The nodes that hold the point, from the outermost to the innermost; tables are not searched for their cells."""
    node, seen = root, 0
    while node is not None and seen < _MOST:
        inner = None
        for child in node.children():
            seen += 1
            box = _box(child)
            if box is not None and _holds(box, x, y):
                inner = (child, box)
        if inner is None:
            return
        yield inner
        node = None if inner[0].role() in TABLES else inner[0]


def _box(node: Node) -> Box | None:
    try:
        return node.box() if node.showing() else None
    except Vanished:
        return None


def _holds(box: Box, x: int, y: int) -> bool:
    return box.x <= x < box.x + box.width and box.y <= y < box.y + box.height


def _name(node: Node) -> str:
    """What it is called: its name, label or tooltip, never what is typed in it."""
    words = [node.name(), *node.labels(), node.title()]
    named = next((plain(word) for word in words if word.strip()), "")
    return f"{node.role()} {brief(named, _LONGEST)}".strip()
