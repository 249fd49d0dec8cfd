"""The arithmetic of one invoice line and of the tax at each rate: what must be so, and what cannot be."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from nightclerk.domain.amounts import FEN, ZERO, rounded
from nightclerk.domain.invoices import InvoiceLine, TaxPart

_HALF_FEN = FEN / 2
#: How far the tax of a line may be from its rate before that is worth a look.
_OTHERS_ROUNDING = 6 * FEN
#: A price with more decimals than this was divided and cut off: its last digit leaves something open.
_EXACT_DECIMALS = 4


def worth(line: InvoiceLine) -> Decimal | None:
    """Quantity × price with the line's own charges and allowances; None when either was not read."""
    if line.quantity is None or line.price is None or not line.per:
        return None
    return line.quantity * line.price / line.per + line.extra


def line_holds(line: InvoiceLine) -> bool:
    """Whether net × rate is the tax and quantity × price the net, each within a fen.

    A quantity without a price (or the reverse) holds nothing: one of the two was not read.
    """
    if line.rate is not None and line.tax and abs(rounded(line.net * line.rate) - line.tax) > FEN:
        return False
    value = worth(line)
    return line.quantity is line.price if value is None else abs(rounded(value) - line.net) <= FEN


def multiplies_out(line: InvoiceLine, *, slack: Decimal = ZERO) -> bool:
    """Whether quantity × price is the net, rounded; for a line that is stated with tax also the net with tax."""
    value = worth(line)
    if value is None or line.quantity is None or line.price is None:
        return False
    decimals = -int(line.price.as_tuple().exponent)
    open_ = abs(line.quantity) * Decimal(1).scaleb(-decimals) / 2 if decimals > _EXACT_DECIMALS else ZERO
    values = (value, value * (1 + line.rate)) if line.rate and not line.tax else (value,)
    return any(abs(one - line.net) <= _HALF_FEN + open_ + slack for one in values)


def every_digit_counts(line: InvoiceLine) -> bool:
    """Whether quantity × price is the net, and no digit of the three could be another without that showing.

    Either the product is the net, and one more in the last place of quantity or price makes a fen; or the price is the
    net divided by the quantity in all of its decimals, and one more in the last place of the others changes that.
    """
    if line.quantity is None or line.price is None or not line.quantity or not line.per:
        return False
    count = abs(line.quantity / line.per)
    last_of_count, last_of_price = _last_place(line.quantity) / line.per, _last_place(line.price)
    value, net, price = worth(line) or ZERO, line.net - line.extra, abs(line.price)
    if abs(value - line.net) <= _HALF_FEN and count * last_of_price >= FEN and price * last_of_count >= FEN:
        return True
    divided = abs(net) / count
    seen = count * last_of_price <= min(FEN, price * last_of_count)
    return (net >= 0) == (value >= line.extra) and abs(divided - price) <= last_of_price / 2 and seen


def _last_place(value: Decimal) -> Decimal:
    """One in the last decimal that is not zero: 0.1 for 5.50, 1 for 400.00."""
    return Decimal(1).scaleb(min(0, int(value.normalize().as_tuple().exponent)))


def tax_fits(net: Decimal, rate: Decimal | None, tax: Decimal, *, slack: Decimal = ZERO) -> bool:
    """Whether a tax is exactly net × rate, rounded; without a rate there is none."""
    return abs(net * (rate or ZERO) - tax) <= _HALF_FEN + slack


def line_borne(line: InvoiceLine, *, carries_tax: bool, alone: bool) -> bool:
    """Whether a wrong amount of this line would show: by quantity × price and by the rate, both exactly.

    A line without quantity and price is only borne out where it is `alone`: then the sum is the line.
    """
    if carries_tax and not tax_fits(line.net, line.rate, line.tax):
        return False
    if line.quantity is None and line.price is None:
        return alone
    return every_digit_counts(line)


def parts_hold(parts: Iterable[TaxPart], net: Decimal, tax: Decimal) -> bool:
    """Whether the taxes at each rate are right by themselves and make up the whole net and tax."""
    found = tuple(parts)
    exact = all(tax_fits(part.net, part.rate, part.tax) for part in found)
    return bool(found) and exact and (sum_net(found), sum_tax(found)) == (net, tax)


def contradiction(line: InvoiceLine) -> tuple[str, Decimal] | None:
    """What of a line with its own tax cannot be: ("net" or "tax", what it would have to be); None when nothing is odd.

    A price may have been rounded to what is printed, and a tax may be off by a few fen from other lines' rounding.
    """
    value = worth(line)
    if value is not None and line.quantity is not None and line.price is not None:
        printed = Decimal(1).scaleb(int(line.price.as_tuple().exponent)) / 2
        if abs(value - line.net) > FEN + abs(line.quantity) * printed:
            return "net", rounded(value)
    if line.rate is not None and abs(line.net * line.rate - line.tax) > _OTHERS_ROUNDING:
        return "tax", rounded(line.net * line.rate)
    return None


def rate_borne(rate: Decimal, lines: Iterable[InvoiceLine], parts: Iterable[TaxPart]) -> bool:
    """Whether the lines of a rate are exactly what its tax is taken of; one rate for all needs no more than its tax."""
    found, of_rate = tuple(parts), [line for line in lines if line.rate == rate]
    base = sum_net([part for part in found if part.rate == rate])
    if all(part.rate == rate for part in found):
        return bool(found)
    return bool(base) and sum_net(of_rate) == base


def sum_net(parts: Iterable[TaxPart | InvoiceLine]) -> Decimal:
    return sum((part.net for part in parts), ZERO)


def sum_tax(parts: Iterable[TaxPart | InvoiceLine]) -> Decimal:
    return sum((part.tax for part in parts), ZERO)
