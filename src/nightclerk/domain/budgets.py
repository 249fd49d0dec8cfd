"""A bot's error budget: how many of its items may need a person before somebody has to look at the bot itself."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, kw_only=True)
class Budget:
    """`allowed`: the share of items (0 to 1) that may go wrong, None where nothing was set. `used`: 1 is all of it."""

    allowed: Decimal | None = None
    items: int = 0
    wrong: int = 0

    @property
    def used(self) -> float | None:
        """How much of the budget is gone; above 1 it is overdrawn. None without a budget or without items."""
        if self.allowed is None or not self.items:
            return None
        if not self.allowed:
            return 0.0 if not self.wrong else float("inf")
        return float(Decimal(self.wrong) / (self.items * self.allowed))

    @property
    def overdrawn(self) -> bool:
        used = self.used
        return used is not None and used > 1


def spent(items: int, wrong: int, *, allowed: Decimal | None) -> Budget:
    """What `wrong` of `items` take out of a budget."""
    return Budget(allowed=allowed, items=items, wrong=wrong)


def share(text: object) -> Decimal:
    """A share such as "2%", "0.5 %" or 0.02 as a number from 0 to 1. ValueError for anything else."""
    words = str(text).strip()
    try:
        number = Decimal(words.removesuffix("%").strip()) / (100 if words.endswith("%") else 1)
    except ArithmeticError as error:
        raise ValueError(text) from error
    if not 0 <= number <= 1:
        raise ValueError(text)
    return number
