"""Questions put to people, and the one answer that each of them gets."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from nightclerk.domain.items import Task
from nightclerk.records import dump
from nightclerk.work import tables as t
from nightclerk.work.books import Books, fields


class Tasks(Books):
    """See `ports`."""

    def ask(self, task: Task) -> bool:
        times = {"deadline": task.deadline, "asked_at": task.asked_at, "answered_at": task.answered_at}
        return self._add(t.tasks, **{**dump(task), **times})

    def task(self, task: str) -> Task | None:
        rows = self._rows(select(t.tasks).where(t.tasks.c.task == task))
        return task_of(rows[0]) if rows else None

    def tasks(self, *, open_only: bool = True, run: str = "", limit: int = 100, offset: int = 0) -> list[Task]:
        c = t.tasks.c
        query = select(t.tasks).order_by(c.id.desc()).limit(limit).offset(offset)
        if open_only:
            query = query.where(c.answered_at.is_(None))
        if run:
            query = query.where(c.run == run)
        return [task_of(row) for row in self._rows(query)]

    def answered_since(self, moment: datetime) -> list[Task]:
        """Tasks of items that were answered since a moment, oldest answer first."""
        c = t.tasks.c
        found = select(t.tasks).where(c.answered_at >= moment, c.key != "").order_by(c.answered_at)
        return [task_of(row) for row in self._rows(found)]

    def overdue(self, now: datetime) -> list[Task]:
        """Open tasks whose deadline has passed."""
        c = t.tasks.c
        found = select(t.tasks).where(c.answered_at.is_(None), c.deadline <= now).order_by(c.deadline)
        return [task_of(row) for row in self._rows(found)]

    def answer(self, task: str, *, answer: str, who: str, now: datetime) -> bool:
        c = t.tasks.c
        with self._write() as connection:
            done = connection.execute(
                update(t.tasks)
                .where(c.task == task, c.answered_at.is_(None))
                .values(answer=answer, answered_by=who, answered_at=now)
            )
        return done.rowcount == 1


def task_of(row: Any) -> Task:
    return Task(**{**fields(row), "choices": tuple(row.choices)})
