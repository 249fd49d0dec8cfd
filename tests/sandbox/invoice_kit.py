"""A workspace with a filled inbox and the ERP's purchase exports, and a way to run the reconciliation on it."""

from __future__ import annotations

import csv
import hashlib
import shutil
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from nightclerk.domain.items import RunRecord, WorkItem
from nightclerk.run import Backstage, Run
from nightclerk.sandbox import mailroom
from nightclerk.sandbox.purchases import purchase_orders, receipts
from nightclerk.work.memory import MemoryStore
from nightclerk.workspace import Workspace

ROOT = Path(__file__).parents[2]
_ORDER_COLUMNS = (
    "采购订单号", "订单日期", "供应商", "供应商税号", "币种", "行号", "存货编码", "存货名称", "规格型号", "主计量",
    "数量", "无税单价", "税率%", "订单无税金额", "订单税额", "订单价税合计",
)  # fmt: skip
_RECEIPT_COLUMNS = ("到货单号", "到货日期", "采购订单号", "订单行号", "存货编码", "到货数量")


def workspace(folder: Path) -> Path:
    """A workspace as the shift leaves it for the reconciliation: config, inbox, exports of the ERP."""
    shutil.copytree(ROOT / "config" / "layouts", folder / "config" / "layouts")
    shutil.copyfile(ROOT / "config" / "matching.yaml", folder / "config" / "matching.yaml")
    mailroom.fill(folder / "inbox")
    orders = [
        (o.number, o.ordered_on, o.supplier, o.supplier_tax_id, o.currency, x.line, x.sku, x.name, x.spec, x.unit,
         x.quantity, x.price, x.rate * 100, o.net, o.tax, o.gross)
        for o in purchase_orders() for x in o.lines
    ]  # fmt: skip
    booked = [(r.number, r.received_on, r.order, x.order_line, x.sku, x.quantity) for r in receipts() for x in r.lines]
    write_export(folder / "data" / "erp" / "erp_purchase_orders.csv", _ORDER_COLUMNS, orders)
    write_export(folder / "data" / "erp" / "erp_receipts.csv", _RECEIPT_COLUMNS, booked)
    return folder


def write_export(path: Path, columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="gbk", newline="") as file:
        csv.writer(file).writerows([columns, *rows])


class StillClock:
    """`ports.Clock` at one moment for ever."""

    def now(self) -> datetime:
        return datetime(2026, 11, 20, 12, tzinfo=UTC)

    def monotonic(self) -> float:
        return 0.0


class HashFilm:
    """`ports.Film` that keeps nothing but gives each kept file its hash."""

    folder = Path("film")

    def __getattr__(self, name: str) -> Any:
        return lambda *args, **kwargs: ""

    def keep_file(self, path: Path, *, kind: str = "") -> str:
        return hashlib.sha256(path.read_bytes()).hexdigest()

    def head(self) -> tuple[int, str]:
        return 0, ""


class Night:
    """Runs a flow function over one store and one workspace."""

    def __init__(self, root: Path) -> None:
        self.root, self.store = root, MemoryStore()
        self.clock, self.film, self.runs = StillClock(), HashFilm(), 0
        self.counts: dict[str, int] = {}

    def run(self, flow: Any, **parameters: Any) -> Any:
        self.runs += 1
        record = RunRecord(run=f"r{self.runs}", bot="bot", flow=flow.name)
        self.store.add_run(record)
        files = self.root / "made" / record.run
        stage = Backstage(
            record=record, workspace=Workspace(root=self.root), store=self.store, film=self.film, clock=self.clock,
            day=date(2026, 11, 20), files=files, wait=lambda seconds: None,
        )  # fmt: skip
        return flow(Run(stage), **parameters)

    def items(self, queue: str) -> dict[str, WorkItem]:
        return {item.key: item for item in self.store.items(queue, limit=1000)}
