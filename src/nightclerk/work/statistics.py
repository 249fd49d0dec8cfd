"""What figures and metrics are made of: items, runs, questions and slots of a stretch of time, and counts of all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from sqlalchemy import func, or_, select

from nightclerk.domain.items import RunRecord, Slot, State, Task, WorkItem
from nightclerk.work import tables as t
from nightclerk.work.books import Books, fields
from nightclerk.work.runs import run_of
from nightclerk.work.slots import slot_of
from nightclerk.work.tasks import task_of

#: What of an item is counted; its data, bulky and many, stay where they are.
_COUNTED = tuple(t.items.c[name] for name in ("queue", "key", "state", "run", "attempts", "reason", "updated_at"))
#: What of an item's data says where its money is; reading 20,000 whole invoices takes seconds, these a fraction of one.
_MONEY = (
    t.items.c.state, t.items.c.payload["currency"].as_string().label("currency"),
    t.items.c.payload["gross"].as_string().label("gross"),
    t.items.c.details[("verdict", "outcome")].as_string().label("outcome"),
)  # fmt: skip
#: So many names go into one question to the database.
MOST_NAMES = 500


class Statistics(Books):
    """Part of `SqlStore`. `until` is never included; rows come oldest first."""

    def items_between(self, since: datetime, until: datetime) -> list[WorkItem]:
        """Items that came to stand as they stand within a stretch of time: what is counted of them, no data."""
        i = t.items.c
        found = select(*_COUNTED).where(i.updated_at >= since, i.updated_at < until).order_by(i.id)
        return [WorkItem(**{**fields(row), "payload": {}, "state": State(row.state)}) for row in self._rows(found)]

    def amounts(self, queue: str) -> Iterator[WorkItem]:
        """Every item of a queue with what its money is counted by (`totals_of`), and nothing else of its data."""
        for row in self._rows(select(*_MONEY).where(t.items.c.queue == queue)):
            payload = {"currency": row.currency, "gross": row.gross}
            details = {"verdict": {"outcome": row.outcome}}
            yield WorkItem(queue=queue, key="", payload=payload, details=details, state=State(row.state))

    def bots_of(self, runs: Iterable[str]) -> dict[str, str]:
        """The bot of each of these runs that the books know."""
        r, names = t.runs.c, sorted(runs)
        found: dict[str, str] = {}
        for start in range(0, len(names), MOST_NAMES):
            some = select(r.run, r.bot).where(r.run.in_(names[start : start + MOST_NAMES]))
            found |= {row.run: row.bot for row in self._rows(some)}
        return found

    def runs_between(self, since: datetime, until: datetime) -> list[RunRecord]:
        """Runs that were queued before its end and had not ended before its beginning."""
        r = t.runs.c
        found = select(t.runs).where(r.queued_at < until, or_(r.ended_at.is_(None), r.ended_at >= since))
        return [run_of(row) for row in self._rows(found.order_by(r.id))]

    def tasks_between(self, since: datetime, until: datetime) -> list[Task]:
        """Questions that were open for some of a stretch of time."""
        c = t.tasks.c
        found = select(t.tasks).where(c.asked_at < until, or_(c.answered_at.is_(None), c.answered_at >= since))
        return [task_of(row) for row in self._rows(found.order_by(c.id))]

    def slots_between(self, since: datetime, until: datetime) -> list[Slot]:
        """Slots that were planned for a moment within a stretch of time."""
        s = t.slots.c
        found = select(t.slots).where(s.planned_for >= since, s.planned_for < until)
        return [slot_of(row) for row in self._rows(found.order_by(s.planned_for, s.slot_id))]

    def runs_by_bot(self) -> dict[tuple[str, str], int]:
        """How many runs each bot has in each state."""
        r = t.runs.c
        rows = self._rows(select(r.bot, r.state, func.count()).group_by(r.bot, r.state).order_by(r.bot, r.state))
        return {(bot, state): number for bot, state, number in rows}

    def slots_by_bot(self) -> dict[tuple[str, str], int]:
        """How many slots of each bot came to each outcome."""
        s = t.slots.c
        rows = self._rows(select(s.bot, s.outcome, func.count()).group_by(s.bot, s.outcome).order_by(s.bot, s.outcome))
        return {(bot, outcome): number for bot, outcome, number in rows}
