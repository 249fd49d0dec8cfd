"""Forms that start something carry a number of their own: sent twice (a double click, a stale page) they act once."""

from __future__ import annotations

from datetime import datetime, timedelta

from nightclerk.console.cabinet import Cabinet

REMEMBERED = timedelta(days=7)
LONGEST = 64


class Sent(Cabinet):
    """Which forms have been sent, and where their sender was led. Kept on disk: a restart forgets nothing."""

    def first_sent(self, form: str, *, now: datetime) -> str | None:
        """None for whoever sends this form first; else where the first one was led ("" while that is under way)."""
        with self._write() as db:
            db.execute("DELETE FROM sent WHERE at < ?", ((now - REMEMBERED).isoformat(),))
            done = db.execute("INSERT OR IGNORE INTO sent VALUES (?, '', ?)", (form[:LONGEST], now.isoformat()))
            if done.rowcount == 1:
                return None
            row = db.execute("SELECT target FROM sent WHERE form = ?", (form[:LONGEST],)).fetchone()
        return str(row[0])

    def led_to(self, form: str, target: str) -> None:
        """Remember where the sender was led."""
        with self._write() as db:
            db.execute("UPDATE sent SET target = ? WHERE form = ?", (target, form[:LONGEST]))

    def forget_sent(self, form: str) -> None:
        """Nothing came of it: the same form may be sent again."""
        with self._write() as db:
            db.execute("DELETE FROM sent WHERE form = ?", (form[:LONGEST],))
