"""What takes long to count is counted beside the page, and what it counts by is read without the rest of the data."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from decimal import Decimal

from nightclerk.console.aside import Aside
from nightclerk.console.totals import totals_now
from nightclerk.domain.items import State
from nightclerk.reviews import invoices as reviews
from nightclerk.work.memory import MemoryStore

LONG_S = 60.0
NOW = datetime(2026, 11, 20, tzinfo=UTC)


def test_a_page_is_shown_the_last_count_meanwhile() -> None:
    """Nothing while there was no count yet, then the older one, and the new one once it is there."""
    go, kept = threading.Event(), Aside[int]("test")

    def slow(value: int) -> int:
        go.wait(LONG_S)
        return value

    assert kept.now("monday", lambda: slow(1), patience_s=0.01) is None
    go.set()
    assert kept.now("monday", lambda: slow(1), patience_s=LONG_S) == 1
    go.clear()
    assert kept.now("tuesday", lambda: slow(2)) == 1
    go.set()
    while kept.now("tuesday", lambda: 2) != 2:
        threading.Event().wait(0.01)


def test_a_count_that_fails_is_made_again() -> None:
    """The page is shown nothing, and the next one asks anew."""
    kept = Aside[int]("test")
    assert kept.now("k", lambda: 1 // 0, patience_s=LONG_S) is None
    assert kept.now("k", lambda: 7, patience_s=LONG_S) == 7


def test_the_totals_of_amounts_alone_are_those_of_the_whole_invoices() -> None:
    """Each state, two currencies, a red note, and one whose amount is missing."""
    store = MemoryStore()
    for n, (currency, gross, state, outcome) in enumerate([
        ("CNY", "100.10", State.DONE, "matched"), ("CNY", "-20.05", State.DONE, "offset"),
        ("EUR", "7.77", State.WAITING, ""), ("CNY", "3.33", State.REJECTED, "review"), ("", "", State.FAILED, ""),
    ]):  # fmt: skip
        store.put(reviews.QUEUE, f"INV-{n}", {"currency": currency, "gross": gross} if gross else {}, now=NOW)
        item = store.draw(reviews.QUEUE, run="r", lease_s=60, now=NOW)
        assert item is not None
        store.finish(item, state, reason="", details={"verdict": {"outcome": outcome}} if outcome else {}, now=NOW)
    found = None
    while found is None:
        found = totals_now(store)
    assert found == reviews.totals(store)
    assert found[0].received == Decimal("83.38")
    assert all(one.adds_up for one in found)
