"""What the Tryton tests need: a workspace with the Tryton bot in it, orders to key, and a look into Tryton's books."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from tryton_server import DATABASE, PASSWORD, Tryton

from nightclerk.app import SystemClock, store_of, vault_of
from nightclerk.documents import Mappings, load_mappings
from nightclerk.domain.orders import Order, OrderLine, OrderStatus
from nightclerk.init import create_workspace
from nightclerk.work.shift import Shift
from nightclerk.workspace import Workspace, load_workspace

HERE = Path(__file__).parent
BOT = "key-orders-tryton"
#: An ERP item of the mapping tables that Tryton is not told of, and the SKU that maps to it.
UNKNOWN_ITEM, UNKNOWN_SKU = "0201001", "TB-BATH"
_MEMOS = ("", "请放门卫，谢谢", "发票抬头：测试公司 <甲>", "生日礼物，勿放价签 ¥", "加急")


def mapping_tables() -> Mappings:
    """The mapping tables that every new workspace starts with."""
    return load_mappings(HERE.parents[1] / "config" / "mapping")


def seed_of(tables: Mappings) -> dict[str, Any]:
    """What Tryton must know for those tables: their customers and, but for one, their ERP items."""
    customers = {customer.code: customer.name for customer in tables.customers.customers.values()}
    items = sorted({part.item for parts in tables.skus.parts.values() for part in parts} - {UNKNOWN_ITEM})
    return {
        "customers": [{"code": code, "name": name} for code, name in customers.items()],
        "items": [{"code": item, "name": f"商品 {item}", "price": "9.90"} for item in items],
    }


def orders(count: int) -> list[Order]:
    """Orders of one line each: several shops, quantities, prices and Chinese notes."""
    skus = _simple_skus()
    platforms = sorted(skus)
    return [_order(n, platform, skus[platform]) for n in range(count) for platform in [platforms[n % len(platforms)]]]


def order_for_unknown_item() -> Order:
    """An order that Tryton cannot take."""
    return _order(99, "taobao", UNKNOWN_SKU)


def _simple_skus() -> dict[str, str]:
    """For each platform a SKU that is one piece of one item that Tryton knows."""
    simple: dict[str, str] = {}
    for (platform, sku), parts in mapping_tables().skus.parts.items():
        if [(part.quantity, part.item == UNKNOWN_ITEM) for part in parts] == [(1, False)]:
            simple.setdefault(platform, sku)
    return simple


def _order(n: int, platform: str, sku: str) -> Order:
    quantity, price = n % 4 + 1, Decimal("38.50") + n * Decimal("101.11")
    line = OrderLine(line="1", sku=sku, title="商品", quantity=quantity, price=price)
    return Order(
        platform=platform, shop="yunshan", number=f"{36900000000000000 + n * 7919:019d}", total=price * quantity,
        status=OrderStatus.PAID_TO_SHIP, status_text="等待卖家发货", paid_at=datetime(2026, 11, 20, 4, tzinfo=UTC),
        memo=_MEMOS[n % len(_MEMOS)], lines=(line,),
    )  # fmt: skip


def make_workspace(folder: Path, tryton: Tryton) -> Workspace:
    """A new workspace, as `nightclerk init` makes it, to which the Tryton client was added."""
    root = create_workspace(folder / "workspace")
    shutil.copy(HERE / "apps" / "tryton_client.py", root / "flows" / "apps")
    shutil.copytree(HERE / "selectors" / "tryton", root / "selectors" / "tryton")
    shutil.copy(HERE / "bots" / f"{BOT}.yaml", root / "bots")
    home = folder / "home"
    home.mkdir()
    url = f"tryton://{tryton.address}/{DATABASE}/model/sale.sale"
    command = f"env HOME={home} LANG=C.UTF-8 tryton -s {tryton.address} -u admin {url}"
    _append(root / "config" / "apps.yaml", f"tryton: {{command: '{command}', window: '^$', timeout_s: 30}}\n")
    _append(root / "config" / "accounts.yaml", "tryton-night: {app: tryton, user: admin, secret: tryton-night}\n")
    workspace = load_workspace(root)
    assert not workspace.faults, [fault.sentence() for fault in workspace.faults]
    vault_of(workspace).set("tryton-night", PASSWORD)
    return workspace


def _append(file: Path, line: str) -> None:
    file.write_text(file.read_text(encoding="utf-8").rstrip("\n") + "\n" + line, encoding="utf-8")


def queue_orders(workspace: Workspace, wanted: Sequence[Order]) -> None:
    """Put orders where the key-orders bots draw them from."""
    from flows.orders import order_queue  # on the path since the workspace was loaded

    with closing(store_of(workspace)) as store:
        for order in wanted:
            store.put(order_queue.name, order.key, order_queue.dump(order), now=SystemClock().now())


def queue_run(workspace: Workspace) -> str:
    """Queue one run of the bot, without anybody to perform it yet."""
    with closing(store_of(workspace)) as store:
        shift = Shift(workspace=workspace, store=store, clock=SystemClock(), fire=lambda run, needs: None)
        return shift.launch(workspace.bot(BOT), {}, by="tests/real")


def perform(workspace: Workspace, run: str, log: Path) -> subprocess.Popen[bytes]:
    """Start the process that performs a queued run, as a worker does."""
    command = [sys.executable, "-m", "nightclerk", "perform", run, "--workspace", str(workspace.root)]
    with log.open("ab") as sink:
        return subprocess.Popen(command, cwd=workspace.root, stdin=subprocess.DEVNULL, stdout=sink, stderr=sink)


def sales(books: Path) -> list[tuple[str, Decimal]]:
    """Every sale in Tryton's own database: its reference, and its total out of its lines."""
    query = "SELECT s.id, s.reference, l.quantity, l.unit_price FROM sale_sale s LEFT JOIN sale_line l ON l.sale = s.id"
    with closing(sqlite3.connect(f"file:{books}?mode=ro", uri=True, timeout=30)) as connection:
        lines = connection.execute(query).fetchall()
    totals: dict[int, tuple[str, Decimal]] = {}
    for sale, reference, quantity, price in lines:
        _, so_far = totals.get(sale, ("", Decimal(0)))
        totals[sale] = (reference, so_far + _amount(quantity) * _amount(price))
    return list(totals.values())


def _amount(stored: Any) -> Decimal:
    """A number as SQLite keeps Tryton's: a float, or the bytes of a decimal."""
    return Decimal(stored.decode() if isinstance(stored, bytes) else str(stored or 0))


def in_books(found: Sequence[tuple[str, Decimal]], wanted: Sequence[Order]) -> Mapping[str, list[Decimal]]:
    """The totals of the sales that carry each wanted order's number."""
    return {order.number: [total for reference, total in found if reference == order.number] for order in wanted}
