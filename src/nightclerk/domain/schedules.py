"""In which order bots start: after those that they wait for, and in their queue the earliest deadline first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

#: Places in a queue are seconds from here; a queue counts from 1 to `LAST`, and less is sooner.
_FIRST = datetime(2020, 1, 1, tzinfo=UTC)
LAST = 2**31 - 1


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


def place_in_queue(due_at: datetime | None) -> int:
    """The place of a run in its queue (1 to `LAST`): the earlier its deadline (aware), the sooner; with none, last."""
    if due_at is None:
        return LAST
    return min(max(1, int((due_at - _FIRST).total_seconds())), LAST)
