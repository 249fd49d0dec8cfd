"""What can be wrong with an order, a parcel or a stock level in a shop, in the words of those who mend it."""

from __future__ import annotations

from nightclerk import ApplicationError, BusinessError, NeedsPerson


class NoSuchOrder(BusinessError):
    """Facts: shop, order."""

    en = "{shop} has no order {order}. Check the order number in the ERP's delivery note."
    zh = "{shop} 中没有订单 {order}。请核对 ERP 发货单上的订单号。"


class NotShippable(BusinessError):
    """Facts: shop, order, status (the shop's words)."""

    en = "{shop} does not let order {order} be shipped ({status}). Look at the order there and decide by hand."
    zh = "{shop} 不允许订单 {order} 发货（{status}）。请在店铺后台查看该订单并人工处理。"


class ShippedOtherwise(BusinessError):
    """Facts: order, shown, ours (tracking numbers)."""

    en = "Order {order} stands as shipped with {shown}, not with {ours}. Compare both parcels with the warehouse."
    zh = "订单 {order} 已用运单号 {shown} 发货，而不是 {ours}。请与仓库核对这两个包裹。"


class NoSuchSku(BusinessError):
    """Facts: shop, sku."""

    en = "{shop} does not sell {sku}. Correct the shop SKU in config/mapping/skus.xlsx."
    zh = "{shop} 没有商家编码 {sku}。请更正 config/mapping/skus.xlsx 中的商家编码。"


class NegativeStock(BusinessError):
    """Facts: sku, quantity."""

    en = "{sku} would show {quantity} in stock. Correct the stock in the ERP; nothing was written."
    zh = "{sku} 的可售库存为 {quantity}。请先在 ERP 中更正库存；没有写入店铺。"


class UnmappedStatus(BusinessError):
    """Facts: text (the platform's words)."""

    en = "Nobody has said what the order status “{text}” means. Add it to config/mapping/statuses.xlsx."
    zh = "订单状态“{text}”没有对照。请在 config/mapping/statuses.xlsx 中补充。"


class NoLongerToKey(BusinessError):
    """Facts: status, after_sale (the platform's words)."""

    en = "A later export says {status} {after_sale}: the order was taken out of the queue before it was keyed."
    zh = "后来的导出显示 {status} {after_sale}：该订单在录入前已移出队列。"


class UnreadableOrder(BusinessError):
    """Facts: kind, what, where (cells of the export file)."""

    en = "The export's rows of this order cannot be used ({kind}: {what}; {where}). Look the order up in the shop."
    zh = "导出文件中该订单的行无法使用（{kind}：{what}；{where}）。请到店铺后台核对该订单。"


class LoginRefused(NeedsPerson):
    """Facts: shop, user, secret (the vault's entry)."""

    en = "{shop} refused the login of {user}. Check its password: nightclerk vault set {secret}"
    zh = "{shop} 拒绝了 {user} 的登录。请核对密码：nightclerk vault set {secret}"


class ShopSays(ApplicationError):
    """Facts: shop, words."""

    en = "{shop} says: {words}"
    zh = "{shop} 提示：{words}"


class ReportsUnclear(ApplicationError):
    """Facts: shop, count."""

    en = "{shop} shows {count} new exports where one was asked for. Somebody may be exporting at the same time."
    zh = "{shop} 出现了 {count} 个新的导出任务，而只申请了一个。可能有人同时在导出。"
