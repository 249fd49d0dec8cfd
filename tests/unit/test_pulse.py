"""The pulse: a process whose worker has been silent for too long ends itself before it acts."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from nightclerk.domain.workers import PULSE_S
from nightclerk.work.process import alive, make_sure_dead, started, this_place
from nightclerk.work.pulse import ORPHANED, PULSELESS, Beats, Guard, boottime_s

CHILD = """
import threading
from nightclerk.work.pulse import GUARD, end_with_parent
end_with_parent()
print("up", flush=True)
GUARD.told_to_stop.wait(30)
print("told", flush=True)
threading.Event().wait(30)
"""


class Hands:
    """A guard whose process does not really end, and whose clock is ours."""

    def __init__(self) -> None:
        self.now_s, self.left = 100.0, list[int]()
        self.guard = Guard(leave=self.left.append, now=lambda: self.now_s)


def test_a_process_acts_only_while_its_worker_beats() -> None:
    """Right until the pulse is over, not an instant longer, and an old beat that comes late changes nothing."""
    hands = Hands()
    hands.guard.feed(100.0)
    hands.now_s = 100.0 + PULSE_S
    hands.guard.check()
    assert hands.left == []
    hands.guard.feed(99.0)
    hands.now_s += 0.1
    hands.guard.check()
    assert hands.left == [PULSELESS]


def test_a_run_by_hand_needs_no_worker() -> None:
    """Nobody feeds the guard of an attended process, and it never ends it."""
    hands = Hands()
    hands.now_s = 1e9
    hands.guard.check()
    assert hands.left == []


def start(code: str = CHILD) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def test_a_child_ends_with_its_parent() -> None:
    """The end of the pipe is the end of the worker, however it died."""
    child = start()
    assert child.stdout is not None
    assert child.stdin is not None
    assert child.stdout.readline() == b"up\n"
    child.stdin.close()
    assert child.wait(timeout=20) == ORPHANED


def test_a_child_hears_the_beats_and_the_word_to_stop() -> None:
    """It is told to stop after the item in hand, and ends by itself when the beats that it hears are too old."""
    child, beats = start(), Beats()
    assert child.stdin is not None
    assert child.stdout is not None
    assert child.stdout.readline() == b"up\n"
    beats.follow(child.stdin)
    beats.stop()
    assert child.stdout.readline() == b"told\n"
    beats.succeeded(boottime_s() - PULSE_S - 1)
    assert child.wait(timeout=20) == PULSELESS


@pytest.mark.skipif(not this_place(), reason="this system does not tell who else runs")
def test_the_dead_are_told_from_the_living_by_id_and_start() -> None:
    """An id that another process has got since is not taken for the old one; a frozen process can be ended."""
    child = start()
    began = started(child.pid)
    assert alive(child.pid, began)
    assert not alive(child.pid, began + "1")
    os.kill(child.pid, 19)
    assert make_sure_dead(child.pid, began)
    child.wait(timeout=10)
    assert not alive(child.pid, began)
    assert started(child.pid) == ""


def test_a_frozen_child_does_not_stop_its_worker(tmp_path: Path) -> None:
    """Beats to somebody who does not listen are dropped when his pipe is full."""
    reads, writes = os.pipe()
    beats, began_s = Beats(), time.monotonic()
    with os.fdopen(writes, "wb") as pipe:
        beats.follow(pipe)
        for _ in range(20_000):
            beats.succeeded(boottime_s())
        assert threading.active_count() >= 1
    os.close(reads)
    assert time.monotonic() - began_s < 30
