"""Write the sample mapping tables of config/mapping from the sandbox's company: `python scripts/make_mapping.py`.

The files are committed; staff edit them from then on, so run this only to start afresh.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from nightclerk.documents.mapping_tables import AFTER_SALE_WORDS, LAYOUTS, ORDER_WORDS, WORDS_BY_AXIS
from nightclerk.domain.orders import OrderStatus
from nightclerk.domain.statuses import built_in_texts
from nightclerk.sandbox import world

PLATFORM_WORDS = {"taobao": "淘宝", "jd": "京东", "douyin": "抖店"}
PREFIXES = {"TB": "taobao", "JD": "jd", "DY": "douyin"}
SPARE_ROWS = 300  # formatted as text below the data, so that a new code keeps its leading zeros

_FONT = "Microsoft YaHei"
_HEAD = PatternFill("solid", fgColor="1F4E5F")
_BAND = PatternFill("solid", fgColor="F3F7F8")
_LINE = Border(bottom=Side(style="thin", color="D5DEE1"))


@dataclass(frozen=True, kw_only=True)
class Table:
    """One mapping file: what it is for, its headers with widths, its rows, and the choices of a column."""

    name: str
    purpose: Sequence[str]
    headers: Sequence[tuple[str, int]]
    rows: Iterable[Sequence[object]]
    choices: dict[int, str]


def tables() -> list[Table]:
    """The four tables."""
    platform = '"淘宝,京东,抖店"'
    return [
        Table(
            name="skus",
            purpose=(
                "店铺商品编码 → ERP 存货编码。一个店铺编码占多行就是组合装（套装）。",
                "“数量”是每卖出一件店铺商品对应的 ERP 数量。",
                "“分摊单价”决定组合装的实付金额如何分到各存货上（按 单价×数量 的比例，精确到分）；留空按 1 计。",
                "新增商品：在表尾添加一行，保存并关闭即可，下一班次生效。",
            ),
            headers=(
                ("平台", 10),
                ("店铺商品编码", 20),
                ("ERP存货编码", 16),
                ("数量", 8),
                ("分摊单价", 12),
                ("备注", 30),
            ),
            rows=_sku_rows(),
            choices={1: platform},
        ),
        Table(
            name="customers",
            purpose=("每个店铺的订单记在哪个 ERP 客户名下。一个店铺一行。",),
            headers=(("平台", 10), ("店铺", 16), ("ERP客户编码", 16), ("ERP客户名称", 26), ("备注", 30)),
            rows=[(PLATFORM_WORDS[s.platform], s.shop, s.customer_code, s.customer, s.title) for s in world.SHOPS],
            choices={1: platform},
        ),
        Table(
            name="carriers",
            purpose=("ERP 的承运商名称 → 各平台发货页面下拉框里的名称（须逐字一致）。",),
            headers=(("ERP承运商", 18), ("平台", 10), ("平台物流公司", 22), ("备注", 30)),
            rows=[
                (carrier, PLATFORM_WORDS[platform], name, None)
                for carrier, names in world.CARRIERS.items()
                for platform, name in names.items()
            ],
            choices={2: platform},
        ),
        Table(
            name="statuses",
            purpose=(
                "平台的订单状态、售后状态 → 统一状态。全角半角标点视为相同，“(删除)”之类的前缀会先去掉。",
                "表里没有的状态不会被猜测：该订单进入人工复核。",
                f"订单状态可填：{'、'.join(ORDER_WORDS)}",
                f"售后状态可填：{'、'.join(AFTER_SALE_WORDS)}",
            ),
            headers=(("平台", 10), ("类别", 12), ("平台文字", 44), ("统一状态", 14), ("备注", 30)),
            rows=_status_rows(),
            choices={
                1: platform,
                2: f'"{",".join(WORDS_BY_AXIS)}"',
                4: f'"{",".join([*ORDER_WORDS, *AFTER_SALE_WORDS])}"',
            },
        ),
    ]


def _sku_rows() -> Iterable[Sequence[object]]:
    goods = {good.code: good for good in world.GOODS}
    for sku, parts in world.SKUS.items():
        platform = PLATFORM_WORDS[PREFIXES[sku.partition("-")[0]]]
        for item, quantity in parts:
            yield platform, sku, item, quantity, goods[item].price, goods[item].name


def _status_rows() -> Iterable[Sequence[object]]:
    words = {canonical: word for axis in WORDS_BY_AXIS.values() for word, canonical in axis.items()}
    for platform, text, canonical in built_in_texts():
        axis = "订单状态" if isinstance(canonical, OrderStatus) else "售后状态"
        yield PLATFORM_WORDS[platform], axis, text, words[canonical], None


def write(table: Table, folder: Path) -> Path:
    """One workbook: a sheet that explains, then the table."""
    book = Workbook()
    book.properties.creator = "NightClerk"
    book.properties.created = datetime(2026, 11, 20)  # noqa: DTZ001 - a fixed date keeps the file from changing
    data = book.active
    data.title = LAYOUTS[table.name].sheet
    last = _fill(data, table)
    for column, listed in table.choices.items():
        rule = DataValidation(type="list", formula1=listed, allow_blank=True, showErrorMessage=True)
        rule.error, rule.errorTitle = "请从下拉列表中选择", "内容不在列表中"
        letter = get_column_letter(column)
        rule.add(f"{letter}2:{letter}{last + SPARE_ROWS}")
        data.add_data_validation(rule)
    _explain(book.create_sheet("说明", 0), table)
    book.active = 1
    path = folder / f"{table.name}.xlsx"
    book.save(path)
    return path


def _fill(sheet: Worksheet, table: Table) -> int:
    """Header and rows; returns the number of the last row."""
    sheet.append([header for header, _ in table.headers])
    for row in table.rows:
        sheet.append(list(row))
    last = sheet.max_row
    for place, (header, width) in enumerate(table.headers, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
        _style_column(sheet, place, header, last)
    sheet.row_dimensions[1].height = 24
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.headers))}{last}"
    sheet.sheet_view.showGridLines = False
    return last


def _style_column(sheet: Worksheet, place: int, header: str, last: int) -> None:
    head = sheet.cell(1, place)
    head.font, head.fill = Font(name=_FONT, bold=True, color="FFFFFF"), _HEAD
    head.alignment = Alignment(vertical="center")
    formats = {"数量": "0", "分摊单价": "0.00"}
    for number in range(2, last + SPARE_ROWS + 1):
        cell = sheet.cell(number, place)
        cell.number_format = formats.get(header, "@")
        if number <= last:
            cell.font, cell.border = Font(name=_FONT, size=10), _LINE
            if number % 2:
                cell.fill = _BAND


def _explain(sheet: Worksheet, table: Table) -> None:
    sheet.sheet_view.showGridLines = False
    sheet.column_dimensions["A"].width = 100
    sheet["A1"] = f"{LAYOUTS[table.name].sheet}（{table.name}.xlsx）"
    sheet["A1"].font = Font(name=_FONT, bold=True, size=14, color="1F4E5F")
    for number, text in enumerate(table.purpose, start=3):
        cell = sheet.cell(number, 1, text)
        cell.font, cell.alignment = Font(name=_FONT, size=11), Alignment(wrap_text=True, vertical="top")


def main(folder: Path) -> None:
    """Write all four files into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for table in tables():
        print(write(table, folder))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent.parent / "config" / "mapping")
