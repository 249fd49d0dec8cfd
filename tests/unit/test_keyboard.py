"""Chords and keyboard paths."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightclerk.desktop.keyboard import UnknownKey, chord, path


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("F6", ("f6",)),
        ("Enter", ("enter",)),
        ("Control+Shift+S", ("ctrl", "shift", "s")),
        ("Alt+ArrowDown", ("alt", "down")),
        ("+", ("+",)),
    ],
)
def test_chords(text: str, keys: tuple[str, ...]) -> None:
    """Playwright's spelling becomes the names that the keyboard driver knows."""
    assert chord(text) == keys


@pytest.mark.parametrize("text", ["F13", "Contrl+S", "é", ""])
def test_unknown_keys_are_named(text: str) -> None:
    """What is no key is refused before anything is pressed, with the word that is wrong."""
    with pytest.raises(UnknownKey) as raised:
        chord(text)
    assert "is no key" in str(raised.value)


@given(st.integers(min_value=0, max_value=20))
def test_repeats(times: int) -> None:
    """`Down*n` is n presses of Down, none for 0."""
    assert path(f"Alt+L Down*{times} Enter") == (("alt", "l"), *[("down",)] * times, ("enter",))


def test_an_empty_path_presses_nothing() -> None:
    """No keys, no presses."""
    assert path("") == ()
