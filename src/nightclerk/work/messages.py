"""Messages to people: written once for each thing that happened, and what became of each on every channel.

The state of a delivery: waiting (due at `not_before`), sending (claimed), sent, failed (given up after all attempts).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from nightclerk.work import tables as t
from nightclerk.work.books import Books

WAITING, SENDING, SENT, FAILED = "waiting", "sending", "sent", "failed"


@dataclass(frozen=True, kw_only=True)
class Message:
    """Something that people are told. `about` names the thing that happened: there is one message for it, for ever.

    `text` by language: {"zh": "…", "en": "…"}.
    """

    about: str
    kind: str
    text: Mapping[str, str]
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """A message on its way through one channel."""

    message: Message = field(repr=False)
    channel: str
    state: str
    attempts: int = 0
    not_before: datetime | None = None
    why: str = ""
    changed_at: datetime | None = None


class Messages(Books):
    """Part of `SqlStore`. Safe for many processes: a delivery is claimed by one conditional update."""

    def tell(self, message: Message, channels: Iterable[str], *, due: datetime) -> bool:
        """Write a message and its deliveries in one transaction; False when this thing has been told already."""
        if self.told(message.about):
            return False
        values: dict[str, Any] = {"about": message.about, "kind": message.kind, "text": dict(message.text)}
        return self._add_all(values | {"at": message.at}, list(channels), due)

    def told(self, about: str) -> bool:
        """Whether there is a message about this thing."""
        return bool(self._rows(select(t.messages.c.id).where(t.messages.c.about == about)))

    def send_again(self, *, now: datetime) -> int:
        """Put all deliveries that were given up back on their way; how many they were."""
        d = t.deliveries.c
        values = {"state": WAITING, "attempts": 0, "not_before": now, "changed_at": now}
        with self._write() as connection:
            return connection.execute(update(t.deliveries).where(d.state == FAILED).values(**values)).rowcount

    def _add_all(self, values: Mapping[str, Any], channels: list[str], due: datetime) -> bool:
        rows = [
            {"about": values["about"], "channel": channel, "state": WAITING, "not_before": due, "changed_at": due}
            for channel in channels
        ]
        try:
            with self._write() as connection:
                connection.execute(insert(t.messages).values(**values))
                if rows:
                    connection.execute(insert(t.deliveries), rows)
        except IntegrityError:  # another process told it in the same moment
            return False
        return True

    def claim_deliveries(self, channel: str, *, now: datetime, lost_before: datetime) -> list[Delivery]:
        """All that is due on a channel, now in our hands, and what a sender took before `lost_before` and died with.

        The second kind comes with the state `sending`: it may have been sent.
        """
        d = t.deliveries.c
        waits = (d.state == WAITING) & (d.not_before <= now)
        lost = (d.state == SENDING) & (d.changed_at < lost_before)
        due = [
            row for row in self.deliveries(channel=channel, states=(WAITING, SENDING)) if _due(row, now, lost_before)
        ]
        claimed = []
        for one in due:
            with self._write() as connection:
                done = connection.execute(
                    update(t.deliveries)
                    .where(d.about == one.message.about, d.channel == channel, or_(waits, lost))
                    .values(state=SENDING, attempts=d.attempts + 1, changed_at=now)
                )
            claimed += [one] if done.rowcount == 1 else []
        return claimed

    def settle_delivery(
        self, about: str, channel: str, state: str, *, now: datetime, why: str = "", not_before: datetime | None = None
    ) -> None:
        """What became of a delivery that was claimed."""
        d = t.deliveries.c
        with self._write() as connection:
            connection.execute(
                update(t.deliveries)
                .where(d.about == about, d.channel == channel, d.state == SENDING)
                .values(state=state, why=why, not_before=not_before, changed_at=now)
            )

    def deliveries(self, *, channel: str = "", states: Iterable[str] = (), limit: int = 1000) -> list[Delivery]:
        """What is or was on its way, oldest message first."""
        d, m = t.deliveries.c, t.messages.c
        query = select(t.deliveries, m.kind, m.text, m.at).join(t.messages, m.about == d.about).order_by(m.id)
        if channel:
            query = query.where(d.channel == channel)
        wanted = list(states)
        if wanted:
            query = query.where(d.state.in_(wanted))
        return [_delivery(row) for row in self._rows(query.limit(limit))]

    def deliveries_by_channel(self) -> dict[tuple[str, str], int]:
        """How many deliveries of each channel stand where."""
        d = t.deliveries.c
        rows = self._rows(select(d.channel, d.state, func.count()).group_by(d.channel, d.state))
        return {(channel, state): number for channel, state, number in sorted(rows)}


def _due(one: Delivery, now: datetime, lost_before: datetime) -> bool:
    if one.state == WAITING:
        return one.not_before is not None and one.not_before <= now
    return one.changed_at is not None and one.changed_at < lost_before


def _delivery(row: Any) -> Delivery:
    message = Message(about=row.about, kind=row.kind, text=row.text, at=row.at)
    return Delivery(
        message=message, channel=row.channel, state=row.state, attempts=row.attempts, not_before=row.not_before,
        why=row.why, changed_at=row.changed_at,
    )  # fmt: skip
