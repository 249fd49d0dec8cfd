"""What all invoices add up to: summed in a thread of its own when an item has changed, so that no page waits for it."""

from __future__ import annotations

import threading
from typing import Any
from weakref import WeakKeyDictionary

from loguru import logger

from nightclerk.domain.reviewing import Totals
from nightclerk.reviews import invoices as reviews
from nightclerk.work.store import SqlStore

#: So long a page waits for the sums: some hundred invoices are summed by then, 20,000 take seconds.
PATIENCE_S = 0.3


class _Sums:
    """The latest totals of one store, and the one thread that brings them up to date."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._change: Any = None
        self._totals: tuple[Totals, ...] | None = None
        self._working: threading.Event | None = None

    def now(self, store: SqlStore) -> tuple[Totals, ...] | None:
        """The totals; those of a moment ago while new ones are summed, None while there were none yet."""
        change = store.counts(reviews.QUEUE), store.last_change()
        with self._lock:
            if self._change == change:
                return self._totals
            working = self._working
            if working is None:
                working = self._working = threading.Event()
                facts = (store, change, working)
                threading.Thread(target=self._sum, args=facts, name="invoice-totals", daemon=True).start()
        working.wait(PATIENCE_S)
        with self._lock:
            return self._totals

    def _sum(self, store: SqlStore, change: Any, working: threading.Event) -> None:
        try:
            found = reviews.totals(store)
            with self._lock:
                self._totals, self._change = found, change
        except Exception as error:  # the console may be closing its books just now; the next page asks again
            logger.warning("The invoices could not be summed: {}", error)
        finally:
            with self._lock:
                self._working = None
            working.set()


_known: WeakKeyDictionary[SqlStore, _Sums] = WeakKeyDictionary()
_lock = threading.Lock()


def totals_now(store: SqlStore) -> tuple[Totals, ...] | None:
    """The totals of each currency; None while they are summed for the first time."""
    with _lock:
        sums = _known.setdefault(store, _Sums())
    return sums.now(store)
