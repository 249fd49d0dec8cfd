"""A page of ours, changed the way sites change: what the decision does with every element, present and gone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from nightclerk.locate.fingerprint import from_mapping, learned, seen
from nightclerk.locate.healing import decide_healing
from nightclerk.ports import ActClass
from nightclerk.web.scripts import script

ROOT = Path(__file__).parents[2]
HTML = (Path(__file__).parent / "pages" / "practice.html").read_text(encoding="utf-8")
MUTATE = (ROOT / "benchmarks" / "locating" / "mutate.js").read_text(encoding="utf-8")
RUN = f"(job) => {{ job.engine = {script('fingerprint')}; return ({MUTATE})(job); }}"
MILD = ("same", "ids", "renamed_classes", "wrappers", "reorder", "components", "twins", "copies", "framed", "shadowed")
GONE = ("removed", "removed_decoys", "removed_redesign", "removed_twins")


@pytest.fixture(scope="module")
def practice(chrome: Browser) -> Iterator[Page]:
    page = chrome.new_page()
    yield page
    page.close()


def outcomes(page: Page, scenario: str, *, seed: int, kind: ActClass) -> Counter[str]:
    """How many elements were right, wrong or unsure after one change; `gone_` for those that were removed."""
    page.set_content(HTML)
    wanted = [learned(raw).to_mapping() for raw in page.evaluate(RUN, {"learn": True, "seed": seed, "most": 40})]
    gone = [n for n in range(len(wanted)) if (n * 7 + seed) % 3 == 0]
    told: dict[str, Any] = page.evaluate(RUN, {"seed": seed, "scenario": scenario, "wanted": wanted, "gone": gone})
    counted: Counter[str] = Counter()
    for one, answer in zip(wanted, told["answers"], strict=True):
        candidates = [seen(told["elements"][n]) for n in answer["candidates"]]
        verdict = decide_healing(from_mapping(one), candidates, kind)
        right = verdict.best is not None and verdict.best.index == answer["truth"]
        word = "unsure" if verdict.ending != "healed" else "right" if right else "wrong"
        counted[word if answer["there"] else f"gone_{word}"] += 1
    return counted


@pytest.mark.parametrize("scenario", GONE)
def test_what_is_gone_is_never_edited(practice: Page, scenario: str) -> None:
    """With look-alikes left standing, no edit goes to another element, present or gone."""
    counted = outcomes(practice, scenario, seed=4, kind=ActClass.EDIT)
    assert counted["wrong"] == 0
    assert counted["gone_wrong"] == 0
    assert counted["gone_unsure"] >= 5


def test_most_of_a_mildly_changed_page_is_found(practice: Page) -> None:
    """One change at a time: reads find most elements again, and none wrongly; edits find fewer, and none wrongly."""
    reads, edits = Counter[str](), Counter[str]()
    for scenario in MILD:
        reads += outcomes(practice, scenario, seed=4, kind=ActClass.READ)
        edits += outcomes(practice, scenario, seed=4, kind=ActClass.EDIT)
    assert reads["wrong"] == edits["wrong"] == 0
    assert reads["right"] / (reads["right"] + reads["unsure"]) > 0.8
    assert edits["right"] / (edits["right"] + edits["unsure"]) > 0.55


def test_a_mixture_of_changes_hurts_nobody(practice: Page) -> None:
    """Redesigned, reworded, translated: what is no longer certain is left alone."""
    for scenario in ("redesign", "rewritten", "translate", "neighbours", "attributes", "relabel"):
        assert outcomes(practice, scenario, seed=4, kind=ActClass.EDIT)["wrong"] == 0
