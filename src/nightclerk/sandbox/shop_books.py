"""What really stands in one practice shop: its own SQLite books, written before any answer is sent."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from nightclerk.sandbox import world
from nightclerk.sandbox.shop_orders import SHANGHAI, SoldOrder, Stage, orders_of

_SCHEMA = """
CREATE TABLE IF NOT EXISTS orders(number TEXT PRIMARY KEY, status TEXT, eligible INT, total TEXT,
                                  in_exports INT, reason TEXT);
CREATE TABLE IF NOT EXISTS shipments(order_number TEXT, carrier TEXT, tracking TEXT, written_at TEXT);
CREATE TABLE IF NOT EXISTS stock(sku TEXT PRIMARY KEY, quantity INT);
CREATE TABLE IF NOT EXISTS stock_writes(sku TEXT, quantity INT, at TEXT);
CREATE TABLE IF NOT EXISTS export_jobs(number TEXT PRIMARY KEY, kind TEXT, asked_at TEXT, ready_at TEXT,
                                       first TEXT, last TEXT, fields TEXT, password TEXT, stale INT);
"""


class Barred(Exception):
    """The shop refuses a write; the text is what its page says."""


@dataclass(frozen=True, kw_only=True)
class LiveOrder:
    """An order as the shop shows it now: as sold, plus what was shipped or asked back since."""

    sold: SoldOrder
    carrier: str = ""
    tracking: str = ""
    refund_asked: bool = False

    @property
    def shipped(self) -> bool:
        return bool(self.tracking)

    @property
    def can_ship(self) -> bool:
        return self.sold.stage is Stage.TO_SHIP and not self.shipped


@dataclass(frozen=True, kw_only=True)
class StockRow:
    """One SKU on the stock page."""

    sku: str
    title: str
    price: str
    quantity: int
    changed_at: str


@dataclass(frozen=True, kw_only=True)
class ExportJob:
    """One asked-for report; it can be downloaded once `ready`."""

    number: str
    kind: str
    asked_at: datetime
    ready_at: datetime
    first: date
    last: date
    fields: tuple[str, ...]
    password: str
    stale: bool

    @property
    def ready(self) -> bool:
        return now() >= self.ready_at


def now() -> datetime:
    """The shop's wall clock."""
    return datetime.now(SHANGHAI)


class ShopBooks:
    """The books of one platform's shop under DIR/books; seeded when they are first opened."""

    def __init__(self, state: Path, platform: str) -> None:
        self.platform = platform
        self._file = state / "books" / f"{platform}.db"
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._write() as books:
            books.executescript(_SCHEMA)
        with self._write() as books:
            if not books.execute("SELECT count(*) FROM orders").fetchone()[0]:
                self._seed(books)

    # ------------------------------------------------------------------------------------- orders

    def orders(self) -> list[LiveOrder]:
        """All orders, newest first."""
        with self._read() as books:
            parcels = {n: (c, t) for n, c, t in books.execute("SELECT order_number, carrier, tracking FROM shipments")}
            exported = books.execute("SELECT count(*) FROM export_jobs WHERE stale = 0").fetchone()[0] > 0
        return [_live(order, parcels, exported) for order in reversed(orders_of(self.platform))]

    def order(self, number: str) -> LiveOrder | None:
        """One order by its number."""
        return next((order for order in self.orders() if order.sold.number == number), None)

    def ship(self, number: str, carrier: str, tracking: str, *, again: bool) -> None:
        """Append one parcel. Raises Barred; `again` allows a further parcel for a shipped order."""
        order = self.order(number)
        if order is None:
            raise Barred("订单不存在，请核对订单编号")
        if order.sold.refund_after_picking or order.refund_asked:
            raise Barred("该订单买家已申请退款，不能发货，请先处理退款")
        if order.sold.stage is not Stage.TO_SHIP:
            raise Barred(f"订单当前状态为“{order.sold.status}”，不能发货")
        if order.shipped and not again:
            raise Barred("订单已出库，请勿重复操作")
        if not carrier or not tracking.strip().isalnum():
            raise Barred("请选择物流公司并填写正确的运单号")
        with self._write() as books:
            books.execute(
                "INSERT INTO shipments VALUES (?, ?, ?, ?)", (number, carrier, tracking.strip(), now().isoformat())
            )

    # -------------------------------------------------------------------------------------- stock

    def stock(self, text: str = "") -> list[StockRow]:
        """The stock page's rows whose SKU or title contains `text`."""
        with self._read() as books:
            rows = books.execute(
                "SELECT sku, quantity, (SELECT max(at) FROM stock_writes w WHERE w.sku = s.sku) FROM stock s"
                " ORDER BY rowid"
            ).fetchall()
        shown = [_stock_row(sku, quantity, at or "") for sku, quantity, at in rows]
        return [row for row in shown if text.strip() in row.sku or text.strip() in row.title]

    def set_stock(self, sku: str, quantity: str) -> int:
        """Write one SKU's quantity; Barred when it is no whole number from 0 to 999999 or no SKU of ours."""
        if not quantity.strip().isdigit() or len(quantity.strip()) > 6:
            raise Barred("库存必须是 0 到 999999 的整数")
        if not self._has_sku(sku):
            raise Barred("商家编码不存在")
        with self._write() as books:
            books.execute("UPDATE stock SET quantity = ? WHERE sku = ?", (int(quantity), sku))
            books.execute("INSERT INTO stock_writes VALUES (?, ?, ?)", (sku, int(quantity), now().isoformat()))
        return int(quantity)

    def _has_sku(self, sku: str) -> bool:
        with self._read() as books:
            return books.execute("SELECT 1 FROM stock WHERE sku = ?", (sku,)).fetchone() is not None

    # ------------------------------------------------------------------------------------ exports

    def ask_export(
        self, kind: str, first: date, last: date, *, fields: tuple[str, ...] = (), password: str = "",
        takes_s: float = 2.0, cooldown_s: float = 0.0,
    ) -> ExportJob:  # fmt: skip
        """Start one report. Barred when the same kind was asked for within the cool-down."""
        asked_at = now()
        latest = max((j.asked_at for j in self.exports() if j.kind == kind and not j.stale), default=None)
        if latest is not None and (asked_at - latest).total_seconds() < cooldown_s:
            raise Barred("操作太频繁，5分钟内只能导出一次，请稍后再试")
        job = ExportJob(
            number=f"{asked_at:%Y%m%d%H%M%S}{asked_at.microsecond // 1000:03d}",
            kind=kind,
            asked_at=asked_at.replace(microsecond=0),
            ready_at=asked_at + timedelta(seconds=takes_s),
            first=first,
            last=last,
            fields=fields,
            password=password,
            stale=False,
        )
        with self._write() as books:
            _insert_job(books, job)
        return job

    def exports(self) -> list[ExportJob]:
        """All reports, newest first, yesterday's among them."""
        with self._read() as books:
            rows = books.execute("SELECT * FROM export_jobs ORDER BY asked_at DESC, number DESC").fetchall()
        return [_job(row) for row in rows]

    def export(self, number: str) -> ExportJob | None:
        """One report by its number."""
        return next((job for job in self.exports() if job.number == number), None)

    # ------------------------------------------------------------------------------------ plumbing

    def _seed(self, books: sqlite3.Connection) -> None:
        books.executemany(
            "INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?)",
            [(o.number, o.status, o.eligible, str(o.total), o.in_exports, o.reason) for o in orders_of(self.platform)],
        )
        skus = [s for s in (*world.SKUS, *world.UNMAPPED_SKUS) if s.startswith(sku_prefix(self.platform))]
        books.executemany("INSERT INTO stock VALUES (?, ?)", [(s, 37 + 13 * n % 60) for n, s in enumerate(skus)])
        for kind in ("orders", "items"):
            _insert_job(books, _stale_job(kind))

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._file, timeout=10)) as books:
            books.execute("PRAGMA journal_mode=WAL")
            with books:
                yield books

    @contextmanager
    def _read(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._file, timeout=10)) as books:
            yield books


def sku_prefix(platform: str) -> str:
    """How the merchant codes of one platform begin."""
    return {"taobao": "TB-", "jd": "JD-", "douyin": "DY-"}[platform]


def _live(order: SoldOrder, parcels: dict[str, tuple[str, str]], exported: bool) -> LiveOrder:
    carrier, tracking = parcels.get(order.number, (order.carrier, order.tracking))
    refund_asked = order.refund_after_picking and exported
    return LiveOrder(sold=order, carrier=carrier, tracking=tracking, refund_asked=refund_asked)


def _stock_row(sku: str, quantity: int, at: str) -> StockRow:
    shown_at = datetime.fromisoformat(at).strftime("%Y-%m-%d %H:%M:%S") if at else ""
    return StockRow(
        sku=sku, title=world.sku_title(sku), price=f"{world.sku_price(sku):.2f}", quantity=quantity, changed_at=shown_at
    )


def _stale_job(kind: str) -> ExportJob:
    day = world.business_day() - timedelta(days=1)
    asked_at = now().replace(microsecond=0) - timedelta(days=1)
    return ExportJob(
        number=f"{asked_at:%Y%m%d%H%M%S}{'000' if kind == 'orders' else '001'}", kind=kind, asked_at=asked_at,
        ready_at=asked_at, first=day, last=day, fields=(), password="Old-" + f"{asked_at:%m%d}", stale=True,
    )  # fmt: skip


def _insert_job(books: sqlite3.Connection, job: ExportJob) -> None:
    books.execute(
        "INSERT INTO export_jobs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            job.number, job.kind, job.asked_at.isoformat(), job.ready_at.isoformat(), job.first.isoformat(),
            job.last.isoformat(), "\t".join(job.fields), job.password, job.stale,
        ),
    )  # fmt: skip


def _job(row: tuple[str, str, str, str, str, str, str, str, int]) -> ExportJob:
    number, kind, asked_at, ready_at, first, last, fields, password, stale = row
    return ExportJob(
        number=number,
        kind=kind,
        asked_at=datetime.fromisoformat(asked_at),
        ready_at=datetime.fromisoformat(ready_at),
        first=date.fromisoformat(first),
        last=date.fromisoformat(last),
        fields=tuple(filter(None, fields.split("\t"))),
        password=password,
        stale=bool(stale),
    )
