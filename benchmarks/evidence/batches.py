"""The keyword by which the Robot Framework worker gets its batches from the benchmark's driver."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parent))

from orders import bench_order
from worker import say

_began: list[float] = []


def next_batch() -> list[dict[str, Any]] | None:
    """Report the batch before, wait for the next; its orders, or None when the driver has closed the input."""
    answer = {"wall_s": time.perf_counter() - _began.pop()} if _began else {"ready": True}
    _say_aloud(answer)
    line = sys.__stdin__.readline() if sys.__stdin__ else ""
    if not line:
        return None
    asked = json.loads(line)
    _began.append(time.perf_counter())
    orders = [bench_order(number) for number in range(asked["first"], asked["first"] + asked["count"])]
    return [{**asdict(order), "total": order.total} for order in orders]


def _say_aloud(facts: dict[str, object]) -> None:
    """Robot Framework keeps what keywords print; the driver listens at the real output."""
    kept, sys.stdout = sys.stdout, sys.__stdout__
    try:
        say(facts)
    finally:
        sys.stdout = kept
