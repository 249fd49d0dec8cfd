"""A flow whose item is in hand until a file says go: for stopping and killing a shift at exactly that moment."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from threading import Event

from nightclerk import Queue, Transaction, flow


@dataclass(frozen=True, kw_only=True)
class Held:
    key: str


held = Queue("held", of=Held)


@flow("Hold each item until it may go", each=held)
def hold(tx: Transaction, item: Held) -> str:
    """Say that the item is in hand, and wait."""
    with tx.step("Hold"):
        with (tx.workspace / "begun.txt").open("a") as out:
            out.write(f"{item.key}\n")
        while not Path(tx.workspace / f"go-{item.key}").exists():
            if tx._backstage.told_to_stop():
                (tx.workspace / "told").touch()
            Event().wait(0.05)
    return item.key
