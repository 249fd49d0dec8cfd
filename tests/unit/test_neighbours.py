"""Neighbours as evidence: twins are told apart by what stands beside them; a known neighbour is never the element."""

from __future__ import annotations

from dataclasses import replace

from nightclerk.locate.fingerprint import Fingerprint, learned, seen
from nightclerk.locate.healing import decide_healing
from nightclerk.ports import ActClass

DETAILS = Fingerprint(
    role="link", tag="a", name="查看明细", text="查看明细", token="d1", control=True,
    heading="概览", landmarks=("main",), path=("div.card", "div.row"), group=("#000001",),
    kin_before=("a1", "a2"), kin_after=("b1", "b2"), others=("e1",), order=4, box=(200, 100, 80, 20),
    counts={"name": 2, "role_name": 2, "twins": 2, "nth": 0},
)  # fmt: skip
TWIN = replace(
    DETAILS, group=("#000002",), kin_before=("b1", "b2"), kin_after=("c1", "c2"), others=(), order=7,
    box=(600, 100, 80, 20), counts={**DETAILS.counts, "nth": 1},
)  # fmt: skip
HERE = replace(DETAILS, path=("div", "div.grid"), others=())


def test_a_twin_is_told_by_its_card() -> None:
    """Two links of one name: the one whose card says what it said is found again, safely enough to click."""
    verdict = decide_healing(DETAILS, [TWIN, HERE], ActClass.EDIT)
    assert verdict.ending == "healed"
    assert verdict.best is not None
    assert verdict.best.candidate == HERE


def test_the_twin_that_is_left_is_not_the_element() -> None:
    """Two bore the name and one is left, in the other card: nobody may read or click it."""
    left = replace(TWIN, counts={"name": 1, "role_name": 1, "twins": 1, "nth": 0})
    for kind in (ActClass.READ, ActClass.EDIT):
        verdict = decide_healing(DETAILS, [left], kind)
        assert verdict.ending == "unsure"
        assert "lost_twin" in verdict.reasons


def test_a_known_neighbour_is_not_the_element() -> None:
    """What stood beside the element when it was learned is another one, however well it fits the gap."""
    neighbour = replace(
        HERE, name="查看详情", text="查看详情", token="e1", counts={"role_name": 1, "twins": 1, "nth": 0}
    )
    verdict = decide_healing(DETAILS, [neighbour], ActClass.READ)
    assert verdict.ending == "unsure"
    assert "known_other" in verdict.reasons


def test_an_edit_of_a_twin_that_moved_asks_a_person() -> None:
    """A twin between other controls than before may be read where all else agrees, never clicked."""
    moved = replace(HERE, kin_before=("x1", "a1"), kin_after=("y1", "b1"))
    assert decide_healing(DETAILS, [moved], ActClass.EDIT).ending == "unsure"


def test_a_group_is_kept_as_digests_without_figures() -> None:
    """11 new tasks are 12 tomorrow, and a telephone number beside a button is nobody's business."""
    raw = {"role": "button", "tag": "button", "name": "查看", "control": True, "group": ["11 项新任务", "13800138000"]}
    kept = learned(raw)
    assert len(kept.group) == 1
    assert seen({**raw, "group": ["12 项新任务"]}).group == kept.group


def test_a_row_by_its_value_keeps_nothing_of_its_place() -> None:
    """An element learned in one order's row is looked for in another's: neighbours and place would mislead."""
    raw = {
        "role": "button", "name": "发货", "control": True, "in_row": True, "row": ["A1", "样例"], "token": "aa11",
        "kin_before": ["0001"], "others": ["0002"], "order": 3, "box": [1, 2, 3, 4], "counts": {"twins": 9, "nth": 3},
    }  # fmt: skip
    kept = learned(raw, values={"order": "A1"})
    assert (kept.row, kept.kin_before, kept.others, kept.token) == (("{order}",), (), (), "")
    assert (kept.order, kept.box, kept.counts) == (-1, (), {})
