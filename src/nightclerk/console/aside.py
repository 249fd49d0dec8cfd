"""What takes seconds to count is counted in a thread of its own: pages show the count of a moment ago meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from loguru import logger

T = TypeVar("T")
#: So long a page waits for a count: when there is none yet, when there is an older one. Small ones are there by then.
PATIENCE_S, STALE_S = 0.15, 0.05


class Aside(Generic[T]):
    """One value that is made again whenever its key has changed, by one thread at a time. Any thread may ask."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = threading.Lock()
        self._key: Hashable = None
        self._value: T | None = None
        self._working: threading.Event | None = None

    def now(self, key: Hashable, make: Callable[[], T], *, patience_s: float = PATIENCE_S) -> T | None:
        """The value of this key if it is there in time, else an older one; None while there was none yet."""
        with self._lock:
            if self._key == key and self._value is not None:
                return self._value
            working = self._working
            if working is None:
                working = self._working = threading.Event()
                threading.Thread(target=self._make, args=(key, make, working), name=self._name, daemon=True).start()
            known = self._value is not None
        working.wait(min(STALE_S, patience_s) if known else patience_s)
        with self._lock:
            return self._value

    def _make(self, key: Hashable, make: Callable[[], T], working: threading.Event) -> None:
        try:
            found = make()
            with self._lock:
                self._value, self._key = found, key
        except Exception as error:  # the console may be closing its books just now; the next page asks again
            logger.warning("{} could not be counted: {}", self._name, error)
        finally:
            with self._lock:
                self._working = None
            working.set()
