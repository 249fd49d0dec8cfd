"""Learn the weights of the decision from gathered cases, under sign constraints; prints what weights.py holds.

`python benchmarks/locating/train.py CASES.jsonl [--every 3]` — stage one ranks, stage two says how sure that is.
Every present element also counts once as gone: its candidates without it, real neighbours and twins left standing.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from measure import Case, read_cases
from numpy.typing import NDArray

from nightclerk.locate import healing, weights
from nightclerk.locate.compare import Evidence, compare, known_other
from nightclerk.locate.vetoes import vetoes

Array = NDArray[np.float64]
#: Prior beliefs count as much as this many decisions; they carry what the practice pages do not show (rows, test ids).
PRIOR = 6.0
#: Places say more on practice pages, most of which stay in order, than on a site that was redesigned.
CEILINGS = {
    "order+": 0.6, "position+": 0.6, "size+": 0.4, "path+": 1.2, "icon+": 1.5, "classes+": 1.0,
    "classes-": -0.4, "before-": -0.6, "after-": -0.6, "landmarks-": -0.8, "heading-": -0.8, "id_gone-": -0.6,
}  # fmt: skip
#: What only the second stage knows, beside every feature of the first. `x+` and these help, `x-` and conflicts hurt.
SUMMED = ("margin", "anchors", "two_anchors", "sameness", "clear", "conflicts")
#: What practice pages hardly have weighs in the second stage as its likes do.
BELIEVED = {
    "two_anchors": 3.0, "test_id+": 3.0, "test_id-": -2.0, "field_name+": 2.0,
    "row+": 1.5, "row-": -1.5, "column+": 0.5,
}  # fmt: skip
#: The mutations copy without the id and leave most things in their order; sites do not.
SURE_CEILINGS = {"id_gone-": -3.0, "group-": -3.0, "order+": 1.5, "position+": 1.0}
#: A wrong act costs as much as this many questions.
COST = 3.0
#: How strongly a weight of the second stage is drawn to what was believed before.
PULL = 2.0


@dataclass(frozen=True, kw_only=True)
class Looked:
    """A case with everything that was compared, so that it can be scored again and again."""

    case: Case
    evidence: tuple[Evidence, ...]
    whole: Evidence
    vetoes: tuple[tuple[str, ...], ...]


def look(case: Case) -> Looked:
    evidence = tuple(compare(case.wanted, one) for one in case.candidates)
    forbidden = tuple(vetoes(case.wanted, one, e) for one, e in zip(case.candidates, evidence, strict=True))
    return Looked(case=case, evidence=evidence, whole=compare(case.wanted, case.wanted), vetoes=forbidden)


def tables(looked: Sequence[Looked], names: Sequence[str]) -> Iterator[tuple[Array, int]]:
    """For each present element: its candidates' features, and which is right."""
    for one in looked:
        if one.case.truth >= 0 and one.case.there and len(one.evidence) > 1:
            rows = [[e.features.get(name, 0.0) for name in names] for e in one.evidence]
            yield np.array(rows), one.case.truth


def fit_ranking(known: Sequence[tuple[Array, int]], start: Array, sign: Array, ceiling: Array, rounds: int) -> Array:
    """Softmax over the candidates of each element, Adam, projected onto the allowed signs."""
    weight, first, second = start.copy(), np.zeros_like(start), np.zeros_like(start)
    for turn in range(1, rounds + 1):
        gradient = PRIOR * (weight - start)
        for table, truth in known:
            scores = table @ weight
            odds = np.exp(scores - scores.max())
            gradient += table.T @ (odds / odds.sum()) - table[truth]
        gradient /= len(known)
        first, second = 0.9 * first + 0.1 * gradient, 0.999 * second + 0.001 * gradient**2
        step = 0.05 * (first / (1 - 0.9**turn)) / (np.sqrt(second / (1 - 0.999**turn)) + 1e-8)
        weight = bounded(np.where((weight - step) * sign < 0, 0.0, weight - step), ceiling)
    return weight


def bounded(weight: Array, most: Array) -> Array:
    """No weight beyond its ceiling, on its own side of zero."""
    return np.where(np.abs(weight) > np.abs(most), most, weight)


def decisions(looked: Sequence[Looked], scoring: dict[str, float]) -> Iterator[tuple[dict[str, float], bool]]:
    """What the second stage sees of each decision that no veto settles, and whether it would be right."""
    for one in looked:
        scores = [_score(e, scoring) for e in one.evidence]
        whole = max(1.0, _score(one.whole, scoring))
        everyone = list(range(len(scores)))
        settings = [(everyone, one.case.truth if one.case.there else -1)]
        if one.case.there and one.case.truth >= 0:
            settings.append(([n for n in everyone if n != one.case.truth], -1))
        for among, truth in settings:
            order = sorted(among, key=lambda n: -scores[n])
            if not order or one.vetoes[order[0]] or one.case.candidates[order[0]].hidden:
                continue
            best = order[0]
            if truth < 0 and (_duplicate(one.case, best) or _left_alone(one, best)):
                continue
            known = [known_other(one.case.wanted, candidate) for candidate in one.case.candidates]
            rivals = [n for n in order[1:] if not one.case.candidates[n].hidden and (known[best] or not known[n])]
            margin = scores[best] - scores[rivals[0]] if rivals else 8.0
            ranked = healing.Ranked(
                index=best, candidate=one.case.candidates[best], score=scores[best], evidence=one.evidence[best],
                sameness=max(0.0, scores[best] / whole),
            )  # fmt: skip
            yield healing.certainty_features(ranked, margin), best == truth


def _left_alone(one: Looked, best: int) -> bool:
    """On a real page without the element its twin would be known for one that is left, by their number."""
    return (
        one.case.there
        and one.case.wanted.counts.get("twins", 1) > 1
        and one.case.candidates[best].token == one.case.wanted.token
    )


def _score(evidence: Evidence, scoring: dict[str, float]) -> float:
    return sum(scoring.get(name, 0.0) * value for name, value in evidence.features.items())


def _duplicate(case: Case, place: int) -> bool:
    """A second way to the same thing would be a right answer."""
    other = case.candidates[place]
    return bool(other.href) and other.href == case.wanted.href and other.name == case.wanted.name


def fit_certainty(seen: Sequence[tuple[dict[str, float], bool]], names: Sequence[str], *, rounds: int = 1500) -> Array:
    """Logistic regression of "the first one is right", signs kept; Adam over features of one spread."""
    table = np.array([[features.get(name, 0.0) for name in names] for features, _ in seen])
    truth = np.array([right for _, right in seen], dtype=float)
    spread = table.std(axis=0) + 0.02
    spread[0] = 1.0
    sign = np.array([0.0 if n == "one" else -1.0 if n.endswith("-") or n == "conflicts" else 1.0 for n in names])
    prior = np.array([BELIEVED.get(name, 0.0) for name in names]) * spread
    most = np.array([SURE_CEILINGS.get(name, np.inf) for name in names]) * spread
    scaled, weight = table / spread, prior.copy()
    first, second = np.zeros_like(weight), np.zeros_like(weight)
    cost, pull = np.where(truth == 1, 1.0, COST), np.array([0.0, *[PULL] * (len(names) - 1)])
    for turn in range(1, rounds + 1):
        said = 1 / (1 + np.exp(-np.clip(scaled @ weight, -30, 30)))
        gradient = (scaled.T @ (cost * (said - truth)) + pull * (weight - prior)) / len(truth)
        first, second = 0.9 * first + 0.1 * gradient, 0.999 * second + 0.001 * gradient**2
        weight = weight - 0.05 * (first / (1 - 0.9**turn)) / (np.sqrt(second / (1 - 0.999**turn)) + 1e-8)
        weight = bounded(np.where(weight * sign < 0, 0.0, weight), most)
    return weight / spread


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", type=Path, nargs="+")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=90)
    asked = parser.parse_args()
    looked = [look(case) for file in asked.cases for case in list(read_cases(file))[:: asked.every]]
    names = list(weights.WEIGHTS)
    start = np.array([weights.WEIGHTS[name] for name in names])
    ceiling = np.array([CEILINGS.get(name, np.inf) for name in names])
    sign = np.array([1.0 if name.endswith("+") else -1.0 for name in names])
    learned = fit_ranking(list(tables(looked, names)), bounded(start, ceiling), sign, ceiling, asked.rounds)
    scoring = {name: round(float(value), 2) for name, value in zip(names, learned, strict=True)}
    about = ["one", *names, *SUMMED]
    sure = dict(zip(about, fit_certainty(list(decisions(looked, scoring)), about), strict=True))
    print(f"#: from {len(looked)} decisions")
    print("WEIGHTS =", scoring)
    print("CERTAINTY =", {name: round(float(value), 2) for name, value in sure.items() if abs(value) >= 0.005})


if __name__ == "__main__":
    main()
