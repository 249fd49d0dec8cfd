"""This process among all others: where it runs, since when, and whether another one is still alive, told by its id."""

from __future__ import annotations

import hashlib
import os
import signal
import socket
import threading
from pathlib import Path

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def this_place() -> str:
    """The machine since its last boot and the world of process ids we live in; "" where the system does not tell.

    Two processes with the same place can see each other by id. A container has a place of its own.
    """
    try:
        parts = (socket.gethostname(), _BOOT_ID.read_text().strip(), str(Path("/proc/self/ns/pid").readlink()))
    except OSError:
        return ""
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:16]


def started(pid: int) -> str:
    """When a process began (clock ticks since boot, as text); "" when it is gone, a zombie, or cannot be told."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    state, *rest = stat.rpartition(")")[2].split()
    return "" if state in ("Z", "X") else rest[18]


def alive(pid: int, pid_started: str) -> bool:
    """Whether the very process still runs that began at `pid_started` (the id alone may be another's by now)."""
    return bool(pid_started) and started(pid) == pid_started


def make_sure_dead(pid: int, pid_started: str, *, timeout_s: float = 10.0) -> bool:
    """End a process by id if it still runs, frozen or not; True when it is gone. Only for one's own machine."""
    if pid == os.getpid():
        return False
    waiting = threading.Event()
    for _ in range(int(timeout_s / 0.05)):
        if not alive(pid, pid_started):
            return True
        try:
            os.kill(pid, signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
        except ProcessLookupError:
            return True
        except PermissionError:
            return False
        waiting.wait(0.05)
    return not alive(pid, pid_started)
