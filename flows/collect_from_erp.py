"""Fetch from the ERP what the shops and finance need: parcels, stock, purchase orders and receipts."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from flows.apps.legacy_erp import LegacyErp
from flows.key_orders import mapping_tables
from flows.orders import shipment_queues, stock_queues
from nightclerk import Run, flow
from nightclerk.documents import Mappings, Row, load_layout, load_stock_shares, read_table
from nightclerk.domain.shipments import Shipment, StockLevel

#: ERP list -> layout, which is also the name of the copy under data/erp/.
EXPORTS = {
    "发货单列表": "erp_deliveries",
    "现存量": "erp_stock",
    "采购订单列表": "erp_purchase_orders",
    "到货单列表": "erp_receipts",
}


@flow({"zh": "从 ERP 取回发货、库存和采购数据", "en": "Collect parcels, stock and purchases from the ERP"})
def collect_from_erp(run: Run, erp: LegacyErp) -> dict[str, int]:
    """Export four lists; queue parcels and stock levels for the shops, leave purchases for the reconciliation."""
    tables = mapping_tables(run.workspace)
    rows: dict[str, list[Row]] = {}
    for name, layout in EXPORTS.items():
        with run.step(f"Export {name}"):
            rows[layout] = export(run, erp, name, layout)

    with run.step("Queue the parcels"):
        parcels = [run.put(shipment_queues[p.platform], p) for p in shipments(rows["erp_deliveries"], tables)]
    with run.step("Queue the stock levels"):
        levels = [run.put(stock_queues[s.platform], s) for s in stock_levels(rows["erp_stock"], tables, run)]
    return {
        "parcels": sum(parcels),
        "stock_levels": sum(levels),
        "purchase_lines": len(rows["erp_purchase_orders"]),
        "receipt_lines": len(rows["erp_receipts"]),
    }


def export(run: Run, erp: LegacyErp, name: str, layout: str) -> list[Row]:
    """Export one list and read it; a copy stays under data/erp/ for the flows that come later."""
    file = erp.export_list(name)
    rows = read_table(file, load_layout(run.workspace / "config" / "layouts" / f"{layout}.yaml"), allow_empty=True)
    kept = kept_export(run.workspace, layout)
    kept.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, kept)
    return rows


def shipments(rows: Iterable[Row], tables: Mappings) -> Iterator[Shipment]:
    """The parcels that have left, each with the shop that its ERP customer stands for."""
    shops = {customer.name: shop for shop, customer in tables.customers.customers.items()}
    for row in rows:
        if row["tracking"] and row["customer"] in shops:
            platform, shop = shops[row["customer"]]
            yield Shipment(
                platform=platform,
                shop=shop,
                order=row["order"],
                carrier=row["carrier"],
                tracking=row["tracking"],
                voucher=row["voucher"],
            )


def stock_levels(rows: Iterable[Row], tables: Mappings, run: Run) -> Iterator[StockLevel]:
    """What each shop may show of each of its SKUs: its share of the free stock, by the scarcest part of a bundle."""
    free = {row["item"]: row["on_hand"] - row.get("safety", 0) for row in rows}
    platforms = [platform for platform, _ in tables.customers.customers]
    shares = load_stock_shares(run.workspace / "config" / "stock.yaml", platforms)
    for platform, shop in tables.customers.customers:
        offered = {item: int(pieces * shares[platform]) for item, pieces in free.items()}
        for sku in tables.skus.skus_of(platform):
            yield StockLevel(
                platform=platform,
                shop=shop,
                sku=sku,
                available=available(tables, platform, sku, offered),
                day=run.day,
            )


def available(tables: Mappings, platform: str, sku: str, free: Mapping[str, int]) -> int:
    """How many of one SKU can be sold out of the free stock by ERP item; never negative."""
    parts = tables.skus.of(platform, sku)
    return max(0, min(free.get(part.item, 0) // part.quantity for part in parts))


def kept_export(workspace: Path, layout: str) -> Path:
    """Where the latest export of one list lies."""
    return workspace / "data" / "erp" / f"{layout}.csv"
