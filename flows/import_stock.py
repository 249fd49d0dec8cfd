"""Write a whole shop's stock by one import file, each SKU exactly once a day; for shops with hundreds of SKUs."""

from __future__ import annotations

from flows.apps.shop_errors import NegativeStock
from flows.apps.taobao import Taobao
from flows.orders import stock_queues
from nightclerk import Transaction, flow
from nightclerk.domain.items import State
from nightclerk.domain.shipments import StockLevel


@flow({"zh": "批量导入库存：淘宝", "en": "Import stock by file: Taobao"})
def import_taobao_stock(tx: Transaction, shop: Taobao) -> dict[str, int]:
    """Send all queued stock levels in one file. The ledger knows them by the same name as single writes, so that
    neither way does again what the other one has done."""
    queue = stock_queues[shop.platform]
    levels = {item.key: queue.load(item.payload) for item in tx.items(queue, states=[State.NEW])}
    negative = [level for level in levels.values() if level.available < 0]
    rows = {key: level for key, level in levels.items() if level.available >= 0}
    with tx.step("Import the stock"):
        entered = tx.once_file(
            rows,
            look=lambda level: str(level.available) if shop.find_stock(level.sku) == level.available else None,
            prepare=lambda some: shop.choose_stock_file({level.sku: level.available for level in some}),
            commit=lambda: _by_key(shop.send_stock_file(), rows),
            name="save_stock",
            target="taobao",
        )

    with tx.step("File what became of each"):
        for level in negative:
            reason = NegativeStock(sku=level.sku, quantity=level.available)
            tx.settle(queue, level, State.REJECTED, reason=str(reason), details=reason.facts)
        for key, shown in entered.there.items():
            tx.settle(queue, rows[key], State.DONE, result=shown)
        for key, why in entered.refused.items():
            tx.settle(queue, rows[key], State.REJECTED, reason=why)
        for key, doubt in entered.in_doubt.items():
            tx.settle(queue, rows[key], State.IN_DOUBT, reason=str(doubt), details={"key": key})
    return {
        "written": len(entered.there),
        "refused": len(entered.refused) + len(negative),
        "in_doubt": len(entered.in_doubt),
    }


def _by_key(said: dict[str, str], rows: dict[str, StockLevel]) -> dict[str, str]:
    """What the shop said of each SKU, by the key of its row."""
    return {key: said[level.sku] for key, level in rows.items() if level.sku in said}
