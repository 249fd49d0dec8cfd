"""Finding in an accessibility tree, on a tree in memory."""

from __future__ import annotations

import pytest
from tree_kit import Leaf, window

from nightclerk.desktop import accessible, bus
from nightclerk.desktop.tree import Wanted, outline, plain, says, search, table_rows, walk, wanted_of
from nightclerk.desktop.ways import desktop_ways
from nightclerk.errors import MissingPart
from nightclerk.ports import Selector


def test_a_field_is_found_by_the_text_of_its_label() -> None:
    """A nameless GTK entry answers to its label, whose colon does not count."""
    party, other = Leaf("text", labelled=("Party:",)), Leaf("text", labelled=("Invoice Party:",))
    assert search(window(other, party), Wanted(role="textbox", name="Party")) == [party]


def test_a_toolbar_button_is_found_by_its_tooltip() -> None:
    """`name` takes the description where there is neither name nor label."""
    button = Leaf("push button", tooltip="Previous")
    assert search(window(button), Wanted(role="button", name="Previous")) == [button]


def test_our_word_for_a_role_and_the_tree_s_own_both_work() -> None:
    """`textbox` is what the web calls it, `password text` is AT-SPI's own word."""
    secret, plain_field = Leaf("password text"), Leaf("text")
    assert search(window(secret, plain_field), Wanted(role="textbox")) == [secret, plain_field]
    assert search(window(secret, plain_field), Wanted(role="password text")) == [secret]


def test_what_does_not_show_or_has_no_place_is_not_found() -> None:
    """Stale and hidden widgets stay in a tree; none of them may be clicked."""
    hidden, placeless = Leaf("push button", "OK", shows=False), Leaf("push button", "OK", place=None)
    assert search(window(hidden, placeless), Wanted(role="button", name="OK")) == []


def test_a_table_is_found_but_never_entered() -> None:
    """A sheet of a million rows is one node to the search."""
    table = Leaf("table", inside=[Leaf("table cell", "x")])
    assert search(window(table), Wanted(role="table")) == [table]
    assert search(window(table), Wanted(role="cell")) == []


def test_what_vanishes_during_the_search_is_left_out() -> None:
    """A dialog that closes meanwhile does not end the search."""
    button = Leaf("push button", "OK")
    assert search(window(Leaf("panel", gone=True), button), Wanted(name="OK")) == [button]


def test_nth_counts_from_the_outside_inwards() -> None:
    """Of two equal buttons the one nearer to the window comes first."""
    inner, outer = Leaf("push button", "New"), Leaf("push button", "New")
    root = window(Leaf("panel", inside=[inner]), outer)
    assert search(root, Wanted(role="button", name="New", nth=1)) == [inner]
    assert search(root, Wanted(role="button", name="New", nth=2)) == []


def test_a_tree_without_end_is_searched_for_a_while_only() -> None:
    """A widget that is its own child does not hang the bot."""
    loop = Leaf("panel")
    loop.inside = [loop]
    assert len(list(walk(loop))) == 5000


def test_an_outline_says_what_a_selector_could_name() -> None:
    """Authors see role, name, label, tooltip and content; nodes that say nothing are left out."""
    field, button = Leaf("text", labelled=("客户：",), content="云杉"), Leaf("push button", "OK", tooltip="OK")
    assert list(outline(window(field, button))) == ["text: 客户 | 云杉", "push button: OK"]


def test_rows_are_keyed_by_header() -> None:
    """A table reads as one mapping a row."""
    table = Leaf("table", cells=(["编号", "合计"], [["S1", "¥ 1.00"], ["S2", "¥ 2.00"]]))
    assert table_rows(table) == [{"编号": "S1", "合计": "¥ 1.00"}, {"编号": "S2", "合计": "¥ 2.00"}]


@pytest.mark.parametrize(
    ("text", "wanted", "same"),
    [
        ("客户：", "客户", True),
        ("Party:", "Part", False),
        ("Note (0/3)", r"/^Note \(/", True),
        ("Note", "/^x/", False),
    ],
)
def test_texts_are_compared_whole_or_by_pattern(text: str, wanted: str, same: bool) -> None:
    """Literal texts must be equal but for a label's colon; `/…/` is a pattern."""
    assert says(text, wanted) is same
    assert plain(" 客户: ") == "客户"


def test_a_selector_says_role_name_and_window() -> None:
    """The words of a selector file become what the tree is asked for; other ways stay what they are."""
    tree_way = {"role": "textbox", "name": "{field}", "window": "Tryton$"}
    selector = Selector(name="sale.party", ways=(tree_way, {"keys": "Alt+P"}))
    by_tree, by_keys = desktop_ways(selector, {"field": "Party"})
    assert by_tree.wanted == Wanted(role="textbox", name="Party")
    assert (by_tree.by_window, by_keys.wanted) == (False, None)
    assert wanted_of({"label": "订单号", "nth": 1}) == Wanted(label="订单号", nth=1)


def test_a_machine_without_pygobject_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """No system Python, no tree: a named code and the command that mends it."""
    monkeypatch.setattr(accessible, "_SYSTEM_PYTHON", "/nowhere/python3")
    with pytest.raises(MissingPart, match=r"NO_ACCESSIBILITY_BUS.*apt-get install -y python3-gi"):
        accessible._system_folder()


def test_a_machine_without_d_bus_still_has_a_desktop(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    """Pictures and keys need no bus: nothing is started and nothing fails."""
    monkeypatch.setattr(bus.shutil, "which", lambda name: None)
    assert bus.start_bus(lambda *_, **__: pytest.fail("started"), {}, tmp_path) == {}  # type: ignore[arg-type]
