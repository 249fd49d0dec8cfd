"""A worker's place in the roll: enlist, beat, notice that the others have given us up, leave in order."""

from __future__ import annotations

import threading
from collections.abc import Callable

from loguru import logger

from nightclerk.domain.workers import BEAT_S, Worker
from nightclerk.errors import StoreUnreachable
from nightclerk.ports import Clock
from nightclerk.work.pulse import Beats, boottime_s
from nightclerk.work.workers import Workers


class Presence:
    """Beats for one worker. `beats` feeds its processes (None: nobody takes over, nothing depends on it).

    `given_up` is called once, from the beating thread, when the others have buried this worker.
    """

    def __init__(
        self, *, store: Workers, clock: Clock, worker: Worker, beats: Beats | None, given_up: Callable[[], None],
        evidence_key: str = "", every_s: float = BEAT_S,
    ) -> None:  # fmt: skip
        self.worker = worker
        self._store, self._clock, self._beats, self._given_up = store, clock, beats, given_up
        self._every_s = every_s
        self._stop = threading.Event()
        self._calm_since: float | None = None
        began_s = boottime_s()
        store.enlist(worker, now=clock.now(), evidence_key=evidence_key)
        self._succeeded(began_s)
        self._thread = threading.Thread(target=self._loop, daemon=True, name="beat")
        self._thread.start()

    def calm_s(self) -> float:
        """For how long every beat has reached the database; 0 while it is away."""
        return 0.0 if self._calm_since is None else boottime_s() - self._calm_since

    def leave(self) -> None:
        """Beat no more and sign off. What this worker performed must have been handed over before."""
        self._stop.set()
        self._thread.join()
        self._store.leave(self.worker.worker, now=self._clock.now())

    def _loop(self) -> None:
        while not self._stop.wait(self._every_s):
            if not self._beat():
                self._given_up()
                return

    def _beat(self) -> bool:
        """One sign of life; False when we are buried. The time counts from *before* it was sent."""
        began_s = boottime_s()
        try:
            if not self._store.beat(self.worker.worker, now=self._clock.now()):
                logger.error("worker {} was taken for dead by the others; it stops what it does", self.worker.name)
                return False
        except StoreUnreachable as error:
            if self._calm_since is not None:
                logger.warning("worker {}: {}", self.worker.name, error)
            self._calm_since = None
            return True
        self._succeeded(began_s)
        return True

    def _succeeded(self, began_s: float) -> None:
        self._calm_since = began_s if self._calm_since is None else self._calm_since
        if self._beats is not None:
            self._beats.succeeded(began_s)
