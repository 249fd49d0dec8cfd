"""Write each parcel that the warehouse sent back to the shop that sold it, exactly once."""

from __future__ import annotations

from flows.apps.douyin import Douyin
from flows.apps.jd import Jd
from flows.apps.seller_center import SellerCenter
from flows.apps.shop_errors import ShippedOtherwise
from flows.apps.taobao import Taobao
from flows.key_orders import mapping_tables
from flows.orders import shipment_queues
from nightclerk import Transaction, flow
from nightclerk.domain.shipments import Shipment


@flow({"zh": "回写发货：淘宝", "en": "Ship orders: Taobao"}, each=shipment_queues["taobao"])
def ship_taobao_order(tx: Transaction, shop: Taobao, shipment: Shipment) -> str:
    """Ship one Taobao order; return its tracking number as the shop shows it."""
    return ship_order(tx, shop, shipment)


@flow({"zh": "回写发货：京东", "en": "Ship orders: JD"}, each=shipment_queues["jd"])
def ship_jd_order(tx: Transaction, shop: Jd, shipment: Shipment) -> str:
    """Ship one JD order; return its tracking number as the shop shows it."""
    return ship_order(tx, shop, shipment)


@flow({"zh": "回写发货：抖店", "en": "Ship orders: Douyin"}, each=shipment_queues["douyin"])
def ship_douyin_order(tx: Transaction, shop: Douyin, shipment: Shipment) -> str:
    """Ship one Douyin order; return its tracking number as the shop shows it."""
    return ship_order(tx, shop, shipment)


def ship_order(tx: Transaction, shop: SellerCenter, shipment: Shipment) -> str:
    """Ship one order in its shop."""
    tables = mapping_tables(tx.workspace)
    carrier = tables.carrier(shipment.carrier, shipment.platform, order=shipment.order)

    with tx.step("Ship the order"):
        shown = tx.once(
            look=lambda: shop.find_parcel(shipment.order),
            prepare=lambda: shop.fill_parcel(shipment.order, carrier=carrier, tracking=shipment.tracking),
            commit=shop.ship,
        )

    with tx.step("Compare the tracking number"):
        if shown != shipment.tracking:
            raise ShippedOtherwise(order=shipment.order, shown=shown, ours=shipment.tracking)
    return shown
