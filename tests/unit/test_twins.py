"""Twins: of several elements that say the same, the one that looks as the learned one did is told from the others."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from nightclerk.locate.fingerprint import Fingerprint
from nightclerk.locate.healing import decide_healing
from nightclerk.locate.twins import own_look
from nightclerk.ports import ActClass
from nightclerk.texts import catalogue

#: The "Export" of the list's own bar, as it was learned beside one twin in the dialog.
EXPORT = Fingerprint(
    role="button", tag="button", type="button", name="导出", text="导出", classes=("btn", "primary"), token="e1e1",
    path=("div.tools", "section.orders", "main"), landmarks=("main",), heading="订单",
    before=("筛选",), after=("打印",), kin_before=("aaaa",), kin_after=("bbbb",), box=(400, 80, 60, 30),
    order=0, control=True,
    counts={"name": 2, "role_name": 2, "id": 0, "href": 0, "twins": 2, "nth": 0, "alike": 1},
)  # fmt: skip
SEEN = replace(EXPORT, counts={**EXPORT.counts, "alike": 0})
#: The other one: the same words, elsewhere.
TWIN = replace(
    SEEN, path=("div.foot", "div.dialog"), classes=("btn",), landmarks=(), heading="导出订单", before=(),
    after=("取消",), kin_before=("cccc",), kin_after=("dddd",), box=(700, 500, 60, 30), order=1,
    counts={**SEEN.counts, "nth": 1},
)  # fmt: skip


@pytest.mark.parametrize("kind", [ActClass.READ, ActClass.EDIT])
def test_a_twin_that_came_does_not_stand_in_the_way(kind: ActClass) -> None:
    """Another copy of the button, in another part of the page, leaves the one that was learned in no doubt."""
    learned = replace(EXPORT, counts={**EXPORT.counts, "name": 1, "role_name": 1, "twins": 1})
    verdict = decide_healing(learned, [TWIN, SEEN], kind)
    assert verdict.ending == "healed"
    assert verdict.best is not None
    assert verdict.best.index == 1


@pytest.mark.parametrize("kind", [ActClass.READ, ActClass.EDIT])
def test_the_twin_that_is_left_is_another_one(kind: ActClass) -> None:
    """Where the learned one is gone and a twin stands in a place that differs by one step, nothing is done with it."""
    left = replace(SEEN, path=("div.tools", "section.stock", "main"))
    verdict = decide_healing(EXPORT, [left], kind)
    assert verdict.ending == "unsure"
    assert "other_look" in verdict.reasons


@pytest.mark.parametrize("kind", [ActClass.READ, ActClass.EDIT])
def test_place_against_look_is_a_doubt(kind: ActClass) -> None:
    """After the page was put into another order, the twin in the old place is not taken for the one that looks so."""
    moved = replace(
        SEEN, kin_before=("cccc",), kin_after=("dddd",), before=(), after=(), counts={**SEEN.counts, "nth": 1}
    )
    there = replace(SEEN, path=("div.tools", "section.stock", "main"))
    verdict = decide_healing(EXPORT, [there, moved], kind)
    assert verdict.ending == "unsure"
    assert "close_rival" in verdict.reasons


def test_a_look_that_several_share_tells_nothing() -> None:
    """Alike at first or alike now, one of equals is no one's own; nor is it where twins were not looked at."""
    assert own_look(replace(EXPORT, counts={**EXPORT.counts, "alike": 2}), [SEEN, TWIN]) is None
    assert own_look(EXPORT, [SEEN, SEEN]) is None
    assert own_look(EXPORT, [replace(SEEN, counts={**SEEN.counts, "twins": 9})]) is None
    assert own_look(EXPORT, [TWIN, SEEN, replace(SEEN, hidden=True)]) == 1


def test_every_reason_of_a_refusal_is_in_the_guide() -> None:
    """What the bot gives as its reason can be looked up, in both languages."""
    guide = (Path(__file__).parents[2] / "docs" / "how-to" / "healing.md").read_text(encoding="utf-8")
    plain = re.sub(r"\s+", " ", guide)
    reasons = {key: texts for key, texts in catalogue().items() if key.startswith("locate.veto.")}
    assert len(reasons) > 20
    assert [key for key, texts in reasons.items() if f"- {texts['en']} · {texts['zh']}" not in plain] == []
