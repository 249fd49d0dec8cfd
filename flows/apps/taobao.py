"""How the Taobao seller center (千牛) is worked: report jobs, the ship dialog, the stock list."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from uuid import uuid4

from flows.apps.seller_center import SETTLE_S, ListsOrders
from flows.apps.shop_errors import NoSuchSku, ReportsUnclear, ShopSays
from nightclerk import looks

SOLD = "home.htm/trade-platform/tp/sold"
EXPORTS = "home.htm/trade-platform/tp/export-list"
STOCK = "home.htm/SellManage/stock"
#: Fields that the order report must hold; staff may have taken the ticks off.
FIELDS = ("订单编号", "订单状态", "买家实际支付金额", "买家应付邮费", "订单付款时间", "退款金额")


class Taobao(ListsOrders, selectors="taobao"):
    platform = "taobao"
    says_shipped = "发货成功"
    says_saved = "保存成功"

    def sign_in(self) -> None:
        self.open("home.htm")
        if self["login.box"].exists():
            self["login.user"].fill(self.user)
            self["login.password"].fill(self.secret)
            self["login.enter"].click()
        self.enter("home.user", "login.wrong")

    # ---------------------------------------------------------------------------------------- export

    def export_orders(self, ordered_on: date) -> list[Path]:
        """The order report and the item report of the orders placed on one day."""
        return [self.export_report(kind, ordered_on) for kind in ("订单报表", "宝贝销售明细报表")]

    def export_report(self, kind: str, ordered_on: date) -> Path:
        """Ask for one report, wait until it is made, and download it: this one, not yesterday's."""
        self.open(EXPORTS)
        known = set(self["exports.number"].of(kind=kind).texts())
        self.show_orders(ordered_on)
        self.ask_report(kind)
        fresh = [number for number in self["exports.number"].of(kind=kind).texts() if number not in known]
        if len(fresh) != 1:
            raise ReportsUnclear(shop=self.platform, count=len(fresh))
        self.reload_until("exports.download", report=fresh[0])
        return self["exports.download"].of(report=fresh[0]).download()

    def show_orders(self, ordered_on: date) -> None:
        """Leave the list showing the orders placed on one day."""
        self.open(SOLD)
        self["orders.first_day"].fill(ordered_on.isoformat())
        self["orders.last_day"].fill(ordered_on.isoformat())
        self["orders.search"].click()
        self["orders.shown_day"].of(day=ordered_on.isoformat()).wait()

    def ask_report(self, kind: str) -> None:
        """Start one report of the orders that the list shows; leaves the list of reports."""
        self["orders.export"].click()
        self["export.kind"].of(kind=kind).check()
        for name in FIELDS if kind == "订单报表" else ():
            self["export.field"].of(name=name).check()
        self["export.make"].click()
        self["export.answered"].wait()
        if self["export.complaint"].exists():
            raise ShopSays(shop=self.platform, words=self["export.complaint"].read())

    # ------------------------------------------------------------------------------------- shipments

    def search_order(self, order: str) -> None:
        self.open(f"{SOLD}?number={order}")
        self["orders.total"].wait()

    # ----------------------------------------------------------------------------------------- stock

    @looks(conclusive=True, settle_s=SETTLE_S)
    def find_stock(self, sku: str) -> int:
        self.open(f"{STOCK}?text={sku}")
        self["stock.total"].wait()
        if not self["stock.row"].of(sku=sku).exists():
            raise NoSuchSku(shop=self.platform, sku=sku)
        return self["stock.quantity"].of(sku=sku).read()

    def fill_stock(self, sku: str, quantity: int) -> None:
        self["stock.field"].of(sku=sku).fill(str(quantity))

    def choose_stock_file(self, levels: Mapping[str, int]) -> None:
        """Leave the import page with a file of these stock levels chosen."""
        file = self.session.files / f"stock-{uuid4().hex[:8]}.csv"
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("w", encoding="utf-8-sig", newline="") as sheet:
            csv.writer(sheet).writerows([("商家编码", "可售库存"), *levels.items()])
        self.open(f"{STOCK}/import")
        self["import.file"].upload(file)

    def send_stock_file(self) -> dict[str, str]:
        """Send the chosen file; what the shop said no to, by SKU."""
        self["import.send"].click()
        self.hear("import.said", success="导入完成")
        return {row["商家编码"]: row["失败原因"] for row in self["import.faults"].rows()}
