"""Tokens for programs that use /api: each belongs to a person, names its rights, and ends by itself."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from nightclerk.console.accounts import digest
from nightclerk.console.cabinet import Cabinet
from nightclerk.console.rights import Right, Role
from nightclerk.console.sessions import Session
from nightclerk.errors import BusinessError

PREFIX = "nc_"
LONGEST_DAYS = 366
_TOUCH = timedelta(minutes=1)


class BadToken(BusinessError):
    """Facts: least, most."""

    zh = "令牌需要名称、至少一项权限，以及 {least} 到 {most} 天的期限。没有改动。"
    en = "A token needs a name, at least one right, and {least} to {most} days. Nothing was changed."


@dataclass(frozen=True, kw_only=True)
class Token:
    """One token as its owner sees it; the secret itself is shown once and stored as a hash."""

    token: str
    name: str
    user: str
    scopes: frozenset[Right]
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


class Tokens(Cabinet):
    """Tokens never hold more than their owner's role does at the moment of use."""

    def make_token(self, user: str, name: str, scopes: Iterable[Right], *, days: int, now: datetime) -> str:
        """A new token's secret. BadToken."""
        wanted = frozenset(scopes) - {Right.PUBLIC, Right.SIGNED_IN}
        if not name.strip() or not wanted or not 1 <= days <= LONGEST_DAYS:
            raise BadToken(least=1, most=LONGEST_DAYS)
        secret, until = PREFIX + secrets.token_urlsafe(32), now + timedelta(days=days)
        values = (
            secrets.token_hex(6), name.strip()[:60], digest(secret), user, " ".join(sorted(wanted)), now.isoformat(),
            until.isoformat(),
        )  # fmt: skip
        with self._write() as db:
            db.execute(
                "INSERT INTO tokens (token, name, token_hash, user, scopes, made_at, expires_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                values,
            )
        return secret

    def tokens(self, user: str) -> list[Token]:
        """One person's tokens, newest first."""
        rows = self._rows(
            "SELECT token, name, user, scopes, made_at, expires_at, used_at FROM tokens WHERE user = ?"
            " ORDER BY made_at DESC",
            user,
        )
        return [_token(row) for row in rows]

    def drop_token(self, user: str, token: str) -> bool:
        """End one of a person's own tokens."""
        with self._write() as db:
            return db.execute("DELETE FROM tokens WHERE token = ? AND user = ?", (token, user)).rowcount == 1

    def bearer(self, secret: str, *, now: datetime) -> Session | None:
        """Who asks with this token; None when it is unknown or over."""
        with self._write() as db:
            row = db.execute(
                "SELECT user, role, scopes, expires_at, used_at, token FROM tokens JOIN users ON users.name = user"
                " WHERE token_hash = ? AND closed_at = ''",
                (digest(secret),),
            ).fetchone()
            if row is None or datetime.fromisoformat(row[3]) < now:
                return None
            if row[4] is None or now - datetime.fromisoformat(row[4]) > _TOUCH:
                db.execute("UPDATE tokens SET used_at = ? WHERE token = ?", (now.isoformat(), row[5]))
        return Session(user=row[0], role=Role(row[1]), scopes=_scopes(row[2]))


def _scopes(text: str) -> frozenset[Right]:
    """Rights by name; one that this program no longer knows is none."""
    return frozenset(Right(word) for word in text.split() if word in Right._value2member_map_)


def _token(row: tuple[str, str, str, str, str, str, str | None]) -> Token:
    token, name, user, scopes, made_at, expires_at, used_at = row
    return Token(
        token=token, name=name, user=user, scopes=_scopes(scopes), made_at=datetime.fromisoformat(made_at),
        expires_at=datetime.fromisoformat(expires_at), used_at=datetime.fromisoformat(used_at) if used_at else None,
    )  # fmt: skip
