"""The board: what the books show of a run, written by a thread of its own."""

from __future__ import annotations

import threading
from typing import Any

from nightclerk.board import Board
from nightclerk.errors import StoreUnreachable

#: Long enough for the slowest machine; a test that waits this long has failed.
PATIENCE_S = 60.0


def test_the_latest_of_each_fact_is_written() -> None:
    """What was posted while a write was under way is joined, and leaving writes what is left."""
    written: list[dict[str, Any]] = []
    began, go_on = threading.Event(), threading.Event()

    def write(news: dict[str, Any]) -> None:
        written.append(news)
        began.set()
        go_on.wait(PATIENCE_S)

    with Board(write, every_s=0) as board:
        board.post(step="Check")
        assert began.wait(PATIENCE_S)
        board.post(step="Save", item="A-1")
        board.post(step="Read back", anchor=True)
        go_on.set()
    assert written[0] == {"step": "Check"}
    assert written[-1] == {"step": "Read back", "item": "A-1", "anchor": True}


def test_nothing_is_written_where_nothing_was_posted() -> None:
    """A run without steps leaves the books alone."""
    written: list[dict[str, Any]] = []
    with Board(written.append):
        pass
    assert written == []


def test_books_that_cannot_be_reached_do_not_end_the_thread() -> None:
    """The next write is tried all the same; the run meets the trouble at its own next write."""
    written: list[dict[str, Any]] = []

    def write(news: dict[str, Any]) -> None:
        written.append(news)
        if len(written) == 1:
            raise StoreUnreachable(why="gone")

    with Board(write, every_s=0) as board:
        board.post(step="Check")
    with Board(write, every_s=0) as board:
        board.post(step="Save")
    assert [news["step"] for news in written] == ["Check", "Save"]
