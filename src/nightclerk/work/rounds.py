"""What an office or worker does again and again beside its work: each duty at its own interval, on one thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from loguru import logger

from nightclerk.work.pulse import boottime_s

Duty = tuple[float, Callable[[], object]]


class Rounds:
    """Does its duties (every so many seconds, what) until closed. One that fails is logged and done again later."""

    def __init__(self, duties: Sequence[Duty]) -> None:
        self._due = [(0.0, every_s, duty) for every_s, duty in duties]
        self._troubles: dict[Callable[[], object], str] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._loop, daemon=True, name="rounds")
        self._thread.start()

    def _loop(self) -> None:
        while not self._stop.is_set():
            now_s = boottime_s()
            self._due = [self._do(at_s, every_s, duty, now_s) for at_s, every_s, duty in self._due]
            soonest_s = min(at_s for at_s, _, _ in self._due)
            self._stop.wait(max(0.05, soonest_s - boottime_s()))

    def _do(
        self, at_s: float, every_s: float, duty: Callable[[], object], now_s: float
    ) -> tuple[float, float, Callable[[], object]]:
        if now_s < at_s or self._stop.is_set():
            return at_s, every_s, duty
        try:
            duty()
        except Exception as error:  # the next round may fare better: a database or a share that is away comes back
            if str(error) != self._troubles.get(duty):  # said once, not every three seconds
                logger.warning("{}: {}", getattr(duty, "__name__", "a duty"), error)
            self._troubles[duty] = str(error)
        else:
            self._troubles.pop(duty, None)
        return now_s + every_s, every_s, duty

    def close(self) -> None:
        """End after the duty in hand."""
        self._stop.set()
        self._thread.join(timeout=30)
