"""The people of the console, their one-time sign-in codes and their sessions, kept in one small database file."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from nightclerk.console.rights import Right, Role, may

SESSION_LASTS = timedelta(hours=14)  # since it was last used: longer than a night shift
CODE_LASTS = timedelta(hours=12)
_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # without the look-alikes I, O, 0 and 1

_TABLES = """
CREATE TABLE IF NOT EXISTS users (name TEXT PRIMARY KEY, role TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS codes (code_hash TEXT PRIMARY KEY, user TEXT NOT NULL, expires_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS sessions (
  id_hash TEXT PRIMARY KEY, user TEXT NOT NULL, csrf TEXT NOT NULL, used_at TEXT NOT NULL
);
"""


@dataclass(frozen=True, kw_only=True)
class Session:
    """One signed-in browser."""

    user: str
    role: Role
    csrf: str

    def may(self, right: Right | str) -> bool:
        return may(self.role, Right(right))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _plain(code: str) -> str:
    return "".join(code.upper().replace("-", "").split())


class People:
    """Users, codes and sessions. Only hashes of codes and session ids are stored."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._db = sqlite3.connect(file, check_same_thread=False)
        self._db.executescript(_TABLES)

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        with self._lock, self._db:
            yield self._db

    def create_user(self, name: str, role: Role) -> None:
        """Add a person, or give a known one another role and end all their sessions."""
        with self._write() as db:
            db.execute("INSERT OR REPLACE INTO users VALUES (?, ?)", (name, role.value))
            db.execute("DELETE FROM sessions WHERE user = ?", (name,))

    def ensure_user(self, name: str, role: Role) -> None:
        """Add a person unless known; nobody's role or session is touched."""
        with self._write() as db:
            db.execute("INSERT OR IGNORE INTO users VALUES (?, ?)", (name, role.value))

    def issue_code(self, user: str, *, now: datetime) -> str:
        """A new code that signs `user` in once; the codes issued before stop working."""
        letters = "".join(secrets.choice(_ALPHABET) for _ in range(20))
        with self._write() as db:
            db.execute("DELETE FROM codes WHERE user = ?", (user,))
            expires_at = (now + CODE_LASTS).isoformat()
            db.execute("INSERT INTO codes VALUES (?, ?, ?)", (_digest(letters), user, expires_at))
        return "-".join(letters[n : n + 5] for n in range(0, 20, 5))

    def redeem(self, code: str, *, now: datetime) -> str | None:
        """Trade a code for a fresh session id; None when it is unknown, used up or too old."""
        with self._write() as db:
            row = db.execute(
                "DELETE FROM codes WHERE code_hash = ? RETURNING user, expires_at", (_digest(_plain(code)),)
            ).fetchone()
            if row is None or datetime.fromisoformat(row[1]) < now:
                return None
            token = secrets.token_urlsafe(32)
            values = (_digest(token), row[0], secrets.token_urlsafe(24), now.isoformat())
            db.execute("INSERT INTO sessions VALUES (?, ?, ?, ?)", values)
            return token

    def session(self, token: str, *, now: datetime) -> Session | None:
        """The living session behind a session id."""
        with self._write() as db:
            row = db.execute(
                "SELECT user, role, csrf, used_at FROM sessions JOIN users ON name = user WHERE id_hash = ?",
                (_digest(token),),
            ).fetchone()
            if row is None:
                return None
            idle = now - datetime.fromisoformat(row[3])
            if idle > SESSION_LASTS:
                db.execute("DELETE FROM sessions WHERE id_hash = ?", (_digest(token),))
                return None
            if idle > timedelta(minutes=1):
                values = (now.isoformat(), _digest(token))
                db.execute("UPDATE sessions SET used_at = ? WHERE id_hash = ?", values)
        return Session(user=row[0], role=Role(row[1]), csrf=row[2])

    def sign_out(self, user: str) -> None:
        """End all sessions of one person."""
        with self._write() as db:
            db.execute("DELETE FROM sessions WHERE user = ?", (user,))

    def close(self) -> None:
        with self._lock:
            self._db.close()
