"""From what shops say to what the ERP says: SKUs (bundles too), customers and carriers, as pure tables.

The tables come from Excel files that staff edit (documents/mapping_tables.py reads them).

An ERP voucher must total exactly what the buyer paid. So the order's whole total, freight included, is spread
over its lines: over the order lines by price x quantity, inside a bundle by the parts' weights, and to the fen
by largest remainder. Where the pieces of a part cannot share a price, the part becomes two lines whose prices
are one fen apart. Gifts stay as lines with price 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, Decimal

from nightclerk.domain.orders import Order, OrderLine

FEN = Decimal("0.01")


class Unmapped(LookupError):
    """Names that stand in no mapping table. `table` is skus, customers or carriers."""

    def __init__(self, table: str, platform: str, names: tuple[str, ...]) -> None:
        super().__init__(f"{table}: {platform} {', '.join(names)}")
        self.table = table
        self.platform = platform
        self.names = names


@dataclass(frozen=True, kw_only=True)
class SkuPart:
    """One ERP item inside a shop SKU; `weight` is its share of the price for each piece."""

    item: str
    quantity: int
    weight: Decimal = Decimal(1)


@dataclass(frozen=True, kw_only=True)
class Customer:
    """The ERP customer that a shop's orders are keyed under."""

    code: str
    name: str


@dataclass(frozen=True, kw_only=True)
class ErpLine:
    """One line of an ERP voucher; `price` is what one piece costs."""

    item: str
    quantity: int
    price: Decimal

    @property
    def amount(self) -> Decimal:
        return self.price * self.quantity


@dataclass(frozen=True, kw_only=True)
class SkuTable:
    """(platform, shop SKU) -> the ERP items in it."""

    parts: Mapping[tuple[str, str], tuple[SkuPart, ...]] = field(default_factory=dict)

    def of(self, platform: str, sku: str) -> tuple[SkuPart, ...]:
        """The parts of one SKU; Unmapped when nobody has mapped it."""
        if (platform, sku) not in self.parts:
            raise Unmapped("skus", platform, (sku,))
        return self.parts[platform, sku]

    def missing(self, order: Order) -> tuple[str, ...]:
        """The SKUs of an order that nobody has mapped."""
        skus = dict.fromkeys(line.sku for line in order.lines)
        return tuple(sku for sku in skus if (order.platform, sku) not in self.parts)

    def skus_of(self, platform: str) -> tuple[str, ...]:
        """All mapped SKUs of one platform."""
        return tuple(sku for owner, sku in self.parts if owner == platform)


@dataclass(frozen=True, kw_only=True)
class CustomerTable:
    """(platform, shop) -> ERP customer."""

    customers: Mapping[tuple[str, str], Customer] = field(default_factory=dict)

    def of(self, platform: str, shop: str) -> Customer:
        if (platform, shop) not in self.customers:
            raise Unmapped("customers", platform, (shop,))
        return self.customers[platform, shop]


@dataclass(frozen=True, kw_only=True)
class CarrierTable:
    """(ERP carrier, platform) -> the name that the platform's page offers."""

    names: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def of(self, carrier: str, platform: str) -> str:
        if (carrier, platform) not in self.names:
            raise Unmapped("carriers", platform, (carrier,))
        return self.names[carrier, platform]


def to_erp_lines(order: Order, skus: SkuTable) -> tuple[ErpLine, ...]:
    """The voucher lines of an order; they total exactly `order.total`. Unmapped names every missing SKU."""
    missing = skus.missing(order)
    if missing:
        raise Unmapped("skus", order.platform, missing)
    totals = spread(order.total, [_line_weight(line) for line in order.lines], _fallback(order.lines))
    lines: list[ErpLine] = []
    for line, total in zip(order.lines, totals, strict=True):
        lines += _part_lines(line, total, skus.of(order.platform, line.sku))
    return tuple(lines)


def _line_weight(line: OrderLine) -> Decimal:
    return Decimal(0) if line.gift else line.price * line.quantity


def _fallback(lines: Sequence[OrderLine]) -> list[Decimal]:
    """Shares when no line has a price: by pieces, over gifts too only if there is nothing else."""
    sold = [Decimal(0 if line.gift else line.quantity) for line in lines]
    return sold if any(sold) else [Decimal(line.quantity) for line in lines]


def _part_lines(line: OrderLine, total: Decimal, parts: tuple[SkuPart, ...]) -> Iterable[ErpLine]:
    pieces = [part.quantity * line.quantity for part in parts]
    weights = [part.weight * count for part, count in zip(parts, pieces, strict=True)]
    amounts = spread(total, weights, [Decimal(count) for count in pieces])
    for part, count, amount in zip(parts, pieces, amounts, strict=True):
        yield from _priced(part.item, count, amount)


def _priced(item: str, quantity: int, amount: Decimal) -> Iterable[ErpLine]:
    """One line, or two with prices one fen apart, so that price x quantity is exactly the amount."""
    low = (amount / quantity).quantize(FEN, rounding=ROUND_DOWN)
    dearer = int((amount - low * quantity) / FEN)
    if dearer:
        yield ErpLine(item=item, quantity=dearer, price=low + FEN)
    if quantity > dearer:
        yield ErpLine(item=item, quantity=quantity - dearer, price=low)


def spread(total: Decimal, weights: Sequence[Decimal], fallback: Sequence[Decimal]) -> list[Decimal]:
    """Split an amount by weights, exactly to the fen (largest remainder). `fallback` if all weights are 0."""
    used = weights if any(weights) else fallback
    whole = sum(used, Decimal(0))
    exact = [total * weight / whole for weight in used]
    shares = [amount.quantize(FEN, rounding=ROUND_DOWN) for amount in exact]
    left = int((total - sum(shares, Decimal(0))) / FEN)
    by_remainder = sorted(range(len(used)), key=lambda place: (shares[place] - exact[place], place))
    for place in by_remainder[:left]:
        shares[place] += FEN
    return shares
