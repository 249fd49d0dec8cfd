"""Executions of bots, and the anchored head of each one's evidence."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

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
        }
        return self._add(t.runs, **{**values, "rehearse": int(run.rehearse)})

    def run(self, run: str) -> RunRecord | None:
        rows = self._rows(select(t.runs).where(t.runs.c.run == run))
        return _run(rows[0]) if rows else None

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
        return [_run(row) for row in self._rows(query)]

    def update_run(self, run: str, **changes: Any) -> None:
        plain = {k: v if isinstance(v, datetime) else dump(v) for k, v in changes.items()}
        with self._write() as connection:
            connection.execute(update(t.runs).where(t.runs.c.run == run).values(**plain))

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


def _run(row: Any) -> RunRecord:
    return RunRecord(**{**fields(row), "state": RunState(row.state), "rehearse": bool(row.rehearse)})
