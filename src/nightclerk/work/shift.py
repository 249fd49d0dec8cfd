"""The night's shift: slots become runs, a run's end starts the bots that wait for it, every slot gets its outcome."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from nightclerk.calendars import Calendar
from nightclerk.domain.items import Outcome, RunRecord, RunState, Slot
from nightclerk.domain.schedules import ready_after
from nightclerk.domain.slot_rules import SlotFacts, held_up, lateness, refusal
from nightclerk.errors import WorkspaceError
from nightclerk.ports import Clock
from nightclerk.work.store import SqlStore
from nightclerk.work.timetable import Timetable, timetable_of
from nightclerk.workspace import Bot, Workspace

_ENDED = {RunState.DONE, RunState.FAILED, RunState.CANCELLED, RunState.CRASHED}
_AT_WORK = (RunState.QUEUED, RunState.RUNNING, RunState.PAUSED)
_OPEN = (Outcome.PLANNED, Outcome.RUNNING)
#: A slot that was planned this long ago and has no run was left behind by a process that died in between.
LEFT_BEHIND = timedelta(seconds=30)


def run_id(bot: str, now: datetime) -> str:
    """A new run's name: sorts by time, says which bot."""
    return f"{now:%Y%m%dT%H%M%S}-{bot}-{uuid4().hex[:4]}"


def clock_slot(bot: str, planned_for: datetime) -> str:
    """The name of the slot of a planned time: the same on every scheduler."""
    return f"{bot}@{planned_for:%Y%m%dT%H%M%SZ}"


def run_of_slot(slot: Slot) -> str:
    """The name of a slot's one run, the same whoever launches it: two schedulers make one run."""
    letters = 8 if slot.facts else 4  # an event and a file may come in the same second
    mark = hashlib.sha256(slot.slot_id.encode()).hexdigest()[:letters]
    return f"{slot.planned_for:%Y%m%dT%H%M%S}-{slot.bot}-{mark}"


class Shift:
    """Plans slots, fires them as runs, and settles them. `fire(run, needs)` hands a run to the engine.

    `version()` names the flows that a run launched now is meant to be performed with.
    """

    def __init__(
        self, *, workspace: Workspace, store: SqlStore, clock: Clock, fire: Callable[[str, str], None],
        version: Callable[[], str] = str, calendar: Calendar | None = None,
    ) -> None:  # fmt: skip
        self.workspace, self.store, self.clock, self._fire = workspace, store, clock, fire
        self._version = version
        self.calendar = calendar or Calendar()
        self._changed = threading.Condition()

    def launch(
        self, bot: Bot, parameters: Mapping[str, Any], *, by: str, rehearse: bool = False, first: int | None = None,
        slot: Slot | None = None,
    ) -> str:  # fmt: skip
        """Queue one run of a bot; returns its id. The run of a slot is queued once, however often this is called, and
        not at all ("" is returned) when the slot has come to another outcome meanwhile.
        """
        now = self.clock.now()
        run = run_of_slot(slot) if slot else run_id(bot.name, now)
        if slot is not None and not self._claim(slot, run):
            return ""
        facts = slot.facts if slot else {}
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
                due_at=(slot.planned_for if slot else now) + self._timetable(bot).done_within,
                origin=str(facts.get("origin", "")),
            )
        )
        self._fire(run, bot.needs)
        return run

    def _claim(self, slot: Slot, run: str) -> bool:
        """The slot is this run's: from now on it can neither be skipped nor missed."""
        if self.store.settle(slot.slot_id, Outcome.RUNNING, run=run):
            return True
        known = self.store.slot(slot.slot_id)
        return known is not None and known.outcome is Outcome.RUNNING and known.run == run

    def start_slot(
        self, bot: Bot, planned_for: datetime, *, shift: str, by: str = "scheduler", name: str = "",
        facts: Mapping[str, Any] | None = None, later: str = "",
    ) -> str | None:  # fmt: skip
        """Plan a slot and fire it, once: the second caller with the same slot gets None. What a rule keeps from running
        is filed as missed or skipped. `name`: the slot's, where no clock planned it; `later`: a later one is due too.
        """
        slot_id = f"{bot.name}@{name}" if name else clock_slot(bot.name, planned_for)
        slot = Slot(slot_id=slot_id, bot=bot.name, planned_for=planned_for, shift=shift, facts=dict(facts or {}))
        if not self.store.plan(slot):
            return None
        return self._resolve(bot, slot, by=by, later=later)

    def block_slot(self, bot: str, planned_for: datetime, *, shift: str, was: str, why: str = "") -> None:
        """Plan a slot that nobody can run, since its bot is gone or its schedule makes no sense, and file it as
        blocked. `was`: the schedule that it comes from."""
        name = clock_slot(bot, planned_for)
        slot = Slot(slot_id=name, bot=bot, planned_for=planned_for, shift=shift, facts={"was": was})
        if self.store.plan(slot):
            self._block(slot, why or self._why_no_bot(bot))

    def _block(self, slot: Slot, why: str) -> None:
        if self.store.settle(slot.slot_id, Outcome.BLOCKED, why=why):
            self._start_waiting(slot, by="scheduler")

    def _resolve(self, bot: Bot, slot: Slot, *, by: str, later: str = "") -> str | None:
        """Run a planned slot, or file why not."""
        refused = refusal(self._facts(bot, slot, later), self._timetable(bot).rules)
        if refused is None:
            return self.launch(bot, self._parameters(bot, slot), by=by, slot=slot) or None
        if self.store.settle(slot.slot_id, refused.outcome, why=refused.why):
            self._start_waiting(slot, by=by)
        return None

    def _facts(self, bot: Bot, slot: Slot, later: str) -> SlotFacts:
        now = self.clock.now()
        if "by_hand" in slot.facts:  # a person's word goes above the calendar
            return SlotFacts(planned_for=slot.planned_for, now=slot.planned_for)
        timetable = self._timetable(bot)
        at_work = self.store.runs(bot=bot.name, states=_AT_WORK, limit=1) if timetable.rules.skip_if_running else []
        closed = self.calendar.closed(max(now, slot.planned_for), bot=bot.name, zone=timetable.zone)
        due = datetime.fromisoformat(slot.facts["at"]) if "at" in slot.facts else slot.planned_for
        return SlotFacts(
            planned_for=due, now=now, later=later, blackout=closed, idle=slot.facts.get("idle", ""),
            day_rule=timetable.day_rule(slot.planned_for, self.calendar), running=at_work[0].run if at_work else "",
            was=slot.facts.get("was", ""),
        )  # fmt: skip

    def _parameters(self, bot: Bot, slot: Slot) -> dict[str, Any]:
        given = self._timetable(bot).as_parameter
        file = {given: slot.facts["file"]} if given and "file" in slot.facts else {}
        return {**bot.parameters, **slot.facts.get("parameters", {}), **file}

    def _timetable(self, bot: Bot) -> Timetable:
        return timetable_of(bot, timezone=self.workspace.settings.timezone)

    def run_ended(self, run: str) -> None:
        """Settle the slot of a run that has ended, and start the bots that waited for it."""
        record = self.store.run(run)
        slot = self.store.slot(record.slot_id) if record is not None and record.slot_id else None
        if record is not None and slot is not None and record.state in _ENDED:
            outcome, why = _outcome(record, slot)
            self.store.settle(slot.slot_id, outcome, why=why, run=run)
            self._start_waiting(slot, by=record.started_by)
        with self._changed:
            self._changed.notify_all()

    def _start_waiting(self, ended: Slot, *, by: str) -> None:
        """Start the bots that waited for others of this shift, all of which have come to an outcome."""
        after = {bot.name: bot.after for bot in self.workspace.bots.values()}
        if "answer" in ended.facts:  # the rest of one item: what comes after the bot has run with its shift
            return
        if not any(ended.bot in waited_for for waited_for in after.values()):
            return
        slots = self.store.slots(shift=ended.shift, limit=10_000)
        still_open = {s.bot for s in slots if s.outcome in _OPEN}
        done = [s.bot for s in slots if s.bot not in still_open]
        planned_for = max(s.planned_for for s in slots)
        inherited = {name: fact for name, fact in ended.facts.items() if name in ("by_hand", "event")}
        for name in ready_after(done, [s.bot for s in slots], after):
            bot = self.workspace.bots[name]
            facts = {**inherited, "after": list(bot.after), "at": self.clock.now().isoformat()}
            if idle := held_up([(s.bot, _moved(s)) for s in slots if s.bot in bot.after]):
                facts["idle"] = idle
            self.start_slot(bot, planned_for, shift=ended.shift, by=by, facts=facts, name=ended.shift)

    def mend(self) -> None:
        """Go on with what a process left half done when it died: a slot without a run, a run whose end nobody saw."""
        for slot in self.store.slots(outcomes=_OPEN, limit=1000):
            record = self.store.run(slot.run or run_of_slot(slot))
            if record is not None and record.state in _ENDED:
                self.run_ended(record.run)
            elif record is None and self.clock.now() - slot.planned_for > LEFT_BEHIND:
                self._pick_up(slot)

    def _pick_up(self, slot: Slot) -> None:
        """A slot that nobody launched: by now the rules may say something else; without its bot nobody ever will."""
        bot = self.workspace.bots.get(slot.bot)
        try:
            if bot is None:
                self._block(slot, self._why_no_bot(slot.bot))
            elif slot.outcome is Outcome.RUNNING:
                self.launch(bot, self._parameters(bot, slot), by="scheduler", slot=slot)
            else:
                self._resolve(bot, slot, by="scheduler")
        except WorkspaceError as error:
            self._block(slot, f"SCHEDULE {slot.bot}: {error}")

    def _why_no_bot(self, name: str) -> str:
        try:
            self.workspace.bot(name)
        except WorkspaceError as error:
            return f"NO_BOT {name}: {error}"
        return f"NO_BOT {name}"

    def start_all(self, shift: str, *, by: str) -> None:
        """Start a whole shift now, whatever the calendar says: bots that wait for nobody; the others follow."""
        now = self.clock.now().replace(microsecond=0)
        for bot in self.workspace.bots.values():
            if not bot.after:
                self.start_slot(bot, now, shift=shift, by=by, name=shift, facts={"by_hand": by})

    def ended(self, shift: str) -> bool:
        """Whether every bot of the workspace has a settled slot in this shift."""
        slots = self.store.slots(shift=shift, limit=10_000)
        return not any(s.outcome in _OPEN for s in slots) and {s.bot for s in slots} >= set(self.workspace.bots)

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


def _moved(slot: Slot) -> Outcome:
    """A slot's outcome as those see it who wait for its bot: of an old schedule's times nothing comes any more."""
    return Outcome.SKIPPED if "was" in slot.facts else slot.outcome


def _outcome(record: RunRecord, slot: Slot) -> tuple[Outcome, str]:
    """What a slot comes to by the end of its run."""
    if record.started_at is None:
        if record.state is RunState.CANCELLED:
            return Outcome.SKIPPED, f"cancelled: {record.reason}"
        return Outcome.BLOCKED, record.reason
    said = "" if record.state is RunState.DONE else f"{record.state}: {record.reason}"
    late = (
        lateness(slot.planned_for, record.started_at) if slot.slot_id == clock_slot(slot.bot, slot.planned_for) else ""
    )
    if late and not slot.facts:
        return Outcome.LATE, "; ".join(filter(None, (late, said)))
    return Outcome.RAN, said
