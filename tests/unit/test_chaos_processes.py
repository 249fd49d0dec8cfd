"""Signals of the harness reach the process that was meant, and nobody else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from nightclerk.chaos import processes

WAITS = "import sys; sys.stdin.read()"


@pytest.fixture
def child() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-c", WAITS, "nightclerk", " perform ", "run-1"], stdin=subprocess.PIPE)
    yield process
    process.kill()
    process.wait()


def test_nobody_is_meant_by_process_zero() -> None:
    """0 would be the harness' own process group: a member that has just died must not take the harness with it."""
    assert not processes.send(0, signal.SIGCONT)


def test_a_killed_process_is_gone(child: subprocess.Popen[bytes]) -> None:
    """The first signal is delivered; once it has been waited for there is nobody to send to."""
    assert processes.send(child.pid, signal.SIGKILL)
    child.wait()
    assert not processes.send(child.pid, signal.SIGKILL)


def test_only_the_process_of_the_run_is_taken_for_it(child: subprocess.Popen[bytes]) -> None:
    """A process id that somebody else got meanwhile is left alone; a film after a take-over is the run's."""
    assert processes.is_performing(child.pid, "run-1~2")
    assert not processes.is_performing(child.pid, "run-9")
    assert not processes.is_performing(os.getpid(), "run-1")


@pytest.mark.skipif(sys.platform != "linux", reason="prlimit is Linux's")
def test_a_full_disk_can_be_put_on_a_running_process_and_lifted(child: subprocess.Popen[bytes]) -> None:
    """The limit reaches a process that runs already, and goes away again."""
    import resource

    assert processes.limit_files(child.pid, 0)
    assert resource.prlimit(child.pid, resource.RLIMIT_FSIZE)[0] == 0
    assert processes.limit_files(child.pid, None)
    assert resource.prlimit(child.pid, resource.RLIMIT_FSIZE)[0] != 0
