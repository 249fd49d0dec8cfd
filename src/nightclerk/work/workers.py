"""The workers' roll: who is there, what each can do, when it was last heard of, and who of them has died."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.sql import ColumnElement

from nightclerk.domain.workers import Worker
from nightclerk.records import dump
from nightclerk.work import tables as t
from nightclerk.work.books import Books, fields, reachable


class Workers(Books):
    """See `ports`. All times are the database's own on PostgreSQL, so that machines with other clocks agree."""

    def time(self, now: datetime) -> datetime:
        """What time it is for everybody: the database's clock on PostgreSQL, else `now`."""
        if self._embedded:
            return now
        with reachable(), self.engine.connect() as connection:
            return connection.execute(select(func.clock_timestamp())).scalar_one()

    def enlist(self, worker: Worker, *, now: datetime, evidence_key: str = "") -> None:
        at = self._time_in_sql(now)
        kept = ("started_at", "beat_at", "ended_at")
        values = {k: v for k, v in dump(worker).items() if k not in kept}
        self._add(t.workers, **values, started_at=at, beat_at=at, evidence_key=evidence_key)
        if worker.version:
            self._add(t.versions, version=worker.version, seen_at=at)

    def beat(self, worker: str, *, now: datetime) -> bool:
        """Say that a worker lives; False when the others have taken it for dead: it must stop at once."""
        w = t.workers.c
        with self._write() as connection:
            done = connection.execute(
                update(t.workers).where(w.worker == worker, w.ended_at.is_(None)).values(beat_at=self._time_in_sql(now))
            )
        return done.rowcount == 1

    def leave(self, worker: str, *, now: datetime) -> None:
        """A worker goes in order: nothing of it is left to be taken over."""
        self._end(worker, now, outcome="left")

    def bury(self, worker: Worker, *, by: str, now: datetime) -> bool:
        """Declare a worker dead that was last heard of at `worker.beat_at`; one caller gets True, and takes over."""
        return self._end(worker.worker, now, outcome="dead", reaped_by=by, beat_at=worker.beat_at)

    def _end(self, worker: str, now: datetime, *, beat_at: datetime | None = None, **values: Any) -> bool:
        w = t.workers.c
        query = update(t.workers).where(w.worker == worker, w.ended_at.is_(None))
        if beat_at is not None:
            query = query.where(w.beat_at == beat_at)
        with self._write() as connection:
            done = connection.execute(query.values(ended_at=self._time_in_sql(now), **values))
        return done.rowcount == 1

    def workers(self, *, ended_too: bool = False, limit: int = 200) -> list[Worker]:
        """Those that are there, latest first; `ended_too`: those that have left or died as well."""
        w = t.workers.c
        query = select(t.workers).order_by(w.started_at.desc()).limit(limit)
        return [_worker(row) for row in self._rows(query if ended_too else query.where(w.ended_at.is_(None)))]

    def versions(self) -> Mapping[str, datetime]:
        """When each version of the flows was first seen on any machine."""
        return {row.version: row.seen_at for row in self._rows(select(t.versions))}

    def see_version(self, version: str, *, now: datetime) -> None:
        """Note a version of the flows the first time that it is seen."""
        if not self._rows(select(t.versions.c.version).where(t.versions.c.version == version)):
            self._add(t.versions, version=version, seen_at=self._time_in_sql(now))

    def evidence_keys(self) -> dict[str, str]:
        """The public halves (PEM) of the keys with which the workers sign, by worker's name."""
        w = t.workers.c
        rows = self._rows(select(w.name, w.evidence_key).where(w.evidence_key != "").distinct())
        return {row.evidence_key: row.name for row in rows}

    def _time_in_sql(self, now: datetime) -> datetime | ColumnElement[datetime]:
        return now if self._embedded else func.clock_timestamp()


def _worker(row: Any) -> Worker:
    found = {k: v for k, v in fields(row).items() if k != "evidence_key"}
    return Worker(**{**found, "cans": tuple(row.cans)})
