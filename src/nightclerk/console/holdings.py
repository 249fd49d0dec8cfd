"""Who holds which run's screen: the tokens of taking over stay on the server, never in a page."""

from __future__ import annotations

from collections.abc import Sequence

from nightclerk.console.cabinet import Cabinet
from nightclerk.live import NotHolding
from nightclerk.ports import Hand, LiveRuns, Phase, Sight, Then


class Screens(Cabinet):
    """The tokens, by person and run. They outlive a restart of the console, and a session that ends meanwhile."""

    def screen_token(self, user: str, run: str) -> str:
        """The token with which this person holds the run's screen, "" where they do not."""
        rows = self._rows("SELECT token FROM screens WHERE user = ? AND run = ?", user, run)
        return str(rows[0][0]) if rows else ""

    def keep_screen(self, user: str, run: str, token: str) -> None:
        with self._write() as db:
            db.execute("INSERT OR REPLACE INTO screens (user, run, token) VALUES (?, ?, ?)", (user, run, token))

    def drop_screen(self, user: str, run: str) -> None:
        with self._write() as db:
            db.execute("DELETE FROM screens WHERE user = ? AND run = ?", (user, run))


class Holdings:
    """Taking over in the name of signed-in people. Any thread.

    A person holds a screen in all of their browsers. Whoever is silent for a while loses it: the run takes it back.
    """

    def __init__(self, live: LiveRuns, screens: Screens) -> None:
        self.live, self._screens = live, screens

    def take(self, run: str, *, who: str) -> None:
        """Ask for the screen in a person's name; again by the same person changes nothing. NotLive, TakenAlready."""
        if self._screens.screen_token(who, run) and self.sight(run, who=who)[1]:
            return
        self._screens.keep_screen(who, run, self.live.take_over(run, who=who))

    def sight(self, run: str, *, who: str, after: int = 0) -> tuple[Sight, bool]:
        """What the screen shows, and whether this person has it or has asked for it. NotLive."""
        token = self._screens.screen_token(who, run)
        try:
            found = self.live.sight(run, after=after, token=token)
        except NotHolding:  # the run took it back meanwhile, or is another stint of the same run
            self._screens.drop_screen(who, run)
            return self.live.sight(run, after=after), False
        mine = bool(token) and found.phase is not Phase.WORKING and found.holder == who
        if token and not mine:
            self._screens.drop_screen(who, run)
        return found, mine

    def act(self, run: str, hands: Sequence[Hand], *, who: str) -> None:
        """Do these on the screen, in order. NotHolding, NotLive."""
        self.live.act(run, token=self._token(run, who), hands=hands)

    def hand_back(self, run: str, *, who: str, then: Then) -> None:
        """Give the screen back, or withdraw the wish. NotHolding, NotLive."""
        token = self._token(run, who)
        self._screens.drop_screen(who, run)
        self.live.hand_back(run, token=token, then=then)

    def _token(self, run: str, who: str) -> str:
        token = self._screens.screen_token(who, run)
        if not token:
            raise NotHolding(run=run)
        return token
