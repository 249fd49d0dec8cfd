"""Read the mapping tables that staff edit in Excel (config/mapping), and report every fault of them at once.

skus.xlsx       platform, shop SKU -> ERP items (several rows for one SKU are a bundle)
customers.xlsx  platform, shop -> ERP customer
carriers.xlsx   ERP carrier, platform -> the name on the platform's page
statuses.xlsx   platform, text -> canonical order or after-sale status
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from nightclerk.documents.layouts import Column, Layout, Reads
from nightclerk.documents.mapping_faults import (
    MappingFault,
    MappingFaults,
    UnmappedNames,
    cell_fault,
    doubled_fault,
    file_fault,
    least_fault,
    word_fault,
)
from nightclerk.documents.tables import Row, read_table
from nightclerk.domain.mapping import (
    CarrierTable,
    Customer,
    CustomerTable,
    ErpLine,
    SkuPart,
    SkuTable,
    Unmapped,
    to_erp_lines,
)
from nightclerk.domain.orders import AfterSale, Order, OrderStatus
from nightclerk.domain.statuses import StatusTable, normal_status, table_of
from nightclerk.errors import DocumentError

Found = TypeVar("Found")
Key = TypeVar("Key")

#: What staff may write in a 平台 cell.
PLATFORMS = {"taobao": "taobao", "淘宝": "taobao", "jd": "jd", "京东": "jd", "douyin": "douyin", "抖店": "douyin"}
#: What staff may write in a 统一状态 cell: the Chinese word, or our own.
ORDER_WORDS = {
    "待付款": OrderStatus.UNPAID,
    "待发货": OrderStatus.PAID_TO_SHIP,
    "部分发货": OrderStatus.PART_SHIPPED,
    "已发货": OrderStatus.SHIPPED,
    "已完成": OrderStatus.COMPLETED,
    "已关闭": OrderStatus.CLOSED,
    "发货后关闭": OrderStatus.CLOSED_AFTER_SHIP,
    "暂停": OrderStatus.ON_HOLD,
}
AFTER_SALE_WORDS = {"无售后": AfterSale.NONE, "售后中": AfterSale.OPEN, "已退款": AfterSale.REFUNDED}
WORDS_BY_AXIS: dict[str, Mapping[str, OrderStatus | AfterSale]] = {
    "订单状态": ORDER_WORDS,
    "售后状态": AFTER_SALE_WORDS,
}


def _layout(name: str, sheet: str, *columns: Column) -> Layout:
    return Layout(name=name, sheet=sheet, columns=columns)


def _column(name: str, header: str, english: str, reads: Reads = Reads.TEXT, *, filled: bool = True) -> Column:
    return Column(name=name, headers=(header, english), reads=reads, required=filled, filled=filled)


LAYOUTS = {
    "skus": _layout(
        "skus",
        "商品对照",
        _column("platform", "平台", "platform"),
        _column("sku", "店铺商品编码", "shop_sku", Reads.CODE),
        _column("item", "ERP存货编码", "erp_item", Reads.CODE),
        _column("quantity", "数量", "quantity", Reads.INT),
        _column("weight", "分摊单价", "weight", Reads.MONEY, filled=False),
    ),
    "customers": _layout(
        "customers",
        "客户对照",
        _column("platform", "平台", "platform"),
        _column("shop", "店铺", "shop"),
        _column("code", "ERP客户编码", "erp_customer", Reads.CODE),
        _column("name", "ERP客户名称", "erp_customer_name"),
    ),
    "carriers": _layout(
        "carriers",
        "物流对照",
        _column("carrier", "ERP承运商", "erp_carrier"),
        _column("platform", "平台", "platform"),
        _column("name", "平台物流公司", "platform_carrier"),
    ),
    "statuses": _layout(
        "statuses",
        "状态对照",
        _column("platform", "平台", "platform"),
        _column("axis", "类别", "axis"),
        _column("text", "平台文字", "platform_text"),
        _column("canonical", "统一状态", "canonical"),
    ),
}


@dataclass(frozen=True, kw_only=True)
class Mappings:
    """All mapping tables of a workspace; what is not mapped is a BusinessError that names the file to edit."""

    skus: SkuTable
    customers: CustomerTable
    carriers: CarrierTable
    statuses: StatusTable

    def erp_lines(self, order: Order) -> tuple[ErpLine, ...]:
        """The voucher lines of an order; they total exactly `order.total`."""
        return _or_business_error(order.number, lambda: to_erp_lines(order, self.skus))

    def customer(self, order: Order) -> Customer:
        """The ERP customer that the order is keyed under."""
        return _or_business_error(order.number, lambda: self.customers.of(order.platform, order.shop))

    def carrier(self, carrier: str, platform: str, *, order: str) -> str:
        """What a platform calls an ERP carrier."""
        return _or_business_error(order, lambda: self.carriers.of(carrier, platform))


def _or_business_error(subject: str, look_up: Callable[[], Found]) -> Found:
    try:
        return look_up()
    except Unmapped as gap:
        raise UnmappedNames(
            subject=subject,
            names="、".join(name or "–" for name in gap.names),
            platform=gap.platform,
            file=f"{gap.table}.xlsx",
        ) from gap


def load_mappings(folder: Path) -> Mappings:
    """All four tables of `config/mapping`; MappingFaults lists every fault of every file."""
    faults: list[MappingFault] = []
    mappings = Mappings(
        skus=_sku_table(_rows(folder, "skus", faults), faults),
        customers=_customer_table(_rows(folder, "customers", faults), faults),
        carriers=_carrier_table(_rows(folder, "carriers", faults), faults),
        statuses=_status_table(_rows(folder, "statuses", faults), faults),
    )
    if faults:
        raise MappingFaults(faults=tuple(faults))
    return mappings


def _rows(folder: Path, name: str, faults: list[MappingFault]) -> list[Row]:
    """The rows of one table that could be read; what could not goes to `faults`."""
    path = folder / f"{name}.xlsx"
    try:
        rows = read_table(path, LAYOUTS[name], allow_empty=True)
    except FileNotFoundError:
        zh, en = "已有的文件（nightclerk init 会带来样例）", "a file that is there (`nightclerk init` brings a sample)"
        faults.append(file_fault(path.name, zh, en))
        return []
    except DocumentError as error:
        zh, en = f"可读的对照表。{error.sentence('zh')}", f"a readable table. {error.sentence('en')}"
        faults.append(file_fault(path.name, zh, en))
        return []
    for row in rows:
        faults += [cell_fault(fault) for fault in row.faults]
    return [row for row in rows if not row.faults]


def _word(row: Row, column: str, words: Mapping[str, Found], faults: list[MappingFault]) -> Found | None:
    """What the cell's word stands for, None (and a fault) when it is none of ours."""
    if row[column] in words:
        return words[row[column]]
    faults.append(word_fault(row, column, words))
    return None


def _sku_table(rows: list[Row], faults: list[MappingFault]) -> SkuTable:
    parts: dict[tuple[str, str], list[SkuPart]] = {}
    firsts: dict[tuple[str, str, str], Row] = {}
    for row in rows:
        platform = _word(row, "platform", PLATFORMS, faults)
        if platform is None or _too_small(row, faults):
            continue
        if _is_first(firsts, (platform, row["sku"], row["item"]), row, "item", faults):
            weight = Decimal(1) if row["weight"] is None else row["weight"]
            part = SkuPart(item=row["item"], quantity=row["quantity"], weight=weight)
            parts.setdefault((platform, row["sku"]), []).append(part)
    return SkuTable(parts={key: tuple(found) for key, found in parts.items()})


def _too_small(row: Row, faults: list[MappingFault]) -> bool:
    small = [
        least_fault(row, column, least)
        for column, least in (("quantity", 1), ("weight", 0))
        if row[column] is not None and row[column] < least
    ]
    faults += small
    return bool(small)


def _customer_table(rows: list[Row], faults: list[MappingFault]) -> CustomerTable:
    firsts: dict[tuple[str, str], Row] = {}
    for row in rows:
        platform = _word(row, "platform", PLATFORMS, faults)
        if platform is not None:
            _is_first(firsts, (platform, row["shop"]), row, "shop", faults)
    return CustomerTable(customers={key: Customer(code=row["code"], name=row["name"]) for key, row in firsts.items()})


def _carrier_table(rows: list[Row], faults: list[MappingFault]) -> CarrierTable:
    firsts: dict[tuple[str, str], Row] = {}
    for row in rows:
        platform = _word(row, "platform", PLATFORMS, faults)
        if platform is not None:
            _is_first(firsts, (row["carrier"], platform), row, "carrier", faults)
    return CarrierTable(names={key: row["name"] for key, row in firsts.items()})


def _status_table(rows: list[Row], faults: list[MappingFault]) -> StatusTable:
    firsts: dict[tuple[str, str, str], Row] = {}
    entries: list[tuple[str, str, OrderStatus | AfterSale]] = []
    for row in rows:
        platform = _word(row, "platform", PLATFORMS, faults)
        words = _word(row, "axis", WORDS_BY_AXIS, faults)
        canonical = _word(row, "canonical", words, faults) if words else None
        if platform is None or canonical is None:
            continue
        if _is_first(firsts, (platform, row["axis"], normal_status(row["text"])), row, "text", faults):
            entries.append((platform, row["text"], canonical))
    return table_of(entries)


def _is_first(firsts: dict[Key, Row], key: Key, row: Row, column: str, faults: list[MappingFault]) -> bool:
    """Keep the first row of a key; a second one is a fault."""
    if key in firsts:
        faults.append(doubled_fault(row, column, firsts[key]))
        return False
    firsts[key] = row
    return True
