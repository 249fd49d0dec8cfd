"""Lay the lines of an invoice on the open lines of purchase orders and say what does not fit."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cache

from nightclerk.domain.amounts import FEN, ZERO
from nightclerk.domain.invoice_cases import CaseLine, InvoiceCase
from nightclerk.domain.purchasing import PurchaseOrder, Receipt
from nightclerk.domain.verdicts import Consumed, Difference, Tolerance

#: Factors of prices that were rounded to the cent are one up to this.
_SAME_FACTOR = Decimal("0.002")
_CATEGORY = re.compile(r"^\*[^*]*\*")


@cache
def item_key(name: str) -> str:
    """A name for comparing: width and case folded, blanks and the *tax category* left out."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(_CATEGORY.sub("", folded.strip()).split())


@dataclass(slots=True)
class OpenLine:
    """One order line and how much of it is ordered, received and already billed."""

    order: str
    line: int
    key: str
    sku: str
    spec: str
    price: Decimal
    rate: Decimal
    ordered: Decimal
    received: Decimal = ZERO
    billed: Decimal = ZERO

    @property
    def open(self) -> Decimal:
        return self.ordered - self.billed if self.billed else self.ordered

    def receive(self, count: Decimal) -> None:
        self.received = self.received + count if self.received else count  # most come at once: no new number


@dataclass(slots=True)
class OpenOrder:
    """One purchase order under consumption."""

    number: str
    ordered_on: date
    lines: list[OpenLine]
    first_received_on: date | None = None
    received_on: date | None = None
    open_lines: int = 0

    @property
    def remaining(self) -> list[OpenLine]:
        return [line for line in self.lines if line.billed < line.ordered]

    def count_open(self) -> None:
        """Note how many lines are open, after quantities were booked: that is asked far more often than it changes."""
        self.open_lines = sum(line.billed < line.ordered for line in self.lines)


@dataclass(kw_only=True)
class Fit:
    """How an invoice lies on some orders. `exact` = every price agrees to the fen; `full` = nothing stays open."""

    orders: tuple[str, ...]
    taken: list[tuple[OpenLine, CaseLine, Decimal]] = field(default_factory=list)
    unmatched: list[CaseLine] = field(default_factory=list)
    too_many: list[tuple[CaseLine, Decimal]] = field(default_factory=list)
    prices: list[tuple[OpenLine, CaseLine]] = field(default_factory=list)
    full: bool = False

    @property
    def whole(self) -> bool:
        """Every line found its order line, and none asks for more than is open."""
        return not self.unmatched and not self.too_many and bool(self.taken)

    @property
    def exact(self) -> bool:
        return self.whole and not self.prices

    def consumed(self) -> tuple[Consumed, ...]:
        return tuple(
            Consumed(order=line.order, line=line.line, quantity=count, net=_share(case_line, count))
            for line, case_line, count in self.taken
        )


def _share(line: CaseLine, quantity: Decimal) -> Decimal:
    whole = not line.quantity or quantity == line.quantity
    return line.net if whole else line.net * quantity / (line.quantity or 1)


def open_orders(orders: Iterable[PurchaseOrder], receipts: Iterable[Receipt]) -> dict[str, OpenOrder]:
    """All orders with what was received for them, nothing billed yet."""
    opened = {order.number: _open(order) for order in orders}
    for receipt in receipts:
        order = opened.get(receipt.order)
        if order is None:
            continue
        order.first_received_on = min(order.first_received_on or receipt.received_on, receipt.received_on)
        order.received_on = max(order.received_on or receipt.received_on, receipt.received_on)
        by_line = {line.line: line for line in order.lines}
        for line in receipt.lines:
            if line.order_line in by_line:
                by_line[line.order_line].receive(line.quantity)
    return opened


def _open(order: PurchaseOrder) -> OpenOrder:
    lines = [
        OpenLine(
            order=order.number, line=line.line, key=item_key(line.name), sku=line.sku, spec=item_key(line.spec),
            price=line.price, rate=line.rate, ordered=line.quantity,
        )
        for line in order.lines
    ]  # fmt: skip
    opened = OpenOrder(number=order.number, ordered_on=order.ordered_on, lines=lines)
    opened.count_open()
    return opened


def billable(case: InvoiceCase) -> tuple[CaseLine, ...]:
    """The lines with each discount (no quantity, negative net) taken off the line before it."""
    if all(line.quantity is not None for line in case.lines):
        return case.lines
    lines: list[CaseLine] = []
    for line in case.lines:
        discount = lines and line.quantity is None and line.net < 0 <= lines[-1].net
        if discount and item_key(line.name) == item_key(lines[-1].name):
            before = lines[-1]
            net, tax = before.net + line.net, before.tax + line.tax
            price = net / before.quantity if before.quantity else before.price
            lines[-1] = replace(before, net=net, tax=tax, price=price)
        else:
            lines.append(line)
    return tuple(lines)


def same_item(line: CaseLine, open_line: OpenLine) -> bool:
    """Same SKU where both sides have one, else same name; a specification that both state must agree."""
    if line.sku and line.sku == open_line.sku:
        return True
    if item_key(line.name) != open_line.key:
        return False
    spec = item_key(line.spec)
    return not spec or not open_line.spec or spec == open_line.spec


def same_price(line: CaseLine, open_line: OpenLine, quantity: Decimal, rounding: Decimal) -> bool:
    """Whether the net is quantity × ordered price to the fen (a printed price may carry 13 decimals)."""
    return abs(_share(line, quantity) - quantity * open_line.price) <= rounding


def fit(lines: Sequence[CaseLine], orders: Sequence[OpenOrder], tolerance: Tolerance) -> Fit:
    """Lay every invoice line on open order lines; exact prices and quantities are taken first."""
    result = Fit(orders=tuple(order.number for order in orders))
    open_lines = [line for order in orders for line in order.lines if line.billed < line.ordered]
    left = {id(line): line.open for line in open_lines}
    for line in lines:
        fitting = [one for one in _of_item(line, open_lines) if left[id(one)]]
        if not fitting:
            result.unmatched.append(line)
        else:
            _take(line, fitting, left, result, tolerance)
    result.full = not any(left.values()) and result.whole
    return result


def _of_item(line: CaseLine, open_lines: Sequence[OpenLine]) -> list[OpenLine]:
    """Like `same_item` for each, without a call for each: this is where matching spends its time."""
    sku, key, spec = line.sku or None, item_key(line.name), item_key(line.spec)
    return [
        one
        for one in open_lines
        if one.sku == sku or (one.key == key and (not spec or not one.spec or one.spec == spec))
    ]


def _take(line: CaseLine, fitting: list[OpenLine], left: dict[int, Decimal], result: Fit, tolerance: Tolerance) -> None:
    wanted = line.quantity if line.quantity is not None else left[id(fitting[0])]

    def rank(candidate: OpenLine) -> tuple[bool, bool, bool]:
        price_ok = same_price(line, candidate, wanted, tolerance.line_rounding)
        return (not price_ok, left[id(candidate)] != wanted, left[id(candidate)] < wanted)

    for candidate in sorted(fitting, key=rank) if len(fitting) > 1 else fitting:
        count = min(wanted, left[id(candidate)])
        if count <= 0:
            continue
        left[id(candidate)] -= count
        wanted -= count
        result.taken.append((candidate, line, count))
        if not same_price(line, candidate, count, tolerance.line_rounding):
            result.prices.append((candidate, line))
    allowed = (line.quantity or ZERO) * tolerance.quantity
    if wanted > allowed:
        result.too_many.append((line, wanted))


def one_factor(result: Fit) -> bool:
    """Whether every one of several prices is off by the same factor: another price list, not another order."""
    pairs = [(line.net, open_line.price * count) for open_line, line, count in result.taken]
    shares = [net / ordered for net, ordered in pairs if ordered]
    return result.whole and len(shares) == len(pairs) > 1 and max(shares) - min(shares) <= _SAME_FACTOR


def priced_as_printed(result: Fit) -> bool:
    """Whether every line's own printed price times its quantity is its net: the supplier means the other price."""
    return result.whole and all(
        line.price is not None and line.quantity is not None and abs(line.price * line.quantity - line.net) <= FEN
        for _, line, _ in result.taken
    )


def differences(result: Fit, case: InvoiceCase, tolerance: Tolerance, *, three_way: bool) -> list[Difference]:
    """Everything about a fit that is not within tolerance."""
    found = [
        Difference(code="not_ordered", where=line.name, expected="", found=str(line.quantity or ""), amount=line.net)
        for line in result.unmatched
    ]
    found += [
        Difference(
            code="more_than_ordered", where=line.name, expected=str((line.quantity or ZERO) - extra),
            found=str(line.quantity), amount=_share(line, extra),
        )
        for line, extra in result.too_many
    ]  # fmt: skip
    found += [gap for pair in result.prices if (gap := _price_gap(*pair, tolerance))]
    if three_way:
        found += _not_received(result)
    total = _total_gap(result, case, tolerance)
    return [*found, total] if total and not found else found


def _price_gap(open_line: OpenLine, line: CaseLine, tolerance: Tolerance) -> Difference | None:
    price = line.net / line.quantity if line.quantity else line.net
    if abs(price - open_line.price) <= open_line.price * tolerance.price:
        return None
    return Difference(
        code="price", where=f"{open_line.order}/{open_line.line}", expected=str(open_line.price),
        found=f"{price.normalize():f}" if price == price.quantize(Decimal("0.0001")) else f"{price:.4f}",
        amount=line.net - open_line.price * (line.quantity or 1),
    )  # fmt: skip


def _not_received(result: Fit) -> list[Difference]:
    wanted: dict[int, Decimal] = {}
    lines: dict[int, OpenLine] = {}
    for line, _, count in result.taken:
        wanted[id(line)] = wanted.get(id(line), ZERO) + count
        lines[id(line)] = line
    return [
        Difference(
            code="not_received", where=f"{line.order}/{line.line}", expected=str(line.received - line.billed),
            found=str(wanted[key]), amount=(wanted[key] - max(line.received - line.billed, ZERO)) * line.price,
        )
        for key, line in lines.items()
        if wanted[key] > line.received - line.billed
    ]  # fmt: skip


def _total_gap(result: Fit, case: InvoiceCase, tolerance: Tolerance) -> Difference | None:
    ordered = sum((count * line.price for line, _, count in result.taken), ZERO)
    tax = sum((count * line.price * line.rate for line, _, count in result.taken), ZERO)
    gap = case.gross - ordered - tax
    allowed = abs(ordered + tax) * tolerance.total
    allowed = allowed if tolerance.total_amount is None else min(allowed, tolerance.total_amount)
    if abs(gap) <= max(allowed, tolerance.line_rounding * 2 * len(result.taken)):
        return None
    expected = (ordered + tax).quantize(Decimal("0.01"))
    return Difference(code="total", where="", expected=str(expected), found=str(case.gross), amount=gap)
