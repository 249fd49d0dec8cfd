"""The starter flow for green screens, set up as docs/how-to/terminal.md says, keys a queue of orders once each."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from nightclerk.app import store_of
from nightclerk.cli.sandbox import Sandbox
from nightclerk.documents import load_mappings
from nightclerk.domain.items import State
from nightclerk.domain.orders import Order, OrderLine, OrderStatus
from nightclerk.init import create_workspace
from nightclerk.records import dump
from nightclerk.workspace import Workspace, load_workspace

PAGE = Path(__file__).parents[2] / "docs/how-to/terminal.md"
NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)
pytestmark = pytest.mark.timeout(300)


def set_up(folder: Path) -> Workspace:
    """A new workspace with the two blocks of the page."""
    create_workspace(folder)
    for add, path, text in re.findall(
        r"^```yaml (\+?)(bots/\S+|config/accounts\S+)\n(.*?)^```$", PAGE.read_text("utf-8"), re.M | re.S
    ):
        with (folder / path).open("a" if add else "w", encoding="utf-8") as file:
            file.write(text)
    return load_workspace(folder)


def wanted(workspace: Workspace) -> list[Order]:
    """Three orders of one line each, of an item that the mapping tables know."""
    parts = load_mappings(workspace.root / "config/mapping").skus.parts
    platform, sku = next(key for key, found in parts.items() if [part.quantity for part in found] == [1])
    return [
        Order(
            platform=platform, shop="yunshan", number=f"36900000000000{n:05d}", total=Decimal("38.50") * n,
            paid_at=NOON, status=OrderStatus.PAID_TO_SHIP, status_text="买家已付款", memo=f"第{n}单，送到门口",
            lines=(OrderLine(line="1", sku=sku, title="商品", quantity=n, price=Decimal("38.50")),),
        )
        for n in (1, 2, 3)
    ]  # fmt: skip


def queue(workspace: Workspace, orders: list[Order]) -> None:
    with closing(store_of(workspace)) as store:
        for order in orders:
            store.put("orders", order.key, dump(order), now=NOON)


def run(folder: Path) -> None:
    command = [sys.executable, "-m", "nightclerk", "run", "key-orders-terminal", "--json"]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=200)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_the_page_keys_orders_over_a_terminal(tmp_path: Path) -> None:
    """A new user copies two blocks and runs the bot: each order stands in the books once, to the last character."""
    folder = tmp_path / "night"
    workspace = set_up(folder)
    orders = wanted(workspace)
    queue(workspace, orders)
    with Sandbox(workspace):
        run(folder)
    with closing(sqlite3.connect(folder / "data/sandbox/books/erp.db")) as books:
        rows = books.execute("SELECT external_no, total, memo FROM vouchers ORDER BY external_no").fetchall()
    assert [row for row in rows if row[0].startswith("369")] == [(o.number, str(o.total), o.memo) for o in orders]
    with closing(store_of(workspace)) as store:
        assert {item.state for item in store.items("orders", limit=10)} == {State.DONE}
