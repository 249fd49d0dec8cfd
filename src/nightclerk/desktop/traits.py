"""What tells one element of a desktop window from its neighbours, asked of the accessibility tree.

The answers have the shape that a page's script gives, so that the decisions of locate/ hold for both.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from nightclerk.desktop.tree import ROLES, TABLES, Node, Vanished, guarded, plain
from nightclerk.locate.fingerprint import Fingerprint, digest
from nightclerk.locate.look import look_of
from nightclerk.ports import Box

_WORDS = {theirs: word for word, roles in ROLES.items() if word not in ("grid", "heading") for theirs in roles}
_SAYING = frozenset({"label", "heading", "static"})
_CONTROLS = frozenset(
    {"button", "textbox", "checkbox", "radio", "combobox", "tab", "menuitem", "link", "slider", "spin button", "menu"}
)
_GENERATED = re.compile(r"^\d*$|\d{4,}")
_FIGURES = re.compile(r"\d+")
_MOST = 2000
_PATH, _LANDMARKS, _NEAR, _KIN, _OTHERS = 5, 3, 4, 6, 12


@dataclass(frozen=True, kw_only=True)
class Trait:
    """One node with what it says of itself. `above` are the things that hold it, the nearest first."""

    node: Node
    own: Mapping[str, Any]
    above: tuple[str, ...] = ()
    nth: int = 0  # among those with its key

    @property
    def control(self) -> bool:
        return bool(self.own.get("control"))

    @property
    def key(self) -> str:
        """What look-alikes share."""
        return f"{self.own['role']}|{str(self.own.get('name') or self.own['tag']).casefold()}"


def own_traits(node: Node, origin: Box | None) -> dict[str, Any]:
    """What a node says of itself; of a field never its content. May raise Vanished."""
    tag, labels, box = node.role(), [plain(text) for text in node.labels()], node.box()
    role, title, given = word_of(tag), plain(node.title()), node.identifier()
    name = plain(node.name()) or next((text for text in labels if text), "") or title
    told: dict[str, Any] = {
        "role": role, "tag": tag, "name": name, "label": " ".join(labels), "title": title,
        "id": "" if _GENERATED.search(given) else given, "control": role in _CONTROLS,
        "text": name if role in _CONTROLS and role != "textbox" else "",
    }  # fmt: skip
    if box is not None and origin is not None:
        told["box"] = [box.x - origin.x, box.y - origin.y, box.width, box.height]
    return {key: value for key, value in told.items() if value or key in ("role", "tag")}


def word_of(tag: str) -> str:
    """Our word for a role of the tree's."""
    return _WORDS.get(tag, tag)


def survey(root: Node, origin: Box | None) -> list[Trait]:
    """Everything that shows in a window in reading order, without what is inside of tables."""
    found: list[Trait] = []
    seen: Counter[str] = Counter()
    for node, above in _nodes(root):
        own = guarded(lambda one=node: own_traits(one, origin), None)  # type: ignore[misc]
        if own is None:
            continue
        trait = Trait(node=node, own=own, above=above)
        found.append(replace(trait, nth=seen[trait.key]))
        seen[trait.key] += 1
    return found


def _nodes(root: Node) -> Iterator[tuple[Node, tuple[str, ...]]]:
    """Each visible node depth first, with the things above it."""
    waiting: list[tuple[Node, tuple[str, ...]]] = [(node, ()) for node in reversed(guarded(root.children, ()))]
    seen = 0
    while waiting and seen < _MOST:
        node, above = waiting.pop()
        seen += 1
        if not guarded(node.showing, False):
            continue
        yield node, above
        role = guarded(node.role, "")
        if role not in TABLES:
            step = ":".join(part for part in (role, plain(guarded(node.name, ""))) if part)
            inner: Iterable[Node] = reversed(guarded(node.children, ()))
            waiting += [(child, (step, *above)) for child in inner]


def described(all_of_it: Sequence[Trait], place: int) -> dict[str, Any]:
    """The raw fingerprint of one of them, with its neighbours and how many are like it."""
    one = all_of_it[place]
    tally = Counter(each.key for each in all_of_it)
    names = Counter(each.own.get("name", "") for each in all_of_it if each.control)
    ids = Counter(each.own.get("id", "") for each in all_of_it)
    named = [step for step in one.above if ":" in step]
    return {
        **one.own,
        "path": list(one.above[:_PATH]), "landmarks": named[:_LANDMARKS],
        "heading": named[0].partition(":")[2] if named else "",
        "before": _said(all_of_it[:place][::-1])[::-1], "after": _said(all_of_it[place + 1 :]),
        "order": _order(all_of_it, place),
        "token": token(one.key), "kin_before": _kin(all_of_it[:place][::-1]), "kin_after": _kin(all_of_it[place + 1 :]),
        "counts": {
            "name": names[one.own.get("name", "")] if one.own.get("name") else 0, "role_name": tally[one.key],
            "id": ids[one.own["id"]] if "id" in one.own else 0, "twins": tally[one.key], "nth": one.nth,
        },
        "others": _others(all_of_it, one),
    }  # fmt: skip


def alone(stored: Fingerprint) -> bool:
    """Whether a learned element is known by what only it says, so that no neighbours need to be asked."""
    return bool(stored.name or stored.id) and stored.counts.get("twins", 0) == 1


def telling(raw: Mapping[str, Any]) -> bool:
    """Whether there is anything to know an element by; one nameless thing among others like it has nothing."""
    return bool(raw.get("name") or raw.get("id")) or raw["counts"]["twins"] == 1


def token(key: str) -> str:
    """A short stand-in for what a control says: neighbours are kept as these, not as texts."""
    return digest(key)[1:]


def _kin(rest: Iterable[Trait]) -> list[str]:
    return [token(_FIGURES.sub("0", one.key)) for one in rest if one.control][:_KIN]


def _others(all_of_it: Sequence[Trait], one: Trait) -> list[str]:
    """The controls of its kind that are known not to be it."""
    same_role = (each for each in all_of_it if each.control and each.own["role"] == one.own["role"])
    return list(dict.fromkeys(token(each.key) for each in same_role if each.key != one.key))[:_OTHERS]


def _said(rest: Iterable[Trait]) -> list[str]:
    """The nearest texts that a person would read there."""
    texts = (str(one.own.get("name", ""))[:40] for one in rest if one.own["tag"] in _SAYING)
    return [text for text in texts if text][:_NEAR]


def _order(all_of_it: Sequence[Trait], place: int) -> int:
    role = all_of_it[place].own["role"]
    return sum(one.own["role"] == role for one in all_of_it[:place])


def same_node(one: Node, other: Node) -> bool:
    """Whether two answers of a tree are about one thing: it is of one kind and stands in one place."""
    try:
        return one.role() == other.role() and one.box() == other.box()
    except Vanished:
        return False


def look_of_pixels(pixels: Any) -> str:
    """64 bits of an element's picture; "" for what has none."""
    if not pixels.size:
        return ""
    from PIL import Image

    png = io.BytesIO()
    Image.fromarray(pixels.copy()).save(png, "PNG")
    return look_of(png.getvalue())
