"""A person who takes a green screen over clicks into a field, types and sends; the hands of the live view."""

from __future__ import annotations

from terminal_kit import FakeLine, screen, terminal

from nightclerk.app import SystemClock
from nightclerk.ports import Gesture, Hand
from nightclerk.terminal.live import TerminalHands
from nightclerk.terminal.picture import CELL_HEIGHT, CELL_WIDTH
from nightclerk.terminal.screen import Field

SIGN_ON = """
User:
Password:
"""


def hands() -> tuple[FakeLine, TerminalHands]:
    """A sign-on of two declared fields, the second one hidden."""
    fields = (Field(row=0, col=12, length=8), Field(row=1, col=12, length=8, hidden=True))
    line = FakeLine(screen(SIGN_ON, fields=fields))
    return line, TerminalHands(terminal(line, SystemClock()))


def click(row: int, col: int) -> Hand:
    return Hand(gesture=Gesture.DOWN, x=col * CELL_WIDTH + 3, y=row * CELL_HEIGHT + 3)


def test_a_click_and_a_text_go_where_the_person_pointed() -> None:
    """The picture's pixel is a cell, the cell's field takes the text, the key goes to the host."""
    line, hand = hands()
    touched = hand.do(click(0, 12))
    hand.do(Hand(gesture=Gesture.TEXT, text="NIGHT1"))
    hand.do(Hand(gesture=Gesture.KEY, key="Enter"))
    assert touched.element == "row 1, column 13"
    assert (line.now.line(0).split(), line.pressed) == (["User:", "NIGHT1"], ["Enter"])


def test_what_is_typed_into_a_hidden_field_is_secret() -> None:
    """The record of the take-over says that something was typed there, and no more."""
    _, hand = hands()
    hand.do(click(1, 12))
    assert hand.do(Hand(gesture=Gesture.TEXT, text="yun-2026")).secret


def test_an_unknown_key_and_a_dead_line_do_not_break_the_visit() -> None:
    """A person's slip, or a host that hung up meanwhile, leaves the run to say so."""
    line, hand = hands()
    hand.do(Hand(gesture=Gesture.KEY, key="Hyper+X"))
    line.up = False
    assert not hand.do(Hand(gesture=Gesture.TEXT, text="x")).secret
    assert "x" not in line.now.line(0)
