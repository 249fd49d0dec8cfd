"""The client's lists (deliveries, stock, purchase orders, receipts, customers) and their export as GBK CSV."""

from __future__ import annotations

import csv
import tkinter as tk
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from nightclerk.sandbox.erp import look
from nightclerk.sandbox.erp.books import Books, stock_rows

Row = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Listing:
    """One list: its name, columns with their widths on screen, and where its rows come from."""

    name: str
    columns: Row
    widths: tuple[int, ...]
    rows: Callable[[Books], list[Row]]


def _purchase_orders(_books: Books) -> list[Row]:
    from nightclerk.sandbox.purchases import purchase_orders

    return [
        (
            order.number, order.ordered_on.isoformat(), order.supplier, order.supplier_tax_id, order.currency,
            str(line.line), line.sku, line.name, line.spec, line.unit, f"{line.quantity.normalize():f}",
            f"{line.price:.2f}", f"{line.rate * 100:.0f}", f"{order.net:.2f}", f"{order.tax:.2f}", f"{order.gross:.2f}",
        )
        for order in purchase_orders()
        for line in order.lines
    ]  # fmt: skip


def _receipts(_books: Books) -> list[Row]:
    from nightclerk.sandbox.purchases import receipts

    return [
        (
            receipt.number, receipt.received_on.isoformat(), receipt.order, str(line.order_line), line.sku,
            f"{line.quantity.normalize():f}",
        )
        for receipt in receipts()
        for line in receipt.lines
    ]  # fmt: skip


LISTINGS: tuple[Listing, ...] = (
    Listing(
        name="发货单列表",
        columns=("发货单号", "发货日期", "销售订单号", "外部单号", "客户", "承运商", "运单号", "状态"),
        widths=(130, 95, 115, 165, 150, 90, 150, 70),
        rows=lambda books: books.deliveries(),
    ),
    Listing(
        name="现存量",
        columns=("仓库", "存货编码", "存货名称", "规格型号", "主计量单位", "现存数量", "安全库存"),
        widths=(90, 100, 150, 150, 90, 100, 100),
        rows=lambda books: list(stock_rows(books.sold())),
    ),
    Listing(
        name="采购订单列表",
        columns=(
            "采购订单号", "订单日期", "供应商", "供应商税号", "币种", "行号", "存货编码", "存货名称", "规格型号",
            "主计量", "数量", "无税单价", "税率%", "订单无税金额", "订单税额", "订单价税合计",
        ),
        widths=(120, 90, 160, 150, 50, 45, 80, 90, 100, 55, 60, 75, 50, 95, 85, 100),
        rows=_purchase_orders,
    ),
    Listing(
        name="到货单列表",
        columns=("到货单号", "到货日期", "采购订单号", "订单行号", "存货编码", "到货数量"),
        widths=(140, 100, 140, 80, 110, 100),
        rows=_receipts,
    ),
)  # fmt: skip


class ListPage(tk.Frame):
    """One list on the work area."""

    def __init__(self, parent: tk.Misc, books: Books, listing: Listing) -> None:
        super().__init__(parent, bg="white")
        self._listing = listing
        self._rows = listing.rows(books)
        tk.Label(self, text=listing.name, bg="white", fg=look.BLUE, font=("TkDefaultFont", 16, "bold")).pack(pady=8)
        self._table = look.table(self, listing.columns, listing.widths, height=18)
        self._table.pack(fill="both", expand=True, padx=14)
        look.fill_table(self._table, self._rows)
        hint = f"共 {len(self._rows)} 行    F8 输出    Esc 返回"
        tk.Label(self, text=hint, bg="white", fg="#777", anchor="w").pack(fill="x", padx=14, pady=8)

    @property
    def count(self) -> int:
        return len(self._rows)

    def take_focus(self) -> None:
        self._table.focus_set()

    def write(self, path: Path) -> None:
        """F8: the whole list as the old client writes it: GBK, comma separated, CRLF."""
        with path.open("w", encoding="gbk", errors="replace", newline="") as file:
            writer = csv.writer(file, lineterminator="\r\n")
            writer.writerow(self._listing.columns)
            writer.writerows(self._rows)
