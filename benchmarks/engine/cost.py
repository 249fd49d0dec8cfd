"""What `once`, the ledger, the queue and the journal cost an item, in CPU, without any screen.

`python benchmarks/engine/cost.py [--items 500]` performs one run over a partner that is a dictionary in this process
(SQLite, every line and every row brought to the disk as always) and prints one JSON line: CPU and wall ms an item.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path

from kit import make_home, told

from nightclerk.app import store_of
from nightclerk.chaos.strikes import fire_slot
from nightclerk.child import perform_run
from nightclerk.clocks import SystemClock
from nightclerk.domain.items import State
from nightclerk.workspace import Workspace


def perform(home: Workspace, *, first: int, items: int) -> tuple[float, float]:
    """CPU and wall seconds of one run over `items` new orders."""
    store, clock = store_of(home), SystemClock()
    for n in range(first, first + items):
        store.put("plain", f"{n:06}", {"ref": f"{n:06}"}, now=clock.now())
    run = fire_slot(home, "plain", clock.now().replace(microsecond=0, second=first % 60))
    assert run is not None
    cpu, wall = time.process_time(), time.perf_counter()
    perform_run(home, run)
    spent = time.process_time() - cpu, time.perf_counter() - wall
    assert store.counts("plain") == {State.DONE: first + items}
    store.close()
    return spent


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--items", type=int, default=500)
    items = asked.parse_args().items
    with tempfile.TemporaryDirectory(prefix="nightclerk-bench-") as folder:
        home = make_home(Path(folder) / "home", flow="enter_in_memory")
        small_cpu, _ = perform(home, first=0, items=20)
        cpu, wall = perform(home, first=20, items=items + 20)
    told({
        "items": items, "cpu_ms_an_item": round((cpu - small_cpu) / items * 1000, 2),
        "wall_ms_an_item": round(wall / (items + 20) * 1000, 2), "load": round(os.getloadavg()[0], 1),
    })  # fmt: skip


if __name__ == "__main__":
    main()
