"""Key each queued order into the ERP's terminal screens (VT), exactly once, where there is no desktop client."""

from __future__ import annotations

from flows.apps.green_erp import GreenErp
from flows.key_orders import key_order
from flows.orders import Order, order_queue
from nightclerk import Transaction, flow


@flow({"zh": "在终端画面把订单录入 ERP", "en": "Key orders into the ERP's terminal"}, each=order_queue)
def key_order_on_terminal(tx: Transaction, erp: GreenErp, order: Order) -> str:
    """Key one order; return the number of its ERP voucher. The steps are the desktop client's, verb by verb."""
    return str(key_order(tx, erp, order))
