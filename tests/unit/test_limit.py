"""An item's time: nothing happens in it, and after it the apps are killed, and at last the process leaves."""

from __future__ import annotations

import threading

import pytest
from loguru import logger

from nightclerk.limit import STUCK, limited


def test_nothing_happens_in_time() -> None:
    """A block that ends in time is left alone."""
    calls: list[object] = []
    with limited(30, kill=lambda: calls.append("killed"), leave=calls.append) as limit:
        assert not limit.struck
    assert (calls, limit.struck) == ([], False)


def test_what_does_not_come_back_ends_the_process() -> None:
    """Killing the apps did not free the block: the process says so and leaves with a code of its own."""
    left, codes, said = threading.Event(), [], []
    sink = logger.add(said.append, level="ERROR")

    def leave(code: int) -> None:
        codes.append(code)
        left.set()

    with limited(0.05, kill=lambda: None, leave=leave, grace_s=0.05) as limit:
        assert left.wait(20)
    logger.remove(sink)
    assert (codes, limit.struck) == ([STUCK], True)
    assert any("an item did not come back after 0.05 s" in line for line in said)


def test_an_app_that_cannot_be_killed_is_left_with_the_process() -> None:
    """The killer's own error does not reach the block, and does not keep the process from leaving."""
    left = threading.Event()

    def kill() -> None:
        raise OSError("no such process")

    with limited(0.05, kill=kill, leave=lambda code: left.set(), grace_s=0.05):
        assert left.wait(20)


def test_the_blocks_own_error_comes_through() -> None:
    """Whatever the block raises is raised."""
    with pytest.raises(ValueError, match="mine"), limited(30, kill=lambda: None, leave=lambda code: None):
        raise ValueError("mine")


def test_each_part_has_its_own_time() -> None:
    """A long time for the first part does not lengthen the second, and what the first left over is gone."""
    left = threading.Event()
    with limited(600, kill=lambda: None, leave=lambda code: left.set(), grace_s=0.05) as limit:
        limit.restart(0.05)
        assert left.wait(20)
    assert (limit.struck, limit.limit_s) == (True, 0.05)
