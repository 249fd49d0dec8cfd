"""Shipments and stock as they are written back to the shops."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True)
class Shipment:
    """One parcel of one order. `carrier` is the ERP's name; the shop's own name comes from the mapping table."""

    platform: str
    shop: str
    order: str
    carrier: str
    tracking: str
    voucher: str = ""

    @property
    def key(self) -> str:
        return f"{self.platform}:{self.shop}:{self.order}:{self.tracking}"


@dataclass(frozen=True, kw_only=True)
class StockLevel:
    """What one shop should show for one of its SKUs on one business day."""

    platform: str
    shop: str
    sku: str
    available: int
    day: date

    @property
    def key(self) -> str:
        return f"{self.platform}:{self.shop}:{self.sku}:{self.day:%Y%m%d}"
