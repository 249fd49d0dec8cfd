"""The post room: writes down what people must be told, once, and carries it out by every channel until it has arrived.

A message is written in the same transaction as its deliveries, and a delivery is claimed before it is sent: two
processes never send one twice. A sender that dies between sending and noting it leaves a delivery of which nobody
knows; that one is sent again and says that it may have come before (docs/decisions/messages-once.md).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from loguru import logger

from nightclerk.errors import NightClerkError
from nightclerk.messages.files import Channel, Messaging
from nightclerk.messages.notices import Notices, in_both
from nightclerk.messages.sending import room_in, send
from nightclerk.messages.texts import batches
from nightclerk.ports import Clock, Vault
from nightclerk.work.messages import FAILED, SENT, WAITING, Delivery, Message
from nightclerk.work.store import SqlStore

#: Attempts on one channel before a delivery is given up (and shown as failed); the waits between them grow to an hour.
MOST_ATTEMPTS = 8
_FIRST_WAIT_S, _LONGEST_WAIT_S = 60.0, 3600.0
#: A delivery that was claimed this long ago was left behind by a sender that died.
LOST = timedelta(minutes=10)
Send = Callable[..., None]


@dataclass(frozen=True, kw_only=True)
class Post:
    """`report(day)`: the morning report's text in both languages. `send` and `room`: as `send` and `room_in`."""

    store: SqlStore
    messaging: Messaging
    notices: Notices
    vault: Vault
    clock: Clock
    zone: ZoneInfo
    language: str = "zh"
    report: Callable[[datetime], dict[str, str]] = lambda now: {}
    send: Send = send
    room: Callable[[Channel, Vault], int | None] = room_in

    def round(self) -> None:
        """Write down what is new, and send what is due. Without a channel nothing is written."""
        if self.messaging.channels:
            self.write()
            self.deliver()

    def write(self) -> None:
        """One message for each thing that happened; a thing that has its message is passed over."""
        now = self.clock.now()
        for message in self.notices.news(now):
            self.tell(message, now)
        local = now.astimezone(self.zone)
        if self.messaging.morning is not None and local.time() >= self.messaging.morning:
            about = f"report:{local.date()}"
            if not self.store.told(about):
                self.tell(Message(about=about, kind="morning_report", text=self.report(now), at=now), now)

    def tell(self, message: Message, now: datetime) -> bool:
        """Write one message for the channels that want its kind; due together with the others of its time."""
        window = self.messaging.group_s
        due = datetime.fromtimestamp((now.timestamp() // window + 1) * window, now.tzinfo)
        return self.store.tell(message, self.messaging.told(message.kind), due=due)

    def deliver(self) -> None:
        """Send all that is due, each channel's messages together."""
        for channel in self.messaging.channels.values():
            now = self.clock.now()
            claimed = self.store.claim_deliveries(channel.name, now=now, lost_before=now - LOST)
            if claimed:
                self._carry(channel, claimed)

    def _carry(self, channel: Channel, claimed: list[Delivery]) -> None:
        """Send what is in our hands, in as few texts as the channel allows; after a failure the rest waits with it."""
        left = list(claimed)
        try:
            for batch, body in batches(claimed, self.language, self.room(channel, self.vault)):
                title = in_both("messages.title", n=len(batch))[self.language]
                self.send(channel, self.vault, title=title, body=body)
                for delivery in batch:
                    self.store.settle_delivery(delivery.message.about, channel.name, SENT, now=self.clock.now())
                    left.remove(delivery)
        except NightClerkError as error:
            logger.warning("{}", error)
            for delivery in left:
                self._put_off(delivery, str(error.facts.get("why") or error))

    def _put_off(self, delivery: Delivery, why: str) -> None:
        now, attempts = self.clock.now(), delivery.attempts + 1
        state = WAITING if attempts < MOST_ATTEMPTS else FAILED
        wait_s = min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 4 ** (attempts - 1))
        self.store.settle_delivery(
            delivery.message.about,
            delivery.channel,
            state,
            now=now,
            why=why,
            not_before=now + timedelta(seconds=wait_s),
        )
