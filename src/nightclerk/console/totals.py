"""What all invoices add up to, and how many stand where: counted again when an item has changed, beside the page."""

from __future__ import annotations

import threading
from weakref import WeakKeyDictionary

from nightclerk.console import counted
from nightclerk.console.aside import Aside
from nightclerk.domain.items import State
from nightclerk.domain.reviewing import Totals, totals_of
from nightclerk.reviews import invoices as reviews
from nightclerk.work.store import SqlStore

Sums = Aside[tuple[Totals, ...]]
_known: WeakKeyDictionary[SqlStore, Sums] = WeakKeyDictionary()
_lock = threading.Lock()


def counts_now(store: SqlStore) -> dict[State, int]:
    """How many invoices stand in each state."""
    return counted.queues(store).get(reviews.QUEUE, {})


def totals_now(store: SqlStore) -> tuple[Totals, ...] | None:
    """The totals of each currency; None while they are summed for the first time."""
    with _lock:
        sums = _known.setdefault(store, Aside("invoice-totals"))
    key = (tuple(sorted(counts_now(store).items())), store.last_change())
    return sums.now(key, lambda: totals_of(store.amounts(reviews.QUEUE)))
