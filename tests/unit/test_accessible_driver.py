"""The desktop driver over an accessibility tree in memory: it finds and reads there, and acts with mouse and keys."""

from __future__ import annotations

import pytest
from tree_desktop_kit import TreeDesktop
from tree_kit import Leaf

from nightclerk.desktop.driver import Desktop
from nightclerk.desktop.faults import FieldDiffers
from nightclerk.errors import ElementAmbiguous
from nightclerk.ports import Found, Selector

MIDDLE = (35, 20)  # of the box that a Leaf has


def named(role: str, name: str) -> Selector:
    return Selector(name="form.thing", ways=({"role": role, "name": name, "window": "^Form$"},))


def found_on(desk: TreeDesktop, selector: Selector) -> tuple[Desktop, Found]:
    driver = desk.driver()
    return driver, driver.find(selector, {}, timeout_s=0)


def test_a_click_goes_to_the_middle_of_the_node() -> None:
    """The tree says where; the mouse acts."""
    desk = TreeDesktop(Leaf("push button", "OK"))
    driver, ok = found_on(desk, named("button", "OK"))
    driver.click(ok)
    assert desk.did == [MIDDLE]


def test_what_was_typed_is_read_back_from_the_tree() -> None:
    """Nothing is copied to check a paste: the node says what it holds."""
    desk = TreeDesktop(Leaf("text", labelled=("客户：",)))
    driver, field = found_on(desk, named("textbox", "客户"))
    driver.fill(field, "云杉 <1>")
    assert driver.read(field) == "云杉 <1>"
    assert ("ctrl", "c") not in desk.did


def test_a_field_that_stays_as_it_was_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that ignores the paste is not believed."""
    monkeypatch.setattr("nightclerk.desktop.bursts.COPY_S", 0.01)
    desk = TreeDesktop(Leaf("text", labelled=("客户：",), content="old"))
    desk.deaf = True
    driver, field = found_on(desk, named("textbox", "客户"))
    with pytest.raises(FieldDiffers, match="old"):
        driver.fill(field, "new")


@pytest.mark.parametrize(("focused", "first"), [(True, ("enter",)), (False, MIDDLE)])
def test_keys_for_the_field_with_the_keyboard_need_no_click(focused: bool, first: tuple[object, ...]) -> None:
    """A click right after the last one would be a double click, which selects a word."""
    desk = TreeDesktop(Leaf("text", "Search", has_keyboard=focused))
    driver, field = found_on(desk, named("textbox", "Search"))
    driver.press("Enter", field)
    assert desk.did[0] == first


def test_a_box_is_ticked_once_and_seen_to_be() -> None:
    """A box that is ticked already is left alone."""
    desk = TreeDesktop(Leaf("check box", "加急"))
    driver, box = found_on(desk, named("checkbox", "加急"))
    driver.check(box, on=True)
    driver.check(box, on=True)
    assert desk.did == [MIDDLE]


def test_rows_and_texts_come_from_the_tree() -> None:
    """A table is read without touching it, and all nodes that fit say their text."""
    table = Leaf("table", "订单", cells=(["编号"], [["S1"]]))
    driver = TreeDesktop(table, Leaf("label", "已保存")).driver()
    assert driver.rows(named("table", "订单"), {}) == [{"编号": "S1"}]
    assert driver.texts(named("label", "/.*/"), {}) == ["已保存"]


def test_two_that_fit_are_ambiguous() -> None:
    """Never a guess between two buttons of one name."""
    desk = TreeDesktop(Leaf("push button", "OK"), Leaf("push button", "OK"))
    with pytest.raises(ElementAmbiguous, match="fits 2 things"):
        found_on(desk, named("button", "OK"))
    assert desk.driver().count(named("button", "OK"), {}) == 2
