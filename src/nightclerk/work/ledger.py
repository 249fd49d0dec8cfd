"""The ledger of irreversible effects: intent, submitting, confirmed, in doubt, withdrawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.sql.dml import ReturningUpdate

from nightclerk.domain.items import Effect, EffectState, State, WorkItem
from nightclerk.work import tables as t
from nightclerk.work.books import Books, fields

#: From where an effect may go to `submitting`.
_BEFORE_CLICK = (EffectState.INTENT, EffectState.WITHDRAWN)
_NOT_CONFIRMED = tuple(state for state in EffectState if state is not EffectState.CONFIRMED)
_E, _I = t.effects.c, t.items.c
# Built once, as in `queue.py`.
_THIS = (_E.target == bindparam("a_target")) & (_E.name == bindparam("a_name")) & (_E.key == bindparam("a_key"))
_EFFECT = select(t.effects).where(_THIS)
_HELD = select(_I.id).where(
    _I.queue == bindparam("a_queue"), _I.key == bindparam("a_key"), _I.fence == bindparam("a_fence"),
    _I.state == State.IN_PROGRESS.value, _I.lease_until > bindparam("a_now", type_=t.Utc()),
)  # fmt: skip


@cache
def _change(columns: tuple[str, ...], before: frozenset[EffectState]) -> ReturningUpdate[Any]:
    """Change some columns of the one effect, if its row is still the one that was read."""
    values = {name: bindparam(f"a_{name}", type_=_E[name].type) for name in (*columns, "state")}
    here = _THIS & (_E.version == bindparam("a_version")) & _E.state.in_([one.value for one in before])
    return update(t.effects).where(here).values(version=_E.version + 1, **values).returning(t.effects)


class Ledger(Books):
    """See `ports`."""

    def effect(self, target: str, name: str, key: str) -> Effect | None:
        rows = self._rows(_EFFECT, {"a_target": target, "a_name": name, "a_key": key})
        return _effect(rows[0]) if rows else None

    def intend(self, target: str, name: str, key: str, *, run: str, now: datetime) -> Effect:
        known = self.effect(target, name, key)
        if known is None:
            fresh = Effect(target=target, name=name, key=key, run=run, updated_at=now)
            added = self._add(
                t.effects, target=target, name=name, key=key, run=run, state=EffectState.INTENT.value,
                updated_at=now,
            )  # fmt: skip
            known = fresh if added else self.effect(target, name, key)
        assert known is not None
        return known

    def submit(
        self, effect: Effect, *, item: WorkItem | None, run: str, now: datetime, holder: str = "",
        permit_until: datetime | None = None,
    ) -> Effect | None:  # fmt: skip
        allowed = self.submit_all([effect], item=item, run=run, now=now, holder=holder, permit_until=permit_until)
        return allowed[0] if allowed else None

    def submit_all(
        self, effects: Sequence[Effect], *, item: WorkItem | None, run: str, now: datetime, holder: str = "",
        permit_until: datetime | None = None,
    ) -> list[Effect] | None:  # fmt: skip
        fence = item.fence if item else 0
        values = {"run": run, "updated_at": now, "fence": fence, "holder": holder, "permit_until": permit_until}
        try:
            with self._write() as connection:
                if item is not None and not self._holds(connection, item, now):
                    return None
                state = EffectState.SUBMITTING
                return [_must(self._change(connection, one, _BEFORE_CLICK, state, **values)) for one in effects]
        except _Stale:
            return None

    def _holds(self, connection: Connection, item: WorkItem, now: datetime) -> bool:
        """Whether the item is still in the caller's hands, until this transaction ends."""
        query = _HELD.with_for_update() if self.engine.dialect.name == "postgresql" else _HELD
        facts = {"a_queue": item.queue, "a_key": item.key, "a_fence": item.fence, "a_now": now}
        return connection.execute(query, facts).first() is not None

    def confirm(self, effect: Effect, *, reference: str, run: str, now: datetime) -> Effect | None:
        return self._settle(effect, EffectState.CONFIRMED, run=run, updated_at=now, reference=reference)

    def withdraw(self, effect: Effect, *, why: str, run: str, now: datetime) -> Effect | None:
        return self._settle(effect, EffectState.WITHDRAWN, run=run, updated_at=now, why=why)

    def doubt(self, effect: Effect, *, why: str, run: str, now: datetime) -> Effect | None:
        return self._settle(effect, EffectState.IN_DOUBT, run=run, updated_at=now, why=why)

    def reopen(self, effect: Effect, *, why: str, run: str, now: datetime) -> Effect | None:
        return self._settle(effect, EffectState.INTENT, (EffectState.SUBMITTING,), run=run, updated_at=now, why=why)

    def clicked(self, effect: Effect, *, why: str, run: str, now: datetime) -> Effect | None:
        stays = EffectState.SUBMITTING
        return self._settle(effect, stays, (stays,), run=run, updated_at=now, why=why)

    def _settle(
        self, effect: Effect, state: EffectState, before: Iterable[EffectState] = _NOT_CONFIRMED, **values: Any
    ) -> Effect | None:
        with self._write() as connection:
            return self._change(connection, effect, before, state, permit_until=None, **values)

    def _change(
        self, connection: Connection, effect: Effect, before: Iterable[EffectState], state: EffectState, **values: Any
    ) -> Effect | None:
        """The one way in which an effect changes: only if its row is still the one that was read."""
        of = {"a_target": effect.target, "a_name": effect.name, "a_key": effect.key, "a_version": effect.version}
        new = {f"a_{name}": value for name, value in values.items()}
        query = _change(tuple(sorted(values)), frozenset(before))
        row = connection.execute(query, {**of, **new, "a_state": state.value}).first()
        return _effect(row) if row is not None else None

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


class _Stale(Exception):
    """One of several rows has changed meanwhile: the transaction is rolled back as a whole."""


def _must(change: Effect | None) -> Effect:
    if change is None:
        raise _Stale
    return change


def _effect(row: Any) -> Effect:
    return Effect(**{**fields(row), "state": EffectState(row.state)})
