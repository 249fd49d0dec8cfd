"""How many items each queue has in each state, counted again only when an item has changed: twenty pages count once."""

from __future__ import annotations

import threading
import time
from typing import Any
from weakref import WeakKeyDictionary

from nightclerk.domain.items import State
from nightclerk.work.store import SqlStore

#: Machines whose clocks differ may file a change with an earlier time: so long that goes unseen at most.
OLDEST_S = 5.0
Counts = dict[str, dict[State, int]]
_known: WeakKeyDictionary[SqlStore, tuple[Any, Counts, float]] = WeakKeyDictionary()
_lock = threading.Lock()


def queues(store: SqlStore) -> Counts:
    """Queue -> state -> number, by name. Not older than the last change that the books have a time for."""
    change = store.last_change()
    with _lock:
        known = _known.get(store)
        if known is None or known[0] != change or time.monotonic() - known[2] > OLDEST_S:
            _known[store] = known = (change, store.counts_by_queue(), time.monotonic())
    return known[1]
