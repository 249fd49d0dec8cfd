"""Stock by one import file: the connection breaks when half of the rows stand, and each row is written once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flows.apps.taobao import Taobao
from flows.import_stock import import_taobao_stock
from flows.orders import stock_queues
from nightclerk.domain.items import EffectState, State
from nightclerk.domain.shipments import StockLevel
from nightclerk.sandbox import world
from nightclerk.work.store import SqlStore
from tests.conftest import NOON
from tests.sandbox.shop_kit import books, sandbox
from tests.sandbox.test_shop_flows import Desk, struck

SKUS = [sku for sku in world.SKUS if sku.startswith("TB-")][:6]


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "sandbox"


@pytest.fixture
def endpoints(state: Path) -> Iterator[dict[str, Any]]:
    with sandbox(state, "lost-answer") as found:
        yield found


def level(sku: str, available: int) -> StockLevel:
    return StockLevel(platform="taobao", shop="yunshan", sku=sku, available=available, day=world.business_day())


def test_an_upload_that_breaks_half_way_is_finished_row_by_row(
    store: SqlStore, endpoints: dict[str, Any], state: Path, tmp_path: Path
) -> None:
    """The rows that stand are adopted, only the others are in the next file; a SKU the shop does not sell and a
    negative level wait for people."""
    desk, queue = Desk(store, Taobao, endpoints, tmp_path / "files"), stock_queues["taobao"]
    levels = [level(sku, 300 + n) for n, sku in enumerate(SKUS)]
    for one in [*levels, level("TB-MINUS", -1)]:
        store.put(queue.name, one.key, queue.dump(one), now=NOON)
    result = json.loads(desk.perform(import_taobao_stock, "import"))
    assert result == {"written": len(SKUS), "refused": 1, "in_doubt": 0}
    assert "lost-answer:import" in struck(state, "taobao")
    written = books(state, "taobao", "SELECT sku, quantity FROM stock_writes")
    assert sorted(written) == sorted((one.sku, one.available) for one in levels)
    states = desk.states(queue.name)
    assert (states.pop(level("TB-MINUS", -1).key), set(states.values())) == (State.REJECTED, {State.DONE})
    assert {effect.state for effect in store.effects(target="taobao")} == {EffectState.CONFIRMED}
