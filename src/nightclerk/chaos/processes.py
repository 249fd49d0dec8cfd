"""Processes as the harness handles them: found by who started them, killed, frozen and woken by their ids (POSIX)."""

from __future__ import annotations

import os
import signal
from contextlib import suppress

import psutil


def children(pid: int) -> list[int]:
    """Every process that `pid` started, and those that these started; none when it is gone."""
    with suppress(psutil.Error):
        return [process.pid for process in psutil.Process(pid).children(recursive=True)]
    return []


def words(pid: int) -> str:
    """The command line of a process, "" for one that is gone."""
    with suppress(psutil.Error):
        return " ".join(psutil.Process(pid).cmdline())
    return ""


def is_performing(pid: int, run: str) -> bool:
    """Whether the process performs this run (`RUN` or its film `RUN~2`): an id that somebody else got is left alone."""
    said = words(pid)
    return "nightclerk" in said and " perform " in said and run.partition("~")[0] in said


def send(pid: int, number: signal.Signals) -> bool:
    """Send a signal; False when the process is gone. 0, which would mean our own group, is nobody."""
    if pid <= 0:
        return False
    with suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)
        return True
    return False


def limit_files(pid: int, bytes_: int | None) -> bool:
    """Let a running process grow no file beyond `bytes_` (None: lift it). False where the system cannot do that."""
    with suppress(ImportError, AttributeError, OSError, ValueError):
        import resource

        _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard if bytes_ is None else bytes_, hard))
        return True
    return False
