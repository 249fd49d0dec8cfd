"""Work items under unique business keys, claimed by one conditional update."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select, update

from nightclerk.domain.items import DRAWABLE, State, WorkItem
from nightclerk.records import dump
from nightclerk.work import tables as t
from nightclerk.work.books import Books, fields


class Queues(Books):
    """See `ports`."""

    def put(
        self, queue: str, key: str, payload: Mapping[str, Any], *, state: State = State.NEW, result: str = "",
        reason: str = "", details: Mapping[str, Any] | None = None, now: datetime | None = None,
    ) -> bool:  # fmt: skip
        return self._add(
            t.items, queue=queue, key=key, payload=dict(payload), state=state.value, result=result, reason=reason,
            details=dump(dict(details or {})), created_at=now, updated_at=now,
        )  # fmt: skip

    def draw(self, queue: str, *, run: str, lease_s: float, now: datetime, key: str = "") -> WorkItem | None:
        i = t.items.c
        due = (
            select(i.id, i.fence)
            .where(i.queue == queue)
            .where(
                or_(
                    i.state.in_([s.value for s in DRAWABLE]) & or_(i.not_before.is_(None), i.not_before <= now),
                    (i.state == State.IN_PROGRESS.value) & (i.lease_until < now),
                )
            )
            .order_by(i.id)
            .limit(1)
        )
        if key:
            due = due.where(i.key == key)
        if self.engine.dialect.name == "postgresql":
            due = due.with_for_update(skip_locked=True)
        with self._write() as connection:
            row = connection.execute(due).first()
            if row is None:
                return None
            connection.execute(
                update(t.items)
                .where(i.id == row.id, i.fence == row.fence)
                .values(
                    state=State.IN_PROGRESS.value,
                    run=run,
                    attempts=i.attempts + 1,
                    fence=i.fence + 1,
                    version=i.version + 1,
                    lease_until=now + timedelta(seconds=lease_s),
                    not_before=None,
                    updated_at=now,
                )
            )
            drawn = connection.execute(select(t.items).where(i.id == row.id)).one()
        return _item(drawn)

    def renew(self, item: WorkItem, *, lease_s: float, now: datetime) -> bool:
        return self._change_held(item, lease_until=now + timedelta(seconds=lease_s))

    def finish(
        self, item: WorkItem, state: State, *, result: str = "", reason: str = "",
        details: Mapping[str, Any] | None = None, not_before: datetime | None = None, attempts: int | None = None,
        now: datetime,
    ) -> bool:  # fmt: skip
        return self._change_held(
            item, state=state.value, result=result, reason=reason, details=dump(dict(details or {})),
            not_before=not_before, lease_until=None, updated_at=now, version=t.items.c.version + 1,
            attempts=t.items.c.attempts if attempts is None else attempts,
        )  # fmt: skip

    def _change_held(self, item: WorkItem, **values: Any) -> bool:
        i = t.items.c
        held = (i.queue == item.queue) & (i.key == item.key) & (i.fence == item.fence)
        with self._write() as connection:
            done = connection.execute(update(t.items).where(held, i.state == State.IN_PROGRESS.value).values(**values))
        return done.rowcount == 1

    def abandon(self, run: str, *, now: datetime) -> int:
        i = t.items.c
        with self._write() as connection:
            done = connection.execute(
                update(t.items)
                .where(i.run == run, i.state == State.IN_PROGRESS.value)
                .values(state=State.ABANDONED.value, lease_until=None, updated_at=now, version=i.version + 1)
            )
        return done.rowcount

    def decide(
        self, queue: str, key: str, *, version: int, state: State, who: str, why: str,
        payload: Mapping[str, Any] | None = None, details: Mapping[str, Any] | None = None, now: datetime,
    ) -> bool:  # fmt: skip
        i = t.items.c
        values: dict[str, Any] = {
            "state": state.value, "reason": f"{who}: {why}", "updated_at": now, "version": version + 1,
            "not_before": None, "fence": i.fence + 1,
        }  # fmt: skip
        if state is State.NEW:
            values["attempts"] = 0
        if payload is not None:
            values["payload"] = dict(payload)
        if details is not None:
            values["details"] = dump(dict(details))
        with self._write() as connection:
            done = connection.execute(
                update(t.items).where(i.queue == queue, i.key == key, i.version == version).values(**values)
            )
        return done.rowcount == 1

    def item(self, queue: str, key: str) -> WorkItem | None:
        rows = self._rows(select(t.items).where(t.items.c.queue == queue, t.items.c.key == key))
        return _item(rows[0]) if rows else None

    def items(
        self, queue: str | None = None, *, states: Iterable[State] = (), text: str = "",
        limit: int = 100, offset: int = 0,
    ) -> list[WorkItem]:  # fmt: skip
        i = t.items.c
        query = select(t.items).order_by(i.id.desc()).limit(limit).offset(offset)
        wanted = [s.value for s in states]
        if queue is not None:
            query = query.where(i.queue == queue)
        if wanted:
            query = query.where(i.state.in_(wanted))
        if text:
            query = query.where(or_(*(c.contains(text, autoescape=True) for c in (i.key, i.result, i.reason))))
        return [_item(row) for row in self._rows(query)]

    def counts(self, queue: str) -> dict[State, int]:
        i = t.items.c
        rows = self._rows(select(i.state, func.count()).where(i.queue == queue).group_by(i.state))
        return {State(state): number for state, number in rows}

    def queues(self) -> list[str]:
        return [row[0] for row in self._rows(select(t.items.c.queue).distinct().order_by(t.items.c.queue))]


def _item(row: Any) -> WorkItem:
    return WorkItem(**{**fields(row), "state": State(row.state)})
