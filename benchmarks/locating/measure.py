"""Measure decisions over gathered cases: right, wrong, unsure; for present elements and for those that are gone.

`python benchmarks/locating/measure.py CASES.jsonl [--show 20]`
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from similo import HEALENIUM_CAP, first, healenium, similo

from nightclerk.locate.fingerprint import Fingerprint, from_mapping, seen
from nightclerk.locate.healing import Verdict, decide_healing
from nightclerk.ports import ActClass


@dataclass(frozen=True, kw_only=True)
class Case:
    """One element looked for on one changed page. `truth`: its place among the candidates, -1 when it is not there."""

    kit: str
    page: str
    scenario: str
    wanted: Fingerprint
    candidates: tuple[Fingerprint, ...]
    truth: int
    there: bool


def read_cases(file: Path) -> Iterator[Case]:
    """The cases of a file that gather.py wrote."""
    for line in file.open(encoding="utf-8"):
        told: dict[str, Any] = json.loads(line)
        elements = [seen(raw) for raw in told["elements"]]
        for wanted, answer in zip(told["wanted"], told["answers"], strict=True):
            yield Case(
                kit=told["kit"], page=told["page"], scenario=told["scenario"], wanted=from_mapping(wanted),
                candidates=tuple(elements[n] for n in answer["candidates"]), truth=answer["truth"],
                there=answer["there"],
            )  # fmt: skip


def outcome(case: Case, verdict: Verdict) -> str:
    """right, hidden, unsure or wrong for present elements; unsure or wrong_gone for those that are gone."""
    best = verdict.best
    if verdict.ending == "healed" and best is not None:
        if not case.there:
            return "wrong_gone"
        return "right" if best.index == case.truth else "wrong"
    if case.there and best is not None and best.index == case.truth and verdict.reasons == ("hidden",):
        return "hidden"
    return "unsure"


def beside(case: Case) -> Iterator[tuple[str, str]]:
    """What Similo and Healenium would have done."""
    for name, formula, least in (("similo", similo, 0.0), ("healenium", healenium, HEALENIUM_CAP)):
        scores = [formula(case.wanted, one) for one in case.candidates]
        place = first(scores)
        if place < 0 or scores[place] < least:
            yield name, "unsure"
        elif not case.there:
            yield name, "wrong_gone"
        else:
            yield name, "right" if place == case.truth else "wrong"


def told(counter: Counter[str]) -> str:
    there = sum(counter[name] for name in ("right", "hidden", "wrong", "unsure"))
    gone = counter["wrong_gone"] + counter["unsure_gone"]
    share = lambda n, of: f"{100 * n / of:5.1f} %" if of else "   –  "  # noqa: E731
    return (
        f"found {share(counter['right'] + counter['hidden'], there)} wrong {counter['wrong']:4d} of {there:5d}   "
        f"gone: wrong {counter['wrong_gone']:4d} of {gone:5d} ({share(counter['wrong_gone'], gone)})"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", type=Path, nargs="+")
    parser.add_argument("--show", type=int, default=0)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--no-beside", action="store_true")
    asked = parser.parse_args()
    totals: dict[str, Counter[str]] = defaultdict(Counter)
    took: list[float] = []
    firsts, present, missed, shown = 0, 0, 0, 0
    for file in asked.cases:
        for case in list(read_cases(file))[:: asked.every]:
            began = time.process_time()
            verdicts = {
                kind: decide_healing(case.wanted, case.candidates, kind) for kind in (ActClass.READ, ActClass.EDIT)
            }
            took.append((time.process_time() - began) / 2 * 1000)
            results = [(kind.value, outcome(case, verdict)) for kind, verdict in verdicts.items()]
            for name, result in [*results, *([] if asked.no_beside else beside(case))]:
                result = "unsure_gone" if result == "unsure" and not case.there else result
                totals[name][result] += 1
                if name in ("read", "edit"):
                    totals[f"{name} {case.scenario}"][result] += 1
            best = verdicts[ActClass.READ].best
            if case.there:
                present += 1
                missed += case.truth < 0
                firsts += best is not None and best.index == case.truth
            worst = dict(results)
            if shown < asked.show and ("wrong" in worst["read"] or "wrong" in worst["edit"]):
                shown += 1
                _show(case, verdicts[ActClass.READ], worst)
    for name in sorted(totals):
        print(f"{name:24s} {told(totals[name])}")
    print(f"first suggestion right {100 * firsts / max(1, present):.1f} % of {present}; not gathered {missed}")
    print(f"deciding: median {statistics.median(took):.1f} ms of CPU, p95 {sorted(took)[int(len(took) * 0.95)]:.1f} ms")


def _show(case: Case, verdict: Verdict, worst: dict[str, str]) -> None:
    best, right = verdict.best, case.candidates[case.truth] if case.truth >= 0 else None
    print(f"--- {case.kit} {case.page} {case.scenario} {worst} P {verdict.probability:.3f} margin {verdict.margin:.1f}")
    print("  wanted", _short(case.wanted))
    print("  taken ", _short(best.candidate) if best else None)
    print("  right ", _short(right) if right else "gone")
    if best:
        print(
            "  for",
            best.evidence.agreeing,
            best.evidence.anchors,
            best.evidence.contexts,
            "against",
            best.evidence.conflicting,
        )


def _short(one: Fingerprint) -> str:
    plain = one.to_mapping()
    return " ".join(
        f"{k}={plain[k]}"
        for k in ("role", "name", "label", "id", "field_name", "href", "heading", "row", "counts", "hidden", "path")
        if k in plain
    )


if __name__ == "__main__":
    main()
