"""Put placeholders into ways where they hold a value of the record at hand: 发货 A1001 becomes 发货 {number}."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from nightclerk.record.ranking import Way
from nightclerk.record.values import Typed

#: Shorter values stand in other texts by chance.
SHORTEST = 4


def templated(ways: Iterable[Way], known: Mapping[str, Typed]) -> tuple[list[Way], dict[str, Typed]]:
    """The ways with known values replaced by placeholders, and what fills those."""
    made: list[Way] = []
    used: dict[str, Typed] = {}
    for way in ways:
        fresh = dict(way)
        for key, text in way.items():
            if isinstance(text, str):
                fresh[key] = _replaced(text, known, used)
        made.append(fresh)
    return made, used


def _replaced(text: str, known: Mapping[str, Typed], used: dict[str, Typed]) -> str:
    for shown in sorted(known, key=len, reverse=True):
        typed = known[shown]
        telling = any(sign.isdigit() for sign in shown) or (typed.source == "column" and shown == text)
        if telling and typed.source != "literal" and len(shown) >= SHORTEST and shown in text and "{" not in text:
            used[typed.name] = typed
            text = text.replace(shown, f"{{{typed.name}}}")
    return text
