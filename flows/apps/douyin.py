"""How the Douyin seller center (抖店) is worked: virtual tables (search first), the ship drawer, stock in place."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from flows.apps.seller_center import SETTLE_S, ListsOrders
from flows.apps.shop_errors import NoSuchSku, ReportsUnclear, ShopSays
from nightclerk import looks

ORDERS = "ffa/morder/order/list"
STOCK = "ffa/g/stock"


class Douyin(ListsOrders, selectors="douyin"):
    platform = "douyin"
    says_shipped = "发货成功"
    says_saved = "库存已更新"

    def sign_in(self) -> None:
        self.open(ORDERS)
        if self["login.form"].exists():
            self["login.email"].fill(self.user)
            self["login.password"].fill(self.secret)
            self["login.agree"].check()
            self["login.enter"].click()
        self.enter("home.menu", "login.wrong")

    # ---------------------------------------------------------------------------------------- export

    def export_orders(self, ordered_on: date) -> list[Path]:
        """The workbook, by goods, of the orders placed on one day."""
        self.open(ORDERS)
        self["orders.records"].click()
        known = set(self["exports.number"].texts(timeout_s=5))
        self["exports.close"].click()
        self.ask_export(ordered_on)
        self["exports.drawer"].wait()
        fresh = [number for number in self["exports.number"].texts(timeout_s=5) if number not in known]
        if len(fresh) != 1:
            raise ReportsUnclear(shop=self.platform, count=len(fresh))
        return [self.download_export(fresh[0])]

    def ask_export(self, ordered_on: date) -> None:
        """Start the export of the orders placed on one day; leaves the drawer of exports open."""
        self["orders.export"].click()
        self["export.by_goods"].check()
        self["export.first_day"].fill(ordered_on.isoformat())
        self["export.last_day"].fill(ordered_on.isoformat())
        self["export.submit"].click()
        self["export.answered"].wait()
        if self["export.complaint"].exists():
            raise ShopSays(shop=self.platform, words=self["export.complaint"].read())

    def download_export(self, number: str, *, timeout_s: float = 60.0) -> Path:
        """Refresh the drawer until an export is made, and download it."""
        ready = self["exports.download"].of(number=number)
        deadline = self.session.clock.monotonic() + timeout_s
        while not ready.exists(timeout_s=1.0):
            if self.session.clock.monotonic() > deadline:
                ready.wait(timeout_s=0)
            self["exports.refresh"].click()
        return ready.download()

    # ------------------------------------------------------------------------------------- shipments

    def search_order(self, order: str) -> None:
        """Only rows in view are in the page, so one order is searched for. The count goes blank meanwhile."""
        self.open(ORDERS)
        self["orders.count"].wait()
        self["orders.number"].fill(order)
        self["orders.search"].click()
        self["orders.count"].wait()

    # ----------------------------------------------------------------------------------------- stock

    @looks(conclusive=True, settle_s=SETTLE_S)
    def find_stock(self, sku: str) -> int:
        self.open(STOCK)
        self["stock.count"].wait()
        self["stock.sku"].fill(sku)
        self["stock.search"].click()
        self["stock.count"].wait()
        if not self["stock.row"].of(sku=sku).exists():
            raise NoSuchSku(shop=self.platform, sku=sku)
        return self["stock.quantity"].of(sku=sku).read()

    def fill_stock(self, sku: str, quantity: int) -> None:
        self["stock.edit"].of(sku=sku).click()
        self["stock.field"].of(sku=sku).fill(str(quantity))
