"""Decide which way of a selector to believe: strict, in order, and only when exactly one visible thing fits.

This is the place between "a way hit something" and "that is the element". Healing adds its own evidence to `Try`
and its own ending to `Decision`; drivers only gather tries and obey.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from nightclerk.locate.ways import way_words

#: A later way is believed only after the first had this long to appear, so that a page still loading is no redesign.
FALLBACK_GRACE_S = 0.6
#: Several things fitting for this long are no passing state of the page.
AMBIGUOUS_FOR_S = 2.0


@dataclass(frozen=True, kw_only=True)
class Try:
    """What one way of a selector fits just now."""

    way: dict[str, Any]
    position: int
    fits: int

    @property
    def words(self) -> str:
        """The way for the journal; a fallback says that it is one."""
        return f"fallback {self.position}: {way_words(self.way)}" if self.position else way_words(self.way)


@dataclass(frozen=True, kw_only=True)
class Decision:
    """`found` (with the try to believe), `ambiguous` (with the try that fits too much), or `missing`."""

    ending: Literal["found", "ambiguous", "missing"]
    chosen: Try | None = None


def decide(tries: Sequence[Try], *, waited_s: float, last_time: int = 0) -> Decision:
    """Choose among the ways in order. `last_time`: the position of the way that was right when last used."""
    for attempt in tries:
        ready = attempt.position in (0, last_time) or waited_s >= FALLBACK_GRACE_S
        if attempt.fits == 1 and ready:
            return Decision(ending="found", chosen=attempt)
    crowded = next((attempt for attempt in tries if attempt.fits > 1), None)
    if crowded:
        return Decision(ending="ambiguous", chosen=crowded)
    return Decision(ending="missing")
