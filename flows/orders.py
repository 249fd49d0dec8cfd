"""The queues that the night's flows hand work through: orders to key, parcels and stock to write back to each shop."""

from __future__ import annotations

from nightclerk import Queue
from nightclerk.domain.orders import Order
from nightclerk.domain.shipments import Shipment, StockLevel

PLATFORMS = ("taobao", "jd", "douyin")

#: Orders that wait to be keyed into the ERP.
order_queue = Queue("orders", of=Order)

#: Parcels and stock levels that wait to be written to a shop; a queue a platform, so that one bot works each shop.
shipment_queues = {platform: Queue(f"shipments-{platform}", of=Shipment) for platform in PLATFORMS}
stock_queues = {platform: Queue(f"stock-{platform}", of=StockLevel) for platform in PLATFORMS}
