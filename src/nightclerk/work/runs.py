"""Executions of bots, and the anchored head of each one's evidence."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update

from nightclerk.domain.items import RunRecord, RunState
from nightclerk.records import dump
from nightclerk.work import tables as t
from nightclerk.work.books import Books, fields


class Runs(Books):
    """See `ports`."""

    def add_run(self, run: RunRecord) -> bool:
        values = {
            **dump(run),
            "queued_at": run.queued_at,
            "started_at": run.started_at,
            "ended_at": run.ended_at,
            "moved_at": run.moved_at,
            "due_at": run.due_at,
        }
        return self._add(t.runs, **{**values, "rehearse": int(run.rehearse)})

    def run(self, run: str) -> RunRecord | None:
        rows = self._rows(select(t.runs).where(t.runs.c.run == run))
        return run_of(rows[0]) if rows else None

    def runs(
        self,
        *,
        bot: str = "",
        shift: str = "",
        states: Iterable[RunState] = (),
        limit: int = 50,
        offset: int = 0,
    ) -> list[RunRecord]:
        r = t.runs.c
        query = select(t.runs).order_by(r.id.desc()).limit(limit).offset(offset)
        wanted = [s.value for s in states]
        if bot:
            query = query.where(r.bot == bot)
        if shift:
            query = query.where(r.shift == shift)
        if wanted:
            query = query.where(r.state.in_(wanted))
        return [run_of(row) for row in self._rows(query)]

    def update_run(self, run: str, **changes: Any) -> None:
        plain = {k: v if isinstance(v, datetime) else dump(v) for k, v in changes.items()}
        with self._write() as connection:
            connection.execute(update(t.runs).where(t.runs.c.run == run).values(**plain))

    def begin_run(self, run: str, *, now: datetime, **process: Any) -> RunRecord | None:
        """A process takes a run up: its `stint` begins, and every earlier one is over. None when there is nothing to
        take up (it was cancelled, paused, or has ended). `process`: worker, place, pid, pid_started, film."""
        r = t.runs.c
        with self._write() as connection:
            done = connection.execute(
                update(t.runs)
                .where(r.run == run, r.state.in_([RunState.QUEUED.value, RunState.RUNNING.value]))
                .values(
                    state=RunState.RUNNING.value,
                    stint=r.stint + 1,
                    started_at=func.coalesce(r.started_at, bindparam("now", now, t.runs.c.started_at.type)),
                    reason="",
                    **process,
                )
            )
            if done.rowcount != 1:
                return None
            return run_of(connection.execute(select(t.runs).where(r.run == run)).one())

    def end_run(self, run: str, *, stint: int, state: RunState, now: datetime, **changes: Any) -> RunState:
        """A process files how a run ended, and gets back where the run stands now.

        `state=PAUSED` lets go of a run that a person paused, unless it was told to go on meanwhile. A cancelled run
        stays cancelled. A process whose stint is over changes nothing.
        """
        r = t.runs.c
        plain = {k: v if isinstance(v, datetime) else dump(v) for k, v in changes.items()}
        open_states = [RunState.PAUSED] if state is RunState.PAUSED else [RunState.RUNNING, RunState.PAUSED]
        with self._write() as connection:
            connection.execute(
                update(t.runs)
                .where(r.run == run, r.stint == stint, r.state.in_([one.value for one in open_states]))
                .values(state=state.value, ended_at=now, **plain)
            )
            row = connection.execute(select(r.state).where(r.run == run)).one()
        return RunState(row.state)

    def change_run(self, run: str, *, expect: Iterable[RunState], **changes: Any) -> bool:
        """Change a run if it is in one of the states `expect`; False (and nothing changed) otherwise."""
        plain = {k: v if isinstance(v, datetime) else dump(v) for k, v in changes.items()}
        known = [state.value for state in expect]
        with self._write() as connection:
            done = connection.execute(
                update(t.runs).where(t.runs.c.run == run, t.runs.c.state.in_(known)).values(**plain)
            )
        return done.rowcount == 1

    def anchor(self, run: str, *, seq: int, head: str, now: datetime) -> None:
        with self._write() as connection:
            done = connection.execute(
                update(t.heads)
                .where(t.heads.c.run == run, t.heads.c.seq <= seq)
                .values(seq=seq, head=head, anchored_at=now)
            )
            known = connection.execute(select(t.heads.c.run).where(t.heads.c.run == run)).first()
            if done.rowcount == 0 and known is None:
                connection.execute(insert(t.heads).values(run=run, seq=seq, head=head, anchored_at=now))

    def anchored(self, run: str) -> tuple[int, str] | None:
        rows = self._rows(select(t.heads.c.seq, t.heads.c.head).where(t.heads.c.run == run))
        return (rows[0].seq, rows[0].head) if rows else None

    def anchors(self) -> dict[str, tuple[int, str]]:
        """Every anchored run, so that a run that was dropped as a whole shows."""
        return {row.run: (row.seq, row.head) for row in self._rows(select(t.heads))}


def run_of(row: Any) -> RunRecord:
    return RunRecord(**{**fields(row), "state": RunState(row.state), "rehearse": bool(row.rehearse)})
