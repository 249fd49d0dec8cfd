"""Page snapshots as files: a recorded tree becomes HTML without scripts, styles or anybody's data."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from nightclerk.domain.privacy import find_private
from nightclerk.record.events import Tree

#: The attribute that names a marked element in a saved page.
MARK = "data-nightclerk"
_VOID = {"area", "br", "col", "hr", "img", "input", "source", "track", "wbr", "embed"}
_TEXT_ATTRIBUTES = {"title", "alt", "placeholder", "aria-label", "value", "label", "href", "content", "action", "data"}
_OK_NAME = re.compile(r"^[A-Za-z_:][\w:.-]*$")


@dataclass
class Writer:
    """Turns one tree into HTML. `hidden` are texts that must not be seen: what a person typed that is private."""

    hidden: tuple[str, ...] = ()
    rules: list[str] = field(default_factory=list)
    before: str = ""

    def page(self, tree: Tree) -> str:
        """The whole document."""
        body = self._node(tree)
        style = f"<style>{''.join(self.rules)}</style>" if self.rules else ""
        return (
            f"<!doctype html>\n{body.replace('</head>', style + '</head>', 1) if '</head>' in body else body + style}\n"
        )

    def _node(self, node: Tree | str) -> str:
        if isinstance(node, str):
            return self._text(node)
        tag = str(node["t"])
        if not re.fullmatch(r"[a-z][\w.:-]*", tag):
            return ""
        if "f" in node:
            return f"<{tag}{self._attributes(node)}></{tag}>"
        inside = self._shadow(node) + "".join(self._node(child) for child in node.get("c", ()))
        if tag == "head":
            inside = '<meta charset="utf-8">' + inside
        opening = f"<{tag}{self._attributes(node)}>"
        return opening if tag in _VOID else f"{opening}{inside}</{tag}>"

    def _shadow(self, node: Tree) -> str:
        if "s" not in node:
            return ""
        inner = Writer(hidden=self.hidden)
        body = "".join(inner._node(child) for child in node["s"])
        style = f"<style>{''.join(inner.rules)}</style>" if inner.rules else ""
        return f'<template shadowrootmode="open">{style}{body}</template>'

    def _text(self, text: str) -> str:
        clean = html.escape(masked(text, self.hidden, label=self.before), quote=False)
        if text.strip():
            self.before = text.strip()[-20:]
        return clean

    def _attributes(self, node: Tree) -> str:
        parts = []
        for name, value in node.get("a", {}).items():
            if _OK_NAME.match(name):
                text = (
                    masked(str(value), self.hidden) if name in _TEXT_ATTRIBUTES or name.startswith("data-") else value
                )
                parts.append(f' {name}="{html.escape(str(text))}"')
        if node.get("m"):
            parts.append(f' {MARK}="{html.escape(" ".join(node["m"]))}"')
        if "f" in node:
            parts.append(f' srcdoc="{html.escape(Writer(hidden=self.hidden).page(node["f"]))}"')
        if node.get("y"):
            parts.append(f' style="{html.escape(";".join(f"{k}:{v}" for k, v in node["y"].items()))}"')
        if node.get("p"):
            parts.append(self._pseudo(node["p"]))
        return "".join(parts)

    def _pseudo(self, contents: Iterable[str]) -> str:
        name = f"p{len(self.rules)}"
        for which, content in zip(("before", "after"), contents, strict=True):
            if content:
                said = re.sub(r'[\\"<\n]', lambda m: f"\\{ord(m[0]):x} ", content)
                self.rules.append(f'[data-nc-p="{name}"]::{which}{{content:"{said}"}}')
        return f' data-nc-p="{name}"'


def masked(text: str, hidden: Iterable[str] = (), *, label: str = "") -> str:
    """`text` with private stretches replaced by as many `×`: what a page is as wide as, and nobody's data."""
    for span in reversed(find_private(text, label=label)):
        text = text[: span.start] + "×" * (span.end - span.start) + text[span.end :]
    for secret in hidden:
        if len(secret) >= 2:
            text = text.replace(secret, "×" * len(secret))
    return text


def with_marks(tree: Tree, names: Mapping[str, str]) -> dict[str, Any]:
    """The tree with its marks renamed (others dropped): `names` is old mark -> new mark."""
    made = {key: value for key, value in tree.items() if key != "m"}
    kept = [names[mark] for mark in tree.get("m", ()) if mark in names]
    if kept:
        made["m"] = kept
    for key in ("c", "s"):
        if key in tree:
            made[key] = [child if isinstance(child, str) else with_marks(child, names) for child in tree[key]]
    if "f" in tree:
        made["f"] = with_marks(tree["f"], names)
    return made


def joined_marks(one: Tree, other: Tree) -> dict[str, Any]:
    """Two trees that are equal but for their marks, as one with the marks of both."""
    made = {key: value for key, value in one.items() if key != "m"}
    marks = list(dict.fromkeys([*one.get("m", ()), *other.get("m", ())]))
    if marks:
        made["m"] = marks
    for key in ("c", "s"):
        if key in one:
            pairs = zip(one[key], other[key], strict=True)
            made[key] = [a if isinstance(a, str) else joined_marks(a, b) for a, b in pairs]
    if "f" in one:
        made["f"] = joined_marks(one["f"], other["f"])
    return made


def digest(tree: Tree) -> str:
    """Equal for trees that are equal but for their marks."""
    return hashlib.sha256(repr(with_marks(tree, {})).encode()).hexdigest()
