"""Orders as shops sell them: one record for every platform, whatever its export file looked like."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


class OrderStatus(StrEnum):
    """Canonical order status; UNKNOWN stops the order for review and is never guessed away."""

    UNPAID = "unpaid"
    PAID_TO_SHIP = "paid_to_ship"
    PART_SHIPPED = "part_shipped"
    SHIPPED = "shipped"
    COMPLETED = "completed"
    CLOSED = "closed"
    CLOSED_AFTER_SHIP = "closed_after_ship"
    ON_HOLD = "on_hold"
    UNKNOWN = "unknown"


class AfterSale(StrEnum):
    """Canonical after-sale (refund) status, an axis of its own."""

    NONE = "none"
    OPEN = "open"
    REFUNDED = "refunded"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class OrderLine:
    """One sold thing. `sku` is the shop's merchant code; `line` is the sub-order number or its position."""

    line: str
    sku: str
    title: str
    quantity: int
    price: Decimal
    gift: bool = False


@dataclass(frozen=True, kw_only=True)
class Order:
    """One order. `number` is text. Recipient fields are as exported, usually masked by the platform."""

    platform: str
    shop: str
    number: str
    status: OrderStatus
    status_text: str
    after_sale: AfterSale = AfterSale.NONE
    after_sale_text: str = ""
    total: Decimal
    freight: Decimal = Decimal(0)
    paid_at: datetime | None = None
    buyer: str = ""
    recipient: str = ""
    phone: str = ""
    address: str = ""
    memo: str = ""
    lines: tuple[OrderLine, ...] = ()

    @property
    def key(self) -> str:
        """The business key: "platform:shop:number"."""
        return f"{self.platform}:{self.shop}:{self.number}"
