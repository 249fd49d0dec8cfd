"""Find the open orders that hold an invoice's items without looking at all orders, and notice when they change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nightclerk.domain.invoice_cases import CaseLine
from nightclerk.domain.match_fit import OpenLine, OpenOrder, item_key, same_item


class Slot:
    """All order lines of one supplier and currency with one name or one SKU; `changes` counts bookings on any."""

    __slots__ = ("changes", "lines")

    def __init__(self) -> None:
        self.changes = 0
        self.lines: list[OpenLine] = []

    def open_lines(self) -> list[OpenLine]:
        """Those that are still open; the others are dropped, as a closed line never opens again."""
        self.lines = [line for line in self.lines if line.billed < line.ordered]
        return self.lines


class OrderIndex:
    """Orders by group (a supplier in a currency) and by item, in the order in which they were added."""

    def __init__(self) -> None:
        self._groups: dict[str, dict[str, Slot]] = {}
        self._orders: dict[str, OpenOrder] = {}
        self._place: dict[str, int] = {}
        self._touched: dict[str, tuple[Slot, ...]] = {}

    def add(self, group: str, order: OpenOrder) -> None:
        slots = self._groups.setdefault(group, {})
        touched: dict[int, Slot] = {}
        for line in order.lines:
            for name in (line.key, f"#{line.sku}") if line.sku else (line.key,):
                slot = slots.get(name)
                if slot is None:
                    slot = slots[name] = Slot()
                slot.lines.append(line)
                touched[id(slot)] = slot
        self._place[order.number] = len(self._place)
        self._orders[order.number] = order
        self._touched[order.number] = tuple(touched.values())

    def changed(self, order: OpenOrder) -> None:
        """Quantities of an order were booked: every answer about its items is out of date."""
        order.count_open()
        for slot in self._touched.get(order.number, ()):
            slot.changes += 1

    def slots(self, group: str, lines: Sequence[CaseLine]) -> tuple[Slot, ...]:
        """Where the items of an invoice stand. As long as the sum of their changes is the same, none has changed."""
        known = self._groups.get(group, {})
        names = (name for line in lines for name in _names(item_key(line.name), line.sku))
        return tuple(known[name] for name in names if name in known)

    def related(self, group: str, lines: Sequence[CaseLine]) -> tuple[list[OpenOrder], list[OpenOrder]]:
        """(orders with an open line for every line, orders with one for any), in the order of their adding."""
        hits: dict[str, int] = {}
        for line in lines:
            for number in self._holding(group, line):
                hits[number] = hits.get(number, 0) + 1
        some = sorted(hits, key=self._place.__getitem__)
        whole = [self._orders[number] for number in some if hits[number] == len(lines)]
        return whole, [self._orders[number] for number in some]

    def _holding(self, group: str, line: CaseLine) -> Iterable[str]:
        """The numbers of the orders with an open line of this item, each once."""
        found = (one for slot in self.slots(group, (line,)) for one in slot.open_lines() if same_item(line, one))
        return dict.fromkeys(one.order for one in found)


def _names(key: str, sku: str) -> tuple[str, ...]:
    return (key, f"#{sku}") if sku else (key,)
