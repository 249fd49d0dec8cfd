"""What the books show of a run at work, its step and its last anchor: written behind its back, the latest wins."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from loguru import logger

from nightclerk.errors import NightClerkError

#: How often the books are written at most; what a power cut or a kill can leave unanchored is this old.
EVERY_S = 0.5


class Board:
    """`post` returns at once; one thread hands what was posted since its last time to `write`.

    Use it as a context: leaving it writes what is left. What `write` raises of our own family is logged, and the run
    meets the same trouble at its next own line or write.
    """

    def __init__(self, write: Callable[[dict[str, Any]], None], *, every_s: float = EVERY_S) -> None:
        self._write, self._every_s = write, every_s
        self._news: dict[str, Any] = {}
        self._lock = threading.Lock()
        self._posted, self._over = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._work, name="nightclerk-board", daemon=True)

    def post(self, **facts: Any) -> None:
        """Show these facts from now on; those of the same name that were not written yet are replaced."""
        with self._lock:
            self._news |= facts
        self._posted.set()

    def __enter__(self) -> Board:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._posted.set()
        self._thread.join()
        self._put_up()

    def _work(self) -> None:
        while not self._over.is_set():
            self._posted.wait()
            self._put_up()
            self._over.wait(self._every_s)

    def _put_up(self) -> None:
        with self._lock:
            news, self._news = self._news, {}
            self._posted.clear()
        if not news:
            return
        try:
            self._write(news)
        except NightClerkError as error:
            logger.warning("the books do not show where the run is: {}", error)
