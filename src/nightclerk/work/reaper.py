"""The reaper: find workers that have died, and let others go on with what they held.

Every office and worker runs one; a lease lets one of them act at a time. On our own machine a worker whose process is
gone is known to be dead at once, and its orphaned children are ended by id before anything of theirs is given away. On
another machine death can only be concluded from silence (`SILENCE_S`, by the database's clock): by then a process that
lives has stopped itself (`pulse.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from loguru import logger

from nightclerk.domain.items import RunRecord, RunState
from nightclerk.domain.workers import CALM_S, Worker, newer, nobody_can, silent
from nightclerk.ports import Clock
from nightclerk.texts import say
from nightclerk.work import process
from nightclerk.work.engine import OPEN, Engine
from nightclerk.work.store import SqlStore

REAP_S = 3.0
LEASE_S = 15.0
#: A run that was queued this long ago must be known to the engine.
FIRED_WITHIN = timedelta(seconds=10)


@dataclass(kw_only=True)
class Reaper:
    """`me`: the worker for which it acts; `calm_s`: for how long it has reached the database without a break; `alone`:
    no other process performs runs on these books (the embedded database)."""

    store: SqlStore
    engine: Engine
    clock: Clock
    me: Worker
    calm_s: Callable[[], float]
    alone: bool = False
    alive: Callable[[int, str], bool] = process.alive
    make_sure_dead: Callable[[int, str], bool] = process.make_sure_dead

    def tick(self) -> list[str]:
        """Look once; returns the runs that were taken over from the dead."""
        if not self._my_turn():
            return []
        taken = [run for worker in self._dead() for run in self._bury(worker)]
        taken += [run for executor in self._left_lying() for run in self.take_over(executor)]
        self._mind_open_runs()
        return taken

    def _my_turn(self) -> bool:
        now = self.clock.now()
        return self.alone or self.store.take("reaper", holder=self.me.worker, lease_s=LEASE_S, now=now) is not None

    def _left_lying(self) -> list[str]:
        """Workers that are known to be gone and yet hold runs: whoever buried them died before he was done."""
        at_work = set() if self.alone else set(self.engine.executors())
        return [w.worker for w in self.store.workers(ended_too=True) if w.ended_at and w.worker in at_work]

    def _dead(self) -> list[Worker]:
        now = self.store.time(self.clock.now())
        return [w for w in self.store.workers() if w.worker != self.me.worker and self._is_dead(w, now)]

    def _is_dead(self, worker: Worker, now: object) -> bool:
        ours = bool(worker.place) and worker.place == self.me.place
        if ours and not self.alive(worker.pid, worker.pid_started):
            return True
        if not silent(worker, now) or self.calm_s() < CALM_S:  # type: ignore[arg-type]
            return False
        if ours and not self.make_sure_dead(worker.pid, worker.pid_started):
            logger.warning("worker {} is silent and cannot be ended by us", worker.name)
        return True

    def _bury(self, worker: Worker) -> list[str]:
        if not self.store.bury(worker, by=self.me.worker, now=self.clock.now()):
            return []
        runs = self.take_over(worker.worker)
        logger.warning("worker {} has died; taken over: {}", worker.name, ", ".join(runs) or "nothing")
        return runs

    def take_over(self, executor: str) -> list[str]:
        """Give away what a dead or leaving worker held: its items at once, its accounts, its runs."""
        for run in self.engine.held_by(executor):
            self.free(run)
        return self.engine.take_over(executor)

    def free(self, run: str) -> None:
        """Let go of all that a run's dead process holds; one that lingers on our machine is ended first."""
        record = self.store.run(run)
        if record is not None and record.place and record.place == self.me.place:
            self.make_sure_dead(record.pid, record.pid_started)
        self.store.abandon(run, now=self.clock.now())
        self.store.release_all(run)

    def hand_over(self) -> None:
        """A worker leaves in order: what it has not ended goes back to the queues at once."""
        self.take_over(self.me.worker)
        for run in self.store.runs(states=[RunState.RUNNING], limit=1000):
            if run.worker == self.me.worker and self.engine.status(run.run, turn=run.turn) not in OPEN:
                self.again(run)

    # ------------------------------------------------------------------------------------- open runs

    def _mind_open_runs(self) -> None:
        """Runs that are queued for nobody say so; runs that fell between the books and the engine are picked up."""
        runs = self.store.runs(states=[RunState.QUEUED, RunState.RUNNING], limit=1000)
        now = self.clock.now()
        runs = [r for r in runs if r.state is RunState.RUNNING or not r.queued_at or now - r.queued_at > FIRED_WITHIN]
        if not runs:
            return
        known, workers = self.engine.statuses(runs), self.store.workers()
        for run in runs:
            if run.run not in known:
                self.engine.fire(run.run, needs=run.needs, turn=run.turn, version=run.version, due_at=run.due_at)
            elif known[run.run] not in OPEN:
                self.again(run)
            elif run.state is RunState.QUEUED:
                self._mind_queued(run, workers)

    def _mind_queued(self, run: RunRecord, workers: list[Worker]) -> None:
        why = nobody_can(run.needs, run.version, workers, now=self.store.time(self.clock.now()))
        if why == "version" and newer(self.me.version, run.version, self.store.versions()):
            self.again(replace(run, version=self.me.version))
            return
        reason = say(f"workers.nobody_{why}", needs=run.needs, version=run.version) if why else ""
        if reason != run.reason:
            self.store.change_run(run.run, expect=[RunState.QUEUED], reason=reason)

    def again(self, run: RunRecord) -> None:
        """Fire a run anew, as its next turn: the engine has lost it, or nobody will ever take it as it stands."""
        if run.state is RunState.RUNNING:
            self.free(run.run)
        turn = run.turn + 1
        changed = self.store.change_run(
            run.run, expect=[run.state], turn=turn, version=run.version, state=RunState.QUEUED, reason="",
            queued_at=self.clock.now(),
        )  # fmt: skip
        if changed:
            self.engine.cancel(run.run, turn=run.turn)
            self.engine.fire(run.run, needs=run.needs, turn=turn, version=run.version, due_at=run.due_at)
