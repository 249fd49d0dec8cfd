"""End an item that takes too long: its apps are killed from beside; if that does not free it, the process leaves."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from loguru import logger

#: Exit code of a process that left because an item did not come back even after its apps were killed.
STUCK = 72
#: How long the item has to come back after that.
GRACE_S = 30.0
#: A block that is held may take so long.
LONGEST_S = 24 * 3600.0


class Limit:
    """The time of one block. `struck` once it was over."""

    def __init__(self, limit_s: float) -> None:
        self.struck = False
        self._changed = threading.Condition()
        self._over = False
        self.restart(limit_s)

    def restart(self, limit_s: float) -> None:
        """The next part of the block has a time of its own, from now on."""
        with self._changed:
            self.limit_s, self._until_s = limit_s, time.monotonic() + limit_s
            self._changed.notify()

    @contextmanager
    def held(self) -> Iterator[None]:
        """The block's time stands still meanwhile."""
        left_s, limit_s = self._until_s - time.monotonic(), self.limit_s
        self.restart(LONGEST_S)
        try:
            yield
        finally:
            self.restart(max(0.0, left_s))
            self.limit_s = limit_s

    def end(self) -> None:
        """The block has come back."""
        with self._changed:
            self._over = True
            self._changed.notify()

    def wait(self, grace_s: float = 0.0) -> bool:
        """Wait until the block has come back, at most its time and `grace_s`; whether it has."""
        with self._changed:
            while not self._over:
                left_s = self._until_s + grace_s - time.monotonic()
                if left_s <= 0:
                    return False
                self._changed.wait(left_s)
            return True


@contextmanager
def limited(
    limit_s: float, *, kill: Callable[[], object], leave: Callable[[int], object], grace_s: float = GRACE_S
) -> Iterator[Limit]:
    """Let the block work for `limit_s`; what comes tells whether it was struck, and can be restarted.

    Struck, `kill()` is called in another thread, so that whatever call of an app is under way fails. A block that
    does not end within `grace_s` after that is stuck in code of its own: `leave(STUCK)` ends the process.
    """
    limit = Limit(limit_s)

    def watch() -> None:
        if limit.wait():
            return
        limit.struck = True
        try:
            kill()
        except Exception as error:  # what cannot be killed is left with the process
            logger.warning("an app could not be killed: {}", error)
        if not limit.wait(grace_s):
            logger.error(
                "leaving: an item did not come back after {:g} s, nor when its apps were killed", limit.limit_s
            )
            leave(STUCK)

    thread = threading.Thread(target=watch, daemon=True, name="item-limit")
    thread.start()
    try:
        yield limit
    finally:
        limit.end()
        thread.join(timeout=grace_s)
