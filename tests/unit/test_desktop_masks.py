"""Private texts on the desktop, found in the accessibility tree; and pictures that must fit what was found."""

from __future__ import annotations

import numpy as np
import pytest
from tree_kit import Leaf

from nightclerk import ocr
from nightclerk.desktop.masks import MOST_NODES, held_still, picture_reader, text_boxes
from nightclerk.errors import MissingPart
from nightclerk.ports import AppSettings, Box


def at(n: int) -> Box:
    return Box(x=100 * n, y=10, width=80, height=20)


def test_widgets_with_personal_data_are_boxed() -> None:
    """Texts, fields beside their label, and cells of tables; business numbers are left."""
    cell = Leaf("table cell", content="li@mail.example", place=at(4))
    form = Leaf("frame", inside=[
        Leaf("text", content="13900017788", place=at(1)),
        Leaf("text", content="王小样", labelled=("收货人",), place=at(2)),
        Leaf("text", content="372811000729001234", place=at(3)),
        Leaf("table", inside=[cell, Leaf("table cell", content="128.50", place=at(5))], place=None),
        Leaf("text", content="13900017788", shows=False, place=at(6)),
    ])  # fmt: skip
    assert text_boxes(form) == [at(1), at(2), at(4)]


def test_a_window_too_large_to_be_searched_counts_as_unread() -> None:
    """Then the picture is read instead, where that can be done."""
    assert text_boxes(Leaf("frame", inside=[Leaf("text", content="a") for _ in range(MOST_NODES + 5)])) is None


def test_a_caret_is_no_movement() -> None:
    """Two looks fit each other when only a caret has blinked; not when a row has come or the size has changed."""
    before = np.full((400, 600, 3), 255, np.uint8)
    caret, row = before.copy(), before.copy()
    caret[100:118, 50:52] = 0
    row[200:216, 50:350] = 0
    assert held_still(before, before.copy())
    assert held_still(before, caret)
    assert not held_still(before, row)
    assert not held_still(before, before[:200])


def test_pictures_are_read_only_for_an_app_that_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where reading is installed, since it takes seconds a picture; asked for without it, the app says so."""
    asks = AppSettings(name="form", facts={"masks": "ocr"})
    monkeypatch.setattr("nightclerk.ocr.reading.installed", lambda: True)
    assert picture_reader(AppSettings(name="form")) is None
    assert isinstance(picture_reader(asks), ocr.ScreenReader)
    monkeypatch.setattr("nightclerk.ocr.reading.installed", lambda: False)
    with pytest.raises(MissingPart, match="RapidOCR"):
        picture_reader(asks)
