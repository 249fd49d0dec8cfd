"""Named exclusive resources (a login, a mouse) with a fencing number."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import or_, select, update

from nightclerk.work import tables as t
from nightclerk.work.books import Books


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

    def release(self, name: str, *, holder: str) -> None:
        lease = t.leases.c
        with self._write() as connection:
            connection.execute(update(t.leases).where(lease.name == name, lease.holder == holder).values(holder=""))
