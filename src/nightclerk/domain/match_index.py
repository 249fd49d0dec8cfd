"""Find the open orders that hold an invoice's items without looking at all orders, and notice when they change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nightclerk.domain.invoice_cases import CaseLine
from nightclerk.domain.match_fit import OpenOrder, item_key, same_item

Item = tuple[str, str]
Stamp = tuple[int, ...]


class OrderIndex:
    """Orders by group (a supplier in a currency) and by item, in the order in which they were added."""

    def __init__(self) -> None:
        self._orders: dict[Item, list[OpenOrder]] = {}
        self._changes: dict[Item, int] = {}
        self._place: dict[str, int] = {}
        self._items: dict[str, tuple[Item, ...]] = {}

    def add(self, group: str, order: OpenOrder) -> None:
        items = dict.fromkeys(item for line in order.lines for item in self._names(group, line.key, line.sku))
        self._place[order.number] = len(self._place)
        self._items[order.number] = tuple(items)
        for item in items:
            self._orders.setdefault(item, []).append(order)

    def _names(self, group: str, key: str, sku: str) -> Iterable[Item]:
        yield group, key
        if sku:
            yield group, f"#{sku}"

    def changed(self, order: OpenOrder) -> None:
        """Quantities of an order were booked: every answer about its items is out of date."""
        order.count_open()
        for item in self._items.get(order.number, ()):
            self._changes[item] = self._changes.get(item, 0) + 1

    def stamp(self, group: str, lines: Sequence[CaseLine]) -> Stamp:
        """The same as long as no order with one of these items has changed."""
        return tuple(
            self._changes.get(item, 0) for line in lines for item in self._names(group, item_key(line.name), line.sku)
        )

    def related(self, group: str, lines: Sequence[CaseLine]) -> tuple[list[OpenOrder], list[OpenOrder]]:
        """(orders with an open line for every line, orders with one for any), in the order of their adding."""
        hits: dict[str, int] = {}
        found: dict[str, OpenOrder] = {}
        for line in lines:
            for order in self._holding(group, line):
                hits[order.number] = hits.get(order.number, 0) + 1
                found[order.number] = order
        some = sorted(found.values(), key=lambda order: self._place[order.number])
        return [order for order in some if hits[order.number] == len(lines)], some

    def _holding(self, group: str, line: CaseLine) -> Iterable[OpenOrder]:
        """The orders with an open line of this item, each once."""
        near: dict[str, OpenOrder] = {}
        for item in self._names(group, item_key(line.name), line.sku):
            kept = [order for order in self._orders.get(item, ()) if order.open_lines]
            if item in self._orders:
                self._orders[item] = kept  # closed orders never open again
            near.update((order.number, order) for order in kept)
        return [
            order
            for order in near.values()
            if any(one.billed < one.ordered and same_item(line, one) for one in order.lines)
        ]
