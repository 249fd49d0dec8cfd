"""One run, one process: start it, watch it, end it when its time is up, and start it again when it died."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from nightclerk.domain.items import RunState
from nightclerk.ports import Clock, Runs

MOST_STARTS = 3
_ENDED = (RunState.DONE, RunState.FAILED, RunState.CANCELLED)


def perform_in_child(run: str, *, root: Path, store: Runs, clock: Clock, timeout_s: float) -> RunState:
    """Perform a queued run in a process of its own; returns how it ended.

    A process that dies before it has filed an end is started again (its done items stay done), three times in all.
    One that outlives `timeout_s` is ended and the run fails.
    """
    log = root / "data" / "workers" / f"{run}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    for _ in range(MOST_STARTS):
        if not _watch(_start(run, root, log), timeout_s):
            return _end(store, clock, run, RunState.FAILED, f"ended after its {timeout_s:g} s were up")
        record = store.run(run)
        if record is not None and record.state in _ENDED:
            return record.state
    return _end(store, clock, run, RunState.CRASHED, f"its process died {MOST_STARTS} times; see {log.name}")


def _start(run: str, root: Path, log: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "nightclerk", "perform", run, "--workspace", str(root), "--with-parent"]
    with log.open("ab") as out:
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=out, stderr=out, cwd=root)


def _watch(child: subprocess.Popen[bytes], timeout_s: float) -> bool:
    """Wait for the child; False when its time ran out and it had to be ended."""
    try:
        child.wait(timeout=timeout_s)
        return True
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
        return False
    finally:
        if child.stdin is not None:
            child.stdin.close()


def _end(store: Runs, clock: Clock, run: str, state: RunState, reason: str) -> RunState:
    store.update_run(run, state=state, reason=reason, ended_at=clock.now())
    return state


def end_with_parent(leave: Callable[[int], None] = os._exit) -> None:
    """In the child: leave at once when the parent is gone (its end of our standard input closes)."""

    def watch() -> None:
        while os.read(sys.stdin.fileno(), 1):
            pass
        leave(70)

    threading.Thread(target=watch, daemon=True, name="parent-watch").start()
