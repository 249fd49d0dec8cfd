"""Python text as a formatter would leave it: calls and signatures broken where they would be too long."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

WIDTH = 120


def width(text: str) -> int:
    """Columns that a line takes in an editor and for a linter: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def bracketed(before: str, parts: Sequence[str], after: str, *, indent: int) -> list[str]:
    """`before(parts)after` on one line; too long, the parts on a line of their own, then one line each."""
    pad = " " * indent
    one = f"{pad}{before}({', '.join(parts)}){after}"
    if width(one) <= WIDTH or not parts:
        return [one]
    inner = f"{pad}    {', '.join(parts)}"
    if width(inner) <= WIDTH:
        return [f"{pad}{before}(", inner, f"{pad}){after}"]
    return [f"{pad}{before}(", *(f"{pad}    {part}," for part in parts), f"{pad}){after}"]


def signature(name: str, parts: Sequence[str], returns: str, *, indent: int) -> list[str]:
    """A `def` line; a bare star stays with the parts."""
    return bracketed(f"def {name}", parts, f" -> {returns}:", indent=indent)


def docstring(text: str, *, indent: int) -> str:
    """One line of documentation, cut so that it stays one line."""
    room = WIDTH - indent - 6
    text = " ".join(text.split()).replace("\\", "/").replace('"""', "'''")
    if width(text) > room:
        while width(text) >= room:
            text = text[:-1]
        text = text.rstrip(" ,;") + "…"
    if text.endswith('"'):
        text = text[:-1] + "'"
    return f'{" " * indent}"""{text}"""'


def human(name: str) -> str:
    """A snake_case name as words with a capital."""
    words = name.replace("_", " ").replace("-", " ").strip()
    return words[:1].upper() + words[1:]
