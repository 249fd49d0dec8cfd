"""Write the stock that the ERP can spare to each shop, SKU by SKU, exactly once a day."""

from __future__ import annotations

from functools import partial

from flows.apps.douyin import Douyin
from flows.apps.jd import Jd
from flows.apps.seller_center import SellerCenter
from flows.apps.shop_errors import NegativeStock
from flows.apps.taobao import Taobao
from flows.orders import stock_queues
from nightclerk import Transaction, flow
from nightclerk.domain.shipments import StockLevel


@flow({"zh": "回写库存：淘宝", "en": "Write stock: Taobao"}, each=stock_queues["taobao"])
def write_taobao_stock(tx: Transaction, shop: Taobao, level: StockLevel) -> str:
    """Write one Taobao SKU's stock; return what the shop then shows."""
    return write_stock(tx, shop, level)


@flow({"zh": "回写库存：京东", "en": "Write stock: JD"}, each=stock_queues["jd"])
def write_jd_stock(tx: Transaction, shop: Jd, level: StockLevel) -> str:
    """Write one JD SKU's stock; return what the shop then shows."""
    return write_stock(tx, shop, level)


@flow({"zh": "回写库存：抖店", "en": "Write stock: Douyin"}, each=stock_queues["douyin"])
def write_douyin_stock(tx: Transaction, shop: Douyin, level: StockLevel) -> str:
    """Write one Douyin SKU's stock; return what the shop then shows."""
    return write_stock(tx, shop, level)


def write_stock(tx: Transaction, shop: SellerCenter, level: StockLevel) -> str:
    """Make one shop show one stock level."""
    if level.available < 0:
        raise NegativeStock(sku=level.sku, quantity=level.available)

    with tx.step("Write the stock"):
        return tx.once(
            look=lambda: str(level.available) if shop.find_stock(level.sku) == level.available else None,
            prepare=lambda: shop.fill_stock(level.sku, level.available),
            commit=partial(shop.save_stock, level.sku),
        )
