"""Signed-in browsers, kept on the server so that signing out, a new role or a closed account ends them at once."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from nightclerk.console.accounts import digest
from nightclerk.console.cabinet import Cabinet
from nightclerk.console.rights import Right, Role, may

SESSION_LASTS = timedelta(hours=14)  # since it was last used: longer than a night shift
SESSION_ENDS = timedelta(hours=72)  # however much it is used
_TOUCH = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class Session:
    """Who asks: a signed-in browser, or a program with a token. `scopes` narrows a token's rights.

    `has_password`: they can sign in again by themselves, by a password or at the account service.
    """

    user: str
    role: Role
    csrf: str = ""
    scopes: frozenset[Right] | None = None
    has_password: bool = True

    def may(self, right: Right | str) -> bool:
        wanted = Right(right)
        return may(self.role, wanted) and (self.scopes is None or wanted in self.scopes | {Right.SIGNED_IN})


class Sessions(Cabinet):
    """Only hashes of session ids are stored."""

    def begin(self, user: str, *, now: datetime, place: str = "") -> str:
        """A fresh session id; each sign-in gets its own."""
        token = secrets.token_urlsafe(32)
        values = (digest(token), user, secrets.token_urlsafe(24), now.isoformat(), now.isoformat(), place)
        with self._write() as db:
            db.execute(
                "INSERT INTO sessions (id_hash, user, csrf, used_at, began_at, place) VALUES (?, ?, ?, ?, ?, ?)", values
            )
        return token

    def session(self, token: str, *, now: datetime) -> Session | None:
        """The living session behind a session id."""
        known = digest(token)
        with self._write() as db:
            row = db.execute(
                "SELECT user, role, csrf, used_at, began_at, password <> '' OR subject <> ''"
                " FROM sessions JOIN users ON name = user WHERE id_hash = ? AND closed_at = ''",
                (known,),
            ).fetchone()
            if row is None:
                return None
            idle = now - datetime.fromisoformat(row[3])
            age = now - datetime.fromisoformat(row[4]) if row[4] else idle
            if idle > SESSION_LASTS or age > SESSION_ENDS:
                db.execute("DELETE FROM sessions WHERE id_hash = ?", (known,))
                return None
            if idle > _TOUCH:
                db.execute("UPDATE sessions SET used_at = ? WHERE id_hash = ?", (now.isoformat(), known))
        return Session(user=row[0], role=Role(row[1]), csrf=row[2], has_password=bool(row[5]))

    def sign_out(self, user: str) -> None:
        """End all sessions of one person."""
        with self._write() as db:
            db.execute("DELETE FROM sessions WHERE user = ?", (user,))
