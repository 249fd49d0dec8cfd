"""The terminal driver over a host that is a script: finding, typing, waiting, and what it refuses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from nightclerk.errors import ElementAmbiguous, ElementNotFound, PermitExpired, SessionLost, WorkspaceError
from nightclerk.ports import Box, Found, Permit, Selector
from nightclerk.terminal.driver import Terminal
from nightclerk.terminal.faults import FieldRefused, KeyboardLocked, NoKeyboardThere, TooLong
from nightclerk.terminal.keys import name_3270, path, vt_code
from nightclerk.terminal.screen import Field, Place
from nightclerk.terminal.tn3270 import address
from tests.conftest import FakeClock
from tests.unit.terminal_kit import FakeLine, one, screen, terminal

ORDER = """
 云杉ERP - 销售订单
 客户:  [C1001   ]   外部单号: [        ]
 电话: 13800001234
 合计: 37.50
"""
LIST = """
 单据号      外部单号     合计
 XS-1        A1           37.50
 XS-2        一二三       8.00

 共 2 张
"""
CUSTOMER = one("order.customer", field="客户:")
SAVE = one("order.save", keys="F6", window="销售订单", commits=True)


class TickingClock(FakeClock):
    """A clock that moves on whenever it is asked, so that waits end without waiting."""

    def monotonic(self) -> float:
        self.go(0.05)
        return self.seconds


@pytest.fixture
def ticking() -> Iterator[TickingClock]:
    return TickingClock()


def find(surface: Terminal, selector: Selector, **values: str) -> Found:
    return surface.find(selector, values, timeout_s=0.5)


def test_a_label_leads_to_its_marked_field(ticking: TickingClock) -> None:
    """The cells right of the label that are marked as an input are the field, whatever it says."""
    surface = terminal(FakeLine(screen(ORDER)), ticking)
    found = find(surface, CUSTOMER)
    assert (found.handle.text, found.handle.place) == ("C1001", Place(row=1, col=9, length=8))
    assert found.box == Box(x=90, y=20, width=80, height=20)


def test_declared_fields_outrank_what_looks_like_one(ticking: TickingClock) -> None:
    """Where the host declares its fields (3270), the nearest one right of the label is taken."""
    declared = Field(row=1, col=30, length=5)
    surface = terminal(FakeLine(screen(ORDER, fields=(declared,))), ticking)
    assert find(surface, CUSTOMER).handle.place == declared


def test_what_is_typed_is_read_back(ticking: TickingClock) -> None:
    """Chinese takes two cells a character and arrives whole."""
    surface = terminal(FakeLine(screen(ORDER)), ticking)
    surface.fill(find(surface, CUSTOMER), "上海启明")
    assert find(surface, CUSTOMER).handle.text == "上海启明"


def test_a_host_that_swallows_a_character_is_found_out(ticking: TickingClock) -> None:
    """A field that says other than what was typed stops the item before anything is committed."""
    line = FakeLine(screen(ORDER))
    surface = terminal(line, ticking)
    line.deaf = True
    with pytest.raises(FieldRefused, match=r"order.customer says “C200” after “C2002” was typed"):
        surface.fill(find(surface, CUSTOMER), "C2002")


def test_a_text_that_does_not_fit_is_not_typed(ticking: TickingClock) -> None:
    """A terminal would cut it off in silence, so that nothing is typed at all."""
    surface = terminal(FakeLine(screen(ORDER)), ticking)
    with pytest.raises(TooLong, match="has room for 8 columns"):
        surface.fill(find(surface, CUSTOMER), "上海启明贸易")
    assert find(surface, CUSTOMER).handle.text == "C1001"


def test_nothing_is_pressed_while_the_host_has_the_keyboard(ticking: TickingClock) -> None:
    """A locked keyboard is waited for, and named when it stays locked."""
    line = FakeLine(screen(ORDER))
    surface = terminal(line, ticking)
    found = find(surface, SAVE)
    line.now = replace(line.now, locked=True)
    with pytest.raises(KeyboardLocked, match="kept the keyboard locked for 1 s"):
        surface.click(found)
    assert line.pressed == []


def test_the_screen_before_the_answer_is_no_answer(ticking: TickingClock) -> None:
    """While the host has the keyboard the screen of the step before shows; nothing is concluded from it."""
    line, rows = FakeLine(screen(LIST)), one("list.rows", text="/单据号 +外部单号/")
    surface = terminal(line, ticking)
    for ask, before, after in (
        (surface.exists, True, False), (surface.count, 1, 0), (surface.texts, ["单据号      外部单号"], []),
    ):  # fmt: skip
        line.now, line.coming = screen(LIST), None
        assert ask(rows, {}) == before
        line.now, line.coming = replace(screen(LIST), locked=True), screen(ORDER)
        assert ask(rows, {}) == after
    line.now, line.coming = replace(screen(ORDER), locked=True), screen(LIST)
    assert [row["单据号"] for row in surface.rows(rows, {})] == ["XS-1", "XS-2"]
    line.now = replace(screen(LIST), locked=True)
    with pytest.raises(KeyboardLocked):
        surface.exists(rows, {})


def test_a_line_that_died_with_the_keyboard_is_not_waited_for(ticking: TickingClock) -> None:
    """A host that hung up will not give the keyboard back: the session is lost at once."""
    line = FakeLine(screen(ORDER))
    surface = terminal(line, ticking)
    line.now, line.up = replace(line.now, locked=True), False
    before = ticking.seconds
    with pytest.raises(SessionLost):
        surface.exists(CUSTOMER, {})
    assert ticking.seconds - before < 0.5


def test_a_commit_whose_permit_is_over_is_not_pressed(ticking: TickingClock) -> None:
    """A worker that was frozen between the leave and the key presses nothing when it wakes."""
    line = FakeLine(screen(ORDER))
    surface = terminal(line, ticking)
    over = Permit(element="order.save", until_monotonic_s=0, until_wall=ticking.now() - timedelta(seconds=9))
    with pytest.raises(PermitExpired):
        surface.click(replace(find(surface, SAVE), permit=over))
    assert line.pressed == []


def test_keys_of_another_screen_are_not_pressed(ticking: TickingClock) -> None:
    """F6 means something else elsewhere: the way counts only where its `window` matches."""
    line = FakeLine(screen(LIST))
    surface = terminal(line, ticking)
    with pytest.raises(ElementNotFound, match=r"order\.save did not appear"):
        find(surface, SAVE)
    assert line.pressed == []


def test_a_label_that_stands_twice_is_ambiguous(ticking: TickingClock) -> None:
    """Two places that fit are never guessed between."""
    surface = terminal(FakeLine(screen(ORDER)), ticking)
    with pytest.raises(ElementAmbiguous):
        find(surface, one("order.any", text=r"/\d{4,}/"))


def test_a_list_is_read_by_its_header(ticking: TickingClock) -> None:
    """Columns begin where the header's words begin, also behind wide characters; an empty line ends the list."""
    surface = terminal(FakeLine(screen(LIST)), ticking)
    assert surface.rows(one("list.rows", text="/单据号 +外部单号/"), {}) == [
        {"单据号": "XS-1", "外部单号": "A1", "合计": "37.50"},
        {"单据号": "XS-2", "外部单号": "一二三", "合计": "8.00"},
    ]


def test_cells_are_found_by_row_and_column(ticking: TickingClock) -> None:
    """`at` counts from 1 and takes a row from the flow."""
    surface = terminal(FakeLine(screen(LIST)), ticking)
    cell = one("list.cell", at="{row},2,5")
    assert find(surface, cell, row="3").handle.text == "XS-2"
    with pytest.raises(WorkspaceError, match="'row,column,length'"):
        find(surface, one("list.bad", at="somewhere"))


def test_private_text_and_fields_are_masked(ticking: TickingClock) -> None:
    """A phone in any line and every private field stand in the frame's boxes; a login screen is no picture."""
    phone = Box(x=70, y=40, width=110, height=20)
    private = one("order.customer", field="客户:", private=True)
    surface = terminal(FakeLine(screen(ORDER)), ticking, private, unpictured=(one("u", text="密码"),))
    frame = surface.frame()
    assert phone in frame.private
    assert Box(x=90, y=20, width=80, height=20) in frame.private
    assert not frame.secret_screen


def test_a_dead_line_is_a_lost_session(ticking: TickingClock) -> None:
    """When the host has hung up, the flow hears that its session is lost."""
    line = FakeLine(screen(ORDER))
    surface = terminal(line, ticking)
    line.up = False
    with pytest.raises(SessionLost):
        find(surface, one("order.none", text="没有"))


def test_a_text_is_no_button(ticking: TickingClock) -> None:
    """What has neither field nor keys cannot be clicked or filled."""
    surface = terminal(FakeLine(screen(ORDER)), ticking)
    found = find(surface, one("order.total", after="合计:"))
    with pytest.raises(NoKeyboardThere, match="give it field, at or keys"):
        surface.fill(found, "1")
    assert surface.read(found) == "37.50"


def test_chords_are_spelt_as_on_the_web() -> None:
    """One spelling for all drivers; what a terminal has no code for is named."""
    assert path("F3 Tab*2 Enter") == ["F3", "Tab", "Tab", "Enter"]
    assert (vt_code("Control+U"), vt_code("F6"), vt_code("Alt+x")) == ("\x15", "\x1b[17~", "\x1bx")
    assert (name_3270("F12"), name_3270("PF3"), name_3270("PA1")) == ("pf12", "pf3", "pa1")
    with pytest.raises(WorkspaceError, match="a key of a 3270"):
        name_3270("F25")


def test_a_host_is_named_by_its_url() -> None:
    """TLS has its own scheme and port; anything else is a fault of the file."""
    assert address("tn3270://as400.example") == ("as400.example", 23, False)
    assert address("tn3270s://as400.example") == ("as400.example", 992, True)
    with pytest.raises(WorkspaceError, match="tn3270://HOST"):
        address("http://as400.example")
