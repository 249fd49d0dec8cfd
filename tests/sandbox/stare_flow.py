"""A flow that hangs in code of its own, before the ERP's window, until a file says go."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Event

from flows.apps.legacy_erp import LegacyErp
from nightclerk import Queue, Transaction, flow


@dataclass(frozen=True, kw_only=True)
class Stared:
    key: str


stared = Queue("stared", of=Stared)


@flow("Stare at the ERP", each=stared)
def stare(tx: Transaction, erp: LegacyErp, item: Stared) -> str:
    """Hold the desktop, the login and the item."""
    with tx.step("Stare"):
        (tx.workspace / "staring").touch()
        while not (tx.workspace / "go").exists():
            Event().wait(0.05)
    return item.key
