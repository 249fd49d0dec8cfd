"""Purchase orders and receipts as the ERP exports them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class PurchaseLine:
    """One line of a purchase order. Prices are net of tax, rate is a fraction (0.13)."""

    line: int
    sku: str
    name: str
    spec: str
    unit: str
    quantity: Decimal
    price: Decimal
    rate: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class PurchaseOrder:
    """One purchase order with its lines."""

    number: str
    supplier: str
    supplier_tax_id: str
    ordered_on: date
    currency: str
    net: Decimal
    tax: Decimal
    gross: Decimal
    lines: tuple[PurchaseLine, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceiptLine:
    """What one receipt booked in for one purchase order line."""

    order_line: int
    sku: str
    quantity: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Receipt:
    """One goods receipt against one purchase order."""

    number: str
    order: str
    received_on: date
    lines: tuple[ReceiptLine, ...]
