"""The two report files of the Taobao-style center: orders and sold items, GB18030 CSV with all its quirks.

Ids stand as `="3512…"`, phones begin with an apostrophe, several headers end with a blank, the rows of the
item file carry one comma too many.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from nightclerk.sandbox.shop_books import ExportJob, LiveOrder
from nightclerk.sandbox.shop_orders import SoldLine, SoldOrder, Stage
from nightclerk.sandbox.shop_site import masked_name

Cell = Callable[[SoldOrder], str]


def _id(text: str) -> str:
    return f'="{text}"'


def _time(moment: object) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}" if moment else ""


#: Header (trailing blanks are real) -> cell. Fields that our shop leaves empty are listed in EMPTY_FIELDS.
ORDER_CELLS: dict[str, Cell] = {
    "订单编号": lambda o: _id(o.number),
    "买家会员名": lambda o: o.buyer,
    "买家应付货款": lambda o: f"{o.total - o.freight:.2f}",
    "买家应付邮费": lambda o: f"{o.freight:.2f}",
    "总金额": lambda o: f"{o.total:.2f}",
    "买家实际支付金额": lambda o: f"{o.total:.2f}" if o.paid_at else "0.00",
    "订单状态": lambda o: o.status,
    "买家留言": lambda o: o.memo,
    "收货人姓名": lambda o: masked_name(o.recipient),
    "收货地址 ": lambda o: o.address,
    "运送方式": lambda o: "快递",
    "联系电话 ": lambda o: "'",
    "联系手机": lambda o: "'" + o.phone[:3] + "****" + o.phone[-4:],
    "订单创建时间": lambda o: _time(o.created_at),
    "订单付款时间 ": lambda o: _time(o.paid_at),
    "宝贝标题 ": lambda o: o.lines[0].title,
    "宝贝种类 ": lambda o: str(len(o.lines)),
    "物流单号 ": lambda o: f"No:{o.tracking}" if o.tracking else _id(""),
    "物流公司": lambda o: o.carrier,
    "订单备注": lambda o: "",
    "宝贝总数量": lambda o: str(sum(line.quantity for line in o.lines)),
    "店铺名称": lambda o: "云杉家居旗舰店",
    "订单关闭原因": lambda o: "买家不想要了" if o.stage is Stage.CLOSED else "订单未关闭",
    "是否手机订单": lambda o: "手机订单",
    "修改后的收货地址": lambda o: "null",
    "退款金额": lambda o: f"{o.total:.2f}" if o.stage is Stage.REFUNDED else "0.00",
}
#: What the dialog offers unticked; all empty in our shop.
EMPTY_FIELDS = ("买家支付宝账号", "支付单号", "发票抬头", "分阶段订单信息", "修改后的sku", "异常信息")
ITEM_HEADERS = (
    "订单编号", "标题", "价格", "购买数量", "外部系统编号", "商品属性",
    "套餐信息", "备注", "订单状态", "商家编码", "退款状态", "退款金额",
)  # fmt: skip


def file_name(job: ExportJob) -> str:
    """As the platform names it: ExportOrderList201809011818.csv."""
    kind = "ExportOrderList" if job.kind == "orders" else "ExportOrderDetailList"
    return f"{kind}{job.asked_at:%Y%m%d%H%M}.csv"


def report(job: ExportJob, orders: Iterable[LiveOrder]) -> bytes:
    """The bytes of one report: the orders created from `job.first` to `job.last`, newest first."""
    sold = [o.sold for o in orders if job.first <= o.sold.created_at.date() <= job.last]
    text = _orders(sold, job.fields) if job.kind == "orders" else _items(sold)
    return text.encode("gb18030")


def _orders(sold: list[SoldOrder], fields: tuple[str, ...]) -> str:
    headers = [h for h in (*ORDER_CELLS, *EMPTY_FIELDS) if not fields or h.strip() in fields]
    empty: Cell = lambda order: ""  # noqa: E731 - one word for an empty cell
    rows = [[ORDER_CELLS.get(h, empty)(order) for h in headers] for order in sold]
    return _csv(headers, rows)


def _items(sold: list[SoldOrder]) -> str:
    rows = [[*_item(order, line), ""] for order in sold for line in order.lines]
    return _csv(list(ITEM_HEADERS), rows)


def _item(order: SoldOrder, line: SoldLine) -> list[str]:
    refunds = {Stage.REFUNDED: f"{line.amount:.2f}", Stage.REFUND_OPEN: f"{line.amount:.2f}"}
    return [
        _id(order.number), line.title, f"{line.price:.2f}", str(line.quantity), line.sku, "颜色分类:默认",
        "", "", order.status, line.sku, order.after_sale, refunds.get(order.stage, "无退款申请"),
    ]  # fmt: skip


def _csv(headers: list[str], rows: list[list[str]]) -> str:
    return "".join(",".join(map(_cell, row)) + "\r\n" for row in [headers, *rows])


def _cell(text: str) -> str:
    """Quoted, but ids stand bare as ="3512…", as the platform writes them."""
    return text if text.startswith('="') else '"' + text.replace('"', '""') + '"'
