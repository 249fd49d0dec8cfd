"""When bots start: the order that dependencies give, and what a slot whose time has passed comes to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from nightclerk.domain.items import Outcome


def order_of(after: Mapping[str, Iterable[str]]) -> list[str]:
    """Bots in an order in which each comes after those it waits for. ValueError names the bots of a circle."""
    waiting = {bot: {other for other in others if other in after} for bot, others in after.items()}
    ordered: list[str] = []
    while waiting:
        ready = sorted(bot for bot, others in waiting.items() if not others)
        if not ready:
            raise ValueError(" → ".join(sorted(waiting)))
        ordered += ready
        waiting = {bot: others - set(ready) for bot, others in waiting.items() if bot not in ready}
    return ordered


def ready_after(ended: Iterable[str], started: Iterable[str], after: Mapping[str, Iterable[str]]) -> list[str]:
    """Bots that wait for others, all of which have ended, and that were not started yet."""
    done, gone = set(ended), set(started)
    return sorted(bot for bot, others in after.items() if others and bot not in gone and set(others) <= done)


def overdue(planned_for: datetime, now: datetime, *, late_until: timedelta) -> Outcome | None:
    """What a slot that has not been started comes to at `now`: None while it is on time (a minute's grace)."""
    behind = now - planned_for
    if behind <= timedelta(minutes=1):
        return None
    return Outcome.LATE if behind <= late_until else Outcome.MISSED
