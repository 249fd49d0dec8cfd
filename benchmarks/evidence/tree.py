"""CPU seconds and memory of a worker with everything that it started: browser, driver, encoder."""

from __future__ import annotations

import contextlib
from collections import Counter
from dataclasses import dataclass

import psutil

#: The parts that CPU seconds are told of: the worker's own process, Playwright's driver, the browser's processes.
PARTS = ("own", "driver", "browser")


@dataclass(frozen=True, kw_only=True)
class Used:
    """CPU seconds so far by part (also of children that have ended and were waited for), resident memory now."""

    cpu_s: Counter[str]
    own_memory_mb: float


def used(pid: int) -> Used:
    """What the process and all its descendants have used so far."""
    root = psutil.Process(pid)
    cpu_s: Counter[str] = Counter()
    for process in [root, *root.children(recursive=True)]:
        with contextlib.suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            cpu_s[part_of(process, root)] += times.user + times.system + times.children_user + times.children_system
    return Used(cpu_s=cpu_s, own_memory_mb=root.memory_info().rss / 1e6)


def part_of(process: psutil.Process, root: psutil.Process) -> str:
    """Which of PARTS a process belongs to."""
    return "own" if process == root else "driver" if process.name().startswith("node") else "browser"
