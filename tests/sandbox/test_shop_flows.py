"""The flows over the shops, performed as the engine does, with the sandbox's troubles on and off."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from flows.apps.douyin import Douyin
from flows.apps.seller_center import SellerCenter
from flows.apps.taobao import Taobao
from flows.export_orders import export_orders
from flows.orders import order_queue, shipment_queues, stock_queues
from flows.ship_orders import ship_taobao_order
from flows.write_stock import write_douyin_stock
from nightclerk.app import SystemClock
from nightclerk.domain.items import RunRecord, State
from nightclerk.domain.shipments import Shipment, StockLevel
from nightclerk.flow import Flow
from nightclerk.perform import Performer
from nightclerk.run import Backstage
from nightclerk.sandbox import world
from nightclerk.sandbox.shop_orders import orders_of
from nightclerk.work.store import SqlStore
from nightclerk.workspace import Settings, Workspace
from tests.conftest import ListFilm
from tests.sandbox.shop_kit import ROOT, AppAtHand, books, sandbox

DAY = world.business_day()


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("troubled")


@pytest.fixture(scope="module")
def endpoints(state: Path) -> Iterator[dict[str, Any]]:
    with sandbox(state, "slow", "lost-session", "popup", "lost-answer", "redesign") as found:
        yield found


class Desk:
    """Performs flows over one store and one shop."""

    def __init__(self, store: SqlStore, kind: type[SellerCenter], endpoints: dict[str, Any], folder: Path) -> None:
        self.store, self.apps, self.folder = store, AppAtHand(kind, endpoints, folder), folder
        self.workspace = Workspace(root=ROOT, settings=Settings(retry_base_s=0.1))

    def perform(self, flow: Flow, run: str, **parameters: Any) -> str:
        """Perform a flow to its end; what its last call returned."""
        record = RunRecord(run=run, bot="shop", flow=flow.name)
        self.store.add_run(record)
        stage = Backstage(
            record=record, workspace=self.workspace, store=self.store, film=ListFilm(), clock=SystemClock(),
            day=DAY, files=self.folder, wait=self.apps.wait, gates=self.apps.gates,
        )  # fmt: skip
        performer = Performer(flow, stage, self.apps, parameters, attempts=4)
        performer.perform()
        return performer.last.result if performer.last else ""

    def states(self, queue: str) -> dict[str, State]:
        return {item.key: item.state for item in self.store.items(queue, limit=1000)}


def to_ship(platform: str, many: int) -> list[str]:
    """Order numbers that a shop lets go, without the one whose buyer changes his mind."""
    return [o.number for o in orders_of(platform) if o.eligible and not o.refund_after_picking][:many]


def struck(state: Path, system: str) -> set[str]:
    """The troubles that have struck a system."""
    with contextlib.closing(sqlite3.connect(state / "troubles.db")) as opened:
        rows = opened.execute("SELECT name FROM strikes WHERE system = ? AND struck > 0", (system,))
        return {name for (name,) in rows}


@pytest.mark.slow
def test_shipping_under_all_troubles_leaves_each_order_one_parcel(
    store: SqlStore, endpoints: dict[str, Any], state: Path, tmp_path: Path
) -> None:
    """A lost answer, a lost session, a pop-up and another ship form: every parcel stands in the books once."""
    desk = Desk(store, Taobao, endpoints, tmp_path)
    parcels = [
        Shipment(platform="taobao", shop="yunshan", order=n, carrier="中通快递", tracking=f"7610{at:08d}")
        for at, n in enumerate(to_ship("taobao", 4))
    ]
    for parcel in parcels:
        store.put("shipments-taobao", parcel.key, shipment_queues["taobao"].dump(parcel), now=SystemClock().now())
    desk.perform(ship_taobao_order, "ship")
    assert set(desk.states("shipments-taobao").values()) == {State.DONE}
    written = books(state, "taobao", "SELECT order_number, tracking FROM shipments")
    assert sorted(written) == sorted((p.order, p.tracking) for p in parcels)
    assert {"lost-answer:ship", "lost-session:", "popup:"} <= struck(state, "taobao")


@pytest.mark.slow
def test_stock_under_all_troubles_is_written_once(
    store: SqlStore, endpoints: dict[str, Any], state: Path, tmp_path: Path
) -> None:
    """The redesigned stock page with a renamed button and lost answers: one write a SKU, the right quantity."""
    desk = Desk(store, Douyin, endpoints, tmp_path)
    skus = ("DY-CUP", "DY-POT", "DY-TRAY")
    for at, sku in enumerate(skus):
        level = StockLevel(platform="douyin", shop="yunshan", sku=sku, available=200 + at, day=DAY)
        store.put("stock-douyin", level.key, stock_queues["douyin"].dump(level), now=SystemClock().now())
    desk.perform(write_douyin_stock, "stock")
    assert set(desk.states("stock-douyin").values()) == {State.DONE}
    assert books(state, "douyin", "SELECT sku, quantity FROM stock_writes") == [
        (s, 200 + n) for n, s in enumerate(skus)
    ]


def test_exporting_twice_queues_each_order_once(store: SqlStore, endpoints: dict[str, Any], tmp_path: Path) -> None:
    """What is to be keyed is queued, the unknown status waits for a person, a second run adds nothing."""
    desk = Desk(store, Douyin, endpoints, tmp_path)
    first = desk.perform(export_orders, "export-1", ordered_on=date(2026, 11, 20))
    second = desk.perform(export_orders, "export-2", ordered_on=date(2026, 11, 20))
    states = list(desk.states(order_queue.name).values())
    assert (states.count(State.NEW), states.count(State.REJECTED)) == (28, 1)
    assert '"queued": 28' in first
    assert '"known": 28' in second
