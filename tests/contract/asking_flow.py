"""A flow that cannot go on without a person's word."""

from __future__ import annotations

from dataclasses import dataclass

from nightclerk import Queue, Transaction, flow


@dataclass(frozen=True, kw_only=True)
class Doubtful:
    key: str


doubtful = Queue("doubtful", of=Doubtful)


@flow("Ask about each item", each=doubtful)
def ask(tx: Transaction, item: Doubtful) -> str:
    """What the person said."""
    with tx.step("Ask"):
        return tx.ask(f"Is {item.key} the same order?", ("yes", "no"))
