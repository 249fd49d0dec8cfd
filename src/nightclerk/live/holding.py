"""The run stands still at a safe point while a person has its screen; everything that they do goes on film."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from nightclerk.errors import HandedBack, NeedsPerson
from nightclerk.live.easel import Easel
from nightclerk.live.takeover import TakeOver
from nightclerk.ports import Act, ActClass, Box, Film, Frame, Gesture, Hand, Hands, Then, Touched
from nightclerk.texts import say

_TURN_S = 0.05
#: A mouse that moved so far between down and up has dragged something.
_DRAG_PX = 6
_SPOT_PX = 8


class OnScreen(Protocol):
    """The app that shows on the run's screen now."""

    @property
    def app(self) -> str: ...
    @property
    def where(self) -> str:
        """Window title or address, for the run's own thread."""

    @property
    def beside(self) -> bool:
        """Whether it is pictured from beside the run, so that the run need not make pictures of it."""

    def frame(self) -> Frame | None:
        """The picture as evidence keeps it."""

    def hands(self) -> Hands: ...


class Holding:
    """One run's. `committing`: whether a commit is under way, which nobody may come between. `touched` is called before
    the first gesture that the flow did not ask for."""

    def __init__(
        self, *, takeover: TakeOver, easel: Easel, film: Film, screen: Callable[[], OnScreen | None],
        committing: Callable[[], bool], stopped: Callable[[], object | None] = lambda: None,
        time_out: Callable[[], AbstractContextManager[object]] = contextlib.nullcontext,
        touched: Callable[[], None] = lambda: None,
    ) -> None:  # fmt: skip
        self._takeover, self._easel, self._film, self._screen = takeover, easel, film, screen
        self._committing, self._stopped, self._time_out, self._touched = committing, stopped, time_out, touched

    def safe_point(self, *, expected: bool = False) -> int:
        """Nothing is half done just now: let somebody who watches see it, and somebody who asked for it have it.

        Returns how much a person has done on the screen meanwhile. `expected`: the flow itself waits for their acts (a
        code, a captcha), and goes on after them. Elsewhere a screen that a person has worked is no longer the one
        that the attempt knew: HandedBack, or NeedsPerson where the person wants to be asked.
        """
        if self._takeover.wanted:
            return 0 if self._committing() else self._hold(expected)
        if self._easel.due() and not self._committing():
            screen = self._screen()
            if screen is not None and not screen.beside:
                self._easel.put(screen.frame(), where=screen.where)
        return 0

    def _hold(self, expected: bool) -> int:
        screen = self._screen()
        if screen is None or not self._takeover.begin():
            return 0
        who = self._takeover.holder
        self._film.note("taken_over", {"by": who, "app": screen.app}, frame=screen.frame())
        try:
            with self._time_out(), contextlib.closing(screen.hands()) as hands:
                then = self._serve(screen, hands, who, (lambda: None) if expected else self._touched)
            acts = self._takeover.acts
        finally:
            self._takeover.end()
        self._film.note("handed_back", {"by": who, "acts": acts, "then": then}, frame=screen.frame())
        if expected:
            return acts
        if then is Then.ASK:
            raise NeedsPerson(say("live.what_now", who=who), choices=("go_on",), kind="question")
        if acts:
            raise HandedBack(who=who, acts=acts)
        return 0

    def _serve(self, screen: OnScreen, hands: Hands, who: str, touched: Callable[[], None]) -> Then:
        """Do what the holder does until they hand back, or the run is to stop."""
        diary = Diary(film=self._film, app=screen.app, who=who, frame=screen.frame)
        while (then := self._takeover.handed_back()) is None:
            if self._stopped() is not None:
                then = Then.GO_ON
                break
            if not screen.beside and self._easel.due(held=True):
                self._easel.put(hands.glance(), held=True, where=screen.where)
            hand = self._takeover.next(_TURN_S)
            if hand is None:
                hands.rest(_TURN_S)
            else:
                if self._takeover.acts == 1:
                    touched()
                diary.write(hand, hands.do(hand))
        diary.close()
        return then


class Diary:
    """A person's gestures as acts of the journal: clicks, drags, chords; a text by its length only, what it says stands
    in the picture, masked like all pictures."""

    def __init__(self, *, film: Film, app: str, who: str, frame: Callable[[], Frame | None]) -> None:
        self._film, self._app, self._way, self._frame = film, app, f"by hand: {who}", frame
        self._down = (0, 0)
        self._typed, self._field = 0, Touched()

    def write(self, hand: Hand, touched: Touched) -> None:
        text = hand.text or (hand.key if len(hand.key) == 1 else "")
        if text:
            self._typed, self._field = self._typed + len(text), touched
            return
        self.close()
        if hand.gesture is Gesture.DOWN:
            self._down = (hand.x, hand.y)
            self._act("double_click" if hand.clicks > 1 else "click", hand, touched, value=hand.button)
        elif hand.gesture is Gesture.UP and _far(self._down, hand):
            self._act("drag", hand, touched)
        elif hand.gesture is Gesture.WHEEL:
            self._act("scroll", hand, touched, value=str(hand.wheel))
        elif hand.gesture is Gesture.KEY:
            self._act("press", hand, touched, value=hand.key)

    def close(self) -> None:
        """Write down the text that was typed last."""
        if self._typed:
            value = None if self._field.secret else f"{self._typed} characters"
            self._act("type", Hand(gesture=Gesture.TEXT), self._field, value=value)
        self._typed = 0

    def _act(self, verb: str, hand: Hand, touched: Touched, *, value: str | None = None) -> None:
        spot = Box(x=max(0, hand.x - _SPOT_PX), y=max(0, hand.y - _SPOT_PX), width=2 * _SPOT_PX, height=2 * _SPOT_PX)
        self._film.act(
            Act(
                verb=verb, act_class=ActClass.EDIT, app=self._app, element=touched.element, way=self._way,
                box=spot if hand.gesture not in (Gesture.KEY, Gesture.TEXT) else None, value=value,
                where=touched.where,
            ),
            frame=self._frame(),
        )  # fmt: skip


def _far(down: tuple[int, int], up: Hand) -> bool:
    return max(abs(up.x - down[0]), abs(up.y - down[1])) > _DRAG_PX
