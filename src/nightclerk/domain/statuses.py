"""What platforms call the states of an order and of a refund, and the one vocabulary that we map them to.

The built-in vocabulary is the default of `config/mapping/statuses.xlsx`, which staff edit. A text that stands
in neither is UNKNOWN and stops its order for review; it is never guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from nightclerk.domain.orders import AfterSale, OrderStatus

_PREFIXES = re.compile(r"^\((?:删除|已删除)\)")

_ORDER = {
    "taobao": {
        OrderStatus.UNPAID: ("等待买家付款", "没有创建支付宝交易"),
        OrderStatus.PAID_TO_SHIP: ("买家已付款，等待卖家发货",),
        OrderStatus.PART_SHIPPED: ("卖家部分发货",),
        OrderStatus.SHIPPED: ("卖家已发货，等待买家确认", "买家已签收,货到付款专用"),
        OrderStatus.COMPLETED: ("交易成功",),
        OrderStatus.CLOSED: ("交易关闭", "付款以后用户退款成功，交易自动关闭"),
        OrderStatus.ON_HOLD: ("国际卡付款确认中",),
    },
    "jd": {
        OrderStatus.UNPAID: ("待付款", "未付款"),
        OrderStatus.PAID_TO_SHIP: ("待出库", "等待出库", "等待境外出库", "等待境内发货"),
        OrderStatus.SHIPPED: ("已发货", "已出库", "等待确认收货"),
        OrderStatus.COMPLETED: ("已完成",),
        OrderStatus.CLOSED: ("已取消",),
        OrderStatus.ON_HOLD: ("暂停订单", "锁定订单", "暂停", "已锁定"),
    },
    "douyin": {
        OrderStatus.UNPAID: ("待支付",),
        OrderStatus.PAID_TO_SHIP: ("待发货", "备货中"),
        OrderStatus.PART_SHIPPED: ("部分发货",),
        OrderStatus.SHIPPED: ("已发货",),
        OrderStatus.COMPLETED: ("已完成",),
        OrderStatus.CLOSED: ("已关闭",),
    },
}
_AFTER_SALE = {
    "taobao": {
        AfterSale.NONE: ("没有申请退款", "退款关闭"),
        AfterSale.OPEN: (
            "买家已经申请退款，等待卖家同意",
            "卖家已经同意退款，等待买家退货",
            "买家已经退货，等待卖家确认收货",
            "卖家拒绝退款",
            "退款中",
        ),
        AfterSale.REFUNDED: ("退款成功",),
    },
    "jd": {},
    "douyin": {
        AfterSale.NONE: ("售后关闭", "售后已拒绝"),
        AfterSale.OPEN: ("售后中", "待商家处理", "售后待处理", "待收退货", "待退货"),
        AfterSale.REFUNDED: ("退款成功", "退货成功", "换货成功", "补寄成功"),
    },
}


def normal_status(text: str) -> str:
    """A status as it is compared: punctuation half-width, no blanks, no prefix such as (删除)."""
    bare = "".join(unicodedata.normalize("NFKC", text).split())
    return _PREFIXES.sub("", bare)


@dataclass(frozen=True, kw_only=True)
class StatusTable:
    """Status texts of every platform: (platform, normal text) -> canonical."""

    orders: Mapping[tuple[str, str], OrderStatus] = field(default_factory=dict)
    after_sales: Mapping[tuple[str, str], AfterSale] = field(default_factory=dict)

    def order(self, platform: str, text: str) -> OrderStatus:
        """The canonical order status, UNKNOWN for a text that nobody has mapped."""
        return self.orders.get((platform, normal_status(text)), OrderStatus.UNKNOWN)

    def after_sale(self, platform: str, text: str) -> AfterSale:
        """The canonical after-sale status; blank is NONE, a text that nobody has mapped is UNKNOWN."""
        if not text.strip():
            return AfterSale.NONE
        return self.after_sales.get((platform, normal_status(text)), AfterSale.UNKNOWN)


def built_in_texts() -> Iterable[tuple[str, str, OrderStatus | AfterSale]]:
    """Every (platform, text, canonical) that we know from the start, order states first."""
    for vocabulary in (_ORDER, _AFTER_SALE):
        for platform, states in vocabulary.items():
            for canonical, texts in states.items():
                for text in texts:
                    yield platform, text, canonical


def table_of(texts: Iterable[tuple[str, str, OrderStatus | AfterSale]]) -> StatusTable:
    """A table of (platform, text, canonical) entries."""
    orders: dict[tuple[str, str], OrderStatus] = {}
    after_sales: dict[tuple[str, str], AfterSale] = {}
    for platform, text, canonical in texts:
        key = (platform, normal_status(text))
        if isinstance(canonical, OrderStatus):
            orders[key] = canonical
        else:
            after_sales[key] = canonical
    return StatusTable(orders=orders, after_sales=after_sales)


#: The vocabulary that needs no file.
BUILT_IN = table_of(built_in_texts())
