"""Two runs of one bot beside each other: which steps both did, which only one did, and where they went apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from nightclerk.console.film import Moment

#: A step that takes so many times as long as in the other run is worth a look.
SLOWER_TIMES, SLOWER_LEAST_MS = 3, 1000
#: Comparing is quadratic in the worst case; what lies beyond is not compared.
MOST_STEPS = 2000


@dataclass(frozen=True, kw_only=True)
class Pair:
    """One step of the good run and its fellow in the other; None where one of them has no such step."""

    good: Moment | None
    this: Moment | None

    @property
    def slower(self) -> bool:
        if self.good is None or self.this is None:
            return False
        took, usual = self.this.took_ms or 0, self.good.took_ms or 0
        return took > SLOWER_LEAST_MS and took > SLOWER_TIMES * max(usual, 1)

    @property
    def differs(self) -> bool:
        if self.good is None or self.this is None:
            return True
        return self.good.failed != self.this.failed or self.good.outcome != self.this.outcome or self.slower


def beside(good: Sequence[Moment], this: Sequence[Moment]) -> list[Pair]:
    """The steps of both runs in order, paired by what they are called; items may be others, steps are the same."""
    left, right = _steps(good), _steps(this)
    matcher = SequenceMatcher(None, [_name(one) for one in left], [_name(one) for one in right], autojunk=False)
    pairs: list[Pair] = []
    for word, a, b, c, d in matcher.get_opcodes():
        if word == "equal":
            pairs += [Pair(good=one, this=other) for one, other in zip(left[a:b], right[c:d], strict=True)]
        else:
            pairs += [Pair(good=one, this=None) for one in left[a:b]]
            pairs += [Pair(good=None, this=one) for one in right[c:d]]
    return pairs


def _steps(moments: Sequence[Moment]) -> list[Moment]:
    return [one for one in moments if one.kind == "step"][:MOST_STEPS]


def _name(moment: Moment) -> tuple[int, str]:
    return moment.depth, moment.title
