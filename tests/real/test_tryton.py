"""The order-keying flow of every workspace through a real program: Tryton's GTK client, server and database."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
import tryton_server
from tryton_kit import (
    UNKNOWN_ITEM,
    in_books,
    make_workspace,
    mapping_tables,
    order_for_unknown_item,
    orders,
    perform,
    queue_orders,
    queue_run,
    sales,
    seed_of,
)

from nightclerk.app import store_of
from nightclerk.domain.items import RunState, State
from nightclerk.domain.orders import Order
from nightclerk.workspace import Workspace

pytestmark = [pytest.mark.real, pytest.mark.timeout(7200)]

#: How many orders the night has, and after how many the run is killed.
ORDERS = int(os.environ.get("ORDERS", "50"))
KILLED_AFTER = ORDERS * 2 // 5
RUN_S = 3000.0
_LOOK_S = 0.2  # a look into the books costs CPU that the run needs; between save and read-back lie seconds


@pytest.fixture(scope="module")
def tryton(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tryton_server.Tryton]:
    """A Tryton of its own, with the customers and items of the mapping tables."""
    if why := tryton_server.missing():
        pytest.skip(why)
    tryton_server.install()
    folder = tmp_path_factory.mktemp("tryton")
    tryton_server.make_database(folder, seed=seed_of(mapping_tables()))
    with tryton_server.serving(folder) as server:
        yield server


@dataclass(frozen=True, kw_only=True)
class Night:
    """What is left of one night: the bot's workspace, its run, its orders, and Tryton's books before and after."""

    workspace: Workspace
    run: str
    wanted: list[Order]
    earlier: int
    sales: list[tuple[str, Decimal]]
    order_s: float


@pytest.fixture(scope="module")
def night(tryton: tryton_server.Tryton, tmp_path_factory: pytest.TempPathFactory) -> Night:
    """A run that is killed -9 as soon as two orders of five stand in Tryton, and is then started again."""
    folder = tmp_path_factory.mktemp("night")
    workspace, wanted, log = make_workspace(folder, tryton), orders(ORDERS), folder / "run.log"
    queue_orders(workspace, [wanted[0], order_for_unknown_item(), *wanted[1:]])
    earlier, run = len(sales(tryton.books)), queue_run(workspace)
    kill_midway(perform(workspace, run, log), lambda: len(sales(tryton.books)) >= earlier + KILLED_AFTER)
    assert not settled(workspace, wanted)
    started = time.monotonic()
    finish(workspace, run, log, wanted)
    order_s = (time.monotonic() - started) / (ORDERS - KILLED_AFTER)
    return Night(
        workspace=workspace, run=run, wanted=wanted, earlier=earlier, sales=sales(tryton.books), order_s=order_s
    )  # fmt: skip


def kill_midway(process: subprocess.Popen[bytes], reached: Callable[[], bool]) -> None:
    """kill -9 as soon as `reached`; fails when the process ends before that or takes too long."""
    deadline, pause = time.monotonic() + RUN_S, threading.Event()
    try:
        while not reached():
            assert process.poll() is None
            assert time.monotonic() < deadline
            pause.wait(_LOOK_S)
    finally:
        process.kill()
        process.wait()


def settled(workspace: Workspace, wanted: list[Order]) -> bool:
    """Whether every order is done by the bot's own books."""
    with closing(store_of(workspace)) as store:
        return store.counts("orders").get(State.DONE, 0) == len(wanted)


def finish(workspace: Workspace, run: str, log: Path, wanted: list[Order]) -> None:
    """Perform `run` to its end, and start the bot again, as its schedule would, while orders are left."""
    for _ in range(3):
        ended = perform(workspace, run, log).wait(timeout=RUN_S)
        assert ended == 0, log.read_text(encoding="utf-8")[-3000:]
        if settled(workspace, wanted):
            return
        run = queue_run(workspace)
    raise AssertionError(log.read_text(encoding="utf-8")[-3000:])


def test_each_order_stands_in_tryton_once(night: Night) -> None:
    """Tryton's own database has every order number once, to the fen, and nothing else that is new."""
    print(f"{night.order_s:.1f} s an order after the kill, with starting the client again")
    assert in_books(night.sales, night.wanted) == {order.number: [order.total] for order in night.wanted}
    assert len(night.sales) == night.earlier + ORDERS


def test_an_order_that_tryton_cannot_take_is_rejected_and_stops_nothing(night: Night) -> None:
    """Its item is unknown there: a person gets the sentence, the form was left without saving it."""
    with closing(store_of(night.workspace)) as store:
        (item,) = store.items("orders", states=[State.REJECTED])
    assert (item.key, UNKNOWN_ITEM in item.reason) == (order_for_unknown_item().key, True)


def test_the_order_that_the_kill_cut_off_was_found_again(night: Night) -> None:
    """It was saved and not yet confirmed: the run that came after looked it up and adopted it."""
    journal = (night.workspace.logs / night.run / "journal.jsonl").read_text(encoding="utf-8")
    assert journal.count('"once.adopted"') == 1


def test_the_evidence_of_the_killed_run_verifies(night: Night) -> None:
    """Two processes wrote one chain, and no line or picture of it is missing."""
    verify = [sys.executable, "-m", "nightclerk", "evidence", "verify"]
    verified = subprocess.run(verify, cwd=night.workspace.root, capture_output=True, text=True, timeout=120)
    assert verified.returncode == 0, verified.stdout + verified.stderr
    with closing(store_of(night.workspace)) as store:
        assert {record.state for record in store.runs()} == {RunState.DONE}
