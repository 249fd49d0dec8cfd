"""The export of the Douyin-style center: an xlsx by goods, written as sloppily as the platform does.

Inline strings, a `dimension` record that says A1, ids as text behind an apostrophe or a backtick, two kinds of
dashes for nothing.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from decimal import Decimal
from xml.sax.saxutils import escape

from nightclerk.sandbox.shop_books import ExportJob, LiveOrder
from nightclerk.sandbox.shop_orders import SoldLine, SoldOrder, Stage
from nightclerk.sandbox.shop_site import masked_name, masked_phone

HEADERS = (
    "主订单编号", "子订单编号", "选购商品", "商品规格", "商品数量", "商品ID", "商家编码", "商品单价", "订单应付金额",
    "运费", "优惠总金额", "平台优惠", "商家优惠", "达人优惠", "商家改价", "支付优惠", "红包抵扣", "支付方式", "手续费",
    "收件人", "收件人手机号", "省", "市", "区", "街道", "详细地址", "是否修改过地址", "地址修改时段", "买家留言",
    "订单提交时间", "旗帜颜色", "商家备注", "订单完成时间", "支付完成时间", "APP渠道", "流量来源", "订单状态",
    "承诺发货时间", "订单类型", "鲁班落地页ID", "达人ID", "达人昵称", "所属门店ID", "售后状态", "取消原因",
    "预约发货时间",
    "仓库ID", "仓库名称", "序列号", "是否安心购", "广告渠道", "流量类型", "流量体裁", "流量渠道", "发货主体",
    "发货主体明细", "发货时间", "降价类优惠", "平台实际承担优惠金额", "商家实际承担优惠金额", "达人实际承担优惠金额",
    "预计送达时间", "是否平台仓自流转", "车型", "商品69码", "发货SN码", "发货IMEI码1", "发货IMEI码2", "预约送达时间",
    "建议发货时间（起）", "建议发货时间（止）", "物流SN码", "物流IMEI码1", "物流IMEI码2",
)  # fmt: skip
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_FIXED = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
    'ContentType="application/xml"/><Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override '
    'PartName="/xl/worksheets/sheet1.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
    f'Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets><sheet name="Sheet1" '
    'sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
    f'Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}


def file_name(job: ExportJob) -> str:
    """As the platform names it: ten digits of epoch seconds first."""
    return f"{int(job.asked_at.timestamp())}_订单导出_商品维度.xlsx"


def workbook(job: ExportJob, orders: Iterable[LiveOrder]) -> bytes:
    """The bytes of one export: a row for each sub-order of the orders submitted in the job's days."""
    sold = [o.sold for o in orders if job.first <= o.sold.created_at.date() <= job.last]
    rows = [list(HEADERS), *(_row(order, at) for order in sold for at in range(len(order.lines)))]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as folder:
        for name, text in _FIXED.items():
            folder.writestr(name, _HEAD + text)
        folder.writestr("xl/worksheets/sheet1.xml", _HEAD + _sheet(rows))
    return out.getvalue()


def _sheet(rows: list[list[str]]) -> str:
    body = "".join(f'<row r="{number}">{_cells(row, number)}</row>' for number, row in enumerate(rows, start=1))
    return f'<worksheet xmlns="{_MAIN}"><dimension ref="A1"/><sheetData>{body}</sheetData></worksheet>'


def _cells(row: list[str], number: int) -> str:
    return "".join(
        f'<c r="{_column(place)}{number}" t="inlineStr"><is><t>{escape(text)}</t></is></c>'
        for place, text in enumerate(row)
    )


def _column(place: int) -> str:
    return (chr(64 + place // 26) if place >= 26 else "") + chr(65 + place % 26)


def _row(order: SoldOrder, at: int) -> list[str]:
    line = order.lines[at]
    tick, dash = ("`", "–") if int(order.number[-1]) % 2 else ("'", "-")
    freight = order.freight if at == 0 else Decimal("0.00")
    cells = {
        "主订单编号": tick + order.number,
        "子订单编号": tick + line.number,
        "商品ID": tick + f"37{line.number[-14:]}",
        "运费": f"{freight:.2f}",
        "订单应付金额": f"{line.amount + freight:.2f}",
        **_goods(line),
        **_recipient(order),
        **_states(order),
    }
    return [cells.get(header) or dash for header in HEADERS]


def _goods(line: SoldLine) -> dict[str, str]:
    return {
        "选购商品": line.title,
        "商品规格": "默认",
        "商品数量": str(line.quantity),
        "商家编码": line.sku,
        "商品单价": f"{line.price:.2f}",
        "优惠总金额": "0.00",
        "支付方式": "微信",
        "手续费": "0.00",
    }


def _recipient(order: SoldOrder) -> dict[str, str]:
    province, city, district, rest = order.address.split(" ", 3)
    return {
        "收件人": masked_name(order.recipient),
        "收件人手机号": masked_phone(order.phone),
        "省": province,
        "市": city,
        "区": district,
        "街道": rest[:4],
        "详细地址": rest[4:],
        "是否修改过地址": "否",
        "商家备注": order.memo,
    }


def _states(order: SoldOrder) -> dict[str, str]:
    shipped = f"{order.created_at:%Y-%m-%d} 18:30:00" if order.tracking else ""
    return {
        "订单提交时间": f"{order.created_at:%Y-%m-%d %H:%M:%S}",
        "支付完成时间": f"{order.paid_at:%Y-%m-%d %H:%M:%S}" if order.paid_at else "",
        "订单完成时间": f"{order.created_at:%Y-%m-%d} 23:30:00" if order.stage is Stage.COMPLETED else "",
        "APP渠道": "抖音",
        "流量来源": "商品卡",
        "订单状态": order.status,
        "订单类型": "普通订单",
        "售后状态": order.after_sale,
        "取消原因": "不想要了" if order.stage in {Stage.CLOSED, Stage.REFUNDED} else "",
        "发货时间": shipped,
    }
