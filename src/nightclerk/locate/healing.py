"""Decide whether an element that was learned earlier is on the page, which one it is, and how sure that is.

A pure function over a fingerprint and the candidates of one pass over the page. It answers found, healed or unsure;
what it is unsure of a person decides.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from nightclerk.locate.compare import Evidence, compare
from nightclerk.locate.fingerprint import Fingerprint
from nightclerk.locate.vetoes import vetoes
from nightclerk.locate.weights import CERTAINTY, WEIGHTS
from nightclerk.ports import ActClass

#: Acceptance by class of act: probability and distance to the runner-up in log-odds. There is no row for commits.
ACCEPT: dict[ActClass, tuple[float, float]] = {ActClass.READ: (0.8, 1.5), ActClass.EDIT: (0.99, 3.0)}
#: A hit of the element's own way is believed from this probability on; it has a name or place of its own already.
VERIFIED = 0.3
#: What only says that the page was rearranged does not discredit a hit of the element's own way.
_HARMLESS_TO_A_HIT = frozenset({"elsewhere", "lost_twin"})
_LONE_MARGIN = 8.0
#: A hidden candidate counts as a rival when, were it visible, it would be this far ahead of the first.
HIDDEN_AHEAD = 0.5


@dataclass(frozen=True, kw_only=True)
class Ranked:
    """A candidate with what speaks for it. `index`: its place among those that were gathered."""

    index: int
    candidate: Fingerprint
    score: float
    evidence: Evidence
    vetoes: tuple[str, ...] = ()
    sameness: float = 0.0  # its score as a share of what the unchanged element would have

    @property
    def hidden(self) -> bool:
        return self.candidate.hidden


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """`healed` (with `best`), or `unsure` with the two best and why; P and margin are those of `best`."""

    ending: Literal["found", "healed", "unsure"]
    best: Ranked | None = None
    second: Ranked | None = None
    probability: float = 0.0
    margin: float = 0.0
    trust: ActClass = ActClass.READ
    reasons: tuple[str, ...] = ()


def decide_healing(
    wanted: Fingerprint, candidates: Sequence[Fingerprint], act_class: ActClass, *, refused: Sequence[Fingerprint] = ()
) -> Verdict:
    """Which candidate is the element, as far as an act of this class may rely on it.

    `refused`: elements of which a person has said that they are not it.
    """
    ranking = [_unless_refused(one, refused) for one in rank(wanted, candidates)]
    if not ranking:
        return Verdict(ending="unsure", reasons=("nothing_alike",))
    best, second = ranking[0], next((one for one in ranking[1:] if _rivals(ranking[0], one)), None)
    margin = best.score - second.score if second else _LONE_MARGIN
    probability = certainty(best, margin)
    reasons = tuple(doubts(best, probability, margin, act_class))
    ending: Literal["healed", "unsure"] = "unsure" if reasons else "healed"
    return Verdict(
        ending=ending, best=best, second=second, probability=probability, margin=margin, trust=act_class,
        reasons=reasons or best.evidence.agreeing,
    )  # fmt: skip


def rank(wanted: Fingerprint, candidates: Iterable[Fingerprint]) -> list[Ranked]:
    """All candidates, the most likely first."""
    whole = score_of(compare(wanted, wanted))
    ranked = [_ranked(wanted, one, index, whole) for index, one in enumerate(candidates)]
    return sorted(ranked, key=lambda one: -one.score)


def _rivals(best: Ranked, other: Ranked) -> bool:
    """Whether another candidate puts the first in question: a hidden copy of a visible element does not."""
    if not other.hidden or best.hidden:
        return True
    return other.score - WEIGHTS["hidden-"] > best.score + HIDDEN_AHEAD


_IDENTITY = ("role", "tag", "name", "label", "id", "field_name", "test_id", "href")


def _unless_refused(one: Ranked, refused: Sequence[Fingerprint]) -> Ranked:
    """A candidate that a person has refused for this element stays refused."""
    same = any(all(getattr(one.candidate, k) == getattr(bad, k) for k in _IDENTITY) for bad in refused)
    return replace(one, vetoes=(*one.vetoes, "refused")) if same else one


def _ranked(wanted: Fingerprint, one: Fingerprint, index: int, whole: float) -> Ranked:
    evidence = compare(wanted, one)
    forbidden = vetoes(wanted, one, evidence)
    score = score_of(evidence)
    return Ranked(
        index=index, candidate=one, score=score, evidence=evidence, vetoes=forbidden,
        sameness=max(0.0, score / max(whole, 1.0)),
    )  # fmt: skip


def score_of(evidence: Evidence) -> float:
    """Log-odds: the sum of what agreements and conflicts weigh."""
    return sum(WEIGHTS.get(name, 0.0) * value for name, value in evidence.features.items())


def certainty(best: Ranked, margin: float) -> float:
    """The calibrated probability that the first candidate is the right one."""
    odds = sum(weight * value for weight, value in zip(CERTAINTY, certainty_features(best, margin), strict=True))
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, odds))))


def certainty_features(best: Ranked, margin: float) -> tuple[float, ...]:
    """What the second stage looks at: one, score, margin, anchors, contexts, name, sameness, conflicts, vetoes."""
    evidence = best.evidence
    return (
        1.0, best.score / 4, min(margin, _LONE_MARGIN) / 2,
        float(len(evidence.anchors)), float(len(evidence.contexts)) / 2,
        evidence.name_likeness, best.sameness ** 2 * 4, float(len(evidence.conflicting)) / 2, float(len(best.vetoes)),
    )  # fmt: skip


def doubts(best: Ranked, probability: float, margin: float, act_class: ActClass) -> Iterable[str]:
    """Why an act of this class must not rely on the first candidate; nothing when it may."""
    if act_class not in ACCEPT:
        yield "commit"
        return
    least, ahead = ACCEPT[act_class]
    yield from best.vetoes
    if probability < least:
        yield "improbable"
    if margin < ahead:
        yield "close_rival"
    if best.hidden:
        yield "hidden"
    if act_class is ActClass.EDIT and not _anchored(best.evidence):
        yield "no_anchor"


def _anchored(evidence: Evidence) -> bool:
    """Edits ask for an equal name or label or two anchors, and for two anchors or two agreeing surroundings."""
    named = evidence.features.get("name+", 0.0) == 1.0 or evidence.features.get("label+", 0.0) == 1.0
    anchors, contexts = len(evidence.anchors), len(evidence.contexts)
    return (named or anchors >= 2) and (anchors >= 2 or contexts >= 2)


def verify(wanted: Fingerprint, hit: Fingerprint) -> tuple[bool, Ranked]:
    """Whether the one element that a selector's way hits is the one that was learned.

    The way itself is evidence, so much less is asked than of a candidate; but no veto may forbid it.
    """
    one = _ranked(wanted, hit, 0, score_of(compare(wanted, wanted)))
    forbidden = set(one.vetoes) - _HARMLESS_TO_A_HIT
    return not forbidden and certainty(one, _LONE_MARGIN) >= VERIFIED, one
