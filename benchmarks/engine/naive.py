"""A naive step against `once` under the same kills: how many orders stand twice in the partner's books.

`python benchmarks/engine/naive.py [--items 200] [--kills 20] [--seed 1]` prints one JSON line for each. Each kill is a
SIGKILL to the process that performs the run, at a random instant; the engine starts it again.
"""

from __future__ import annotations

import argparse
import random
import signal
import tempfile
import time
from pathlib import Path

from kit import make_home, partner, start, told, wait_until

from nightclerk.app import store_of
from nightclerk.chaos import processes
from nightclerk.chaos.strikes import fire_slot
from nightclerk.clocks import SystemClock
from nightclerk.domain.items import State

ANSWER_MS = 60


def attack(flow: str, *, items: int, kills: int, seed: int) -> dict[str, object]:
    """Run one flow over `items` orders and kill its process `kills` times."""
    dice, killed = random.Random(seed), 0
    with tempfile.TemporaryDirectory(prefix="nightclerk-bench-") as folder:
        home = make_home(Path(folder) / "home", flow=flow)
        store = store_of(home)
        for n in range(items):
            store.put("plain", f"{n:06}", {"ref": f"{n:06}"}, now=SystemClock().now())
        for n in range(kills):  # a run survives two deaths of its process; the next one goes on
            fire_slot(home, "plain", SystemClock().now().replace(microsecond=0, minute=n % 60))
        with partner(home.data, answer_ms=ANSWER_MS) as books:
            worker = start(home, "shift", "--no-console")
            try:
                while killed < kills and store.counts("plain").get(State.DONE, 0) < items:
                    before = sum(books.counts().values())
                    wait_until(lambda before=before: sum(books.counts().values()) > before, timeout_s=600)
                    time.sleep(dice.uniform(0.0, 0.4))
                    performing = [p for p in processes.children(worker.pid) if " perform " in processes.words(p)]
                    killed += sum(processes.send(pid, signal.SIGKILL) for pid in performing[:1])
                wait_until(lambda: store.counts("plain").get(State.DONE, 0) == items, timeout_s=900)
            finally:
                worker.terminate()
                worker.wait(timeout=60)
            standing = books.counts()
        store.close()
    doubled = sum(count - 1 for count in standing.values() if count > 1)
    return {"flow": flow, "items": items, "kills": killed, "doubled": doubled, "lost": items - len(standing)}


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--items", type=int, default=200)
    asked.add_argument("--kills", type=int, default=20)
    asked.add_argument("--seed", type=int, default=1)
    wanted = asked.parse_args()
    for flow in ("enter_naively", "enter_plain_order"):
        told(attack(flow, items=wanted.items, kills=wanted.kills, seed=wanted.seed))


if __name__ == "__main__":
    main()
