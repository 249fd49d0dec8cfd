"""Watching a run's screen while it works, and taking it over: what the console asks for, what a surface gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from nightclerk.ports.surface import Frame


class Phase(StrEnum):
    """Who has the screen: the bot, the bot until its next safe point, or a person."""

    WORKING = "working"
    ASKED = "asked"
    HELD = "held"


class Then(StrEnum):
    """What comes after a take-over: the item goes on (its look comes first), or it waits for a person's word."""

    GO_ON = "go_on"
    ASK = "ask"


class Gesture(StrEnum):
    """What a hand does: the mouse goes, goes down, comes up or turns its wheel; a chord is pressed; a text is typed."""

    MOVE = "move"
    DOWN = "down"
    UP = "up"
    WHEEL = "wheel"
    KEY = "key"
    TEXT = "text"


@dataclass(frozen=True, kw_only=True)
class Hand:
    """One gesture of a person, in pixels of the picture that they saw.

    `clicks` is 2 for the second DOWN and UP of a double click. `wheel`: pixels, positive is down. `key`: one chord in
    Playwright's spelling ("Enter", "Control+A"). `text`: what was typed or pasted, Chinese too; it never shows in a
    repr, and no journal keeps it.
    """

    gesture: Gesture
    x: int = 0
    y: int = 0
    button: str = "left"  # left, middle, right
    clicks: int = 1
    wheel: int = 0
    key: str = ""
    text: str = field(default="", repr=False)


@dataclass(frozen=True, kw_only=True)
class Sight:
    """What a run's screen shows now.

    `picture` is WebP with everything masked that evidence masks; b"" when it is the one that was asked `after`, or
    when there is none to show (`why`; its sentence is `say(f"live.why_{why}")`). `number` grows
    with each new picture; `size` is its width and height. `acts` counts what the holder has done.
    """

    run: str
    phase: Phase
    number: int = 0
    picture: bytes = field(default=b"", repr=False)
    size: tuple[int, int] = (0, 0)
    taken_at: datetime | None = None
    why: str = ""  # "", "secret_screen", "moving", "not_yet", "no_screen"
    holder: str = ""
    app: str = ""
    where: str = ""  # window title or address without its query, masked
    item: str = ""  # the key of the item in hand
    acts: int = 0


class LiveRuns(Protocol):
    """The runs at work on this machine, as the console reaches them. Any thread may call; a call takes milliseconds.

    Raises NotLive when the run is not at work here, TakenAlready and NotHolding (all in `nightclerk.live`).
    """

    def runs(self) -> list[str]:
        """The runs that can be watched now."""

    def sight(self, run: str, *, after: int = 0, token: str = "") -> Sight:
        """What its screen shows. Asking is what makes pictures: about one a second while somebody asks.

        `token`: the holder sees about four a second, and login and verification screens as well. NotHolding when the
        screen was handed back meanwhile.
        """

    def take_over(self, run: str, *, who: str) -> str:
        """Ask for the screen in a person's name; returns the token that their further calls carry.

        The phase is ASKED until the run stands at a safe point: no field half filled, no commit under way.
        """

    def act(self, run: str, *, token: str, hands: Sequence[Hand]) -> None:
        """Do these on the screen, in this order. NotHolding unless the phase is HELD by this token."""

    def hand_back(self, run: str, *, token: str, then: Then = Then.GO_ON) -> None:
        """Give the screen back (or withdraw the wish). A holder who is silent for two minutes does so, with ASK."""


@dataclass(frozen=True, kw_only=True)
class Touched:
    """Where a gesture landed: what the place calls itself ("" where it cannot tell), and whether secrets go there."""

    element: str = ""
    where: str = ""
    secret: bool = False


class Hands(Protocol):
    """A person's hands on one surface. The run's own thread calls it, while it holds still."""

    def glance(self) -> Frame:
        """The picture of now, private things marked; login and verification screens too (`secret_screen` is set)."""

    def do(self, hand: Hand) -> Touched: ...
    def rest(self, seconds: float) -> None:
        """Let time pass while the screen lives on (a browser must be served)."""

    def close(self) -> None:
        """The person lets go: every button and key that they held comes up."""
