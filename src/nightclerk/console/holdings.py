"""Which signed-in browser holds which run's screen: the tokens of taking over stay on the server, never in a page."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from nightclerk.live import NotHolding
from nightclerk.ports import Hand, LiveRuns, Phase, Sight, Then


class Holdings:
    """The tokens of one console, by session and run. Any thread.

    A restart of the console forgets them: the run takes its screen back when its holder has been silent for a while.
    """

    def __init__(self, live: LiveRuns) -> None:
        self.live = live
        self._tokens: dict[tuple[str, str], str] = {}
        self._lock = threading.Lock()

    def take(self, run: str, *, session: str, who: str) -> None:
        """Ask for the screen in a person's name; again by the same browser changes nothing. NotLive, TakenAlready."""
        if self._token(session, run):
            return
        token = self.live.take_over(run, who=who)
        with self._lock:
            self._tokens[(session, run)] = token

    def sight(self, run: str, *, session: str, who: str, after: int = 0) -> tuple[Sight, bool]:
        """What the screen shows, and whether this browser has it or has asked for it. NotLive."""
        token = self._token(session, run)
        found = self.live.sight(run, after=after, token=token)
        mine = bool(token) and found.phase is not Phase.WORKING and found.holder == who
        if token and not mine:
            self._forget(session, run)
        return found, mine

    def act(self, run: str, hands: Sequence[Hand], *, session: str) -> None:
        """Do these on the screen, in order. NotHolding, NotLive."""
        token = self._token(session, run)
        if not token:
            raise NotHolding(run=run)
        self.live.act(run, token=token, hands=hands)

    def hand_back(self, run: str, *, session: str, then: Then) -> None:
        """Give the screen back, or withdraw the wish. NotHolding, NotLive."""
        token = self._token(session, run)
        self._forget(session, run)
        if not token:
            raise NotHolding(run=run)
        self.live.hand_back(run, token=token, then=then)

    def _token(self, session: str, run: str) -> str:
        with self._lock:
            return self._tokens.get((session, run), "")

    def _forget(self, session: str, run: str) -> None:
        with self._lock:
            self._tokens.pop((session, run), None)
