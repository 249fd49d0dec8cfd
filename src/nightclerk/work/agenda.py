"""What is to come and what has not come: the next runs of a bot, and the planned starts since a moment that failed."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from nightclerk.calendars import Calendar
from nightclerk.domain.items import Outcome, Slot
from nightclerk.errors import WorkspaceError
from nightclerk.work.shift import clock_slot
from nightclerk.work.store import SqlStore
from nightclerk.work.timetable import Timetable, timetable_of
from nightclerk.work.triggers import times, trigger_of
from nightclerk.workspace import Bot, Workspace

#: Nobody looks further ahead than this for a run that rules keep from happening.
HORIZON = timedelta(days=400)
#: How far back starts are looked for that no scheduler was there to plan.
BACKFILL = timedelta(days=31)
#: A shift on duty has filed a start by then.
_FILED_BY = timedelta(minutes=1)
_NOT_RUN = (Outcome.MISSED, Outcome.SKIPPED, Outcome.BLOCKED)


@dataclass(frozen=True, kw_only=True)
class NextRun:
    """A start to come (UTC). `rule`: what will keep it from running ("not_on: 双11"), "" when it will run."""

    bot: str
    at: datetime
    rule: str = ""


@dataclass(frozen=True, kw_only=True)
class Agenda:
    """Reads only. `now` is asked at each call."""

    workspace: Workspace
    calendar: Calendar
    store: SqlStore

    def next_runs(self, bot: str, n: int = 5, *, now: datetime) -> list[NextRun]:
        """The next `n` starts that will run, and those between that a rule will skip; [] where no clock starts it."""
        found = self.workspace.bot(bot)
        timetable = timetable_of(found, timezone=self.workspace.settings.timezone)
        coming: list[NextRun] = []
        for at in self._times(found.schedule, now, found.where):
            if at > now + HORIZON or sum(not one.rule for one in coming) >= n:
                break
            coming.append(NextRun(bot=bot, at=at, rule=self._rule(found, timetable, at)))
        return coming

    def missed_since(self, moment: datetime, *, now: datetime) -> list[Slot]:
        """Planned starts since a moment that did not run, oldest first: missed, skipped, blocked with the reason.

        Starts that have passed and that no scheduler has filed yet come as `planned`: nobody is on duty.
        """
        filed = [s for s in self.store.slots_between(moment, now) if s.outcome in _NOT_RUN]
        lost = [slot for bot in self.workspace.bots.values() for slot in self._unfiled(bot, moment, now)]
        lost += [
            slot for bot in self.gone() for slot in self._unfiled_of(bot, self.by_mark(bot, now - _FILED_BY), moment)
        ]
        return sorted([*filed, *lost], key=lambda slot: (slot.planned_for, slot.bot))

    def unplanned(self, bot: Bot, now: datetime) -> list[datetime]:
        """A bot's times since they were last planned; [] for a bot or a schedule that is new: it begins now."""
        mark = self.store.mark(bot.name)
        if mark is None or mark[0] != schedule_text(bot.schedule):
            return []
        return self._passed(bot.schedule, mark[1], now, bot.where)

    def owed(self, bot: Bot, now: datetime) -> list[datetime]:
        """Times that passed by a schedule which was changed since, while no scheduler was there to plan them."""
        mark = self.store.mark(bot.name)
        if mark is None or mark[0] == schedule_text(bot.schedule):
            return []
        return self.by_mark(bot.name, now)

    def by_mark(self, bot: str, now: datetime) -> list[datetime]:
        """Times that passed since a bot was last planned, by the schedule that it had then; none when that never made
        sense."""
        mark = self.store.mark(bot)
        with contextlib.suppress(WorkspaceError):
            return self._passed(_schedule_of(mark[0]), mark[1], now) if mark is not None else []
        return []

    def understood(self, bot: Bot) -> None:
        """Raise WorkspaceError unless a bot's schedule makes sense as a whole."""
        timetable_of(bot, timezone=self.workspace.settings.timezone)
        trigger_of(bot.schedule, timezone=self.workspace.settings.timezone, where=bot.where)

    def gone(self) -> list[str]:
        """Bots that a clock has started and whose files are gone or cannot be read."""
        return sorted(self.store.marked() - set(self.workspace.bots))

    def _passed(
        self, schedule: Mapping[str, object], since: datetime, now: datetime, where: str = ""
    ) -> list[datetime]:
        found = []
        for at in self._times(schedule, max(since, now - BACKFILL), where):
            if at > now:
                break
            found.append(at)
        return found

    def _unfiled(self, bot: Bot, moment: datetime, now: datetime) -> Iterator[Slot]:
        try:
            passed = self.unplanned(bot, now - _FILED_BY) + self.owed(bot, now - _FILED_BY)
        except WorkspaceError:  # `nightclerk check` and the shift say what is wrong with its schedule
            passed = self.by_mark(bot.name, now - _FILED_BY)
        yield from self._unfiled_of(bot.name, passed, moment)

    def _unfiled_of(self, bot: str, passed: Iterable[datetime], moment: datetime) -> Iterator[Slot]:
        for at in passed:
            if at >= moment:
                yield Slot(slot_id=clock_slot(bot, at), bot=bot, planned_for=at)

    def _times(self, schedule: Mapping[str, object], after: datetime, where: str) -> Iterator[datetime]:
        trigger = trigger_of(schedule, timezone=self.workspace.settings.timezone, where=where)
        return times(trigger, after=after) if trigger is not None else iter(())

    def _rule(self, bot: Bot, timetable: Timetable, at: datetime) -> str:
        day = timetable.day_rule(at, self.calendar)
        closed = self.calendar.closed(at, bot=bot.name, zone=timetable.zone)
        return day or (f"blackout: {closed}" if closed else "")


def schedule_text(schedule: Mapping[str, object]) -> str:
    """What decides a bot's times, as one line: when it changes, planning begins anew."""
    return "; ".join(f"{key}: {schedule[key]}" for key in ("cron", "every", "timezone") if key in schedule)


def _schedule_of(text: str) -> dict[str, str]:
    """The schedule that `schedule_text` wrote down."""
    return {key: value for key, _, value in (part.partition(": ") for part in text.split("; ")) if value}
