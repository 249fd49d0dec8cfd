"""CPU seconds and memory of a worker with everything that it started: browser, driver, encoder."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

import psutil


@dataclass(frozen=True, kw_only=True)
class Used:
    """CPU seconds so far (also of children that have ended and were waited for) and resident memory now."""

    cpu_s: float
    own_memory_mb: float


def used(pid: int) -> Used:
    """What the process and all its descendants have used so far."""
    root = psutil.Process(pid)
    cpu_s = 0.0
    for process in [root, *root.children(recursive=True)]:
        with contextlib.suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            cpu_s += times.user + times.system + times.children_user + times.children_system
    return Used(cpu_s=cpu_s, own_memory_mb=root.memory_info().rss / 1e6)
