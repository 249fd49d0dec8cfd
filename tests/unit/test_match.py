"""Finding a small picture on a screen."""

from __future__ import annotations

import numpy as np
import pytest

from nightclerk.desktop.match import is_flat, matches, unique


def button(ink: int = 0) -> np.ndarray:
    """A 24 x 60 grey button with two dark strokes on it."""
    picture = np.full((24, 60, 3), 235, dtype=np.uint8)
    picture[6:18, 12:15] = ink
    picture[8:10, 20:48] = ink
    picture[14:16, 24:40] = ink
    return picture


def screen(*places: tuple[int, int], ink: int = 0) -> np.ndarray:
    """A 200 x 320 screen with the button at each (x, y)."""
    pixels = np.full((200, 320, 3), 250, dtype=np.uint8)
    for x, y in places:
        pixels[y : y + 24, x : x + 60] = button(ink)
    return pixels


def test_finds_the_one_place() -> None:
    """The box is where the picture stands, and the score is that of an exact fit."""
    best = unique(matches(screen((40, 50)), button()))
    assert best is not None
    assert (best.box.x, best.box.y, best.box.width, best.box.height) == (40, 50, 60, 24)
    assert best.score == pytest.approx(1.0, abs=0.001)


def test_two_equal_places_are_no_answer() -> None:
    """Two identical buttons are both found, and neither is the unique one."""
    found = matches(screen((10, 10), (200, 120)), button())
    assert len(found) == 2
    assert unique(found) is None


def test_a_disabled_twin_is_no_match() -> None:
    """The same button in grey ink correlates perfectly and is still refused."""
    assert matches(screen((40, 50), ink=170), button()) == []


def test_a_slightly_lighter_rendering_still_fits() -> None:
    """Font smoothing of another machine changes the ink a little; that is tolerated."""
    assert unique(matches(screen((40, 50), ink=20), button())) is not None


def test_flat_pictures_are_refused() -> None:
    """A picture of one colour would fit everywhere, so it fits nowhere."""
    flat = np.full((20, 20, 3), 200, dtype=np.uint8)
    assert is_flat(flat)
    assert matches(screen((40, 50)), flat) == []


def test_a_picture_larger_than_the_window_is_not_there() -> None:
    """A window smaller than the picture cannot hold it."""
    assert matches(screen()[:10, :10], button()) == []
