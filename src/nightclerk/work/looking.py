"""Reads for whoever looks on: what is new since the last look, and all that is known under exact keys, by indexes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import func, or_, select

from nightclerk.domain.items import Effect, RunRecord, State, Task, WorkItem
from nightclerk.work import tables as t
from nightclerk.work.books import Books
from nightclerk.work.ledger import _effect
from nightclerk.work.queue import item_of
from nightclerk.work.runs import run_of
from nightclerk.work.tasks import task_of

#: SQLite takes so many values in one statement at least.
MOST_KEYS = 500


class Looking(Books):
    """Part of `SqlStore`. Nothing here writes."""

    def items_after(self, id_: int, *, limit: int = 5000) -> list[tuple[int, str, str]]:
        """(id, queue, key) of the items filed after the one with this id, in order."""
        i = t.items.c
        query = select(i.id, i.queue, i.key).where(i.id > id_).order_by(i.id).limit(limit)
        return [(row.id, row.queue, row.key) for row in self._rows(query)]

    def effects_from(self, since: datetime | None, *, limit: int = 5000, offset: int = 0) -> list[Effect]:
        """Effects that changed at or after a moment (None: all), oldest change first."""
        e = t.effects.c
        query = select(t.effects).order_by(e.updated_at, e.target, e.name, e.key).limit(limit).offset(offset)
        return [_effect(row) for row in self._rows(query if since is None else query.where(e.updated_at >= since))]

    def items_under(self, keys: Sequence[tuple[str, str]]) -> list[WorkItem]:
        """The items of these (queue, key), newest first."""
        i = t.items.c
        if not keys:
            return []
        same = [(i.queue == queue) & (i.key == key) for queue, key in keys[:MOST_KEYS]]
        return [item_of(row) for row in self._rows(select(t.items).where(or_(*same)).order_by(i.id.desc()))]

    def effects_under(self, keys: Iterable[str]) -> list[Effect]:
        """The effects of exactly these business keys, latest first."""
        e = t.effects.c
        query = select(t.effects).where(e.key.in_(list(keys)[:MOST_KEYS])).order_by(e.updated_at.desc())
        return [_effect(row) for row in self._rows(query)]

    def tasks_under(self, keys: Iterable[str], *, limit: int = 50) -> list[Task]:
        """The questions about exactly these keys, newest first, answered ones too."""
        c = t.tasks.c
        query = select(t.tasks).where(c.key.in_(list(keys)[:MOST_KEYS])).order_by(c.id.desc()).limit(limit)
        return [task_of(row) for row in self._rows(query)]

    def runs_called(self, runs: Iterable[str]) -> dict[str, RunRecord]:
        """The runs of these names that the books know, by name."""
        r = t.runs.c
        query = select(t.runs).where(r.run.in_(list(runs)[:MOST_KEYS]))
        return {row.run: run_of(row) for row in self._rows(query)}

    def open_tasks(self) -> int:
        """How many questions wait for an answer."""
        query = select(func.count()).select_from(t.tasks).where(t.tasks.c.answered_at.is_(None))
        return int(self._rows(query)[0][0])

    def counts_by_queue(self) -> dict[str, dict[State, int]]:
        """How many items each queue has in each state, in one pass over an index."""
        i = t.items.c
        rows = self._rows(select(i.queue, i.state, func.count()).group_by(i.queue, i.state).order_by(i.queue))
        found: dict[str, dict[State, int]] = {}
        for queue, state, number in rows:
            found.setdefault(queue, {})[State(state)] = number
        return found

    def last_change(self) -> tuple[datetime | None, int]:
        """When an item last changed, and the newest item's id: as long as both stay, no count has changed."""
        i = t.items.c
        changed, newest = select(func.max(i.updated_at)), select(func.max(i.id))
        row = self._rows(select(changed.scalar_subquery(), newest.scalar_subquery()))[0]
        return row[0], int(row[1] or 0)
