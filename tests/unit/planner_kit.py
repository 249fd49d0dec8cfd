"""A night of schedulers without an engine: a clock that is told what time it is, and processes that die on demand."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from nightclerk.calendars import Calendar
from nightclerk.domain.items import Outcome, RunState
from nightclerk.work.agenda import Agenda
from nightclerk.work.planner import Planner
from nightclerk.work.shift import Shift
from nightclerk.work.store import SqlStore
from nightclerk.workspace import Bot, Settings, Workspace


def bot(name: str, *after: str, **schedule: Any) -> Bot:
    return Bot(name=name, titles={}, flow="f:f", after=after, schedule=schedule, where=f"bots/{name}.yaml:1")


class Death(BaseException):
    """This process was killed."""


class Mortal:
    """A store whose process dies at its nth write, before or after it has reached the disk."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store
        self.writes_left, self.too_late = -1, False

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._store, name)
        if name not in ("plan", "settle", "add_run", "set_mark", "take_event"):
            return method

        def write(*args: Any, **kwargs: Any) -> Any:
            self.writes_left -= 1
            if self.writes_left == 0 and not self.too_late:
                raise Death
            done = method(*args, **kwargs)
            if self.writes_left == 0:
                raise Death
            return done

        return write


class Desk:
    """One scheduler's process; `start` begins it anew, with nothing remembered."""

    def __init__(
        self, store: SqlStore, clock: Any, *bots: Bot, timezone: str = "Asia/Shanghai",
        calendar: Calendar | None = None, root: Path = Path(),
    ) -> None:  # fmt: skip
        self.store, self.clock = store, clock
        self.mortal = Mortal(store)
        self.home = Workspace(root=root, bots={b.name: b for b in bots}, settings=Settings(timezone=timezone))
        self.calendar = calendar or Calendar()
        self.fired: list[str] = []
        self.start()

    def start(self) -> None:
        store: Any = self.mortal
        self.shift = Shift(
            workspace=self.home, store=store, clock=self.clock, fire=lambda run, _: self.fired.append(run),
            calendar=self.calendar,
        )  # fmt: skip
        self.agenda = Agenda(workspace=self.home, calendar=self.calendar, store=store)
        self.planner = Planner(shift=self.shift, agenda=self.agenda, clock=self.clock)

    def look(self, *, dies_at: int = 0, too_late: bool = False) -> None:
        """One look and one round of mending; `dies_at`: the write at which the process is killed, and started anew."""
        self.mortal.writes_left, self.mortal.too_late = dies_at, too_late
        try:
            self.planner.look()
            self.shift.mend()
        except Death:
            self.start()
        self.mortal.writes_left = -1

    def end_all(self) -> None:
        """Every run that was queued is done."""
        for run in self.store.runs(states=[RunState.QUEUED], limit=10_000):
            self.store.update_run(run.run, state=RunState.DONE, started_at=run.queued_at, ended_at=run.queued_at)
            self.shift.run_ended(run.run)

    def outcomes(self) -> list[tuple[datetime, Outcome, str]]:
        """What became of each slot, by planned time."""
        slots = sorted(self.store.slots(limit=100_000), key=lambda slot: (slot.planned_for, slot.slot_id))
        return [(slot.planned_for, slot.outcome, slot.why) for slot in slots]
