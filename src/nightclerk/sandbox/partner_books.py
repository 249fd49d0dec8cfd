"""The order-entry partner's own books: what was saved, when, and from when on its search shows it."""

from __future__ import annotations

import sqlite3
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

_SCHEMA = """
CREATE TABLE IF NOT EXISTS orders(
    number INTEGER PRIMARY KEY AUTOINCREMENT, site TEXT, ref TEXT, quantity INT, saved_at REAL, visible_at REAL);
CREATE INDEX IF NOT EXISTS orders_ref ON orders(site, ref);
"""


@dataclass(frozen=True, kw_only=True)
class Saved:
    """One order in the partner's books; times are seconds since 1970."""

    number: int
    site: str
    ref: str
    quantity: int
    saved_at: float
    visible_at: float


class PartnerBooks:
    """All reads and writes of DIR/books/partner.db. Every write is committed before its answer is sent."""

    def __init__(self, state: Path) -> None:
        self._file = state / "books" / "partner.db"
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with closing(self._open()) as db:
            db.execute("PRAGMA journal_mode=WAL")
            db.executescript(_SCHEMA)

    def save(self, site: str, ref: str, quantity: int, *, lag_s: float) -> int:
        """Write one order, whether or not its reference stands there already; returns its number."""
        now = time.time()
        with closing(self._open()) as db:
            row = (site, ref, quantity, now, now + lag_s)
            return int(
                db.execute(
                    "INSERT INTO orders(site, ref, quantity, saved_at, visible_at) VALUES (?, ?, ?, ?, ?)", row
                ).lastrowid
                or 0
            )

    def find(self, site: str, ref: str) -> list[Saved]:
        """What the site's search shows now for exactly this reference."""
        return self._rows("WHERE site = ? AND ref = ? AND visible_at <= ?", (site, ref, time.time()))

    def all(self) -> list[Saved]:
        """Every order of every site, by number."""
        return self._rows("", ())

    def _rows(self, where: str, values: tuple[object, ...]) -> list[Saved]:
        columns = "number, site, ref, quantity, saved_at, visible_at"
        with closing(self._open()) as db:
            rows = db.execute(f"SELECT {columns} FROM orders {where} ORDER BY number", values).fetchall()
        return [Saved(**dict(zip(columns.split(", "), row, strict=True))) for row in rows]

    def counts(self) -> Counter[str]:
        """How often each reference stands in the books."""
        return Counter(saved.ref for saved in self.all())

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self._file, timeout=15, isolation_level=None)
