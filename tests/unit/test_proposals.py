"""Healings for people: proposals, accepting and refusing them, and writing what was accepted into the files."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from nightclerk.locate.files import load_selectors
from nightclerk.locate.fingerprint import Fingerprint
from nightclerk.locate.healer import Doubt, Healing
from nightclerk.locate.healing import decide_healing
from nightclerk.locate.proposals import (
    AlreadyDecided,
    NothingToAccept,
    Proposal,
    Proposals,
    UnknownProposal,
    proposal_of,
)
from nightclerk.locate.rewrite import changed_text, write_accepted
from nightclerk.ports import ActClass, Selector

SAVE = Fingerprint(role="button", tag="button", name="保存", id="save", path=("form",), control=True)
SAVE_BEFORE = Selector(name="order.save", ways=({"css": "#save"},))
WRITTEN = """# 订单画面 / the order screen
order:
  memo:  {label: 备注}            # 可空 / may be empty
  save:  {css: '#save', fallback: ['.save']}  # 保存按钮 / the save button
  ship:
    role: button
    name: 发货
    commits: true
  buyer: {css: .buyer, private: true}
"""
CHANGE: Mapping[str, Mapping[str, Any]] = {"order.save": {"role": "button", "name": "保存"}}


def proposal(**changes: Any) -> Proposal:
    verdict = decide_healing(SAVE, [SAVE], ActClass.EDIT)
    told = Healing(
        element="order.save", before=SAVE_BEFORE, after=SAVE_BEFORE, extra={}, trust=ActClass.EDIT,
        verdict=verdict, wanted=SAVE, found=SAVE, change=CHANGE,
    )  # fmt: skip
    return proposal_of(told, app="shop", run="r1", at="2026-11-20T01:00:00+00:00", **changes)


@pytest.fixture
def proposals(tmp_path: Path) -> Proposals:
    file = tmp_path / "selectors" / "shop" / "order.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(WRITTEN, encoding="utf-8")
    return Proposals(tmp_path)


def test_a_proposal_carries_the_change(proposals: Proposals) -> None:
    """What was found, how sure that is, both pictures and the change beside what the file says."""
    assert proposals.put(proposal(before_picture="aa", after_picture="bb"))
    kept = proposals.get("order.save")
    assert (kept.best, kept.before_picture, kept.after_picture) == ("button “保存”", "aa", "bb")
    assert "-  save: {css: '#save'}" in kept.diff
    assert "+  save: {role: button, name: 保存}" in kept.diff
    assert not proposals.put(proposal())


def test_an_accepted_healing_is_the_strongest_layer(proposals: Proposals, tmp_path: Path) -> None:
    """From then on the selectors say where the element is now; the hand-written file is untouched."""
    proposals.put(proposal())
    proposals.accept("order.save", who="li", at="now")
    loaded = load_selectors("shop", workspace=tmp_path)
    assert not loaded.faults
    assert loaded.layer_of("order.save") == "healed"
    assert loaded.selectors.elements["order.save"].ways == ({"role": "button", "name": "保存"},)
    assert (tmp_path / "selectors/shop/order.yaml").read_text(encoding="utf-8") == WRITTEN


def test_writing_changes_one_line_and_no_comment(proposals: Proposals, tmp_path: Path) -> None:
    """The element's own words change; every other line, space and comment of the file stays."""
    proposals.put(proposal())
    proposals.accept("order.save", who="li", at="now")
    (written,) = write_accepted(tmp_path)
    text = (tmp_path / "selectors/shop/order.yaml").read_text(encoding="utf-8")
    assert text == WRITTEN.replace("{css: '#save', fallback: ['.save']}", "{role: button, name: 保存}")
    assert written.line == 4
    assert load_selectors("shop", workspace=tmp_path).layer_of("order.save") == "workspace"
    assert proposals.get("order.save").state == "written"


def test_an_element_of_several_lines_keeps_its_flags() -> None:
    """Where it is changes; that it commits does not."""
    text = changed_text(WRITTEN, {"order.ship": {"css": "#go"}}, where="order.yaml")
    assert "  ship: {css: '#go', commits: true}\n  buyer:" in text
    assert "# 保存按钮" in text


def test_a_new_frame_stands_before_its_element() -> None:
    """A healing that needs a frame brings it along as an element of its own."""
    change = {"order.save_frame": {"css": "iframe"}, "order.save": {"css": "#go", "frame": "order.save_frame"}}
    text = changed_text(WRITTEN, change, where="order.yaml")
    assert "  save_frame: {css: iframe}\n  memo:" in text
    assert "save:  {css: '#go', frame: order.save_frame}  # 保存按钮" in text


def test_what_was_refused_is_remembered(proposals: Proposals) -> None:
    """The target that a person refused is known for the next run; a second word about it is refused in turn."""
    proposals.put(proposal())
    proposals.refuse("order.save", who="li", at="now")
    assert proposals.refused("shop") == {"order.save": [SAVE]}
    with pytest.raises(AlreadyDecided, match="li"):
        proposals.accept("order.save", who="wang", at="later")


def test_a_doubt_cannot_be_accepted(proposals: Proposals) -> None:
    """What was not safely found has no change to accept."""
    verdict = decide_healing(SAVE, [], ActClass.EDIT)
    doubt = Doubt(element="order.save", before=SAVE_BEFORE, wanted=SAVE, verdict=verdict)
    proposals.put(proposal_of(doubt, app="shop", run="r1", at="now"))
    with pytest.raises(NothingToAccept):
        proposals.accept("order.save", who="li", at="now")


def test_an_unknown_name_names_the_nearest(proposals: Proposals) -> None:
    """A typing error is answered by the right name."""
    proposals.put(proposal())
    with pytest.raises(UnknownProposal, match=r"order\.save"):
        proposals.get("shop.order.sav")


def test_a_write_that_was_cut_off_is_ended_by_the_next(proposals: Proposals, tmp_path: Path) -> None:
    """Killed between any two of its files, `healings write` leaves whole files, and the next call ends the work."""
    proposals.put(proposal())
    proposals.accept("order.save", who="li", at="now")
    write_accepted(tmp_path)
    accepted = replace(proposals.get("order.save"), state="accepted")
    (tmp_path / "data/healing/proposals" / f"{accepted.proposal}.json").write_text(
        json.dumps(asdict(accepted)), encoding="utf-8"
    )
    text = (tmp_path / "selectors/shop/order.yaml").read_text(encoding="utf-8")
    assert [one.proposal for one in write_accepted(tmp_path)] == [accepted.proposal]
    assert (tmp_path / "selectors/shop/order.yaml").read_text(encoding="utf-8") == text
    assert proposals.get("order.save").state == "written"


def test_two_reviewers_at_once_give_one_word(proposals: Proposals, tmp_path: Path) -> None:
    """Of an acceptance and a refusal at the same moment one stands; the other is told who was first."""
    proposals.put(proposal())
    both = (Proposals(tmp_path).accept, Proposals(tmp_path).refuse)
    told: list[str] = []

    def decide(settle: Callable[..., Proposal]) -> None:
        try:
            told.append(settle("order.save", who="li", at="now").state)
        except AlreadyDecided:
            told.append("second")

    reviewers = [threading.Thread(target=decide, args=(settle,)) for settle in both]
    for one in reviewers:
        one.start()
    for one in reviewers:
        one.join(timeout=30)
    assert told.count("second") == 1
    assert load_selectors("shop", workspace=tmp_path).layer_of("order.save") == (
        "healed" if "accepted" in told else "workspace"
    )
