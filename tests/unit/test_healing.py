"""The decision: found again, or unsure; the mistakes that must never happen, and what a run makes of a healing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from nightclerk.locate.fingerprint import Fingerprint, digest
from nightclerk.locate.healer import Doubt, Healer, Healing, HealingNotBorneOut
from nightclerk.locate.healing import decide_healing, verify
from nightclerk.ports import ActClass, Selector

ALONE = {"name": 1, "role_name": 1, "id": 1, "href": 1}
SAVE = Fingerprint(
    role="button",
    tag="button",
    type="submit",
    name="保存",
    text="保存",
    id="save",
    classes=("btn", "primary"),
    path=("div.bar", "form#order", "main"),
    landmarks=("form#order", "main"),
    heading="订单",
    form="order",
    before=("备注", "数量"),
    after=("取消",),
    box=(10, 200, 60, 30),
    order=0,
    counts=ALONE,
    control=True,
)
CANCEL = replace(SAVE, name="取消", text="取消", id="cancel", type="button", after=(), before=("保存",), order=1)


def seen_as(one: Fingerprint = SAVE, **changes: Any) -> Fingerprint:
    return replace(one, **changes)


@pytest.mark.parametrize("kind", [ActClass.READ, ActClass.EDIT])
def test_a_renamed_id_is_healed(kind: ActClass) -> None:
    """A new id and new classes around the same name in the same place are the same button, safe enough to click."""
    verdict = decide_healing(
        SAVE, [CANCEL, seen_as(id="btn-2", classes=("button",), path=("div", "form#order", "main"))], kind
    )
    assert verdict.ending == "healed"
    assert verdict.best is not None
    assert verdict.best.candidate.name == "保存"
    assert "name" in verdict.reasons


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"name": "保存并提交", "text": "保存并提交", "id": ""}, "other_intent"),
        ({"name": "存为草稿", "text": "存为草稿", "id": ""}, "other_intent"),
        ({"name": "删除", "text": "删除", "id": ""}, "other_intent"),
        ({"name": "批量保存", "text": "批量保存", "id": ""}, "other_qualifier"),
        ({"name": "保存全部", "text": "保存全部", "id": "save"}, "other_qualifier"),
        ({"name": "不保存", "text": "不保存", "id": ""}, "other_qualifier"),
        ({"name": "打回", "text": "打回", "id": ""}, "other_intent"),
        ({"name": "保存 2", "text": "保存 2", "id": ""}, "other_number"),
        ({"type": "reset", "id": ""}, "other_kind"),
        ({"role": "checkbox", "tag": "input", "id": ""}, "other_kind"),
    ],
)
def test_a_look_alike_left_standing_is_refused(changes: dict[str, Any], reason: str) -> None:
    """Where the button is gone and something nearly like it stands in its place, nothing is done."""
    for kind in (ActClass.READ, ActClass.EDIT):
        verdict = decide_healing(SAVE, [CANCEL, seen_as(**changes)], kind)
        assert verdict.ending == "unsure"
    assert reason in verdict.reasons or "other_name" in verdict.reasons


def test_the_next_field_is_not_the_field() -> None:
    """A field that is gone is not its neighbour of the same type."""
    field = Fingerprint(
        role="textbox",
        tag="input",
        type="text",
        name="运单号",
        label="运单号",
        field_name="tracking",
        path=("div.item", "form"),
        heading="发货",
        counts=ALONE,
        control=True,
    )
    beside = replace(field, name="发货备注", label="发货备注", field_name="memo")
    assert decide_healing(field, [beside], ActClass.EDIT).ending == "unsure"
    assert decide_healing(field, [beside], ActClass.READ).ending == "unsure"


def test_the_same_button_in_another_row_is_refused() -> None:
    """The row of the order is gone; the same button of the next row is not taken."""
    ship = Fingerprint(
        role="button",
        tag="button",
        name="发货",
        text="发货",
        path=("td", "tr", "tbody"),
        column="操作",
        row=(digest("A1"), digest("张三")),
        in_row=True,
        counts={"role_name": 2},
        control=True,
    )
    other = replace(ship, row=(digest("B2"), digest("李四")))
    verdict = decide_healing(ship, [other], ActClass.READ)
    assert "other_row" in verdict.reasons


def test_the_twin_that_is_left_is_refused() -> None:
    """Two buttons bore the name, one is left: that may be the other one."""
    twins = seen_as(id="", counts={**ALONE, "role_name": 2})
    left = seen_as(id="", counts={**ALONE, "role_name": 1}, heading="客户", path=("aside",), landmarks=("aside",))
    assert "lost_twin" in decide_healing(twins, [left], ActClass.READ).reasons


def test_one_of_several_alike_is_told_by_its_heading() -> None:
    """A name that several bear does not follow the element into another section."""
    item = seen_as(id="", name="详情", text="详情", counts={**ALONE, "role_name": 3})
    assert "other_section" in decide_healing(item, [replace(item, heading="退款")], ActClass.READ).reasons
    assert "other_section" not in decide_healing(item, [item], ActClass.READ).reasons


@pytest.mark.parametrize(
    ("was", "now", "ending"),
    [("新建订单", "新增客户", "unsure"), ("Charts New", "供应商 New", "unsure"), ("搜索订单", "查询订单", "healed")],
)
def test_the_same_act_on_another_thing_is_another_button(was: str, now: str, ending: str) -> None:
    """Words for an act may change while it is done to the same; in one language, two things stay two."""
    wanted, one = (seen_as(id="", name=text, text=text) for text in (was, now))
    assert decide_healing(wanted, [one], ActClass.READ).ending == ending


def test_a_qualifier_behind_a_long_name_is_read() -> None:
    """Prose is not searched for acts, but what was added to it is."""
    title = "The quarterly settlement of all partner shops abroad"
    was, now = (seen_as(id="", name=text, text=text) for text in (title, f"{title} as draft"))
    assert "other_qualifier" in decide_healing(was, [now], ActClass.READ).reasons


def test_what_nothing_told_is_not_what_has_an_id() -> None:
    """A bare button is not taken for one that the page calls by a name of its own; its own way may hit that."""
    bare = seen_as(id="", name="", text="")
    named = replace(bare, id="fullscreen")
    assert "came_to_an_id" in decide_healing(bare, [named], ActClass.READ).reasons
    assert "came_to_an_id" not in decide_healing(bare, [bare], ActClass.READ).reasons


def test_a_row_without_marks_is_not_told_by_its_place() -> None:
    """Rows that say the same may be sorted: what stands where the button stood is another row's."""
    ship = seen_as(
        id="", name="发货", text="发货", in_row=True, token="t1", counts={**ALONE, "role_name": 6, "twins": 6}
    )
    for kind in (ActClass.READ, ActClass.EDIT):
        assert "other_row" in decide_healing(ship, [ship], kind).reasons


def test_a_copy_among_the_shortcuts_is_not_the_link() -> None:
    """Its neighbours may have come along: under another heading in another part of the page it is another link."""
    link = seen_as(id="", role="link", tag="a", name="对账单", text="对账单", group=("a", "b"), token="t1")
    copy = replace(link, heading="快捷方式", path=("section",), landmarks=(), form="")
    for kind in (ActClass.READ, ActClass.EDIT):
        assert "elsewhere" in decide_healing(link, [copy], kind).reasons


def test_two_that_are_alike_are_too_close() -> None:
    """Two candidates that fit equally well are for a person."""
    verdict = decide_healing(seen_as(id=""), [seen_as(id=""), seen_as(id="")], ActClass.EDIT)
    assert "close_rival" in verdict.reasons
    assert verdict.second is not None


def test_a_hidden_copy_is_reported_not_clicked() -> None:
    """An element that is there and not visible is said to be hidden."""
    assert "hidden" in decide_healing(SAVE, [seen_as(hidden=True)], ActClass.READ).reasons


def test_a_commit_is_never_healed() -> None:
    """However sure it is."""
    assert decide_healing(SAVE, [SAVE], ActClass.COMMIT).reasons == ("commit",)


def test_a_refused_target_stays_refused() -> None:
    """What a person has refused is not used again."""
    moved = seen_as(id="other")
    assert decide_healing(SAVE, [moved], ActClass.EDIT).ending == "healed"
    assert "refused" in decide_healing(SAVE, [moved], ActClass.EDIT, refused=[moved]).reasons


def test_a_hit_is_verified() -> None:
    """The only hit of a way is believed when it is the element, and not when another has taken its place."""
    assert verify(SAVE, seen_as(classes=(), box=(300, 20, 60, 30)))[0]
    assert not verify(SAVE, seen_as(name="删除", text="删除"))[0]


# --------------------------------------------------------------------------------------------- the healer


def healing(trust: ActClass = ActClass.EDIT) -> Healing:
    selector = Selector(name="order.save", ways=({"css": "#save"},))
    verdict = decide_healing(SAVE, [seen_as(id="x")], ActClass.EDIT)
    return Healing(
        element="order.save",
        before=selector,
        after=replace(selector, ways=({"css": "#x"},)),
        extra={},
        trust=trust,
        verdict=verdict,
        wanted=SAVE,
        found=SAVE,
        change={"order.save": {"css": "#x"}},
    )


def test_an_edit_that_nothing_bears_out_fails_its_step() -> None:
    """The step counts as failed, and the healing is revoked."""
    healer = Healer(app="erp")
    healer.keep(healing())
    healer.used("order.save", edit=True)
    with pytest.raises(HealingNotBorneOut, match=r"order\.save"):
        healer.step_held("保存订单")
    assert healer.healing("order.save") is None


def test_a_later_read_bears_it_out() -> None:
    """What the screen says afterwards lets the healing stand for the run."""
    healer = Healer(app="erp")
    healer.keep(healing())
    healer.used("order.save", edit=True)
    healer.witness()
    healer.step_held("保存订单")
    assert healer.healing("order.save") is not None


def test_a_failed_step_revokes_and_learns_nothing() -> None:
    """A healing of a step that failed is gone, and so is what its uses had refreshed."""
    healer = Healer(app="erp", prints={"order.save": SAVE})
    healer.keep(healing())
    healer.used("order.save", edit=False)
    healer.believes(healing().before, {}, seen_as(title="新").to_mapping())
    healer.step_failed()
    healer.step_held("下一步")
    assert healer.healing("order.save") is None
    assert healer.take_learned() == {}


def test_a_good_use_refreshes_the_fingerprint() -> None:
    """What changed harmlessly is learned once the step held."""
    healer = Healer(app="erp", prints={"order.save": SAVE})
    assert healer.believes(healing().before, {}, seen_as(classes=("new",)).to_mapping()) is None
    healer.step_held("保存订单")
    assert healer.take_learned()["order.save"].classes == ("new",)


def test_people_are_told_once_an_element() -> None:
    """However often an element is healed in a run, it is one proposal."""
    told: list[Healing | Doubt] = []
    healer = Healer(app="erp", report=told.append)
    healer.keep(healing())
    healer.keep(healing())
    assert len(told) == 1


def test_the_caption_of_a_table_is_no_news() -> None:
    """What a table says of itself is not kept, so that a hit which says it is believed; a button's new name is not."""
    facts: dict[str, Any] = {
        "heading": "我的请求", "classes": ("oa-list",), "path": ("section.oa-card", "main.oa-main"),
        "landmarks": ("main",), "before": ("查询", "标题/编号"),
    }  # fmt: skip
    table = Fingerprint(role="table", tag="table", **facts)
    assert verify(table, replace(table, name="我的请求", before=("共 0 条", "查询")))[0]
    button = Fingerprint(role="button", tag="button", control=True, **facts)
    assert not verify(button, replace(button, name="删除", before=("共 0 条", "查询")))[0]


@pytest.mark.parametrize(
    ("offered", "ending"),
    [(("一号仓", "二号仓"), "healed"), (("一号仓", "二号仓", "三号仓"), "healed"), (("一号仓", "某供应商"), "unsure")],
)
def test_a_select_without_a_name_is_told_by_what_it_offers(offered: tuple[str, ...], ending: str) -> None:
    """One that offers more is still the same; one that lacks a choice of it stands there in its place."""
    plain = Fingerprint(
        role="combobox", tag="select", classes=("pick",), path=("div.line", "form#order", "main"), heading="订单",
        landmarks=("form#order", "main"), form="order", before=("备注", "数量"), after=("取消",), order=3,
        box=(10, 40, 80, 20), token="a1", kin_before=("b1", "b2"), kin_after=("c1", "c2"),
        counts={"twins": 1, "nth": 0}, control=True,
    )  # fmt: skip
    wanted = replace(plain, choices=tuple(digest(text) for text in ("一号仓", "二号仓")))
    there = replace(plain, choices=tuple(digest(text) for text in offered), classes=("pick-2",))
    verdict = decide_healing(wanted, [there], ActClass.EDIT)
    assert verdict.ending == ending
    assert ("other_choices" in verdict.reasons) is (ending == "unsure")


def test_a_field_without_words_is_not_taken_elsewhere() -> None:
    """The only field of a page, without a name, is not the only field of another part of it."""
    field = Fingerprint(
        role="textbox", tag="input", path=("div",), order=0, token="a1", box=(8, 8, 150, 20),
        counts={"twins": 1, "nth": 0}, control=True,
    )  # fmt: skip
    moved = replace(field, path=("section",), heading="快捷方式")
    assert decide_healing(field, [field], ActClass.READ).ending == "healed"
    verdict = decide_healing(field, [moved], ActClass.READ)
    assert verdict.ending == "unsure"
    assert "elsewhere" in verdict.reasons
