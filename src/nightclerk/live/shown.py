"""The app that shows on a run's screen, as watching and taking over need it, whatever kind of surface it has."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol, cast

from nightclerk.desktop.driver import Desktop
from nightclerk.desktop.live import DesktopHands
from nightclerk.desktop.session import own_desktop
from nightclerk.errors import CommitOutsideOnce, GuardError
from nightclerk.live.looking import Subject
from nightclerk.ports import Frame, Hands, Surface
from nightclerk.terminal.driver import Terminal
from nightclerk.terminal.live import TerminalHands
from nightclerk.web.live import PageHands
from nightclerk.web.page import WebPage


@dataclass(frozen=True, kw_only=True)
class ShownApp:
    """`run_side.Shown` over an open app."""

    surface: Surface
    subject: Subject

    @property
    def app(self) -> str:
        return self.subject.app

    @property
    def where(self) -> str:
        return self.surface.state().where

    @property
    def beside(self) -> bool:
        return isinstance(self.surface, Desktop) and own_desktop()

    def frame(self) -> Frame | None:
        return self.surface.frame()

    def hands(self) -> Hands:
        """A person's hands on it."""
        if isinstance(self.surface, WebPage):
            return PageHands(self.surface.current_page, self.surface.selectors)
        if isinstance(self.surface, Terminal):
            return TerminalHands(self.surface)
        return DesktopHands(cast(Desktop, self.surface))


class Gate(Protocol):
    """What tells whether a commit may pass now."""

    def demand(self, element: str) -> object: ...


def committing(gates: Iterable[Gate]) -> bool:
    """Whether a commit is under way: a gate that would let one pass, or has let one pass in this opening."""
    return any(_open(gate.demand) for gate in gates)


def _open(demand: Callable[[str], object]) -> bool:
    try:
        demand("")
    except CommitOutsideOnce:
        return False
    except GuardError:
        return True
    return True
