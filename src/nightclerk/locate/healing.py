"""Decide whether an element that was learned earlier is on the page, which one it is, and how sure that is.

A pure function over a fingerprint and the candidates of one pass over the page. It answers found, healed or unsure;
what it is unsure of a person decides.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from nightclerk.locate.compare import HALF, Evidence, compare, known_other
from nightclerk.locate.fingerprint import Fingerprint
from nightclerk.locate.language import is_translated, means_another, without_words
from nightclerk.locate.twins import own_look
from nightclerk.locate.vetoes import vetoes
from nightclerk.locate.weights import BELIEF, CERTAINTY, WEIGHTS
from nightclerk.ports import ActClass

#: Acceptance by class of act: probability and distance to the runner-up in log-odds. There is no row for commits.
ACCEPT: dict[ActClass, tuple[float, float]] = {ActClass.READ: (0.9, 1.5), ActClass.EDIT: (0.95, 2.0)}
#: A hit of the element's own way is believed from this probability on; it has a name or place of its own already.
VERIFIED = 0.3
#: What only says that the page was rearranged does not discredit a hit of the element's own way.
_HARMLESS_TO_A_HIT = frozenset(
    {"elsewhere", "lost_twin", "other_choices", "other_look", "other_section", "came_to_an_id"}
)
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
    own_look: bool = False  # of all its twins, the one in the learned one's path and classes

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
    translated = is_translated(wanted, candidates)
    ranked = rank_translated(wanted, candidates) if translated else rank(wanted, candidates)
    look = own_look(wanted, candidates)
    ranking = [_unless_refused(_with_look(one, look), refused) for one in ranked]
    if not ranking:
        return Verdict(ending="unsure", reasons=("nothing_alike",))
    best = ranking[0]
    second = next((one for one in ranking[1:] if _rivals(wanted, best, one)), None)
    margin = best.score - second.score if second else _LONE_MARGIN
    probability = certainty(best, margin)
    reasons = tuple(doubts(best, probability, margin, act_class))
    if (
        "close_rival" not in reasons
        and act_class in ACCEPT
        and any(_mistakable(wanted, best, one) for one in ranking[1:])
    ):
        reasons = (*reasons, "close_rival")
    if translated and not best.evidence.anchors:
        reasons = (*reasons, "translated")
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


def rank_translated(wanted: Fingerprint, candidates: Sequence[Fingerprint]) -> list[Ranked]:
    """All candidates of a page in another language, by what is not text; a word that is known still forbids."""
    ranked = rank(without_words(wanted), map(without_words, candidates))
    shown = (replace(one, candidate=candidates[one.index]) for one in ranked)
    return [
        replace(one, vetoes=(*one.vetoes, why)) if (why := means_another(wanted, one.candidate)) else one
        for one in shown
    ]


def _rivals(wanted: Fingerprint, best: Ranked, other: Ranked) -> bool:
    """Whether another candidate puts the first in question.

    A hidden copy of a visible element does not, nor does what stood beside the element already when it was learned.
    """
    if known_other(wanted, other.candidate) and not known_other(wanted, best.candidate):
        return False
    if best.own_look and other.candidate.token == wanted.token:
        return False
    if not other.hidden or best.hidden:
        return True
    return other.score - WEIGHTS["hidden-"] > best.score + HIDDEN_AHEAD


#: What only says where an element stands: after a sort, a twin stands there.
_PLACES = (
    "order+", "position+", "size+", "nth+", "between+", "kin_before+", "kin_after+", "path+",
    "before+", "before-", "after+", "after-",
)  # fmt: skip
#: Twins whose own traits differ by less than this are told apart by their places alone.
_TOLD_APART = 1.0


def _mistakable(wanted: Fingerprint, best: Ranked, other: Ranked) -> bool:
    """Whether another element is the same but for its place; after a sort, or in a new layout, it stands there.

    One that alone of its twins looks as it did is not mistaken; when another of them does, the first may be.
    """
    if best.own_look or other.hidden or not best.candidate.token or best.candidate.token != other.candidate.token:
        return False
    if "alike" not in wanted.counts and _named_in_place(best.evidence):  # a window's print knows no looks
        return False
    places = _PLACES if "alike" in wanted.counts else _PLACES[:8]
    alike = _own(best, places) - _own(other, places) < _TOLD_APART
    return alike or (other.own_look and not best.evidence.anchors)


def _named_in_place(evidence: Evidence) -> bool:
    told = evidence.features
    return told.get("name+") == told.get("nth+") == told.get("between+") == 1.0


def _own(one: Ranked, places: tuple[str, ...]) -> float:
    features = one.evidence.features
    return one.score - sum(WEIGHTS[name] * features.get(name, 0.0) for name in places)


_IDENTITY = ("role", "tag", "name", "label", "id", "field_name", "test_id", "href")


def _with_look(one: Ranked, look: int | None) -> Ranked:
    """The candidate that alone of its twins looks as the learned one did is no twin that was left over."""
    if one.index != look:
        return one
    return replace(one, own_look=True, vetoes=tuple(why for why in one.vetoes if why != "lost_twin"))


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
    return _chance(CERTAINTY, certainty_features(best, margin))


def certainty_features(best: Ranked, margin: float) -> dict[str, float]:
    """What the second stage looks at: all that was compared, and how the first stands out as a whole."""
    anchors, ahead = len(best.evidence.anchors), min(margin, _LONE_MARGIN) / 2
    return {
        **best.evidence.features, "one": 1.0, "margin": ahead, "anchors": float(anchors),
        "two_anchors": float(anchors >= 2), "sameness": best.sameness**2, "clear": best.sameness * ahead,
        "conflicts": len(best.evidence.conflicting) / 2, "vetoes": float(len(best.vetoes)),
    }  # fmt: skip


def _chance(weights: Mapping[str, float], features: Mapping[str, float]) -> float:
    odds = sum(weights.get(name, 0.0) * value for name, value in features.items())
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, odds))))


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
    if act_class is ActClass.EDIT and not _anchored(best):
        yield "no_anchor"


def _anchored(best: Ranked) -> bool:
    """Edits ask for two anchors, or one where two surroundings agree, or else that it stands where it stood.

    An anchor is a trait that one element of the page has; a look that one of its twins has is one. What has none (a
    name that four buttons bear, an icon without a name) stands where it stood when it is still the same of as many
    twins between the same two controls.
    """
    evidence = best.evidence
    anchors, contexts, told = len(evidence.anchors) + best.own_look, len(evidence.contexts), evidence.features
    in_place = _named_in_place(evidence) or told.get("lone+") == told.get("between+") == 1.0
    said_otherwise = any(told.get(f"{name}-", 0.0) >= HALF for name in ("label", "placeholder", "title", "value"))
    return anchors >= 2 or (anchors == 1 and contexts >= 2) or (in_place and contexts >= 3 and not said_otherwise)


def verify(wanted: Fingerprint, hit: Fingerprint) -> tuple[bool, Ranked]:
    """Whether the one element that a selector's way hits is the one that was learned.

    The way itself is evidence, so much less is asked than of a candidate; but no veto may forbid it.
    """
    if not hit.token:  # a cheap look does not see its neighbours
        wanted = replace(wanted, token="", kin_before=(), kin_after=())
    if not (wanted.name or wanted.control):  # what a table or a cell says was not kept: it tells nothing now
        hit = replace(hit, name="")
    one = _ranked(wanted, hit, 0, score_of(compare(wanted, wanted)))
    forbidden = set(one.vetoes) - _HARMLESS_TO_A_HIT
    return not forbidden and _chance(BELIEF, certainty_features(one, _LONE_MARGIN)) >= VERIFIED, one
