"""How much faster several workers are than one: PostgreSQL, a partner that takes 300 ms for each save, no browser.

`python benchmarks/engine/scaling.py [--items 60] [--workers 1 2 4 8]` prints one JSON line for each number of workers.
Efficiency = throughput with n workers / (n x throughput with one), measured from the first to the last save in the
partner's books, so that starting the processes is not counted.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

from kit import make_home, partner, start, told, wait_until

from nightclerk.app import store_of
from nightclerk.chaos.strikes import fire_slot
from nightclerk.clocks import SystemClock
from nightclerk.domain.items import State
from nightclerk.sandbox.postgres import postgres

ANSWER_MS = 300


def items_per_s(database: str, *, workers: int, items: int) -> float:
    """Throughput of `items` orders for each worker."""
    with tempfile.TemporaryDirectory(prefix="nightclerk-bench-") as folder:
        home = make_home(Path(folder) / "home", database=database)
        store = store_of(home)
        total = items * workers
        for n in range(total):
            store.put("plain", f"{n:06}", {"ref": f"{n:06}"}, now=SystemClock().now())
        now = SystemClock().now().replace(microsecond=0)
        for n in range(workers):
            fire_slot(home, "plain", now.replace(second=n))
        with partner(home.data, answer_ms=ANSWER_MS) as books:
            staff = [start(home, "worker", "--name", f"w{n}", "--can", "files") for n in range(workers)]
            try:
                wait_until(lambda: store.counts("plain").get(State.DONE, 0) == total, timeout_s=1800)
            finally:
                for process in staff:
                    process.terminate()
                for process in staff:
                    process.wait(timeout=60)
            saved = sorted(order.saved_at for order in books.all())
        assert len(saved) == total, f"{len(saved)} in the partner's books, {total} orders"
        middle = saved[total // 10 : -total // 10 or None]  # without the ramps at both ends
        store.close()
        return (len(middle) - 1) / (middle[-1] - middle[0])


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--items", type=int, default=60, help="orders for each worker")
    asked.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4, 8])
    wanted, alone = asked.parse_args(), 0.0
    with postgres() as server:
        for n in wanted.workers:
            rate = items_per_s(server.new_database(f"bench{n}"), workers=n, items=wanted.items)
            alone = alone or rate / n
            efficiency = round(rate / (n * alone), 3)
            load = round(os.getloadavg()[0], 1)
            told({"workers": n, "items_per_s": round(rate, 2), "efficiency": efficiency, "load": load})


if __name__ == "__main__":
    main()
