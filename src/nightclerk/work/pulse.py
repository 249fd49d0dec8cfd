"""The pulse: a worker's last sign of life, and the end of every process that acts for it once that is too old.

A worker that was frozen, suspended or cut off from the database is taken for dead by the others (`reaper.py`). When it
wakes it must not act. So each process that performs a run holds the time of its worker's last successful beat, counted
by a clock that goes on in suspend, and ends itself before the next act when that is older than PULSE_S.

Exactly as strong as this: no act *begins* more than PULSE_S after the beat. Between the check and the act the process
may still be frozen: that is what the permit of a commit is for (`once.py`).
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from typing import IO

from nightclerk.domain.workers import PULSE_S

#: Exit codes of a process that performed a run: its worker's process is gone; its worker was silent for too long; the
#: books could not be reached. The last two are no fault of the run's.
ORPHANED, PULSELESS, NO_BOOKS = 70, 71, 72
_STOP, _STRIKE = b"stop", b"strike"


def boottime_s() -> float:
    """Seconds since some fixed moment, counting those in suspend where the system can tell (Linux: CLOCK_BOOTTIME)."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


class Guard:
    """In the process that performs a run: may it still act? Without a worker (a run by hand) it always may."""

    def __init__(self, *, leave: Callable[[int], object] = os._exit, now: Callable[[], float] = boottime_s) -> None:
        self._leave, self._now = leave, now
        self.until_s = float("inf")
        self.told_to_stop = threading.Event()
        #: What is done, in a thread beside the run, when its whole time is up.
        self.on_strike: Callable[[], object] = lambda: None

    def feed(self, beaten_s: float) -> None:
        """Its worker's last successful beat began at `beaten_s` (boottime). An earlier one changes nothing."""
        until_s = beaten_s + PULSE_S
        self.until_s = until_s if self.until_s == float("inf") else max(self.until_s, until_s)

    def check(self) -> None:
        """End this process at once when its worker has been silent for too long. Costs a microsecond."""
        if self._now() > self.until_s:
            self.leave()

    def leave(self) -> None:
        """End this process at once, without a word to anybody."""
        self._leave(PULSELESS)

    def watch(self, pipe: int) -> None:
        """Follow the worker through its pipe: a line with the time of each beat, or the word to stop after the item in
        hand; its end means that it is gone."""
        threading.Thread(target=self._listen, args=(pipe,), daemon=True, name="pulse-listen").start()
        threading.Thread(target=self._look, daemon=True, name="pulse-look").start()

    def _listen(self, pipe: int) -> None:
        rest = b""
        while read := os.read(pipe, 4096):
            *lines, rest = (rest + read).split(b"\n")
            for line in lines:
                if line in (_STOP, _STRIKE):
                    self.told_to_stop.set()
                if line == _STRIKE:
                    self.on_strike()
                elif line == _STOP:
                    continue
                else:
                    self.feed(float(line))
        self._leave(ORPHANED)

    def _look(self) -> None:
        pause = threading.Event()
        while not pause.wait(1.0):
            self.check()


#: The guard of this process; acts ask it. A worker's child feeds it (`end_with_parent`).
GUARD = Guard()


def end_with_parent(beaten_s: float | None = None) -> None:
    """In a worker's child: leave at once when the worker is gone (it holds the other end of our standard input) or has
    been silent for too long. `beaten_s`: its last beat before we were started.

    Signals that a terminal or a service manager sends to the whole group are the worker's business: it tells us to stop
    after the item in hand. Programs that we start inherit that Ctrl+C does not reach them.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: GUARD.told_to_stop.set())
    if beaten_s is not None:
        GUARD.feed(beaten_s)
    GUARD.watch(sys.stdin.fileno())


class Beats:
    """In the worker: when the last beat succeeded, and the pipes of the processes that have to know."""

    def __init__(self) -> None:
        self._pipes: set[IO[bytes]] = set()
        self._lock = threading.Lock()
        self.last_s: float | None = None

    def succeeded(self, began_s: float) -> None:
        with self._lock:
            self.last_s = began_s
            for pipe in self._pipes:
                _tell(pipe, f"{began_s:.3f}".encode())

    def stop(self) -> None:
        """Tell every child to end after the item in its hands."""
        with self._lock:
            for pipe in self._pipes:
                _tell(pipe, _STOP)

    def strike(self, pipe: IO[bytes]) -> None:
        """Tell one child that its whole time is up: it pictures its screen and ends."""
        _tell(pipe, _STRIKE)

    def follow(self, pipe: IO[bytes]) -> None:
        """Tell a new child of this and every further beat."""
        with self._lock:
            if hasattr(os, "set_blocking") and os.name != "nt":
                os.set_blocking(pipe.fileno(), False)  # a frozen child must not stop the worker
            self._pipes.add(pipe)
            if self.last_s is not None:
                _tell(pipe, f"{self.last_s:.3f}".encode())

    def forget(self, pipe: IO[bytes]) -> None:
        with self._lock:
            self._pipes.discard(pipe)

    def fresh(self) -> bool:
        """Whether a process started now could act. True where nobody beats (an embedded database)."""
        return self.last_s is None or boottime_s() - self.last_s < PULSE_S / 2


def _tell(pipe: IO[bytes], word: bytes) -> None:
    try:
        os.write(pipe.fileno(), word + b"\n")
    except (OSError, ValueError):
        return  # the child has ended, or is frozen with a full pipe: it learns of its worker's silence by itself
