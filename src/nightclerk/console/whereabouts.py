"""Where a business number occurs: a search index over items, effects and the steps of all films, in a file of its own.

It holds nothing that the books and journals do not hold: `data/console-index.db` may be deleted, it is made again.
Values and pictures stay where they are; the index knows keys, names of steps, outcomes and the names of pictures.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from nightclerk.console.stretch import SHORTEST_WORD, Stretch, words_of
from nightclerk.domain.items import RunState
from nightclerk.evidence.journal import JOURNAL
from nightclerk.work.store import SqlStore

GOING_ON = (RunState.RUNNING, RunState.QUEUED, RunState.PAUSED)
_TABLES = """
CREATE TABLE IF NOT EXISTS films (
  run TEXT PRIMARY KEY, at_byte INTEGER NOT NULL, closed INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS steps (
  run TEXT NOT NULL, step INTEGER NOT NULL, key TEXT NOT NULL, name TEXT NOT NULL, at TEXT NOT NULL, ms INTEGER,
  outcome TEXT NOT NULL DEFAULT '', reason TEXT NOT NULL DEFAULT '', shot INTEGER NOT NULL DEFAULT 0,
  picture TEXT NOT NULL DEFAULT '', PRIMARY KEY (run, step)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS steps_key ON steps (key, at);
CREATE INDEX IF NOT EXISTS steps_shot ON steps (run, shot) WHERE picture = '' AND shot > 0;
CREATE TABLE IF NOT EXISTS words (
  word TEXT NOT NULL, queue TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (word, queue, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS marks (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""
_CHUNK_BYTES = 8 * 1024 * 1024
_BEYOND = "\U0010ffff"
#: Effects that changed so shortly before the last look may have been written after it: they are read once more.
_OVERLAP = timedelta(seconds=30)


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One step of one film that was about a key."""

    run: str
    step: int
    key: str
    name: str
    at: datetime
    ms: int | None
    outcome: str
    reason: str
    picture: str


class Whereabouts:
    """The index of one workspace. Any thread; `catch_up` takes a time budget and goes on where it stopped."""

    def __init__(self, file: Path, *, store: SqlStore, logs: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._store, self._logs = store, logs
        self._lock = threading.Lock()
        self._db = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=OFF"):
            self._db.execute(f"PRAGMA {pragma}")
        self._db.executescript(_TABLES)
        self._reading = threading.Lock()
        self._reader = sqlite3.connect(file, check_same_thread=False)

    def close(self) -> None:
        with self._lock, self._reading:
            self._db.close()
            self._reader.close()

    # -------------------------------------------------------------------------------------------- asking

    def keys_for(self, text: str, *, limit: int = 40) -> list[tuple[str, str]]:
        """(queue, key) of what begins with the text, or has a part that does; queue "" where only a film knows it."""
        word = text.strip().lower()
        if len(word) < SHORTEST_WORD:
            return []
        rows = self._ask(
            "SELECT DISTINCT queue, key FROM words WHERE word >= ? AND word < ? LIMIT ?", word, word + _BEYOND, limit
        )
        return [(row[0], row[1]) for row in rows]

    def steps_about(self, keys: Iterable[str], *, limit: int = 200, offset: int = 0) -> list[Seen]:
        """The steps of all films about these keys, oldest first."""
        wanted = list(dict.fromkeys(keys))[:100]
        marks = ",".join("?" * len(wanted))
        rows = self._ask(
            "SELECT run, step, key, name, at, ms, outcome, reason, picture FROM steps"
            f" WHERE key IN ({marks}) ORDER BY at, run, step LIMIT ? OFFSET ?",
            *wanted, limit, offset,
        )  # fmt: skip
        return [_seen(row) for row in rows]

    def _ask(self, query: str, *values: Any) -> list[Any]:
        with self._reading:
            return self._reader.execute(query, values).fetchall()

    # ------------------------------------------------------------------------------------------ following

    def catch_up(self, *, budget_s: float = 1.0) -> bool:
        """Read what is new in the books and films; False when the time was over before all was read."""
        if not self._lock.acquire(timeout=budget_s):
            return False
        try:
            until = time.monotonic() + budget_s
            done = all([self._follow_items(until), self._follow_effects(until)])
            return self._follow_films(until) and done
        finally:
            self._lock.release()

    def _follow_items(self, until: float) -> bool:
        while time.monotonic() < until:
            last = int(self._mark("item") or 0)
            rows = self._store.items_after(last)
            if not rows:
                return True
            with self._change() as db:
                known = ((word, queue, key) for _, queue, key in rows for word in words_of(key))
                db.executemany("INSERT OR IGNORE INTO words VALUES (?, ?, ?)", known)
                self._set_mark("item", str(rows[-1][0]))
        return False

    def _follow_effects(self, until: float) -> bool:
        since = self._mark("effect")
        start = datetime.fromisoformat(since) - _OVERLAP if since else None
        offset = 0
        while time.monotonic() < until:
            rows = self._store.effects_from(start, offset=offset)
            with self._change() as db:
                known = ((word, "", one.key) for one in rows for word in words_of(one.key) | words_of(one.reference))
                db.executemany("INSERT OR IGNORE INTO words VALUES (?, ?, ?)", known)
                if rows and rows[-1].updated_at:
                    self._set_mark("effect", rows[-1].updated_at.isoformat())
            if len(rows) < 5000:
                return True
            offset += len(rows)
        return False

    def _follow_films(self, until: float) -> bool:
        """Films that are not read to their end yet, newest first: what people ask for is mostly of today."""
        known = {run: (at_byte, closed) for run, at_byte, closed in self._db.execute("SELECT * FROM films")}
        folders = (path.name for path in self._logs.iterdir()) if self._logs.is_dir() else iter(())
        for run in sorted(folders, reverse=True):
            at_byte, closed = known.get(run, (0, 0))
            if closed:
                continue
            if time.monotonic() > until:
                return False
            path = self._logs / run / JOURNAL
            if path.is_file() and path.stat().st_size > at_byte:
                self._read_film(run, path, at_byte)
        return True

    def _read_film(self, run: str, path: Path, at_byte: int) -> None:
        """Take in the whole lines after `at_byte`, a few megabytes a transaction."""
        with path.open("rb") as file:
            file.seek(at_byte)
            while whole := file.read(_CHUNK_BYTES):
                lines, feed, rest = whole.rpartition(b"\n")
                if not feed:
                    return
                file.seek(-len(rest), 1)
                at_byte += len(lines) + 1
                closed = b'"kind":"end"' in lines[-4096:] and run not in self._going_on()
                with self._change() as db:
                    Stretch(run, lines.split(b"\n")).write(db)
                    db.execute("INSERT OR REPLACE INTO films VALUES (?, ?, ?)", (run, at_byte, int(closed)))

    def _going_on(self) -> set[str]:
        return {run.run for run in self._store.runs(states=GOING_ON, limit=500)}

    @contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield self._db
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def _mark(self, name: str) -> str:
        row = self._db.execute("SELECT value FROM marks WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else ""

    def _set_mark(self, name: str, value: str) -> None:
        self._db.execute("INSERT OR REPLACE INTO marks VALUES (?, ?)", (name, value))


def _seen(row: tuple[Any, ...]) -> Seen:
    run, step, key, name, at, ms, outcome, reason, picture = row
    return Seen(
        run=run, step=step, key=key, name=name, at=datetime.fromisoformat(at), ms=ms, outcome=outcome, reason=reason,
        picture=picture,
    )  # fmt: skip
