"""Who has a run's screen: asked for by viewers in their threads, given and taken back by the run in its own."""

from __future__ import annotations

import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence

from nightclerk.live.faults import NotHolding, TakenAlready
from nightclerk.ports import Hand, Phase, Then

#: A holder who is not heard of for so long has left.
SILENT_S = 120.0


class TakeOver:
    """One run's. Any thread may call; `begin`, `next` and `end` belong to the run's own thread."""

    def __init__(self, run: str, *, now_s: Callable[[], float] = time.monotonic) -> None:
        self.run = run
        self.phase = Phase.WORKING
        self.holder = ""
        self.acts = 0
        self._now_s = now_s
        self._token = ""
        self._then: Then | None = None
        self._heard_s = 0.0
        self._waiting: deque[Hand] = deque()
        self._changed = threading.Condition()

    # ------------------------------------------------------------------------------------ viewers' threads

    def ask(self, who: str) -> str:
        """Wish for the screen; the token of whoever wishes. TakenAlready while somebody wishes for it or has it."""
        with self._changed:
            if self.phase is Phase.ASKED and self._left():
                self._clear()
            if self._token:
                raise TakenAlready(run=self.run, by=self.holder)
            self._token, self.holder = secrets.token_urlsafe(24), who
            self.phase, self.acts, self._then = Phase.ASKED, 0, None
            self._heard_s = self._now_s()
            return self._token

    def heard(self, token: str) -> bool:
        """Whether this is the holder's token; the holder is there, then."""
        with self._changed:
            ours = bool(token) and secrets.compare_digest(token, self._token)
            if ours:
                self._heard_s = self._now_s()
            return ours

    def push(self, token: str, hands: Sequence[Hand]) -> None:
        """Line up what the holder does. NotHolding unless the run stands still for this token."""
        holds = self.heard(token)
        with self._changed:
            if not holds or self.phase is not Phase.HELD or self._then is not None:
                raise NotHolding(run=self.run)
            self._waiting.extend(hands)
            self._changed.notify_all()

    def release(self, token: str, then: Then) -> None:
        """Hand the screen back, after what is lined up; a wish that was not granted yet is withdrawn."""
        holds = self.heard(token)
        with self._changed:
            if not holds:
                raise NotHolding(run=self.run)
            self._then = then
            if self.phase is Phase.ASKED:
                self._clear()
            self._changed.notify_all()

    # --------------------------------------------------------------------------------------- run's thread

    @property
    def wanted(self) -> bool:
        """Whether somebody waits for the run's next safe point; a wish that was left alone is dropped."""
        if self.phase is not Phase.ASKED:
            return False
        with self._changed:
            if self._left():
                self._clear()
            return self.phase is Phase.ASKED

    def begin(self) -> bool:
        """The run stands still: the screen is the holder's from now on. False when the wish was withdrawn just now."""
        with self._changed:
            if self.phase is not Phase.ASKED:
                return False
            self.phase = Phase.HELD
            self._heard_s = self._now_s()
            return True

    def next(self, timeout_s: float) -> Hand | None:
        """The holder's next gesture, waited for so long; None when there was none."""
        with self._changed:
            if not self._waiting:
                self._changed.wait(timeout_s)
            if not self._waiting:
                return None
            self.acts += 1
            return self._waiting.popleft()

    def handed_back(self) -> Then | None:
        """What the holder wishes next, once everything that they did is done; ASK when they have left in silence."""
        with self._changed:
            if self._waiting:
                return None
            return self._then or (Then.ASK if self._left() else None)

    def end(self) -> None:
        """The bot has the screen again."""
        with self._changed:
            self._clear()

    def _left(self) -> bool:
        return self._now_s() - self._heard_s > SILENT_S

    def _clear(self) -> None:
        self.phase, self.holder, self._token, self._then, self.acts = Phase.WORKING, "", "", None, 0
        self._waiting.clear()
