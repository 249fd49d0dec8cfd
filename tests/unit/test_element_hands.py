"""Hover and drag go to the journal like every act, and only where there is a page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from nightclerk.element import Element, OnlyOnPages
from nightclerk.gate import CommitGate
from nightclerk.locate.fake import FakeSurface
from nightclerk.ports import AppSettings, Selector, SelectorSet
from nightclerk.screens import Session

CARD, LANE = (Selector(name=f"board.{name}", ways=({"css": f".{name}"},)) for name in ("card", "lane"))


def session(surface: Any, film: Any, clock: Any) -> Session:
    settings = AppSettings(name="board", timeout_s=0)
    vault: Any = None
    return Session(
        surface=surface, film=film, gate=CommitGate(), clock=clock, account=None, vault=vault, settings=settings,
        files=Path(),
    )  # fmt: skip


def test_a_drag_says_what_went_where(film: Any, clock: Any) -> None:
    """The journal names both ends, or the distance."""
    surface = FakeSurface(SelectorSet(app="board", elements={one.name: one for one in (CARD, LANE)}))
    surface.show("board.card")
    surface.show("board.lane")
    held = session(surface, film, clock)
    Element(held, CARD).drag(Element(held, LANE))
    Element(held, CARD).drag(offset=(40, 0))
    for act in (Element(held, CARD).hover, Element(held, CARD).double_click, Element(held, CARD).right_click):
        act()
    assert surface.acts == [
        ("drag", "board.card", "board.lane"),
        ("drag", "board.card", "40, 0"),
        ("hover", "board.card", ""),
        ("double_click", "board.card", ""),
        ("right_click", "board.card", ""),
    ]
    assert [(act.verb, act.value) for act in film.kinds("act")] == [
        ("drag", "board.lane"),
        ("drag", "40, 0"),
        ("hover", None),
        ("double_click", None),
        ("right_click", None),
    ]


def test_a_desktop_has_no_page_to_hover_on(film: Any, clock: Any) -> None:
    """The sentence says where these verbs work."""

    class Desktop(FakeSurface):
        drag = property()  # type: ignore[assignment]

    surface = Desktop(SelectorSet(app="board", elements={CARD.name: CARD}))
    surface.show("board.card")
    with pytest.raises(OnlyOnPages, match=r"board\.card is not on a web page: hover and drag work in a browser only"):
        Element(session(surface, film, clock), CARD).hover()
