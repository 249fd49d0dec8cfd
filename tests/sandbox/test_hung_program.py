"""A desktop program that hangs for good in the middle of an order: killed when the item's time is over, keyed once."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import psutil
import pytest

from nightclerk.cli.sandbox import Sandbox
from nightclerk.domain.items import RunState, State
from nightclerk.init import create_workspace
from nightclerk.office.office import Office, wait_for_run
from nightclerk.records import dump
from nightclerk.workspace import load_workspace
from tests.sandbox.erp_kit import needs_desktop
from tests.sandbox.test_killed_worker import bodies, order, pids, vouchers, wait_until

pytestmark = [needs_desktop, pytest.mark.slow, pytest.mark.timeout(400)]


def acts(run: Path) -> list[dict[str, Any]]:
    return [body for body in bodies(run) if body["kind"] == "act"]


def clients_of(pid: int) -> list[psutil.Process]:
    """The ERP clients that a run's process has started."""
    below = psutil.Process(pid).children(recursive=True)
    return [process for process in below if "nightclerk.sandbox.erp" in " ".join(process.cmdline())]


def test_a_program_that_hangs_is_ended_and_its_order_stands_once(tmp_path: Path) -> None:
    """SIGSTOP while fields are being filled: the attempt's time runs out, the client is ended, a new one keys it."""
    root = create_workspace(tmp_path / "night")
    bot = root / "bots" / "key-orders.yaml"
    bot.write_text(bot.read_text(encoding="utf-8") + "item_timeout: 25s\n", encoding="utf-8")
    home = load_workspace(root)
    with Sandbox(home) as sandbox:
        office = Office(home)
        try:
            for n in (1, 2):
                office.store.put("orders", order(n).key, dump(order(n)), now=office.clock.now())
            run = office.launch("key-orders", {}, by="test")
            wait_until(lambda: any(body["class"] == "edit" and body.get("item") for body in acts(home.logs / run)))
            hung = clients_of(pids(home.logs / run)[-1])
            assert [os.kill(process.pid, signal.SIGSTOP) for process in hung] == [None]
            assert wait_for_run(office, run, tick=lambda: None, timeout_s=300) is RunState.DONE
            assert office.store.counts("orders") == {State.DONE: 2}
        finally:
            office.close()
        assert dict(vouchers(sandbox.state / "books" / "erp.db")) == {order(n).number: 1 for n in (1, 2)}
    assert not any(process.is_running() for process in hung)
    assert bodies(home.logs / run)[-1]["facts"]["counts"] == {"done": 2, "retried": 1}
