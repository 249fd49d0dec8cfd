"""The ERP's own books (SQLite): what stands there is the truth that the audit counts."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from nightclerk.sandbox import world
from nightclerk.sandbox.erp import rules
from nightclerk.sandbox.erp.rules import Situation

_SCHEMA = """
CREATE TABLE IF NOT EXISTS vouchers(
    number TEXT PRIMARY KEY, external_no TEXT, customer TEXT, total TEXT, saved_at TEXT,
    dated TEXT, memo TEXT, saved_by TEXT);
CREATE INDEX IF NOT EXISTS vouchers_external ON vouchers(external_no);
CREATE TABLE IF NOT EXISTS voucher_lines(voucher TEXT, item TEXT, quantity INT, price TEXT);
CREATE TABLE IF NOT EXISTS deliveries(
    number TEXT, voucher TEXT, external_no TEXT, carrier TEXT, tracking TEXT, status TEXT, delivered_on TEXT);
CREATE TABLE IF NOT EXISTS attempts(external_no TEXT PRIMARY KEY, ordinal INT, situation TEXT, first_at REAL);
"""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a voucher as keyed."""

    item: str
    quantity: int
    price: Decimal


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A voucher on the form, not yet in the books."""

    number: str
    customer_code: str
    external_no: str
    dated: date
    memo: str
    lines: tuple[Line, ...]

    @property
    def total(self) -> Decimal:
        return sum((line.price * line.quantity for line in self.lines), Decimal("0.00"))


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the books say to a save. `kind`: saved, duplicate, or a key of `rules.REFUSALS`."""

    kind: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Voucher:
    """One saved voucher as queries show it."""

    number: str
    external_no: str
    customer: str
    total: str
    dated: str


class Books:
    """All reads and writes of DIR/books/erp.db. Every write is committed before its answer is shown.

    `plain`: no voucher meets a planned refusal.
    """

    def __init__(self, state: Path, *, plain: bool = False) -> None:
        self._plain = plain
        self._file = state / "books" / "erp.db"
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._open() as db:
            db.execute("PRAGMA journal_mode=WAL")
            db.executescript(_SCHEMA)

    def next_number(self, *, after: str = "") -> str:
        """The number that a new voucher gets, the last one plus 1 (or plus 1 after `after`)."""
        with self._open() as db:
            last = db.execute("SELECT MAX(number) FROM vouchers").fetchone()[0] or ""
        return rules.number_after(max(last, after))

    def save(self, draft: Draft, *, user: str) -> Answer:
        """Check the draft and write it; the answer is what the message box will say."""
        with self._open() as db:
            db.execute("BEGIN IMMEDIATE")
            situation = Situation.PLAIN if self._plain else self._attempt(db, draft.external_no)
            refusal = rules.refusal(draft.customer_code, [line.item for line in draft.lines], draft.dated, situation)
            if refusal is not None:
                db.execute("COMMIT")
                return Answer(kind=refusal.kind, text=refusal.text)
            if self._taken(db, draft.number):
                db.execute("COMMIT")
                return Answer(
                    kind="duplicate", text=f"单据号重复！\n单据号 {draft.number} 已存在，是否重新编号后保存？"
                )
            self._write(db, draft, user)
            db.execute("COMMIT")
        return Answer(kind="saved", text=f"保存成功！\n单据号：{draft.number}")

    def find(self, *, external_no: str = "", number: str = "") -> list[Voucher]:
        """All vouchers with exactly this external number, or this number."""
        column, key = ("external_no", external_no) if external_no else ("number", number)
        columns = "number, external_no, customer, total, dated"
        with self._open() as db:
            rows = db.execute(f"SELECT {columns} FROM vouchers WHERE {column} = ? ORDER BY number", (key,)).fetchall()
        names = columns.split(", ")
        return [Voucher(**dict(zip(names, row, strict=True))) for row in rows]

    def count(self) -> int:
        with self._open() as db:
            return int(db.execute("SELECT COUNT(*) FROM vouchers").fetchone()[0])

    def deliveries(self) -> list[tuple[str, ...]]:
        """Delivery number, date, voucher, external number, customer, carrier, tracking number, status."""
        query = (
            "SELECT d.number, d.delivered_on, d.voucher, d.external_no, v.customer, d.carrier, d.tracking, d.status"
            " FROM deliveries d JOIN vouchers v ON v.number = d.voucher ORDER BY d.number"
        )
        with self._open() as db:
            return [tuple(row) for row in db.execute(query)]

    def sold(self) -> dict[str, int]:
        """Pieces sold by item."""
        with self._open() as db:
            return dict(db.execute("SELECT item, SUM(quantity) FROM voucher_lines GROUP BY item").fetchall())

    # ---------------------------------------------------------------------------------------- inside

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._file, timeout=15, isolation_level=None)) as db:
            yield db

    @staticmethod
    def _attempt(db: sqlite3.Connection, external_no: str) -> Situation:
        """Note a save attempt; the situation that this external number is in now."""
        now = time.time()
        row = db.execute("SELECT situation, first_at FROM attempts WHERE external_no = ?", (external_no,)).fetchone()
        if row is None:
            ordinal = db.execute("SELECT COUNT(*) + 1 FROM attempts").fetchone()[0]
            row = (rules.situation_at(ordinal), now)
            db.execute("INSERT INTO attempts VALUES (?, ?, ?, ?)", (external_no, ordinal, *row))
        return rules.situation_now(Situation(row[0]), age_s=now - row[1])

    @staticmethod
    def _taken(db: sqlite3.Connection, number: str) -> bool:
        known = db.execute("SELECT 1 FROM vouchers WHERE number = ?", (number,)).fetchone()
        return known is not None or rules.taken_by_others(number)

    @staticmethod
    def _write(db: sqlite3.Connection, draft: Draft, user: str) -> None:
        saved_at = datetime.now(UTC).isoformat()
        customer = rules.CUSTOMERS[draft.customer_code]
        head = (draft.number, draft.external_no, customer, f"{draft.total:.2f}", saved_at)
        db.execute(
            "INSERT INTO vouchers VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (*head, draft.dated.isoformat(), draft.memo, user)
        )
        rows = [(draft.number, line.item, line.quantity, f"{line.price:.2f}") for line in draft.lines]
        db.executemany("INSERT INTO voucher_lines VALUES (?, ?, ?, ?)", rows)
        parcels = rules.parcels(draft.number, draft.external_no)
        deliveries = [
            (f"FH{draft.number[2:]}-{n}", draft.number, draft.external_no, *parcel, world.business_day().isoformat())
            for n, parcel in enumerate(parcels, start=1)
        ]
        db.executemany("INSERT INTO deliveries VALUES (?, ?, ?, ?, ?, ?, ?)", deliveries)


def stock_rows(sold: dict[str, int]) -> Sequence[tuple[str, ...]]:
    """Current stock: warehouse, item, name, spec, unit, on hand, safety stock."""
    return [
        (
            "成品仓",
            good.code,
            good.name,
            good.spec,
            good.unit,
            str(good.stock - sold.get(good.code, 0)),
            str(good.safety),
        )
        for good in world.GOODS
    ]
