"""What the matcher decides and why: outcomes, evidence, differences, tolerances, all as plain records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum


class MatchOutcome(StrEnum):
    """match = may be paid; exception = an order or receipt contradicts it; the rest speak for themselves."""

    MATCH = "match"
    EXCEPTION = "exception"
    DUPLICATE = "duplicate"
    OFFSET = "offset"
    REVIEW = "review"


@dataclass(frozen=True, kw_only=True)
class Tolerance:
    """What may differ and still be paid. Shares are fractions (0.01 = 1 %).

    `total_amount` caps the difference of a whole invoice in money; None leaves it to the share alone.
    """

    price: Decimal = Decimal("0.01")
    quantity: Decimal = Decimal(0)
    total: Decimal = Decimal("0.01")
    total_amount: Decimal | None = None
    line_rounding: Decimal = Decimal("0.01")


@dataclass(frozen=True, kw_only=True)
class MatchRules:
    """Tolerances by supplier tax id, and how the receipts are used.

    `receipt_days`: of several orders that fit equally well, the one whose goods came at most so many days before
    the invoice is taken when the others' goods came at least `receipt_margin_days` earlier. 0 turns that off.
    `rates`: what one unit of each currency is in a common one (CNY: 1, EUR: 7.81). `aliases`: other names of suppliers,
    each with the tax id; `order_numbers`: patterns of order numbers in remarks, beside those that are known anyway.
    """

    version: str = "built-in"
    default: Tolerance = field(default_factory=Tolerance)
    suppliers: Mapping[str, Tolerance] = field(default_factory=dict)
    three_way: bool = True
    receipt_days: int = 3
    receipt_margin_days: int = 5
    duplicate_days: int = 7
    rates: Mapping[str, Decimal] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    order_numbers: tuple[str, ...] = ()

    def tolerance(self, supplier_tax_id: str) -> Tolerance:
        return self.suppliers.get(supplier_tax_id, self.default)


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """One reason, as a code of the catalogue (`matching.evidence.<code>`) and its facts."""

    code: str
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """One thing that differs: where, what the order or receipt says, what the invoice says, by how much."""

    code: str
    where: str
    expected: str
    found: str
    amount: Decimal = Decimal(0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Consumed:
    """How much of one order line an invoice uses up."""

    order: str
    line: int
    quantity: Decimal
    net: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What became of one invoice. `of` is the key of the invoice that it repeats or reverses."""

    invoice: str
    outcome: MatchOutcome
    rule: str
    orders: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    differences: tuple[Difference, ...] = ()
    consumed: tuple[Consumed, ...] = ()
    of: str = ""
    runner_up: tuple[str, ...] = ()
