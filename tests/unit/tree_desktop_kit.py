"""A desktop with one window whose accessibility tree a test hands in, worked by the real driver."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
from tree_kit import Leaf, window

from nightclerk.desktop.driver import Desktop
from nightclerk.desktop.view import View
from nightclerk.desktop.windows import Window
from nightclerk.locate.healer import Healer
from nightclerk.ports import AppSettings, Box, SelectorSet


class TreeDesktop:
    """A desktop with one window, whose tree a test hands in; a paste goes into the node under the mouse."""

    def __init__(self, *inside: Leaf) -> None:
        self.root, self.did, self.offered = window(*inside), [], ""  # type: ignore[var-annotated]
        self.front = Window(handle=1, title="Form")
        self.deaf = False

    def window(self, title: str) -> Leaf | None:
        return self.root if title == self.front.title else None

    def active(self) -> Window:
        return self.front

    def windows(self) -> list[Window]:
        return [self.front]

    def box(self, _window: Window) -> Box:
        return Box(x=0, y=0, width=400, height=400)

    def grab(self, _box: Box | None = None) -> Any:
        return np.zeros((400, 400, 3), dtype=np.uint8)

    def press(self, chords: Sequence[tuple[str, ...]]) -> None:
        self.did += chords
        if ("ctrl", "v") in chords and not self.deaf:
            self.root.inside[0].inside[0].content = self.offered

    def click(self, x: int, y: int) -> None:
        self.did.append((x, y))
        leaf = self.root.inside[0].inside[0]
        leaf.ticked = not leaf.ticked and not self.deaf

    def aim(self, _window: int | None) -> None:
        pass

    def answers(self, _window: Window, *, timeout_s: float) -> bool:
        return True

    def held(self) -> str:
        return ""

    def restore(self, _text: str) -> None:
        pass

    def put(self, text: str) -> None:
        self.offered = text

    def taken(self, *, timeout_s: float) -> bool:
        return True

    def now(self) -> datetime:
        return datetime.now(UTC)

    monotonic = staticmethod(time.monotonic)

    def driver(self, healer: Healer | None = None) -> Desktop:
        view: Any = View(windows=self, screen=self, tree=lambda: self)  # type: ignore[arg-type]
        me: Any = self
        settings = AppSettings(name="erp", timeout_s=0.1)
        return Desktop(
            selectors=SelectorSet(app="erp"), settings=settings, clock=me, shared=me, view=view, keyboard=me,
            clipboard=me, healer=healer,
        )  # fmt: skip
