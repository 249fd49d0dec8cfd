"""What can go wrong on purpose: named troubles, each striking a bounded number of times.

`slow` pages, a `lost-session`, an unknown `popup`, a `lost-answer` (the write lands, its answer does not), a
`redesign` of some pages. The counts live in DIR/troubles.db, so that a restarted system does not strike anew.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

NAMES = ("slow", "lost-session", "popup", "lost-answer", "redesign")


class Troubles:
    """The troubles of one sandbox. `Troubles(state, ["slow"])`; an unknown name is a ValueError."""

    def __init__(self, state: Path, names: Iterable[str] = ()) -> None:
        self.names = frozenset(names)
        unknown = sorted(self.names - set(NAMES))
        if unknown:
            raise ValueError(f"no trouble is called {', '.join(unknown)}; there are {', '.join(NAMES)}")
        self._file = state / "troubles.db"
        state.mkdir(parents=True, exist_ok=True)
        with closing(self._open()) as books:
            books.execute(
                "CREATE TABLE IF NOT EXISTS strikes(system TEXT, name TEXT, asked INT, struck INT,"
                " PRIMARY KEY(system, name))"
            )

    def on(self, name: str) -> bool:
        """Whether this trouble was switched on at all."""
        if name not in NAMES:
            raise ValueError(f"no trouble is called {name!r}; there are {', '.join(NAMES)}")
        return name in self.names

    def strike(
        self, name: str, system: str, *, at_most: int = 1, after: int = 0, every: int = 1, spot: str = ""
    ) -> bool:
        """Whether it strikes now: not before `after` askings, then at every `every`-th, `at_most` times.

        Each `spot` of a system (say "ship" and "stock") keeps a count of its own.
        """
        if not self.on(name):
            return False
        with closing(self._open()) as books:
            books.execute("BEGIN IMMEDIATE")
            asked, struck = self._counts(books, system, f"{name}:{spot}")
            hit = asked >= after and (asked - after) % every == 0 and struck < at_most
            books.execute(
                "INSERT OR REPLACE INTO strikes VALUES (?, ?, ?, ?)",
                (system, f"{name}:{spot}", asked + 1, struck + hit),
            )
            books.execute("COMMIT")
        return hit

    @staticmethod
    def _counts(books: sqlite3.Connection, system: str, name: str) -> tuple[int, int]:
        row = books.execute(
            "SELECT asked, struck FROM strikes WHERE system = ? AND name = ?", (system, name)
        ).fetchone()
        return row or (0, 0)

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self._file, timeout=10, isolation_level=None)
