"""Verify what a selector's way hits in a window, and find an element again after the program changed.

The decisions are those of the web (locate/): an edit or a read may be healed, a commit never. Only the window in front
is searched, and only where a way of the element names it. What no accessibility tree shows has no fingerprint: there
the picture, the text or the keys of its ways are all that is known.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from nightclerk.desktop.traits import (
    Trait,
    alone,
    described,
    look_of_pixels,
    own_traits,
    same_node,
    survey,
    telling,
    word_of,
)
from nightclerk.desktop.tree import Node, Vanished, search, wanted_of
from nightclerk.desktop.view import View
from nightclerk.errors import ElementAmbiguous, MissingPart
from nightclerk.locate.fingerprint import Fingerprint, learned
from nightclerk.locate.healer import Doubt, Healer, Healing
from nightclerk.locate.healing import Verdict
from nightclerk.locate.look import unlike
from nightclerk.locate.propose import change_of, templated_way
from nightclerk.ports import Box, Found, Selector

#: What a cheap look does not see; it is taken to be as it was learned.
_AROUND = (
    "path", "landmarks", "heading", "before", "after", "counts", "order", "token", "kin_before", "kin_after",
    "others", "look",
)  # fmt: skip


class Mender:
    """Healing in the windows of one surface."""

    def __init__(self, healer: Healer, *, view: View) -> None:
        self.healer, self._view = healer, view

    def look(self, selector: Selector, values: Mapping[str, str]) -> Found | None:
        """The element where its ways lead, if that is what was learned; else where this run has found it again.

        ElementAmbiguous when its ways lead to several things and its fingerprint does not tell which it is.
        """
        try:
            found = self._view.find(selector, values)
        except ElementAmbiguous:
            told_apart = self.find_again(selector, values, over=False)
            if told_apart is None:
                raise
            return told_apart
        if found is not None and self._believes(selector, values, found):
            return found
        return self._again(selector, values)

    def find_again(self, selector: Selector, values: Mapping[str, str], *, over: bool) -> Found | None:
        """Search the window for an element that its ways no longer lead to; doubt is an error once time is `over`."""
        with contextlib.suppress(Vanished, MissingPart):
            answer = self._heal(selector, values)
            if isinstance(answer, Healing):
                self.healer.keep(answer)
                return self._again(selector, values)
            if answer is not None and over:
                self.healer.doubt(answer)
                raise answer.error()
        return None

    # ------------------------------------------------------------------------------------------ believing

    def _believes(self, selector: Selector, values: Mapping[str, str], found: Found) -> bool:
        node = found.handle.node
        if node is None:
            return True
        stored = self.healer.wanted(selector, values)
        try:
            if stored is None:
                self._meet(selector, values, node)
                return True
            raw = self._cheaply(stored, node) if alone(stored) else self._thoroughly(node)
        except Vanished:
            return False
        return raw is not None and self.healer.believes(selector, values, raw) is None

    def _meet(self, selector: Selector, values: Mapping[str, str], node: Node) -> None:
        """Get to know an element at its first use, if there is anything to know it by."""
        raw = self._thoroughly(node) if self.healer.is_new(selector) else None
        if raw is not None and telling(raw):
            self.healer.meet(selector, values, {**raw, "look": self._look_of(node.box())})

    def _cheaply(self, stored: Fingerprint, node: Node) -> dict[str, Any]:
        known = stored.to_mapping()
        return {name: known[name] for name in _AROUND if name in known} | own_traits(node, self._origin())

    def _thoroughly(self, node: Node) -> dict[str, Any] | None:
        """A node with its neighbours; None when it has gone meanwhile."""
        around = self._survey()
        place = next((n for n, one in enumerate(around) if same_node(one.node, node)), None)
        return described(around, place) if place is not None else None

    # ------------------------------------------------------------------------------------------ healing

    def _again(self, selector: Selector, values: Mapping[str, str]) -> Found | None:
        """An element that this run has healed before, if its new way still leads to it and to nothing else."""
        healing = self.healer.healing(selector.name)
        if healing is None or self.healer.wanted(selector, values) is None:
            return None
        with contextlib.suppress(ElementAmbiguous):
            found = self._view.find(healing.after, values)
            if found is not None:
                return replace(found, selector=selector, way=healing.words, healed=True, trust=healing.trust)
        return None

    def _heal(self, selector: Selector, values: Mapping[str, str]) -> Healing | Doubt | None:
        """None: there is no fingerprint, or a window is in front that is none of the element's."""
        wanted, window = self.healer.wanted(selector, values), self._window_of(selector)
        if wanted is None or window is None:
            return None
        around = self._survey()
        some = [n for n, one in enumerate(around) if one.control or one.own["role"] == wanted.role]
        raws = [described(around, n) for n in some]
        verdict = self.healer.judge(selector, wanted, raws)
        doubt = Doubt(element=selector.name, before=selector, wanted=wanted, verdict=verdict)
        if verdict.ending != "healed" or verdict.best is None:
            return doubt
        best = around[some[verdict.best.index]]
        ways = list(self._ways(best, window, values))
        if not ways:
            return replace(doubt, verdict=replace(verdict, ending="unsure", reasons=("no_way",)))
        return self._healing(selector, values, verdict, best, raws[verdict.best.index], ways)

    def _healing(
        self, selector: Selector, values: Mapping[str, str], verdict: Verdict, best: Trait, raw: Mapping[str, Any],
        ways: list[dict[str, Any]],
    ) -> Healing:  # fmt: skip
        before = self.healer.prints[selector.name]
        after = replace(selector, ways=tuple(ways[:2]), within="")
        look = self._look_of(best.node.box())
        return Healing(
            element=selector.name, before=selector, after=after, extra={}, trust=verdict.trust, verdict=verdict,
            wanted=before, change=change_of(after, {}), unlike=unlike(before.look, look),
            found=learned(
                {**raw, "look": look}, values=values, keep_text=not (selector.private or selector.secret)
            ),
        )  # fmt: skip

    def _ways(self, one: Trait, window: str, values: Mapping[str, str]) -> Iterator[dict[str, Any]]:
        """Ways that lead to this node and to no other; with values, only such as hold them."""
        root = self._root()
        for way in _candidates(one):
            templated = templated_way(way, values)
            if root is None or (values and templated == way):
                continue
            wanted = wanted_of(way)
            hits = search(root, wanted) if wanted is not None else []
            if len(hits) == 1 and same_node(hits[0], one.node):
                yield {**templated, "window": window} if window else templated

    # ------------------------------------------------------------------------------------------ the window

    def _window_of(self, selector: Selector) -> str | None:
        """The title pattern of the element's ways that the window in front fits; None when none does."""
        active = self._view.active()
        patterns = [str(way.get("window", "")) for way in selector.ways]
        return next((one for one in patterns if active is not None and re.search(one, active.title)), None)

    def _survey(self) -> list[Trait]:
        root = self._root()
        return survey(root, self._origin()) if root is not None else []

    def _root(self) -> Node | None:
        active = self._view.active()
        return self._view.sight.root(active) if active is not None else None

    def _origin(self) -> Box | None:
        active = self._view.active()
        return self._view.system.box(active) if active is not None else None

    def _look_of(self, box: Box | None) -> str:
        return look_of_pixels(self._view.screen.grab(box)) if box is not None else ""


def _candidates(one: Trait) -> Iterator[dict[str, Any]]:
    """How a selector file could name a node, the most readable first."""
    role = word_of(str(one.own["tag"]))
    for key in ("name", "label", "title"):
        if one.own.get(key):
            yield {"role": role, key: one.own[key]}
    if one.own.get("name"):
        yield {"role": role, "name": one.own["name"], "nth": one.nth}
