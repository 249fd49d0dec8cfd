"""The name of this process as the holder of a permit, and the test whether such a holder is proven dead."""

from __future__ import annotations

import os
from functools import cache

from nightclerk.work.process import alive, started, this_place


@cache
def this_process() -> str:
    """`place#pid@start`: no other process, on any machine, ever has the same name."""
    return f"{this_place()}#{os.getpid()}@{started(os.getpid())}"


def proven_dead(holder: str) -> bool:
    """Whether the process of that name is gone for certain: it was one of this machine, and is no more.

    A process of another machine or container is never proven dead from here; nor is any where the system does not
    tell its place.
    """
    place, _, process = holder.rpartition("#")
    pid, _, start = process.partition("@")
    if not place or place != this_place() or not pid.isdigit() or not start:
        return False
    return not alive(int(pid), start)
