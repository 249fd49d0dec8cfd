"""What a person decides about an invoice, who and why, and what all invoices add up to: plain records, pure sums."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from nightclerk.domain.amounts import ZERO
from nightclerk.domain.items import State, WorkItem
from nightclerk.domain.verdicts import MatchOutcome

#: States in which an invoice waits for a person.
OPEN = (State.WAITING, State.IN_DOUBT, State.FAILED)


class Action(StrEnum):
    """What a person can do with an invoice; after `rematch` it waits on, with another candidate."""

    ACCEPT = "accept"
    REJECT = "reject"
    REMATCH = "rematch"
    SPLIT = "split"


@dataclass(frozen=True, kw_only=True)
class Share:
    """The part of an invoice's gross that belongs to one order."""

    order: str
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class Decision:
    """One word of a person about an invoice, kept for good."""

    at: datetime
    who: str
    action: Action
    orders: tuple[str, ...] = ()
    shares: tuple[Share, ...] = ()
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Totals:
    """Where the money of all invoices of one currency is. Red notes count with their negative amounts."""

    currency: str
    matched: Decimal = ZERO
    red_notes: Decimal = ZERO
    in_review: Decimal = ZERO
    rejected: Decimal = ZERO
    received: Decimal = ZERO
    documents: int = 0

    @property
    def adds_up(self) -> bool:
        """Whether every fen that came in stands in exactly one part."""
        return self.matched + self.red_notes + self.in_review + self.rejected == self.received


def shares_add_up(shares: Sequence[Share], gross: Decimal) -> bool:
    """Whether a split leaves nothing over, to the fen, and names each order once."""
    return sum((share.amount for share in shares), ZERO) == gross and len({s.order for s in shares}) == len(shares) > 0


def part_of(item: WorkItem) -> str:
    """Which part of the totals an invoice stands in."""
    if item.state is State.REJECTED:
        return "rejected"
    if item.state is not State.DONE:
        return "in_review"
    verdict = item.details.get("verdict")
    outcome = verdict.get("outcome") if isinstance(verdict, Mapping) else ""
    return "red_notes" if outcome == MatchOutcome.OFFSET else "matched"


def totals_of(items: Iterable[WorkItem]) -> tuple[Totals, ...]:
    """The totals of each currency, the one with the most documents first."""
    sums: dict[str, dict[str, Any]] = {}
    for item in items:
        currency = str(item.payload.get("currency") or "CNY")
        into = sums.setdefault(currency, {"received": ZERO, "documents": 0})
        gross, part = Decimal(str(item.payload.get("gross") or 0)), part_of(item)
        into[part] = into.get(part, ZERO) + gross
        into["received"] += gross
        into["documents"] += 1
    found = [Totals(currency=currency, **parts) for currency, parts in sums.items()]
    return tuple(sorted(found, key=lambda totals: (-totals.documents, totals.currency)))
