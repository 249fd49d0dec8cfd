"""The picture of a desktop together with what must be masked on it: both of one moment, or no picture."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from nightclerk.desktop.masks import held_still
from nightclerk.desktop.view import View
from nightclerk.ports import Box, Frame, SelectorSet

#: So often a screen that moves is looked at anew before it is left unpictured.
LOOKS = 4
Reader = Callable[[Any], Iterable[Box]]


def frame_of(view: View, selectors: SelectorSet, reader: Reader | None) -> Frame:
    """The picture of now; none of a login or verification screen, nor of one that moves."""
    for _ in range(LOOKS):
        if secret_screen(view, selectors):
            return Frame(pixels=b"", secret_screen=True)
        pixels = view.still_picture()
        declared = view.private_boxes(selectors.elements.values())
        seen = view.text_boxes()
        if held_still(pixels, view.screen.grab()):
            return Frame(pixels=pixels, private=(*declared, *(seen or ())), reader=reader if seen is None else None)
    return Frame(pixels=b"", unpictured="the screen did not hold still")


def frame_for_holder(view: View, selectors: SelectorSet, reader: Reader | None) -> Frame:
    """The same for a person who works the screen: a login screen shows, as they must type into it; no film keeps it."""
    frame = frame_of(view, selectors, reader)
    return Frame(pixels=view.screen.grab(), secret_screen=True) if frame.secret_screen else frame


def secret_screen(view: View, selectors: SelectorSet) -> bool:
    """Whether a screen shows now that no picture may be kept of."""
    return any(view.find(marker) is not None for marker in selectors.unpictured)
