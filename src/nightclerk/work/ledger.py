"""The ledger of irreversible effects: intent, submitting, confirmed, in doubt, withdrawn."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from nightclerk.domain.items import Effect, EffectState, State, WorkItem
from nightclerk.work import tables as t
from nightclerk.work.books import Books, fields


class Ledger(Books):
    """See `ports`."""

    def effect(self, target: str, name: str, key: str) -> Effect | None:
        e = t.effects.c
        rows = self._rows(select(t.effects).where(e.target == target, e.name == name, e.key == key))
        return _effect(rows[0]) if rows else None

    def intend(self, target: str, name: str, key: str, *, run: str, now: datetime) -> Effect:
        known = self.effect(target, name, key)
        if known is None:
            self._add(
                t.effects, target=target, name=name, key=key, run=run, state=EffectState.INTENT.value,
                updated_at=now,
            )  # fmt: skip
            known = self.effect(target, name, key)
        assert known is not None
        return known

    def submit(self, effect: Effect, *, item: WorkItem | None, run: str, now: datetime) -> bool:
        i = t.items.c
        with self._write() as connection:
            if item is not None:
                held = select(i.id).where(
                    i.queue == item.queue, i.key == item.key, i.fence == item.fence,
                    i.state == State.IN_PROGRESS.value, i.lease_until > now,
                )  # fmt: skip
                if self.engine.dialect.name == "postgresql":
                    held = held.with_for_update()
                if connection.execute(held).first() is None:
                    return False
            done = connection.execute(
                update(t.effects)
                .where(*_same(effect))
                .where(t.effects.c.state.in_([EffectState.INTENT.value, EffectState.WITHDRAWN.value]))
                .values(
                    state=EffectState.SUBMITTING.value,
                    run=run,
                    fence=item.fence if item else 0,
                    updated_at=now,
                )
            )
        return done.rowcount == 1

    def confirm(self, effect: Effect, *, reference: str, run: str, now: datetime) -> None:
        self._set_effect(effect, EffectState.CONFIRMED, run=run, now=now, reference=reference)

    def withdraw(self, effect: Effect, *, why: str, run: str, now: datetime) -> None:
        self._set_effect(effect, EffectState.WITHDRAWN, run=run, now=now, why=why)

    def doubt(self, effect: Effect, *, why: str, run: str, now: datetime) -> None:
        self._set_effect(effect, EffectState.IN_DOUBT, run=run, now=now, why=why)

    def _set_effect(self, effect: Effect, state: EffectState, *, run: str, now: datetime, **values: Any) -> None:
        with self._write() as connection:
            connection.execute(
                update(t.effects)
                .where(*_same(effect))
                .where(t.effects.c.state != EffectState.CONFIRMED.value)
                .values(state=state.value, run=run, updated_at=now, **values)
            )

    def effects(
        self, *, target: str = "", run: str = "", key: str = "", limit: int = 1000, offset: int = 0
    ) -> list[Effect]:
        e = t.effects.c
        query = select(t.effects).order_by(e.updated_at.desc(), e.key).limit(limit).offset(offset)
        for column, value in ((e.target, target), (e.run, run)):
            if value:
                query = query.where(column == value)
        if key:
            query = query.where(e.key.contains(key, autoescape=True))
        return [_effect(row) for row in self._rows(query)]


def _same(effect: Effect) -> tuple[Any, ...]:
    e = t.effects.c
    return (e.target == effect.target, e.name == effect.name, e.key == effect.key)


def _effect(row: Any) -> Effect:
    return Effect(**{**fields(row), "state": EffectState(row.state)})
