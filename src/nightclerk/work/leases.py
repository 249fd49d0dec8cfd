"""Named exclusive resources (a login, a mouse) with a fencing number."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, insert, or_, select, update

from nightclerk.work import tables as t
from nightclerk.work.books import Books

#: Who waits for a resource asks twice a second.
ABSENT = timedelta(seconds=10)


class Leases(Books):
    """See `ports`."""

    def take(self, name: str, *, holder: str, lease_s: float, now: datetime) -> int | None:
        lease, until = t.leases.c, now + timedelta(seconds=lease_s)
        if self._add(t.leases, name=name, holder=holder, fence=1, until=until):
            return 1
        with self._write() as connection:
            done = connection.execute(
                update(t.leases)
                .where(lease.name == name, or_(lease.holder.in_([holder, ""]), lease.until < now))
                .values(holder=holder, fence=lease.fence + 1, until=until)
            )
            if done.rowcount != 1:
                return None
            return int(connection.execute(select(lease.fence).where(lease.name == name)).scalar_one())

    def release_all(self, run: str) -> int:
        """Let go of everything that processes of a run hold (holders "<run>" and "<run>/…"): they are dead."""
        lease = t.leases.c
        held = or_(lease.holder == run, lease.holder.startswith(f"{run}/", autoescape=True))
        with self._write() as connection:
            return connection.execute(update(t.leases).where(held).values(holder="")).rowcount

    def held_by(self, name: str, *, now: datetime) -> str:
        """Who holds a resource now, "" for nobody."""
        lease = t.leases.c
        rows = self._rows(select(lease.holder).where(lease.name == name, lease.until >= now))
        return str(rows[0].holder) if rows else ""

    def my_turn(self, name: str, *, holder: str, due_at: datetime, now: datetime) -> bool:
        """Stand in line for a resource; whether nobody who waits for it has to be done sooner.

        Of equal deadlines the first to come is first. Who has not asked again for `ABSENT` has gone away.
        """
        turn = t.turns.c
        values = {"due_at": due_at, "seen_at": now}
        with self._write() as connection:
            mine = (turn.name == name) & (turn.holder == holder)
            if connection.execute(update(t.turns).where(mine).values(**values)).rowcount == 0:
                connection.execute(insert(t.turns).values(name=name, holder=holder, since=now, **values))
            waiting = select(turn.holder).where(turn.name == name, turn.seen_at > now - ABSENT)
            return connection.execute(waiting.order_by(turn.due_at, turn.since, turn.holder)).scalar() == holder

    def leave_turn(self, name: str, *, holder: str) -> None:
        """Wait no more."""
        turn = t.turns.c
        with self._write() as connection:
            connection.execute(delete(t.turns).where(turn.name == name, turn.holder == holder))

    def release(self, name: str, *, holder: str) -> None:
        lease = t.leases.c
        with self._write() as connection:
            connection.execute(update(t.leases).where(lease.name == name, lease.holder == holder).values(holder=""))
