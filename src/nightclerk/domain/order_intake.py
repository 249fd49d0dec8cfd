"""From the rows of a platform's export to orders: grouped, joined, checked, and never guessed.

Rows carry our column names (see config/layouts). What cannot become an order becomes an `IntakeFault` that
says where it stands; one bad order never stops the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol

from nightclerk.domain.orders import AfterSale, Order, OrderLine, OrderStatus
from nightclerk.domain.statuses import BUILT_IN, StatusTable


class TableRow(Protocol):
    """One row of an export: typed values by our column names, and what could not be read of it."""

    @property
    def where(self) -> str: ...
    @property
    def faults(self) -> Sequence[Exception]: ...
    def __getitem__(self, name: str) -> Any: ...
    def get(self, name: str, default: Any = None) -> Any:
        """The value, `default` where it is blank."""

    def peek(self, name: str) -> Any:
        """The value, None where it is blank or could not be read."""


class FaultKind(StrEnum):
    """Why rows did not become an order."""

    BAD_CELL = "bad_cell"  # a cell could not be read
    NO_ITEMS = "no_items"  # an order without a line
    NO_ORDER = "no_order"  # an item whose order is not in the order file
    NO_TOTAL = "no_total"  # a paid order whose total is blank
    UNLIKE_ROWS = "unlike_rows"  # rows of one order that contradict each other
    CONFLICT = "conflict"  # one order number, two files, different content


@dataclass(frozen=True, kw_only=True)
class IntakeFault:
    """Rows that a person must look at. `where` are cells, `what` the differing fields or the cell's error."""

    kind: FaultKind
    platform: str
    shop: str
    number: str
    where: tuple[str, ...]
    what: str = ""

    @property
    def key(self) -> str:
        """The business key of the order that it concerns."""
        return f"{self.platform}:{self.shop}:{self.number}"


@dataclass(frozen=True, kw_only=True)
class Intake:
    """What came out of one or more exports. `origins` tells the row of each order by its key."""

    orders: tuple[Order, ...] = ()
    faults: tuple[IntakeFault, ...] = ()
    origins: Mapping[str, str] = field(default_factory=dict)


def eligible(order: Order) -> bool:
    """Whether the order is to be keyed: paid, nothing shipped, no refund asked or made."""
    return order.status is OrderStatus.PAID_TO_SHIP and order.after_sale is AfterSale.NONE


def unclear(order: Order) -> bool:
    """Whether a person must say what the order's status means."""
    return order.status is OrderStatus.UNKNOWN or order.after_sale is AfterSale.UNKNOWN


def orders_from_rows(
    platform: str,
    shop: str,
    rows: Iterable[TableRow],
    *,
    items: Iterable[TableRow] | None = None,
    statuses: StatusTable = BUILT_IN,
) -> Intake:
    """The orders in one export. `items` is the separate item file that Taobao has; others repeat the order."""
    desk = _Desk(platform=platform, shop=shop, statuses=statuses)
    if items is None:
        return desk.from_item_rows(rows)
    return desk.from_two_files(rows, items)


def merge(*intakes: Intake) -> Intake:
    """Several exports as one: an order that stands in two is taken once, or reported when they disagree."""
    kept: dict[str, Order] = {}
    origins: dict[str, str] = {}
    conflicts: dict[str, IntakeFault] = {}
    for intake in intakes:
        for order in intake.orders:
            where = intake.origins.get(order.key, "")
            if order.key in kept and kept[order.key] != order:
                conflicts[order.key] = _conflict(kept[order.key], order, (origins[order.key], where))
            kept.setdefault(order.key, order)
            origins.setdefault(order.key, where)
    faults = [fault for intake in intakes for fault in intake.faults]
    return _without_faulty(kept, origins, [*faults, *conflicts.values()])


def _without_faulty(kept: dict[str, Order], origins: dict[str, str], faults: list[IntakeFault]) -> Intake:
    """An order that is faulty in one export is not taken from another either: a person looks first."""
    faulty = {fault.key for fault in faults}
    orders = tuple(order for key, order in kept.items() if key not in faulty)
    origins = {order.key: origins[order.key] for order in orders}
    return Intake(orders=orders, faults=tuple(dict.fromkeys(faults)), origins=origins)


def _conflict(first: Order, second: Order, where: tuple[str, str]) -> IntakeFault:
    unlike = [name for name in vars(first) if getattr(first, name) != getattr(second, name)]
    return IntakeFault(
        kind=FaultKind.CONFLICT,
        platform=first.platform,
        shop=first.shop,
        number=first.number,
        where=where,
        what=", ".join(unlike),
    )


#: What every row of one order must repeat (columns that a layout lacks read as blank).
_REPEATED = {
    "taobao": ("status", "total", "freight", "refund"),
    "jd": ("status", "total", "freight"),
    "douyin": (),
}


@dataclass(frozen=True, kw_only=True)
class _Desk:
    """The table on which the rows of one shop are sorted into orders."""

    platform: str
    shop: str
    statuses: StatusTable

    def from_item_rows(self, rows: Iterable[TableRow]) -> Intake:
        """One row per sold item, the order's own columns repeated (JD) or split (Douyin)."""
        return self._intake([self._order(number, group, group) for number, group in self._grouped(rows).items()])

    def from_two_files(self, rows: Iterable[TableRow], items: Iterable[TableRow]) -> Intake:
        """An order file with one row per order, and an item file joined to it by the order number."""
        orders = self._grouped(rows)
        lines = self._grouped(items)
        results = [self._order(number, group, lines.get(number, [])) for number, group in orders.items()]
        orphans = [
            (self._fault(FaultKind.NO_ORDER, number, group), "")
            for number, group in lines.items()
            if number not in orders
        ]
        return self._intake([*results, *orphans])

    def _grouped(self, rows: Iterable[TableRow]) -> dict[str, list[TableRow]]:
        groups: dict[str, list[TableRow]] = {}
        for row in rows:
            groups.setdefault(str(row.peek("number") or ""), []).append(row)
        return groups

    def _intake(self, results: Iterable[tuple[Order | IntakeFault, str]]) -> Intake:
        taken = {order.key: (order, where) for order, where in results if isinstance(order, Order)}
        return Intake(
            orders=tuple(order for order, _ in taken.values()),
            faults=tuple(fault for fault, _ in results if isinstance(fault, IntakeFault)),
            origins={key: where for key, (_, where) in taken.items()},
        )

    def _order(self, number: str, heads: list[TableRow], lines: list[TableRow]) -> tuple[Order | IntakeFault, str]:
        """The order that these rows tell of, or what is wrong with them; and the cell where it begins."""
        where = heads[0].where
        bad = [row for row in dict.fromkeys([*heads, *lines]) if row.faults]
        if bad or not number:
            return self._fault(FaultKind.BAD_CELL, number, bad or heads[:1], _errors(bad)), where
        unlike = [name for name in _REPEATED[self.platform] if len({row.get(name) for row in heads}) > 1]
        if unlike:
            return self._fault(FaultKind.UNLIKE_ROWS, number, heads, ", ".join(unlike)), where
        if not lines:
            return self._fault(FaultKind.NO_ITEMS, number, heads), where
        told = one_telling(lines, numbered=self.platform != "jd")
        if told is None:
            return self._fault(FaultKind.CONFLICT, number, lines), where
        order = self._built(number, told if heads is lines else heads[:1], told)
        if order.status is OrderStatus.PAID_TO_SHIP and any(row.get("total") is None for row in heads):
            return self._fault(FaultKind.NO_TOTAL, number, heads), where
        return order, where

    def _built(self, number: str, heads: list[TableRow], lines: list[TableRow]) -> Order:
        head = heads[0]
        status, status_text = self._status(heads)
        after_sale, after_sale_text = self._after_sale(heads, lines)
        totals = heads if self.platform == "douyin" else heads[:1]  # Douyin splits, the others repeat
        return Order(
            platform=self.platform,
            shop=self.shop,
            number=number,
            status=status,
            status_text=status_text,
            after_sale=after_sale,
            after_sale_text=after_sale_text,
            total=_sum(totals, "total"),
            freight=_sum(totals, "freight"),
            paid_at=head.get("paid_at"),
            buyer=head.get("buyer", ""),
            recipient=head.get("recipient", ""),
            phone=head.get("phone", ""),
            address=_address(head),
            memo=head.get("memo", ""),
            lines=tuple(_line(row, position) for position, row in enumerate(lines, start=1)),
        )

    def _status(self, heads: list[TableRow]) -> tuple[OrderStatus, str]:
        texts = tuple(dict.fromkeys(row.get("status", "") for row in heads))
        found = {self.statuses.order(self.platform, text) for text in texts}
        shipped = any(row.get("shipped_at") for row in heads)
        return combined_status(found, shipped=shipped), " / ".join(texts)

    def _after_sale(self, heads: list[TableRow], lines: list[TableRow]) -> tuple[AfterSale, str]:
        texts = tuple(dict.fromkeys(row.get("after_sale", "") for row in lines))
        found = {self.statuses.after_sale(self.platform, text) for text in texts}
        if AfterSale.NONE in found and any((row.get("refund") or 0) > 0 for row in [*heads, *lines]):
            found.add(AfterSale.REFUNDED)
        return combined_after_sale(found), " / ".join(filter(None, texts))

    def _fault(self, kind: FaultKind, number: str, rows: list[TableRow], what: str = "") -> IntakeFault:
        where = tuple(row.where for row in rows)
        return IntakeFault(kind=kind, platform=self.platform, shop=self.shop, number=number, where=where, what=what)


def combined_status(found: set[OrderStatus], *, shipped: bool = False) -> OrderStatus:
    """The state of an order whose parts stand in the states `found`."""
    if len(found) == 1:
        (only,) = found
        return OrderStatus.CLOSED_AFTER_SHIP if only is OrderStatus.CLOSED and shipped else only
    moving = {OrderStatus.PAID_TO_SHIP, OrderStatus.PART_SHIPPED, OrderStatus.SHIPPED}
    return OrderStatus.PART_SHIPPED if found <= moving else OrderStatus.UNKNOWN


def combined_after_sale(found: set[AfterSale]) -> AfterSale:
    """The after-sale state of an order whose lines stand in the states `found`: the most pressing one."""
    for state in (AfterSale.UNKNOWN, AfterSale.OPEN, AfterSale.REFUNDED):
        if state in found:
            return state
    return AfterSale.NONE


def _line(row: TableRow, position: int) -> OrderLine:
    price = row.get("price", Decimal(0))
    return OrderLine(
        line=row.get("line") or str(position),
        sku=row.get("sku", ""),
        title=row.get("title", ""),
        quantity=row["quantity"],
        price=price,
        gift=price == 0,
    )


_MARKS = ("line", "sku", "quantity", "price", "status", "after_sale", "total")


def one_telling(rows: list[TableRow], *, numbered: bool) -> list[TableRow] | None:
    """The lines of one order, told once: None when two files (or two rows of one line) disagree.

    Files that repeat each other count once; files that hold different lines (`numbered`: lines have ids of
    their own) belong together.
    """
    files: dict[str, list[TableRow]] = {}
    for row in rows:
        files.setdefault(row.where.rpartition("!")[0], []).append(row)
    tellings = list(files.values())
    if all(_marks(telling) == _marks(tellings[0]) for telling in tellings):
        rows = tellings[0]
    elif not numbered:
        return None
    if not numbered:
        return rows
    named = [row for row in rows if row.get("line")]
    marks = {row.get("line"): _mark(row) for row in named}
    if any(marks[row.get("line")] != _mark(row) for row in named):
        return None
    first_of_line = {row.get("line") or row.where: row for row in reversed(rows)}
    return list(reversed(first_of_line.values()))


def _mark(row: TableRow) -> tuple[Any, ...]:
    return tuple(row.get(name) for name in _MARKS)


def _marks(rows: list[TableRow]) -> list[tuple[str, ...]]:
    return sorted(tuple(map(str, _mark(row))) for row in rows)


def _errors(rows: list[TableRow]) -> str:
    return " ".join(str(error) for row in rows for error in row.faults)


def _sum(rows: Iterable[TableRow], name: str) -> Decimal:
    return sum((row.get(name) or Decimal(0) for row in rows), Decimal(0))


def _address(row: TableRow) -> str:
    if row.get("changed_address"):
        return str(row.get("changed_address"))
    parts = (row.get(name, "") for name in ("province", "city", "district", "street", "address"))
    return " ".join(filter(None, parts))
