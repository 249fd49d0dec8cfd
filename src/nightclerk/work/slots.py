"""Planned starts of bots; each ends in one outcome."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select, update

from nightclerk.domain.items import Outcome, Slot
from nightclerk.records import dump
from nightclerk.work import tables as t
from nightclerk.work.books import Books, fields


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
        return [_slot(row) for row in self._rows(query)]


def _slot(row: Any) -> Slot:
    return Slot(**{**fields(row), "outcome": Outcome(row.outcome)})
