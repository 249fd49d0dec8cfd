"""The night's shift: slots become runs, a run's end starts the bots that wait for it, every slot gets its outcome."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from nightclerk.domain.items import Outcome, RunRecord, RunState, Slot
from nightclerk.domain.schedules import overdue, ready_after
from nightclerk.ports import Clock, Store
from nightclerk.workspace import Bot, Workspace, seconds

_ENDED = {RunState.DONE, RunState.FAILED, RunState.CANCELLED, RunState.CRASHED}
#: A slot that was planned this long ago and has no run was left behind by a process that died in between.
LEFT_BEHIND = timedelta(seconds=30)


def run_id(bot: str, now: datetime) -> str:
    """A new run's name: sorts by time, says which bot."""
    return f"{now:%Y%m%dT%H%M%S}-{bot}-{uuid4().hex[:4]}"


def run_of_slot(slot: Slot) -> str:
    """The name of a slot's one run, the same whoever launches it: two schedulers make one run."""
    return f"{slot.planned_for:%Y%m%dT%H%M%S}-{slot.bot}-{hashlib.sha256(slot.slot_id.encode()).hexdigest()[:4]}"


class Shift:
    """Plans slots, fires them as runs, and settles them. `fire(run, needs)` hands a run to the engine.

    `version()` names the flows that a run launched now is meant to be performed with.
    """

    def __init__(
        self, *, workspace: Workspace, store: Store, clock: Clock, fire: Callable[[str, str], None],
        version: Callable[[], str] = str,
    ) -> None:  # fmt: skip
        self.workspace, self.store, self.clock, self._fire = workspace, store, clock, fire
        self._version = version
        self._changed = threading.Condition()

    def launch(
        self, bot: Bot, parameters: Mapping[str, Any], *, by: str, rehearse: bool = False, first: int | None = None,
        slot: Slot | None = None,
    ) -> str:  # fmt: skip
        """Queue one run of a bot; returns its id. The run of a slot is queued once, however often this is called."""
        now = self.clock.now()
        run = run_of_slot(slot) if slot else run_id(bot.name, now)
        self.store.add_run(
            RunRecord(
                run=run,
                bot=bot.name,
                flow=bot.flow,
                started_by=by,
                parameters=dict(parameters),
                rehearse=rehearse,
                first=first,
                slot_id=slot.slot_id if slot else "",
                shift=slot.shift if slot else "",
                queued_at=now,
                needs=bot.needs,
                version=self._version(),
            )
        )
        if slot is not None:
            self.store.settle(slot.slot_id, Outcome.RUNNING, run=run)
        self._fire(run, bot.needs)
        return run

    def start_slot(self, bot: Bot, planned_for: datetime, *, shift: str, by: str = "scheduler") -> str | None:
        """Plan a slot and fire it, once: the second caller with the same slot gets None. Late slots say so."""
        slot = Slot(
            slot_id=f"{bot.name}@{planned_for:%Y%m%dT%H%M%SZ}", bot=bot.name, planned_for=planned_for, shift=shift
        )
        if not self.store.plan(slot):
            return None
        late_until = timedelta(seconds=seconds(bot.schedule.get("late_until", "2h")))
        if overdue(planned_for, self.clock.now(), late_until=late_until) is Outcome.MISSED:
            self.store.settle(slot.slot_id, Outcome.MISSED, why="late_until")
            self._start_waiting(shift, by=by)
            return None
        return self.launch(bot, bot.parameters, by=by, slot=slot)

    def run_ended(self, run: str) -> None:
        """Settle the slot of a run that has ended, and start the bots that waited for it."""
        record = self.store.run(run)
        if record is not None and record.slot_id and record.state in _ENDED:
            outcome, why = self._outcome(record)
            self.store.settle(record.slot_id, outcome, why=why, run=run)
            self._start_waiting(record.shift, by=record.started_by)
        with self._changed:
            self._changed.notify_all()

    def _outcome(self, record: RunRecord) -> tuple[Outcome, str]:
        if record.state is RunState.FAILED and record.started_at is None:
            return Outcome.BLOCKED, record.reason
        slot = next(iter(self.store.slots(bot=record.bot, shift=record.shift)), None)
        if slot is not None and record.started_at is not None:
            behind = record.started_at - slot.planned_for
            if behind > timedelta(minutes=1) and self.workspace.bots[record.bot].schedule:
                return Outcome.LATE, f"{int(behind.total_seconds())} s"
        return Outcome.RAN, "" if record.state is RunState.DONE else f"{record.state}: {record.reason}"

    def _start_waiting(self, shift: str, *, by: str) -> None:
        """Start the bots that waited for others of this shift, all of which have come to an outcome."""
        slots = self.store.slots(shift=shift, limit=10_000)
        still_open = {Outcome.PLANNED, Outcome.RUNNING}
        done = [s.bot for s in slots if s.outcome not in still_open]
        after = {bot.name: bot.after for bot in self.workspace.bots.values()}
        planned_for = max(s.planned_for for s in slots)
        for name in ready_after(done, [s.bot for s in slots], after):
            self.start_slot(self.workspace.bots[name], planned_for, shift=shift, by=by)

    def mend(self) -> None:
        """Go on with what a process left half done when it died: a slot without a run, a run whose end nobody saw."""
        for slot in self.store.slots(outcomes=[Outcome.PLANNED, Outcome.RUNNING], limit=1000):
            bot = self.workspace.bots.get(slot.bot)
            record = self.store.run(run_of_slot(slot))
            if record is not None and record.state in _ENDED:
                self.run_ended(record.run)
            elif record is None and bot is not None and self.clock.now() - slot.planned_for > LEFT_BEHIND:
                self.launch(bot, bot.parameters, by="scheduler", slot=slot)

    def start_all(self, shift: str, *, by: str) -> None:
        """Start a whole shift now: the bots that wait for nobody; the others follow by themselves."""
        now = self.clock.now().replace(microsecond=0)
        for bot in self.workspace.bots.values():
            if not bot.after:
                self.start_slot(bot, now, shift=shift, by=by)

    def ended(self, shift: str) -> bool:
        """Whether every bot of the workspace has a settled slot in this shift."""
        slots = self.store.slots(shift=shift, limit=10_000)
        open_slots = [s for s in slots if s.outcome in (Outcome.PLANNED, Outcome.RUNNING)]
        return not open_slots and {s.bot for s in slots} >= set(self.workspace.bots)

    def wait(self, shift: str, *, timeout_s: float, tick: Callable[[], None] = lambda: None) -> bool:
        """Wait until the shift has ended; `tick` is called about twice a second (progress)."""
        deadline = self.clock.monotonic() + timeout_s
        while not self.ended(shift) and self.clock.monotonic() < deadline:
            tick()
            self.pause(0.5)
        return self.ended(shift)

    def pause(self, seconds_: float) -> None:
        """Wait until a run ends, or this long."""
        with self._changed:
            self._changed.wait(seconds_)
