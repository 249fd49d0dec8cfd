"""CPU that the engine adds to one item: draw, lease, `once` with its ledger, last check and permit, and the filing.

    python benchmarks/once_cost.py [--items 600] [--json]

The screen is one in memory and the film writes nothing, so that what is left is queue, ledger, gate and performer
(threads for heartbeat and time limit included). CPU seconds of the process, in batches of 20 items; the median batch
is the number, since wall times say nothing on a busy machine.
"""

from __future__ import annotations

import argparse
import itertools
import json
import statistics
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from nightclerk.domain.items import RunRecord, State
from nightclerk.flow import Queue, flow
from nightclerk.gate import CommitGate
from nightclerk.once import looks
from nightclerk.perform import Performer
from nightclerk.run import Backstage, Transaction
from nightclerk.work.store import SqlStore, open_store
from nightclerk.workspace import Workspace

BATCH = 20


@dataclass(frozen=True, kw_only=True)
class Order:
    key: str


orders = Queue("orders", of=Order)


class Clock:
    """The machine's time."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


class NoFilm:
    """A film that keeps nothing."""

    folder = Path()

    def __getattr__(self, name: str) -> Any:
        return lambda *args, **kwargs: ""

    def head(self) -> tuple[int, str]:
        return 0, ""


class NoApps:
    """A run without programs."""

    def open(self) -> dict[str, Any]:
        return {}

    def close(self) -> None:
        """Nothing is open."""

    kill = close


def measure(store: SqlStore, items: int) -> dict[str, float]:
    """Enter `items` orders; CPU in milliseconds an item: median, best and worst batch."""
    gate, shelf, marks = CommitGate(), set(), [time.process_time()]

    def save(key: str) -> None:
        gate.demand("orders.save")
        gate.allow("orders.save")
        shelf.add(key)

    @flow("Key orders", each=orders)
    def key_order(tx: Transaction, order: Order) -> str:
        number = tx.once(
            look=looks(conclusive=True)(lambda: f"V-{order.key}" if order.key in shelf else None),
            prepare=lambda: None, commit=lambda: save(order.key), name="save", target="erp",
        )  # fmt: skip
        if len(shelf) % BATCH == 0:
            marks.append(time.process_time())
        return number

    now = datetime.now(UTC)
    for number in range(items):
        store.put("orders", f"A{number:06}", {"key": f"A{number:06}"}, now=now)
    record = RunRecord(run="r", bot="b", flow="f")
    store.add_run(record)
    marks[0] = time.process_time()
    stage = Backstage(
        record=record, workspace=Workspace(root=Path()), store=store, film=NoFilm(), clock=Clock(),
        day=date(2026, 11, 20), files=Path(), wait=time.sleep, gates=lambda: [gate],
    )  # fmt: skip
    Performer(key_order, stage, NoApps(), {}, attempts=1).perform()
    assert store.counts("orders") == {State.DONE: items}
    batches = [1000 * (after - before) / BATCH for before, after in itertools.pairwise(marks)]
    return {
        "median_ms": round(statistics.median(batches), 2), "best_ms": round(min(batches), 2),
        "worst_ms": round(max(batches), 2), "items": items,
    }  # fmt: skip


def main() -> None:
    """Measure both stores and print what came out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=600)
    parser.add_argument("--postgres", default="", help="also this postgresql+psycopg:// URL (empty)")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        urls = {"memory": "sqlite://", "sqlite file": f"sqlite:///{folder}/books.db"}
        urls |= {"postgres": asked.postgres} if asked.postgres else {}
        found = {name: measure(open_store(url), asked.items) for name, url in urls.items()}
    if asked.json:
        print(json.dumps(found))
        return
    for name, one in found.items():
        print(
            f"{name:12} {one['median_ms']:6.2f} ms CPU an item (batches {one['best_ms']:.2f} to {one['worst_ms']:.2f})"
        )


if __name__ == "__main__":
    main()
