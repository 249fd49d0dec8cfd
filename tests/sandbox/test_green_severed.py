"""A 3270 line that breaks at the save itself: the next attempt looks first, and the order stands there once."""

from __future__ import annotations

import sqlite3
import threading
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from flows.apps.green_erp import MainframeErp
from nightclerk.app import SystemClock
from nightclerk.domain.items import RunRecord, State
from nightclerk.flow import Queue, flow
from nightclerk.perform import Performer
from nightclerk.run import Backstage, Transaction
from nightclerk.work.store import SqlStore
from nightclerk.workspace import Settings, Workspace
from tests.conftest import ListFilm
from tests.sandbox.green_kit import terminal, voucher


@dataclass(frozen=True, kw_only=True)
class Order:
    key: str


severed_orders = Queue("severed-orders", of=Order)


class OneTerminal:
    """The apps of a run: one terminal, dialled again after trouble as the engine does it."""

    def __init__(self, erp: Any) -> None:
        self.erp, self.dialled = erp, 0

    def open(self) -> dict[str, Any]:
        if not self.erp.running():
            self.dialled += 1
            self.erp.sign_in()
        return {"erp": self.erp}

    def close(self) -> None:
        self.erp.session.surface.close()

    def kill(self) -> None:
        self.erp.session.surface.kill()


def _wait(seconds: float) -> None:
    threading.Event().wait(seconds)


@flow("Key orders on a 3270", each=severed_orders)
def key_order(tx: Transaction, erp: MainframeErp, order: Order) -> str:
    """Key one order; return its voucher."""
    return tx.once(
        look=lambda: erp.find_voucher(order.key),
        prepare=lambda: erp.fill_voucher(**voucher(order.key)),
        commit=erp.save_voucher,
    )


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_line_that_breaks_at_the_save_doubles_nothing(moment: str, store: SqlStore, tmp_path: Path) -> None:
    """Whether the host had booked it or not: adopted where it stands, keyed again where it does not; never twice."""
    store.put("severed-orders", "A1", {"key": "A1"})
    film, record = ListFilm(), RunRecord(run="r1", bot="green", flow=key_order.name)
    store.add_run(record)
    with terminal("3270", tmp_path, "--hang-up", moment) as erp:
        apps = OneTerminal(erp)
        stage = Backstage(
            record=record, workspace=Workspace(root=tmp_path, settings=Settings(retry_base_s=0.1)), store=store,
            film=film, clock=SystemClock(), day=date(2026, 11, 20), files=tmp_path,
            wait=_wait, gates=lambda: [erp.session.gate],
        )  # fmt: skip
        Performer(key_order, stage, apps, {}, attempts=3).perform()
    [item] = store.items("severed-orders")
    assert item.state is State.DONE, item.reason
    assert apps.dialled == 2
    kinds = film.kinds("note")
    assert "once.answer_lost" in kinds
    assert ("once.adopted" in kinds) == (moment == "after")
    with sqlite3.connect(tmp_path / "books" / "erp.db") as books:
        assert books.execute("SELECT external_no FROM vouchers").fetchall() == [("A1",)]
