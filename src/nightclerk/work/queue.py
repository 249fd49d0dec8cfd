"""Work items under unique business keys, claimed by one conditional update."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import JSON, Connection, Select, bindparam, func, or_, select, update

from nightclerk.domain.items import DRAWABLE, State, WorkItem
from nightclerk.records import dump
from nightclerk.work import tables as t
from nightclerk.work.books import Books, fields

# The statements that every item needs are built once: building one costs as much CPU as running it.
_I = t.items.c
_NOW = bindparam("a_now", type_=t.Utc())
_HELD = (
    (_I.queue == bindparam("a_queue")) & (_I.key == bindparam("a_key")) & (_I.fence == bindparam("a_fence"))
    & (_I.state == State.IN_PROGRESS.value)
)  # fmt: skip
_RENEW = update(t.items).where(_HELD).values(lease_until=bindparam("a_until", type_=t.Utc()))
_NOTE = update(t.items).where(_HELD).values(details=bindparam("a_details", type_=JSON()))
_FINISH = update(t.items).where(_HELD).values(
    state=bindparam("a_state"), result=bindparam("a_result"), reason=bindparam("a_reason"),
    details=bindparam("a_details", type_=JSON()), not_before=bindparam("a_not_before", type_=t.Utc()),
    lease_until=None, updated_at=_NOW, version=_I.version + 1,
)  # fmt: skip
_CLAIM = update(t.items).where(_I.id == bindparam("a_id"), _I.fence == bindparam("a_fence")).values(
    state=State.IN_PROGRESS.value, run=bindparam("a_run"), attempts=_I.attempts + 1, fence=_I.fence + 1,
    version=_I.version + 1, lease_until=bindparam("a_until", type_=t.Utc()), not_before=None, updated_at=_NOW,
).returning(t.items)  # fmt: skip


@cache
def _due(*, keyed: bool, locked: bool) -> Select[Any]:
    """The oldest item of a queue that is due (or the one under a key, if it is)."""
    waits = _I.state.in_([s.value for s in DRAWABLE]) & or_(_I.not_before.is_(None), _I.not_before <= _NOW)
    left = (_I.state == State.IN_PROGRESS.value) & (_I.lease_until < _NOW)
    query = select(_I.id, _I.fence).where(_I.queue == bindparam("a_queue"), or_(waits, left)).order_by(_I.id).limit(1)
    if keyed:
        query = query.where(_I.key == bindparam("a_key"))
    return query.with_for_update(skip_locked=True) if locked else query


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
        with self._write() as connection:
            due = _due(keyed=bool(key), locked=self.engine.dialect.name == "postgresql")
            row = connection.execute(due, {"a_queue": queue, "a_key": key, "a_now": now}).first()
            if row is None:
                return None
            until = now + timedelta(seconds=lease_s)
            facts = {"a_id": row.id, "a_fence": row.fence, "a_run": run, "a_until": until, "a_now": now}
            return item_of(connection.execute(_CLAIM, facts).one())

    def renew(self, item: WorkItem, *, lease_s: float, now: datetime) -> bool:
        held = {"a_queue": item.queue, "a_key": item.key, "a_fence": item.fence}
        with self._write() as connection:
            return connection.execute(_RENEW, {**held, "a_until": now + timedelta(seconds=lease_s)}).rowcount == 1

    def hands_on(self, item: WorkItem, *, now: datetime) -> None:
        held = {"a_queue": item.queue, "a_key": item.key, "a_fence": item.fence}
        with self._write() as connection:
            connection.execute(_NOTE, {**held, "a_details": {**item.details, "hands_at": now.isoformat()}})

    def finish(
        self, item: WorkItem, state: State, *, result: str = "", reason: str = "",
        details: Mapping[str, Any] | None = None, not_before: datetime | None = None, attempts: int | None = None,
        now: datetime,
    ) -> bool:  # fmt: skip
        i = t.items.c
        facts = {
            "a_queue": item.queue, "a_key": item.key, "a_fence": item.fence, "a_state": state.value,
            "a_result": result, "a_reason": reason, "a_details": dump(dict(details or {})),
            "a_not_before": not_before, "a_now": now,
        }  # fmt: skip
        query = _FINISH if attempts is None else _FINISH.values({i.attempts: attempts})
        with self._write() as connection:
            return connection.execute(query, facts).rowcount == 1

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
        with self._write() as connection:
            return self._decide(
                connection, queue, key, version=version, state=state, who=who, why=why, payload=payload,
                details=details, now=now,
            )  # fmt: skip

    def queue_again(
        self, items: Iterable[tuple[str, str, int, Mapping[str, Any]]], *, who: str, why: str, now: datetime
    ) -> tuple[str, ...]:
        stale: list[str] = []
        try:
            with self._write() as connection:
                for queue, key, version, payload in items:
                    facts: dict[str, Any] = {"who": who, "why": why, "payload": payload, "now": now}
                    if not self._decide(connection, queue, key, version=version, state=State.NEW, **facts):
                        stale.append(key)
                if stale:
                    raise _Stale
        except _Stale:
            return tuple(stale)
        return ()

    def _decide(
        self, connection: Connection, queue: str, key: str, *, version: int, state: State, who: str, why: str,
        payload: Mapping[str, Any] | None = None, details: Mapping[str, Any] | None = None, now: datetime,
    ) -> bool:  # fmt: skip
        i = t.items.c
        values: dict[str, Any] = {
            "state": state.value, "reason": f"{who}: {why}", "updated_at": now, "version": version + 1,
            "not_before": None, "lease_until": None, "fence": i.fence + 1,
        }  # fmt: skip
        if state is State.NEW:
            values["attempts"] = 0
        if payload is not None:
            values["payload"] = dict(payload)
        if details is not None:
            values["details"] = dump(dict(details))
        done = connection.execute(
            update(t.items).where(i.queue == queue, i.key == key, i.version == version).values(**values)
        )
        return done.rowcount == 1

    def item(self, queue: str, key: str) -> WorkItem | None:
        rows = self._rows(select(t.items).where(t.items.c.queue == queue, t.items.c.key == key))
        return item_of(rows[0]) if rows else None

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
        return [item_of(row) for row in self._rows(query)]

    def counts(self, queue: str) -> dict[State, int]:
        i = t.items.c
        rows = self._rows(select(i.state, func.count()).where(i.queue == queue).group_by(i.state))
        return {State(state): number for state, number in rows}

    def queues(self) -> list[str]:
        return [row[0] for row in self._rows(select(t.items.c.queue).distinct().order_by(t.items.c.queue))]


class _Stale(Exception):
    """One of several rows has changed meanwhile: the transaction is rolled back as a whole."""


def item_of(row: Any) -> WorkItem:
    return WorkItem(**{**fields(row), "state": State(row.state)})
