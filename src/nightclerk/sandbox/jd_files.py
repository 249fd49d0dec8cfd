"""The export of the JD-style center: an AES-encrypted zip of GBK CSV files, one row per SKU.

The order's total stands on each of its rows. The zip holds two files named by bare numbers; one order is in both.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

import pyzipper

from nightclerk.sandbox.shop_books import ExportJob, LiveOrder
from nightclerk.sandbox.shop_orders import SoldLine, SoldOrder, Stage
from nightclerk.sandbox.shop_site import masked_name, masked_phone

HEADERS = (
    "订单号", "商品ID", "商品名称", "订购数量", "支付方式", "下单时间", "京东价", "订单金额", "结算金额",
    "余额支付", "应付金额", "订单状态", "订单类型", "下单帐号", "客户姓名", "客户地址", "联系电话",
    "订单备注", "发票类型", "发票抬头", "发票内容", "商家备注", "商家备注等级（等级1-5为由高到低）",
    "运费金额", "付款确认时间", "增值税发票", "货号", "订单完成时间", "订单来源", "订单渠道", "送装服务",
    "服务费", "仓库id", "仓库名称", "普通发票纳税编号", "商家SKUID", "是否为品牌商订单",
    "是否为toplife订单",
)  # fmt: skip


def file_name(job: ExportJob) -> str:
    return f"order_{job.number}.zip"


def archive(job: ExportJob, orders: Iterable[LiveOrder]) -> bytes:
    """The zip of one export: its orders in two files, encrypted with the job's password."""
    sold = [o.sold for o in orders if job.first <= o.sold.created_at.date() <= job.last]
    half = -(-len(sold) // 2)
    parts = [sold[:half], sold[half:]]
    for order in sold:
        for part in parts:
            if order.in_exports == 2 and order not in part:
                part.append(order)
    out = io.BytesIO()
    with pyzipper.AESZipFile(out, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES) as folder:
        folder.setpassword(job.password.encode())
        for number, part in enumerate(parts):
            folder.writestr(f"{19453840 + number}.csv", _csv(part).encode("gbk"))
    return out.getvalue()


def _csv(sold: list[SoldOrder]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEADERS)
    for order in sold:
        for line in order.lines:
            writer.writerow(_row(order, line))
    return out.getvalue()


def _row(order: SoldOrder, line: SoldLine) -> list[str]:
    cells = {
        "订单号": order.number,
        "商品ID": f"1000{line.number[-8:]}",
        "商品名称": line.title,
        "订购数量": str(line.quantity),
        "支付方式": "在线支付",
        "下单时间": f"{order.created_at:%Y-%m-%d %H:%M:%S}",
        "京东价": f"{line.price:.2f}",
        "订单金额": f"{order.total:.2f}",
        "结算金额": f"{order.total:.2f}",
        "余额支付": "0.00",
        "应付金额": f"{order.total:.2f}",
        "订单状态": order.status,
        "订单类型": "SOP",
        "下单帐号": order.buyer,
        "客户姓名": masked_name(order.recipient),
        "客户地址": order.address.replace(" ", ""),
        "联系电话": masked_phone(order.phone),
        "订单备注": order.memo,
        "发票类型": "电子普通发票",
        "商家备注等级（等级1-5为由高到低）": "0",
        "运费金额": f"{order.freight:.2f}",
        "付款确认时间": f"{order.paid_at:%Y-%m-%d %H:%M:%S}" if order.paid_at else "",
        "货号": line.sku,
        "订单完成时间": f"{order.created_at:%Y-%m-%d} 23:59:00" if order.stage is Stage.COMPLETED else "",
        "订单来源": "移动端订单",
        "订单渠道": "APP",
        "商家SKUID": line.sku,
        "是否为品牌商订单": "否",
        "是否为toplife订单": "否",
    }
    return [cells.get(header, "") for header in HEADERS]
