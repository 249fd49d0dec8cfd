"""Everything that the console knows of its people, over one small database file."""

from __future__ import annotations

from datetime import datetime

from nightclerk.console.accounts import Accounts
from nightclerk.console.holdings import Screens
from nightclerk.console.pledges import Pledges
from nightclerk.console.sent import Sent
from nightclerk.console.sessions import Sessions
from nightclerk.console.tokens import Tokens


class People(Accounts, Sessions, Tokens, Pledges, Screens, Sent):
    """Accounts, sessions, tokens, second signatures, screens held and sent forms."""

    def redeem(self, code: str, *, now: datetime, place: str = "") -> str | None:
        """Trade a one-time code for a fresh session id; None when it is unknown, used up or too old."""
        user = self.use_code(code, now=now)
        return self.begin(user, now=now, place=place) if user else None

    def enter(self, name: str, password: str, *, now: datetime, place: str = "") -> str | None:
        """Trade name and password for a fresh session id; None when they do not fit together."""
        return self.begin(name, now=now, place=place) if self.password_fits(name, password) else None
