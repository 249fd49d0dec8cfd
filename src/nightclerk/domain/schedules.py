"""In which order bots start: those that wait for others come after them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


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
