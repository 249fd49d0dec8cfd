"""What recorded elements are called, which ways are tried first, and which texts may never stand in a way."""

from __future__ import annotations

import pytest

from nightclerk.ports import Selector, SelectorSet
from nightclerk.record.elements import Named, Namer
from nightclerk.record.looks import LookFault, look_verb
from nightclerk.record.naming import element_name, english, screen_name
from nightclerk.record.ranking import chosen, usable, ways_of
from nightclerk.record.rows import row_key
from nightclerk.record.steps import Step
from nightclerk.record.values import Typed, Values
from nightclerk.record.verbs import Line, story


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("付款日期", "payment_date"),
        ("搜索订单", "search_order"),
        ("订单编号", "order_number"),
        ("Company name", "company_name"),
        ("甲乙丙丁", ""),
    ],
)
def test_chinese_words_become_english_names(text: str, name: str) -> None:
    """As far as the lexicon carries; a text that it does not cover names nothing."""
    assert english(text) == name


def test_an_element_without_a_known_word_goes_by_its_own_attributes() -> None:
    """A generated id says nothing and is passed over."""
    assert element_name({"label": "甲乙丙", "field": "goodsName"}) == "goods_name"
    assert element_name({"label": "", "id": "el-id-1024-7", "role": "button"}) == "button"


@pytest.mark.parametrize(
    ("url", "dialog", "name"),
    [
        ("http://x/oa/workflow/new?id=3", "", "workflow_new"),
        ("http://x/#/orders/list", "", "orders_list"),
        ("http://x/sold.htm", "订单发货", "order_ship"),
        ("http://x/", "", "home"),
    ],
)
def test_a_screen_is_named_by_its_dialog_or_its_address(url: str, dialog: str, name: str) -> None:
    """Numbers and empty words of the address are left out."""
    assert screen_name(url, dialog) == name


def test_what_a_person_reads_comes_first() -> None:
    """Label, then role and name, then attributes, and the place among others last."""
    facts = {
        "tag": "input",
        "role": "textbox",
        "name": "金额",
        "label": "金额",
        "field": "amount",
        "id": "a",
        "path": "body > input",
    }
    keys = [next(iter(way)) for way in ways_of(facts)]
    assert keys[:2] == ["label", "role"]
    assert ways_of(facts)[-1] == {"css": "body > input"}
    assert chosen(ways_of(facts)) == [{"label": "金额"}, {"css": "#a"}, {"css": 'input[name="amount"]'}]


@pytest.mark.parametrize("text", ["联系 13800001234", "/pattern/", "{x}", "订单 35153000001", "\ue900保存", "长" * 61])
def test_data_and_signs_never_stand_in_a_way(text: str) -> None:
    """Private texts, long figures, patterns, placeholders and icon signs would not find the element tomorrow."""
    assert not usable(text)


def test_a_value_of_the_record_may_stand_in_a_way() -> None:
    """It becomes a placeholder."""
    assert usable("发货 35153000001", data=["35153000001"])


def test_what_is_read_is_never_found_by_its_own_text() -> None:
    """The text is what changes."""
    facts = {"tag": "b", "role": "", "text": "99.00", "own": "99.00", "id": "total", "path": "b"}
    assert ways_of(facts, reads=True)[0] == {"css": "#total"}


def row(cells: list[str], others: list[list[str]], columns: list[str]) -> dict[str, object]:
    return {"text": "编辑", "row": {"tag": "tr", "cells": cells, "others": others, "columns": columns, "data": {}}}


def test_a_row_goes_by_its_number() -> None:
    """Not by a day, an amount or anything that another row says too."""
    facts = row(
        ["2026-11-20", "PO-1002", "25.50", "编辑"],
        [["2026-11-21", "PO-1001", "9.00", "编辑"]],
        ["日期", "订单号", "金额", ""],
    )
    key = row_key(facts, {})
    assert key is not None
    assert (key.text, key.column) == ("PO-1002", "订单号")


def test_a_look_never_goes_by_what_another_row_could_say() -> None:
    """In a look only a value of the record itself names the row."""
    facts = row(["R-77", "PO-1002"], [], ["流程号", "订单号"])
    assert row_key(facts, {}, only_known=True) is None
    known = {"PO-1002": Typed(source="column", name="number", shown="PO-1002")}
    key = row_key(facts, known, only_known=True)
    assert key is not None
    assert key.text == "PO-1002"


def cell(values: dict[str, Typed]) -> Named:
    """An element of a list, with what fills its placeholders."""
    return Named(selector=Selector(name="list.cell", ways=({"css": "td"},), where="list.yaml"), values=values)


def test_what_a_verb_does_is_told_without_the_data_of_its_record() -> None:
    """A clicked row is called by its element's name, not by the company that stood in it."""
    supplier = Typed(source="column", name="supplier", shown="样例青瓷")
    step = Step(verb="click", facts={"name": "样例青瓷"})
    assert story([Line(step=step, app="oa", named=cell({"supplier": supplier}))]) == "Click cell."
    assert story([Line(step=step, app="oa", named=cell({}))]) == "Click 样例青瓷."


def test_a_look_is_not_known_by_what_it_reads_itself() -> None:
    """A number that only the look reads is nothing to look for: the first row of a list could be anybody's."""
    read = Typed(source="variable", name="cell", shown="LC2026-1")
    values = Values(known={"LC2026-1": read})
    namer = Namer(app="oa", proof=None, values=values, known=SelectorSet(app="oa"))  # type: ignore[arg-type]
    line = Line(step=Step(verb="read", value="LC2026-1", looking=True), app="oa", named=cell({}), reads=read)
    with pytest.raises(LookFault, match=r"does not name this record|没有本条的编号"):
        look_verb([line], namer, "", values, conclusive=False)
