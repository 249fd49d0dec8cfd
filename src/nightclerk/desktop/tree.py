"""Find things in a window's accessibility tree by role, name, label or tooltip: pure functions over any such tree."""

from __future__ import annotations

import functools
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from nightclerk.errors import ApplicationError
from nightclerk.locate.ways import pattern_of
from nightclerk.ports import Box

#: Our words for roles (those of the web, as selector files write them) -> what accessibility trees call them.
#: Any other word is taken as the tree's own.
ROLES: Mapping[str, frozenset[str]] = {
    "button": frozenset({"push button", "toggle button"}),
    "textbox": frozenset({"text", "entry", "password text"}),
    "checkbox": frozenset({"check box"}),
    "radio": frozenset({"radio button"}),
    "combobox": frozenset({"combo box"}),
    "table": frozenset({"table", "tree table", "tree"}),
    "grid": frozenset({"table", "tree table", "tree"}),
    "cell": frozenset({"table cell"}),
    "tab": frozenset({"page tab"}),
    "menuitem": frozenset({"menu item", "check menu item", "radio menu item"}),
    "heading": frozenset({"label", "heading"}),
}
#: A table may have a million cells: the search never goes into one.
TABLES = ROLES["table"]
#: What a way says that this module can look for.
KEYS = ("role", "label", "text", "title")
#: More nodes than any form has; a tree that goes on is not searched to its end.
_MOST = 5000


class Vanished(ApplicationError):
    """A node that was there is gone: the window was closed or drawn anew."""

    en = "Something on the screen vanished while it was being read; it is looked for again."
    zh = "读取时屏幕内容已变化，将重新查找。"


class Node(Protocol):
    """One thing in a tree. Each of these may raise Vanished."""

    def role(self) -> str: ...
    def name(self) -> str: ...
    def title(self) -> str:
        """The description: what toolbars show as a tooltip."""

    def labels(self) -> list[str]:
        """The texts that label it."""

    def identifier(self) -> str:
        """What its author calls it, never shown to anybody; "" where the toolkit does not tell."""

    def showing(self) -> bool: ...
    def children(self) -> Sequence[Node]: ...
    def box(self) -> Box | None: ...
    def text(self) -> str:
        """What it says: a field its content, anything else its name."""

    def focused(self) -> bool: ...
    def checked(self) -> bool: ...
    def table(self) -> tuple[list[str], list[list[str]]]:
        """Header texts, and the texts of each row."""


class Tree(Protocol):
    """The programs of one desktop that offer a tree."""

    def window(self, title: str) -> Node | None:
        """The window with this title, the active one first."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a way asks for; "" stands for anything. `nth` counts from 0."""

    role: str = ""
    name: str = ""
    label: str = ""
    text: str = ""
    title: str = ""
    nth: int | None = None


def wanted_of(way: Mapping[str, Any]) -> Wanted | None:
    """What a way asks an accessibility tree for; None when it asks something else."""
    if not any(key in way for key in KEYS):
        return None
    words = {key: str(way[key]) for key in (*KEYS, "name") if key in way}
    return Wanted(**words, nth=int(way["nth"]) if "nth" in way else None)


def search(root: Node, wanted: Wanted) -> list[Node]:
    """All nodes under `root` that fit and have a place on the screen, nearest to the root first."""
    found = [node for node in walk(root) if _stands(node, wanted)]
    if wanted.nth is None:
        return found
    return found[wanted.nth : wanted.nth + 1]


def _stands(node: Node, wanted: Wanted) -> bool:
    return bool(guarded(lambda: fits(node, wanted) and node.box() is not None, False))


def walk(root: Node) -> Iterator[Node]:
    """Every visible node under `root`, breadth first, without what is inside of tables."""
    waiting, seen = deque(guarded(root.children, ())), 0
    while waiting and seen < _MOST:
        node = waiting.popleft()
        seen += 1
        if not guarded(node.showing, False):
            continue
        yield node
        if guarded(node.role, "") not in TABLES:
            waiting.extend(guarded(node.children, ()))


def fits(node: Node, wanted: Wanted) -> bool:
    """Whether a node is what is asked for; the role, which costs least, is asked first."""
    if wanted.role and node.role() not in ROLES.get(wanted.role, {wanted.role}):
        return False
    if wanted.name and not any(says(text, wanted.name) for text in _names(node)):
        return False
    if wanted.label and not any(says(text, wanted.label) for text in node.labels()):
        return False
    if wanted.title and not says(node.title(), wanted.title):
        return False
    return not wanted.text or says(node.text(), wanted.text)


def outline(root: Node) -> Iterator[str]:
    """What a selector could name under `root`: a line for each node that shows and says something of itself."""
    for node in walk(root):
        said = guarded(functools.partial(_words, node), [])
        if said:
            yield f"{guarded(node.role, '-')}: {' | '.join(said)}"


def _words(node: Node) -> list[str]:
    """Everything that a node says of itself, each text once."""
    words = [*_names(node), node.text()]
    return list(dict.fromkeys(plain(word) for word in words if word.strip()))


def _names(node: Node) -> Iterator[str]:
    """As on the web: the name of its own, else that of its label, else its tooltip."""
    yield node.name()
    yield from node.labels()
    yield node.title()


def says(text: str, wanted: str) -> bool:
    """Whether a text is the wanted one, or fits it if that is a `/pattern/`. A label's colon does not count."""
    pattern = pattern_of(wanted)
    if pattern is not None:
        return pattern.search(text) is not None
    return plain(text) == plain(wanted)


def plain(text: str) -> str:
    """A label without the colon at its end and blanks around it."""
    return text.strip().rstrip(":：").rstrip()


def table_rows(node: Node) -> list[dict[str, str]]:
    """A table as one mapping a row, keyed by header text."""
    header, rows = node.table()
    return [dict(zip(header, row, strict=False)) for row in rows]


def guarded(ask: Callable[[], Any], otherwise: Any) -> Any:
    """The answer, or `otherwise` when the node has vanished meanwhile."""
    try:
        return ask()
    except Vanished:
        return otherwise
