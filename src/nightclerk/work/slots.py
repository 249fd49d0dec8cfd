"""Planned starts of bots, each with one outcome; up to when they are planned; events that start bots."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from nightclerk.domain.items import Outcome, Slot
from nightclerk.records import dump
from nightclerk.work import tables as t
from nightclerk.work.books import Books, fields


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened, told once under its key. `taken_at`: when the bots that wait for it were started."""

    event: str
    key: str
    at: datetime
    by: str = ""
    taken_at: datetime | None = None


class Slots(Books):
    """See `ports`."""

    def plan(self, slot: Slot) -> bool:
        return self._add(t.slots, **{**dump(slot), "planned_for": slot.planned_for})

    def settle(self, slot_id: str, outcome: Outcome, *, why: str = "", run: str = "") -> bool:
        s = t.slots.c
        open_states = [Outcome.PLANNED.value]
        if outcome is not Outcome.RUNNING:
            open_states.append(Outcome.RUNNING.value)
        values = {"outcome": outcome.value, "why": why} | ({"run": run} if run else {})
        with self._write() as connection:
            done = connection.execute(
                update(t.slots).where(s.slot_id == slot_id, s.outcome.in_(open_states)).values(**values)
            )
        return done.rowcount == 1

    def slot(self, slot_id: str) -> Slot | None:
        rows = self._rows(select(t.slots).where(t.slots.c.slot_id == slot_id))
        return slot_of(rows[0]) if rows else None

    def slots(
        self,
        *,
        bot: str = "",
        shift: str = "",
        outcomes: Iterable[Outcome] = (),
        limit: int = 100,
        offset: int = 0,
    ) -> list[Slot]:
        s = t.slots.c
        query = select(t.slots).order_by(s.planned_for.desc(), s.slot_id).limit(limit).offset(offset)
        wanted = [o.value for o in outcomes]
        if bot:
            query = query.where(s.bot == bot)
        if shift:
            query = query.where(s.shift == shift)
        if wanted:
            query = query.where(s.outcome.in_(wanted))
        return [slot_of(row) for row in self._rows(query)]

    def unplan(self, bot: str, *, after: datetime) -> int:
        """Forget slots after a moment that have neither run nor blocked: the clock was ahead when they were filed."""
        s = t.slots.c
        idle = [Outcome.MISSED.value, Outcome.SKIPPED.value]
        with self._write() as connection:
            gone = delete(t.slots).where(s.bot == bot, s.planned_for > after, s.run == "", s.outcome.in_(idle))
            return connection.execute(gone).rowcount

    # -------------------------------------------------------------------------------------- marks

    def mark(self, bot: str) -> tuple[str, datetime] | None:
        """Up to when a bot's starts are planned, and by which schedule; None for a bot that is new."""
        rows = self._rows(select(t.marks).where(t.marks.c.bot == bot))
        return (rows[0].schedule, rows[0].upto) if rows else None

    def marked(self) -> set[str]:
        """All bots that have ever been planned by a clock, those among them whose files are gone."""
        return {row.bot for row in self._rows(select(t.marks.c.bot))}

    def set_mark(self, bot: str, schedule: str, upto: datetime) -> None:
        values = {"bot": bot, "schedule": schedule, "upto": upto}
        with self._write() as connection:
            done = connection.execute(update(t.marks).where(t.marks.c.bot == bot).values(**values))
        if done.rowcount == 0:
            self._add(t.marks, **values)  # another scheduler that was faster has set the same

    # ------------------------------------------------------------------------------------- events

    def tell_event(self, event: Event) -> bool:
        """Keep an event; False when this event with this key has been told before."""
        return self._add(t.events, event=event.event, key=event.key, by=event.by, at=event.at)

    def open_events(self) -> list[Event]:
        """Events for which bots have not been started yet, oldest first."""
        e = t.events.c
        rows = self._rows(select(t.events).where(e.taken_at.is_(None)).order_by(e.id))
        return [Event(**fields(row)) for row in rows]

    def take_event(self, event: Event, *, now: datetime) -> None:
        """The bots that wait for this event have got their slots."""
        e = t.events.c
        with self._write() as connection:
            connection.execute(update(t.events).where(e.event == event.event, e.key == event.key).values(taken_at=now))


def slot_of(row: Any) -> Slot:
    return Slot(**{**fields(row), "outcome": Outcome(row.outcome), "facts": row.facts or {}})
