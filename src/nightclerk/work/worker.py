"""One run, one process: start it, watch it, end it when its time is up, and start it again when it died."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path

from loguru import logger

from nightclerk.domain.items import RunRecord, RunState
from nightclerk.errors import StoreUnreachable
from nightclerk.ports import Clock, Runs
from nightclerk.texts import say
from nightclerk.work.pulse import NO_BOOKS, PULSELESS, Beats

MOST_STARTS = 3
#: So long a child whose time is up may take to picture its screen and to end.
STRIKE_S = 20.0
ENDED = (RunState.DONE, RunState.FAILED, RunState.CANCELLED, RunState.CRASHED)


@dataclass(kw_only=True)
class Hands:
    """A worker's processes that perform runs. `worker` is its id in the roll; `beats` is what they live by."""

    root: Path
    store: Runs
    clock: Clock
    worker: str = ""
    beats: Beats = field(default_factory=Beats)
    _children: set[subprocess.Popen[bytes]] = field(default_factory=set)
    _closing: threading.Event = field(default_factory=threading.Event)

    def perform(self, run: str, *, timeout_s: float) -> RunState:
        """Perform a queued run in a process of its own; returns where the run stands then.

        A process that dies before it has filed an end is started again (its done items stay done), three times in
        all; deaths for want of a pulse or of the database do not count. One that outlives `timeout_s` is ended and the
        run fails. QUEUED or RUNNING is returned only while this worker is closing.
        """
        log = self.root / "data" / "workers" / f"{run}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        deaths = 0
        while deaths < MOST_STARTS:
            if (record := self._ready(run)) is None:
                return RunState.RUNNING
            if over(record):
                return self._let_go(record)
            code = self._watch(self._start(run, log), timeout_s)
            if code is None:
                return self._fail(run, RunState.FAILED, self._time_is_up(run, timeout_s))
            deaths += code not in (PULSELESS, NO_BOOKS)
        if (record := self._ready(run)) is None or over(record):
            return record.state if record else RunState.RUNNING
        return self._fail(run, RunState.CRASHED, say("reasons.died", n=MOST_STARTS, log=log.name))

    def stop(self) -> None:
        """Start no further process, and let those at work begin no further item. Returns at once."""
        self._closing.set()
        self.beats.stop()

    def close(self, *, patience_s: float = 0.0) -> None:
        """Start no further process, and end those at work: after the item in hand where `patience_s` is enough for it,
        else at once."""
        self.stop()
        deadline_s = self.clock.monotonic() + patience_s
        for child in list(self._children):
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(timeout=max(0.0, deadline_s - self.clock.monotonic()))
            if child.poll() is None:
                child.kill()
                child.wait()

    def _ready(self, run: str) -> RunRecord | None:
        """The run's record, once the database answers and this worker has a pulse; None when the worker is closing."""
        while not self._closing.is_set():
            try:
                record = self.store.run(run)
                if self.beats.fresh():
                    return record
            except StoreUnreachable as error:
                logger.warning("run {} waits: {}", run, error)
            self._closing.wait(0.5)
        return None

    def _start(self, run: str, log: Path) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "nightclerk", "perform", run, "--workspace", str(self.root), "--with-parent"]
        if self.worker:
            command += ["--worker", self.worker]
        if self.beats.last_s is not None:
            command += ["--beaten", f"{self.beats.last_s:.3f}"]
        with log.open("ab") as out:
            return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=out, stderr=out, cwd=self.root)

    def _watch(self, child: subprocess.Popen[bytes], timeout_s: float) -> int | None:
        """Wait for the child; its exit code, None when its time ran out and it had to be ended."""
        assert child.stdin is not None
        self._children.add(child)
        self.beats.follow(child.stdin)
        if self._closing.is_set():
            child.kill()
        try:
            return child.wait(timeout=timeout_s)
        except subprocess.TimeoutExpired:
            self._end_stuck(child)
            return None
        finally:
            self.beats.forget(child.stdin)
            self._children.discard(child)
            child.stdin.close()

    def _end_stuck(self, child: subprocess.Popen[bytes]) -> None:
        """End a child whose time is up: it may picture its screen and close its apps first."""
        assert child.stdin is not None
        self.beats.strike(child.stdin)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(timeout=STRIKE_S)
        child.kill()
        child.wait()

    def _let_go(self, record: RunRecord) -> RunState:
        """A person stopped the run while no process was there to notice: nothing of it is held any more."""
        if record.state is RunState.PAUSED and record.ended_at is None:
            self.store.end_run(record.run, stint=record.stint, state=RunState.PAUSED, now=self.clock.now())
        return record.state

    def _time_is_up(self, run: str, timeout_s: float) -> str:
        """The reason, with what the books say by now: which picture there is, else where it hung."""
        record = self.store.run(run)
        said = say("reasons.time_is_up", seconds=f"{timeout_s:g}")
        return " ".join(filter(None, (said, record.reason if record else "")))

    def _fail(self, run: str, state: RunState, reason: str) -> RunState:
        self.store.update_run(run, state=state, reason=reason, ended_at=self.clock.now())
        return state


def over(record: RunRecord) -> bool:
    """Whether no process has to be started for a run (any more, or for now)."""
    return record.state in ENDED or record.state is RunState.PAUSED
