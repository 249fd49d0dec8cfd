"""A worker that is killed in the middle of keying orders: the run goes on, and each order stands in the ERP once."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import threading
from collections import Counter
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from nightclerk.cli.evidence import verified
from nightclerk.cli.sandbox import Sandbox
from nightclerk.domain.items import RunState, State
from nightclerk.domain.orders import Order, OrderLine, OrderStatus
from nightclerk.init import create_workspace
from nightclerk.office.office import Office, wait_for_run
from nightclerk.records import dump
from nightclerk.workspace import load_workspace

pytestmark = pytest.mark.timeout(400)
ORDERS = 10  # the practice ERP refuses the eleventh on purpose


def order(n: int) -> Order:
    line = OrderLine(line="1", sku="TB-CUP", title="青瓷茶杯", quantity=n, price=Decimal("39.00"))
    return Order(
        platform="taobao", shop="yunshan", number=f"35000000000000000{n:02}", status=OrderStatus.PAID_TO_SHIP,
        status_text="买家已付款，等待卖家发货", total=Decimal("39.00") * n, lines=(line,),
    )  # fmt: skip


def vouchers(books: Path) -> Counter[str]:
    with closing(sqlite3.connect(books)) as db:
        return Counter(number for (number,) in db.execute("SELECT external_no FROM vouchers"))


def bodies(run: Path) -> list[dict[str, Any]]:
    """The whole lines of a run's journal so far; none before it has begun."""
    journal = run / "journal.jsonl"
    raw = journal.read_bytes() if journal.exists() else b""
    return [json.loads(line)["body"] for line in raw.split(b"\n")[:-1]]


def pids(run: Path) -> list[int]:
    """The processes that worked on a run, by its journal, in their order."""
    return [body["facts"]["pid"] for body in bodies(run) if body["kind"] in ("begin", "resume")]


def wait_until(holds: object, *, timeout_s: float = 120.0) -> None:
    """Wait for a condition, looking ten times a second."""
    assert callable(holds)
    pause = threading.Event()
    for _ in range(int(timeout_s * 10)):
        if holds():
            return
        pause.wait(0.1)
    raise AssertionError("the condition did not come true")


def test_a_killed_worker_loses_and_doubles_nothing(tmp_path: Path) -> None:
    """SIGKILL strikes twice, each time after another voucher was saved; the same run ends what it began."""
    home = load_workspace(create_workspace(tmp_path / "night"))
    with Sandbox(home) as sandbox:
        office = Office(home)
        try:
            for n in range(1, ORDERS + 1):
                office.store.put("orders", order(n).key, dump(order(n)), now=office.clock.now())
            run = office.launch("key-orders", {}, by="test")
            for done in (1, 3):
                wait_until(lambda done=done: office.store.counts("orders").get(State.DONE, 0) >= done)
                killed = pids(home.logs / run)
                os.kill(killed[-1], signal.SIGKILL)
                wait_until(lambda killed=killed: len(pids(home.logs / run)) > len(killed))
            assert wait_for_run(office, run, tick=lambda: None, timeout_s=300) is RunState.DONE
            assert office.store.counts("orders") == {State.DONE: ORDERS}
        finally:
            office.close()
        assert vouchers(sandbox.state / "books" / "erp.db") == Counter(order(n).number for n in range(1, ORDERS + 1))
    assert verified(home).ok
