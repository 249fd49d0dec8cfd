"""From events to steps: what a person meant, without the keystrokes and clicks that only led there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from nightclerk.record.events import Event
from nightclerk.record.planner import refused_tries
from nightclerk.record.steps import Step, merge


def event(kind: str, path: str = "input", *, value: Any = "", tab: int = 1, more: Any = None, **facts: Any) -> Event:
    target = {"target": {"path": path, "tag": "input", **facts}}
    return Event(kind=kind, facts=target, value=value, tab=tab, more=more or {}, page={"t": "html"})


def verbs(*events: Event) -> list[str]:
    return [f"{step.verb} {step.value}".strip() for step in merge(events)]


def test_typing_becomes_its_final_value() -> None:
    """Three keystrokes in one field are one fill, and the click into it is no step."""
    typing = [event("click", more={"soft": True}), event("fill", value="A")]
    again = Event(kind="fill", value="A10", more={"again": True})
    assert verbs(*typing, again) == ["fill A10"]


def test_a_click_into_a_field_stays_when_it_opened_something() -> None:
    """The click that opens a date picker is kept, as the day is clicked in what it opened."""
    assert verbs(event("click", more={"soft": True}), event("click", "td", popup="floating", tag="td")) == [
        "click",
        "click",
    ]
    assert verbs(event("click", more={"soft": True}), event("click", "button", tag="button")) == ["click"]


def test_an_option_of_a_drawn_list_becomes_a_choice() -> None:
    """Opening a drawn select, filtering it and clicking an option is one `choose` of the select."""
    trigger = event("click", "div", tag="div", role="combobox")
    option = event("click", "li", tag="li", role="option", text="二号仓", popup="listbox")
    assert verbs(trigger, option) == ["choose 二号仓"]
    assert verbs(trigger, event("fill", "div", value="二", role="combobox"), option) == ["choose 二号仓"]


def test_a_menu_is_no_choice() -> None:
    """An item of a menu is clicked, for a menu keeps no value."""
    button = event("click", "button", tag="button", haspopup="menu")
    assert verbs(button, event("click", "li", tag="li", role="menuitem", popup="menu")) == ["click", "click"]


def test_arrow_keys_in_a_native_select_leave_the_last_option() -> None:
    """Going through the options one by one is choosing the one that stayed."""
    assert verbs(event("choose", value=["样例速运"]), event("choose", value=["样例快递"])) == ["choose 样例快递"]


def test_the_button_of_a_file_chooser_is_no_step_of_its_own() -> None:
    """The upload says it all."""
    steps = merge([event("click", "button", tag="button"), event("upload", more={"files": ["发票.pdf"]})])
    assert [(step.verb, step.files) for step in steps] == [("upload", ("发票.pdf",))]


def test_a_file_that_comes_makes_its_click_a_download() -> None:
    """The last click before the file is the download."""
    assert verbs(event("click", "a", tag="a"), event("download", value="report.csv")) == ["download report.csv"]


def test_a_box_of_the_browser_belongs_to_the_act_that_brought_it_up() -> None:
    """Its words and the answer are kept with the click."""
    box = event("dialog", value="确定删除吗？", more={"type": "confirm", "accepted": False})
    (step,) = merge([event("click", "button", tag="button"), box])
    assert [(one.kind, one.message, one.accepted) for one in step.dialogs] == [("confirm", "确定删除吗？", False)]


def test_going_back_to_an_older_tab_is_a_step() -> None:
    """The engine stays in the newest tab; a person who turns back says so."""
    events = [
        event("click", "a", tag="a"),
        event("tab_opened", tab=2),
        event("click", "b", tag="a", tab=2),
        event("click", "c", tag="a"),
    ]
    assert verbs(*events) == ["click", "click", "tab 1", "click"]
    closed = [*events[:3], event("tab_closed", tab=2), events[3]]
    assert verbs(*closed) == ["click", "click", "click"]


def test_what_is_done_between_the_marks_is_the_look() -> None:
    """Steps between "look-up starts" and "ends" are told apart from the rest."""
    marked = [
        event("click", "a", tag="a"),
        event("look", value="start"),
        event("click", "b", tag="a"),
        event("look", value="end"),
    ]
    assert [step.looking for step in merge(marked)] == [False, True]


def test_a_menu_under_the_mouse_is_hovered_first() -> None:
    """What opened because the mouse was there becomes a hover before the click."""
    facts = {"target": {"path": "a", "tag": "a"}, "hover0": {"path": "span", "tag": "span"}}
    steps: list[Step] = merge([Event(kind="click", facts=facts, page={"t": "html"})])
    assert [(step.verb, step.mark) for step in steps] == [("hover", "hover0"), ("click", "target")]


def test_two_clicks_at_once_on_a_row_are_one_act() -> None:
    """What the browser tells as a double click replaces its two clicks; on a button they stay two."""
    row = [event("click", "td", tag="td"), event("click", "td", tag="td"), event("double_click", "td", tag="td")]
    assert [step.verb for step in merge(row)] == ["double_click"]
    plus = [event(kind, "button", tag="button") for kind in ("click", "click", "double_click")]
    assert [step.verb for step in merge(plus)] == ["click", "click"]


def test_the_right_button_is_an_act_of_its_own() -> None:
    """The click into the menu that came up is a click like any other."""
    marked = [event("right_click", "td", tag="td"), event("click", "li", tag="li")]
    assert [step.verb for step in merge(marked)] == ["right_click", "click"]


def test_a_commit_that_the_page_refused_first_counts_once() -> None:
    """Its last click on the page is the commit; what was clicked on another page is another record's."""
    save = Step(verb="click", url="http://erp/new", facts={"path": "#save", "tag": "button"})
    amount = Step(verb="fill", url="http://erp/new", facts={"path": "#amount", "tag": "input"})
    again = [save, amount, save, save]
    assert refused_tries(again, 0) == [2, 3]
    assert refused_tries([save, replace(amount, verb="open"), save], 2) == []
    assert refused_tries([save, replace(save, url="http://erp/view/7"), save], 2) == []
