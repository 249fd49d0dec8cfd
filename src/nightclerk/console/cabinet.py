"""The console's own small database: people, sessions, tokens, second signatures, screens held, forms sent."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_TABLES = """
CREATE TABLE IF NOT EXISTS users (name TEXT PRIMARY KEY, role TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS codes (code_hash TEXT PRIMARY KEY, user TEXT NOT NULL, expires_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS sessions (
  id_hash TEXT PRIMARY KEY, user TEXT NOT NULL, csrf TEXT NOT NULL, used_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS tokens (
  token TEXT PRIMARY KEY, name TEXT NOT NULL, token_hash TEXT NOT NULL UNIQUE, user TEXT NOT NULL,
  scopes TEXT NOT NULL, made_at TEXT NOT NULL, expires_at TEXT NOT NULL, used_at TEXT
);
CREATE TABLE IF NOT EXISTS pledges (
  pledge TEXT PRIMARY KEY, kind TEXT NOT NULL, subject TEXT NOT NULL, facts TEXT NOT NULL, asked_by TEXT NOT NULL,
  asked_at TEXT NOT NULL, expires_at TEXT NOT NULL, settled_by TEXT, settled_at TEXT, agreed INTEGER
);
CREATE INDEX IF NOT EXISTS pledges_open ON pledges (settled_at, asked_at);
CREATE TABLE IF NOT EXISTS screens (
  user TEXT NOT NULL, run TEXT NOT NULL, token TEXT NOT NULL, PRIMARY KEY (user, run)
);
CREATE TABLE IF NOT EXISTS sent (form TEXT PRIMARY KEY, target TEXT NOT NULL, at TEXT NOT NULL);
"""
#: Columns that databases of earlier programs lack: table, column, what it is.
_LATER = (
    ("users", "password", "TEXT NOT NULL DEFAULT ''"),
    ("users", "made_at", "TEXT NOT NULL DEFAULT ''"),
    ("users", "closed_at", "TEXT NOT NULL DEFAULT ''"),
    ("users", "subject", "TEXT NOT NULL DEFAULT ''"),
    ("sessions", "began_at", "TEXT NOT NULL DEFAULT ''"),
    ("sessions", "place", "TEXT NOT NULL DEFAULT ''"),
)


class Cabinet:
    """One connection for all threads. Every write is one transaction."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._db = sqlite3.connect(file, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.executescript(_TABLES)
        for table, column, kind in _LATER:
            if column not in {row[1] for row in self._db.execute(f"PRAGMA table_info({table})")}:
                self._db.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind}")
        self._db.commit()

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        with self._lock, self._db:
            yield self._db

    def _rows(self, query: str, *values: Any) -> list[Any]:
        with self._lock:
            return self._db.execute(query, values).fetchall()

    def close(self) -> None:
        with self._lock:
            self._db.close()
