"""Elements of a desktop program are known again after it changed: healed, told apart, or not touched at all."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tree_desktop_kit import TreeDesktop
from tree_kit import Leaf

from nightclerk.errors import ElementAmbiguous
from nightclerk.locate.healer import Doubt, ElementUnsure, Healer, Healing
from nightclerk.locate.proposals import proposal_of
from nightclerk.ports import ActClass, Box, Found, Selector

FORM = "^Form$"
NUMBER = Selector(name="form.number", ways=({"role": "textbox", "nth": 1, "window": FORM},))
SAVE = Selector(name="form.save", ways=({"role": "button", "name": "保存", "window": FORM},), commits=True)
MEMO = Selector(name="form.memo", ways=({"label": "备注", "window": FORM},))


def field(label: str, row: int, content: str = "") -> tuple[Leaf, Leaf]:
    """A label and the field that it labels, on one row of a form."""
    place = Box(x=10, y=30 * row, width=60, height=20)
    text = Leaf("text", labelled=(f"{label}：",), content=content, place=replace(place, x=80, width=200))
    return Leaf("label", f"{label}：", place=place), text


def button(name: str, column: int) -> Leaf:
    return Leaf("push button", name, place=Box(x=10 + 70 * column, y=300, width=60, height=24))


def form(*labels: str, buttons: tuple[str, ...] = ("保存", "关闭"), content: str = "") -> TreeDesktop:
    leaves = [leaf for row, label in enumerate(labels) for leaf in field(label, row, content)]
    return TreeDesktop(*leaves, *(button(name, n) for n, name in enumerate(buttons)))


def learned_from(desk: TreeDesktop, *selectors: Selector) -> tuple[Healer, list[Healing | Doubt]]:
    """What a good step on the old form leaves behind."""
    told: list[Healing | Doubt] = []
    healer = Healer(app="erp", report=told.append)
    driver = desk.driver(healer)
    for selector in selectors:
        driver.find(selector, {}, timeout_s=0)
    healer.step_held("fill the form")
    healer.take_learned()
    return healer, told


def find(desk: TreeDesktop, healer: Healer, selector: Selector) -> Found:
    return desk.driver(healer).find(selector, {}, timeout_s=0.1)


def test_what_is_kept_of_a_field_names_it_and_holds_nothing_that_was_typed() -> None:
    """Role, label, neighbours and place, never its content."""
    healer, _ = learned_from(form("客户", "订单号", "备注", content="王小明 13800138000"), NUMBER)
    kept = healer.prints["form.number"]
    assert (kept.role, kept.tag, kept.label, kept.before[-1:]) == ("textbox", "text", "订单号", ("订单号",))
    assert (kept.look != "", kept.counts["twins"]) == (True, 1)
    assert "王小明" not in str(kept.to_mapping())
    assert "13800138000" not in str(kept.to_mapping())


def test_a_field_that_moved_is_found_by_what_it_is_and_may_be_filled() -> None:
    """Its way counts fields, a new one stands before it: the fingerprint tells which one is meant."""
    healer, told = learned_from(form("客户", "订单号", "备注"), NUMBER)
    found = find(form("部门", "客户", "订单号", "备注"), healer, NUMBER)
    assert (found.healed, found.trust, found.handle.node.labels()) == (True, ActClass.EDIT, ["订单号："])
    (healing,) = told
    assert isinstance(healing, Healing)
    assert healing.after.ways[0] == {"role": "textbox", "name": "订单号", "window": FORM}
    assert (healing.verdict.probability > 0.95, healing.verdict.margin > 2) == (True, True)


def test_a_twin_that_was_added_is_told_from_the_field_by_its_neighbours() -> None:
    """Two fields are called 备注 now; the one between the old neighbours is meant, or none is touched."""
    healer, _ = learned_from(form("客户", "订单号", "备注", "合计"), MEMO)
    found = find(form("客户", "订单号", "备注", "合计", "仓库", "备注"), healer, MEMO)
    assert (found.healed, found.box) == (True, Box(x=80, y=60, width=200, height=20))


def test_a_field_whose_twin_took_its_place_is_not_touched() -> None:
    """The label says something else at the old place: nobody types there."""
    healer, told = learned_from(form("客户", "订单号", "备注"), NUMBER)
    with pytest.raises(ElementUnsure, match=r"form\.number"):
        find(form("客户", "退货单号", "备注"), healer, NUMBER)
    assert [type(one) for one in told] == [Doubt]


def test_a_commit_is_never_healed() -> None:
    """The button for saving is called differently: a person decides, whatever else is as it was."""
    healer, told = learned_from(form("客户", "订单号"), SAVE)
    with pytest.raises(ElementUnsure, match=r"form\.save"):
        find(form("客户", "订单号", buttons=("保存(S)", "关闭")), healer, SAVE)
    (doubt,) = told
    assert isinstance(doubt, Doubt)
    assert "commit" in doubt.verdict.reasons


def test_two_buttons_for_saving_stop_the_bot() -> None:
    """An added twin of a commit is ambiguous, with or without a fingerprint."""
    healer, _ = learned_from(form("客户", "订单号"), SAVE)
    with pytest.raises(ElementAmbiguous):
        find(form("客户", "订单号", buttons=("保存", "关闭", "保存")), healer, SAVE)


def test_another_window_is_never_searched() -> None:
    """A box in front that has such a field as well is not the element's window."""
    healer, told = learned_from(form("客户", "订单号", "备注"), NUMBER)
    desk = form("部门", "客户", "订单号")
    desk.front = replace(desk.front, title="Login")
    with pytest.raises(Exception, match="Login"):
        find(desk, healer, NUMBER)
    assert told == []


def test_a_nameless_thing_among_its_likes_is_not_learned() -> None:
    """Nothing tells one of two nameless fields, so that nothing is claimed of it later."""
    healer, _ = learned_from(TreeDesktop(Leaf("text"), Leaf("text", place=Box(x=1, y=90, width=9, height=9))), NUMBER)
    assert healer.prints == {}


def test_a_person_is_asked_with_the_change_that_a_selector_file_needs() -> None:
    """The proposal shows both ways, window included, and how sure the bot was."""
    healer, told = learned_from(form("客户", "订单号", "备注"), NUMBER)
    find(form("部门", "客户", "订单号", "备注"), healer, NUMBER)
    proposal = proposal_of(told[0], app="erp", run="r1", at="2026-11-20T01:00:00+00:00")
    assert (proposal.state, proposal.trust) == ("open", "edit")
    assert "-  number: {role: textbox, nth: 1, window: ^Form$}" in proposal.diff
    assert "+    name: 订单号\n+    window: ^Form$" in proposal.diff
