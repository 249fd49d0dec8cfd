"""Hold a platform's settlement statement against the shop's own orders: sales, fees and refunds, order by order.

Pure: what the platform says it paid for an order must be what the buyer paid, its refunds what was refunded, and its
fees within what was agreed. Every fen of the statement stands in exactly one verdict.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from nightclerk.domain.amounts import FEN, ZERO
from nightclerk.domain.verdicts import Difference


class EntryKind(StrEnum):
    """What an entry of a statement is. Fees and refunds are negative, as they lessen what is paid out."""

    SALE = "sale"
    FEE = "fee"
    REFUND = "refund"


class SettlementOutcome(StrEnum):
    """settled = all as agreed; exception = something differs; missing = not in the statement; unknown = not ours."""

    SETTLED = "settled"
    EXCEPTION = "exception"
    MISSING = "missing"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One row of the platform's statement. `name` is the fee's own name (commission, freight insurance)."""

    order: str
    kind: EntryKind
    amount: Decimal
    name: str = ""
    booked_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class ShopOrder:
    """What the shop knows of one order: what the buyer paid and what was given back, both positive."""

    number: str
    paid: Decimal
    refunded: Decimal = ZERO


@dataclass(frozen=True, kw_only=True)
class FeeTerms:
    """The agreed fees: the highest share of the sale for each fee by name; "" holds for fees that are not named."""

    version: str = "built-in"
    shares: Mapping[str, Decimal] = field(default_factory=lambda: {"": Decimal("0.05")})

    def most(self, name: str) -> Decimal:
        return self.shares.get(name, self.shares.get("", ZERO))


@dataclass(frozen=True, kw_only=True)
class Settlement:
    """The verdict on one order. `payout` is what the statement pays for it in all."""

    order: str
    outcome: SettlementOutcome
    payout: Decimal = ZERO
    sales: Decimal = ZERO
    fees: Decimal = ZERO
    refunds: Decimal = ZERO
    differences: tuple[Difference, ...] = ()


def settle(
    entries: Iterable[Entry], orders: Iterable[ShopOrder], terms: FeeTerms | None = None
) -> tuple[Settlement, ...]:
    """One verdict for each order of either side: the shop's in their order, then those that only the platform knows."""
    stated: dict[str, list[Entry]] = {}
    for entry in entries:
        stated.setdefault(entry.order, []).append(entry)
    known = {order.number: order for order in orders}
    ours = [_verdict(order, stated.get(number, ()), terms or FeeTerms()) for number, order in known.items()]
    strange = [
        _sums(number, SettlementOutcome.UNKNOWN, found) for number, found in stated.items() if number not in known
    ]
    return (*ours, *strange)


def _verdict(order: ShopOrder, found: Sequence[Entry], terms: FeeTerms) -> Settlement:
    if not found:
        return Settlement(order=order.number, outcome=SettlementOutcome.MISSING)
    gaps = tuple(_gaps(order, found, terms))
    outcome = SettlementOutcome.EXCEPTION if gaps else SettlementOutcome.SETTLED
    return _sums(order.number, outcome, found, gaps)


def _sums(
    number: str, outcome: SettlementOutcome, found: Sequence[Entry], gaps: tuple[Difference, ...] = ()
) -> Settlement:
    sums = {kind: sum((one.amount for one in found if one.kind is kind), ZERO) for kind in EntryKind}
    return Settlement(
        order=number, outcome=outcome, payout=sum(sums.values(), ZERO), sales=sums[EntryKind.SALE],
        fees=sums[EntryKind.FEE], refunds=sums[EntryKind.REFUND], differences=gaps,
    )  # fmt: skip


def _gaps(order: ShopOrder, found: Sequence[Entry], terms: FeeTerms) -> Iterable[Difference]:
    sales = sum((one.amount for one in found if one.kind is EntryKind.SALE), ZERO)
    refunds = sum((-one.amount for one in found if one.kind is EntryKind.REFUND), ZERO)
    for code, expected, stated in (("sale", order.paid, sales), ("refund", order.refunded, refunds)):
        if expected != stated:
            yield Difference(
                code=code, where=order.number, expected=str(expected), found=str(stated), amount=stated - expected
            )
    fees: dict[str, Decimal] = {}
    for one in found:
        if one.kind is EntryKind.FEE:
            fees[one.name] = fees.get(one.name, ZERO) - one.amount
    for name, fee in fees.items():
        most = (max(sales - refunds, ZERO) * terms.most(name)).quantize(FEN)
        if fee > most + FEN:
            where = f"{order.number} {name}".strip()
            yield Difference(code="fee", where=where, expected=str(most), found=str(fee), amount=fee - most)
