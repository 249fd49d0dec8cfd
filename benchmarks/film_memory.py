"""Whether a film's memory stays flat: `python benchmarks/film_memory.py [--steps 10000]`.

One process films so many steps, each with an item, three acts, and a picture that no step had before, masked and
encoded as always (320x200, so that it is the film that is measured and not the codec). Resident memory is read ten
times on the way; the first reading comes after a tenth of the steps, when every cache is warm.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import psutil

from nightclerk.evidence import Budget, RunFilm, open_film
from nightclerk.ports import Act, ActClass, Box, Frame

ROOMY = Budget(size_bytes=1 << 34, pictures=1 << 24)
READINGS = 10


class _SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


def film_step(film: RunFilm, number: int) -> None:
    """What a bot's step leaves: an item, three acts, a picture of its own."""
    film.item(f"A-{number}", attempt=1)
    film.step("Search the order")
    for verb in ("fill", "click", "read"):
        film.act(
            Act(
                verb=verb,
                act_class=ActClass.EDIT,
                app="shop",
                element="orders.search",
                value=f"372811000729{number:06}",
            )
        )
    film.step_end("ok", frame=_screen(number))
    film.item(None, outcome="done")


def _screen(number: int) -> Frame:
    pixels = np.full((200, 320, 3), 255, np.uint8)
    for bit in range(16):
        pixels[20:40, 10 * bit : 10 * bit + 8] = 0 if number >> bit & 1 else 200
    return Frame(pixels=pixels, private=(Box(x=10, y=100, width=60, height=20),))


def measured(steps: int, root: Path) -> list[float]:
    """Resident memory in MiB, ten times on the way."""
    film = open_film(logs=root / "logs", data=root / "data", run="run-1", clock=_SystemClock(), budget=ROOMY)
    film.begin({"bot": "memory"})
    readings = []
    for number in range(1, steps + 1):
        film_step(film, number)
        if number % (steps // READINGS) == 0:
            gc.collect()
            readings.append(psutil.Process().memory_info().rss / (1 << 20))
    film.end("done", {})
    return readings


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=10_000)
    steps = parser.parse_args().steps
    with tempfile.TemporaryDirectory(prefix="nightclerk-bench-") as root:
        began = time.process_time()
        readings = measured(steps, Path(root))
        cpu_s = time.process_time() - began
    told = {
        "steps": steps,
        "mib": [round(one, 1) for one in readings],
        "grown_mib": round(readings[-1] - readings[0], 1),
    }
    print(json.dumps({**told, "cpu_ms_a_step": round(cpu_s / steps * 1000, 2)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
