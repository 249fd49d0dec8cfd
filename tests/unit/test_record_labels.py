"""A field that no accessibility tree shows is recorded by its label's picture, never by what is typed in it."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from nightclerk.ports import Box
from nightclerk.record.desktop_place import Picture, Place, label_beside

WINDOW = Box(x=20, y=10, width=400, height=200)
IN_THE_FIELD = (250, 60)


def screen(label: str = "Number", content: str = "") -> np.ndarray:
    """A window with one sunken field, 32 pixels high around y=60, and a label before it."""
    shown = np.full((240, 460, 3), 217, dtype=np.uint8)
    cv2.rectangle(shown, (140, 44), (340, 76), (255, 255, 255), -1)
    cv2.rectangle(shown, (140, 44), (340, 76), (120, 120, 120), 1)
    for text, x in ((label, 50), (content, 150)):
        cv2.putText(shown, text, (x, 66), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (0, 0, 0), 1)
    return shown


@pytest.mark.parametrize("content", ["", "A1001", "13800138000"])
def test_the_label_is_cut_out_whatever_the_field_holds(content: str) -> None:
    """The same piece and the same way from it, so that it is found tomorrow and holds nobody's data."""
    empty, filled = (label_beside(screen(content=one), WINDOW, *IN_THE_FIELD) for one in ("", content))
    assert empty is not None
    assert filled is not None
    assert (filled.digest, filled.offset[1]) == (empty.digest, 0)
    assert 30 < filled.pixels.shape[1] < 90


def test_a_field_without_a_label_has_none() -> None:
    """A button, or a field that nothing stands before."""
    assert label_beside(screen(label=""), WINDOW, *IN_THE_FIELD) is None
    assert label_beside(screen(), None, *IN_THE_FIELD) is None


def test_a_place_for_text_keeps_its_name_and_drops_the_picture_of_itself() -> None:
    """Found by the tree first; what may show data is not written into the selectors."""
    piece = Picture(pixels=np.zeros((2, 2, 3), dtype=np.uint8))
    way, window = {"role": "textbox", "name": "订单号", "window": "^ERP$"}, "^ERP$"
    clicked = Place(role="text", ways=(way, {"picture": "", "window": window}), path="text 订单号", picture=piece)
    assert clicked.as_field(None).ways == (way,)
    label = replace(piece, offset=(9, 0))
    assert clicked.as_field(label).ways == (way, {"picture": "", "offset": [9, 0], "window": window})
    assert clicked.as_field(label).clicked == "text 订单号"
