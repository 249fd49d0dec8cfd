"""Find the orders that an invoice without a reference could belong to: the best class of fits, unique or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from datetime import date
from decimal import Decimal
from enum import IntEnum

from nightclerk.domain.invoice_cases import CaseLine, InvoiceCase
from nightclerk.domain.match_fit import Fit, OpenOrder, fit, item_key, same_item, same_price
from nightclerk.domain.verdicts import MatchRules, Tolerance

#: Bounds of the search for several orders under one invoice.
NODE_LIMIT, SOLUTION_LIMIT, ORDERS_LIMIT = 4000, 6, 12

#: Beyond this share of the price an order is not even suggested.
FAR_PRICE = Decimal("0.20")


class FitClass(IntEnum):
    """Better classes first; a worse class is only looked at when the better one is empty."""

    WHOLE_ORDER = 1  # everything that is still open of one order, exact prices
    SEVERAL_ORDERS = 2  # everything that is still open of several orders, exact prices
    PART_OF_ORDER = 3  # part of one order, exact prices
    WITHIN_TOLERANCE = 4  # one order, prices within tolerance
    OUT_OF_TOLERANCE = 5  # one whole order by item and quantity, prices are not: only ever a suggestion


def candidates(
    lines: Sequence[CaseLine], whole: Sequence[OpenOrder], some: Sequence[OpenOrder], tolerance: Tolerance
) -> tuple[FitClass | None, list[Fit]]:
    """The fits of the best class that has any. `whole` orders hold every line of the invoice, `some` at least one."""
    small = [order for order in whole if order.open_lines <= len(lines)]  # a larger one cannot be used up
    closing = [fit(lines, [order], tolerance) for order in small]
    if found := [one for one in closing if one.exact and one.full]:
        return FitClass.WHOLE_ORDER, found
    if found := _covers(lines, [order for order in some if order.open_lines <= len(lines)], tolerance):
        return FitClass.SEVERAL_ORDERS, found
    singles = closing if len(small) == len(whole) else [fit(lines, [order], tolerance) for order in whole]
    classes = (
        (FitClass.PART_OF_ORDER, lambda one: one.exact),
        (FitClass.WITHIN_TOLERANCE, lambda one: one.whole and _prices_near(one, tolerance.price)),
        (FitClass.OUT_OF_TOLERANCE, lambda one: one.full and _prices_near(one, FAR_PRICE)),
    )
    for name, holds in classes:
        if found := [one for one in singles if holds(one)]:
            return name, found
    return None, []


def _prices_near(result: Fit, share: Decimal) -> bool:
    return all(
        abs((line.net / line.quantity if line.quantity else line.net) - open_line.price) <= open_line.price * share
        for open_line, line in result.prices
    )


def _covers(lines: Sequence[CaseLine], orders: Sequence[OpenOrder], tolerance: Tolerance) -> list[Fit]:
    """Sets of at least two orders whose open lines together are exactly the invoice's lines."""
    names = {item_key(line.name) for line in lines} | {f"#{line.sku}" for line in lines if line.sku}
    by_number = {order.number: order for order in orders if order.open_lines and _only_of(names, order)}
    usable = [n for n, order in by_number.items() if _covering(order, lines, frozenset(), tolerance)]
    held = {name for number in usable for line in by_number[number].remaining for name in (line.key, f"#{line.sku}")}
    if not all(item_key(line.name) in held or f"#{line.sku}" in held for line in lines):
        return []  # some line is in no order that could be used up
    found: set[tuple[str, ...]] = set()
    tried: set[tuple[str, ...]] = set()
    budget = [NODE_LIMIT]

    def extend(chosen: tuple[str, ...], covered: frozenset[int]) -> None:
        if chosen in tried or len(found) >= SOLUTION_LIMIT:
            return
        tried.add(chosen)
        budget[0] -= 1
        if len(covered) == len(lines):
            found.add(chosen)
        if budget[0] < 0 or len(covered) == len(lines) or len(chosen) == ORDERS_LIMIT:
            return
        first = next(i for i in range(len(lines)) if i not in covered)
        for number in usable:
            cover = frozenset() if number in chosen else _covering(by_number[number], lines, covered, tolerance)
            if first in cover:
                extend(tuple(sorted((*chosen, number))), covered | cover)

    extend((), frozenset())
    if budget[0] < 0:
        return []  # not searched to the end: nothing may be called unique
    sets = sorted(numbers for numbers in found if len(numbers) > 1)
    return [fit(lines, [by_number[number] for number in numbers], tolerance) for numbers in sets]


def _only_of(names: Set[str], order: OpenOrder) -> bool:
    """Whether every open line has one of these names or SKUs: a cheap look before the exact one."""
    return all(line.key in names or f"#{line.sku}" in names for line in order.lines if line.billed < line.ordered)


def _covering(
    order: OpenOrder, lines: Sequence[CaseLine], covered: frozenset[int], tolerance: Tolerance
) -> frozenset[int]:
    """Which uncovered invoice lines are exactly the open lines of an order; empty unless all are found."""
    taken: set[int] = set()
    for open_line in order.remaining:
        found = next(
            (
                i
                for i, line in enumerate(lines)
                if i not in taken
                and i not in covered
                and line.quantity == open_line.open
                and same_item(line, open_line)
                and same_price(line, open_line, open_line.open, tolerance.line_rounding)
            ),
            None,
        )
        if found is None:
            return frozenset()
        taken.add(found)
    return frozenset(taken)


def chosen_by_dates(
    case: InvoiceCase, fits: Sequence[Fit], orders: Mapping[str, OpenOrder], rules: MatchRules
) -> tuple[str, Fit] | None:
    """(why, fit): of several fits the one that the dates of orders and receipts single out, or None.

    `only_ordered`: all others hold an order that was placed after the invoice was written.
    `only_received`: of all others some goods had not begun to come when the invoice was written.
    `delivered_together`: its goods came within a few days of each other, those of all others did not.
    `nearest_receipt`: its goods came just before the invoice, those of all others clearly earlier.
    Where an order is billed in part already, how near its receipt is says nothing about the next invoice.
    """
    if not rules.receipt_days:
        return None
    ordered = [one for one in fits if all(orders[n].ordered_on <= case.issued_on for n in one.orders)]
    if len(ordered) == 1:
        return "only_ordered", ordered[0]
    come = [one for one in ordered if all(_has_come(orders[n], case.issued_on) for n in one.orders)]
    if len(come) == 1:
        return "only_received", come[0]
    return None if any(map(_begun, come)) else _nearest(case, come, orders, rules)


def _has_come(order: OpenOrder, day: date) -> bool:
    return order.first_received_on is not None and order.first_received_on <= day


def _nearest(
    case: InvoiceCase, fits: Sequence[Fit], orders: Mapping[str, OpenOrder], rules: MatchRules
) -> tuple[str, Fit] | None:
    dated = [(candidate, _ages(case, candidate, orders)) for candidate in fits]
    if len(dated) < 2 or any(min(ages) < 0 for _, ages in dated):
        return None  # goods of one were still coming: how near it is cannot be said
    near, margin = rules.receipt_days, rules.receipt_margin_days
    for why, key in (
        ("delivered_together", lambda ages: max(ages) - min(ages)),
        ("nearest_receipt", min),
    ):
        ranked = sorted(dated, key=lambda pair: key(pair[1]))
        best, second = key(ranked[0][1]), key(ranked[1][1])
        if best <= near and second - best >= margin:
            return why, ranked[0][0]
    return None


def _begun(candidate: Fit) -> bool:
    return any(line.billed > 0 for line, _, _ in candidate.taken)


def _ages(case: InvoiceCase, candidate: Fit, orders: Mapping[str, OpenOrder]) -> list[int]:
    """How many days before the invoice the last goods of each order came; below zero where some came after it."""
    days = [orders[number].received_on for number in candidate.orders]
    return [(case.issued_on - day).days for day in days if day is not None]


def supplier_key(tax_id: str, name: str) -> str:
    """Suppliers are one when their tax id is one; without a tax id, when their name is."""
    return tax_id or item_key(name)
