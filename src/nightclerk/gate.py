"""The gate that every commit must pass: shut outside `once`, open for exactly one act inside it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from nightclerk.errors import CommitOutsideOnce, GuardError


class SecondCommit(GuardError):
    """Facts: element, first (the commit that has already passed in this opening)."""

    en = "{element} is a second commit in one `once` (after {first}); nothing was clicked. Use one `once` for each."
    zh = "一次 once 内又要提交 {element}（已提交 {first}）；没有点击。每个效果请单独使用一次 once。"


@dataclass
class Opening:
    """One opening of the gate; `element` is the commit that passed ("" while none has)."""

    element: str = ""


class CommitGate:
    """Lets one commit pass for each opening."""

    def __init__(self) -> None:
        self._opening: Opening | None = None

    @contextlib.contextmanager
    def open(self) -> Iterator[Opening]:
        """Open the gate for one commit. Only `once` calls this; openings do not nest."""
        if self._opening is not None:
            raise SecondCommit(element="once", first=self._opening.element or "once")
        self._opening = Opening()
        try:
            yield self._opening
        finally:
            self._opening = None

    def demand(self, element: str) -> None:
        """Raise unless a commit of `element` may pass now."""
        if self._opening is None:
            raise CommitOutsideOnce(element=element)
        if self._opening.element:
            raise SecondCommit(element=element, first=self._opening.element)

    def allow(self, element: str) -> None:
        """Let the commit of `element` pass, and shut the gate behind it."""
        self.demand(element)
        assert self._opening is not None
        self._opening.element = element
