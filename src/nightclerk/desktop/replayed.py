"""Replay a failed act on the picture of the screen that the run saw, with the selectors as they were or are today.

Ways by window (its title was kept), by keyboard path and by picture can be replayed. A way through the accessibility
tree fits nothing here (no tree was kept), nor does one by OCR or beside another element.
See `locate/cases.py` for what a case is.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from nightclerk.desktop.match import matches, unique
from nightclerk.desktop.screen import picture
from nightclerk.desktop.ways import DesktopWay, desktop_ways, other_windows
from nightclerk.errors import ElementNotFound, WrongWindow
from nightclerk.locate.cases import FOUND, Replayed, read_case


def replay(case: Path, *, workspace: Path | None = None) -> Replayed:
    """Look for the case's element on its screen. `workspace`: with that one's selectors, not the recorded ones."""
    said = read_case(case, workspace=workspace)
    screen = picture(case / "screen.webp")
    for way in desktop_ways(said.selector, said.values):
        replayed = _tried(way, screen, said.where)
        if replayed is not None:
            return replayed
    outcome = WrongWindow if other_windows(said.selector, said.where) else ElementNotFound
    return Replayed(outcome=outcome.__name__, why=said.where)


def _tried(way: DesktopWay, screen: Any, where: str) -> Replayed | None:
    """What one way gives; None when it fits nothing."""
    if way.wanted is not None or way.reads or way.beside[0] or not re.search(way.window, where):
        return None
    if way.anchor is None or way.anchor.file is None:
        return Replayed(outcome=FOUND, way=way.words)
    places = matches(screen, picture(way.anchor.file), threshold=way.anchor.confidence)
    if not places:
        return None
    best = unique(places)
    if best is None:
        return Replayed(outcome="ElementAmbiguous", way=way.words, why=f"{len(places)}")
    return Replayed(outcome=FOUND, way=way.words, box=best.box)
