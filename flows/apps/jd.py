"""How the JD seller center (京麦) is worked: encrypted exports, one ship page an order, the stock box."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from flows.apps.seller_center import SETTLE_S, SellerCenter
from flows.apps.shop_errors import NoSuchOrder, NoSuchSku, ShopSays
from nightclerk import ApplicationError, looks

EXPORTS = "jdm/trade/export"
ORDERS = "jdm/trade/orders"
SHIP = "order/singleOut"
STOCK = "jdm/ware/stock"


class Jd(SellerCenter, selectors="jd"):
    platform = "jd"
    says_shipped = "出库成功"
    says_saved = "修改成功"

    def sign_in(self) -> None:
        self.open(EXPORTS)
        if self["login.form"].exists():
            self["login.user"].fill(self.user)
            self["login.password"].fill(self.secret)
            self["login.enter"].click()
        self.enter("home.user", "login.wrong")

    # ---------------------------------------------------------------------------------------- export

    def export_orders(self, ordered_on: date) -> list[Path]:
        """The encrypted archive of the orders placed on one day."""
        return [self.download_export(self.ask_export(ordered_on))]

    def ask_export(self, ordered_on: date) -> str:
        """Ask for the orders placed on one day; the number of the export task."""
        self.open(EXPORTS)
        self["exports.first_day"].fill(ordered_on.isoformat())
        self["exports.last_day"].fill(ordered_on.isoformat())
        self["exports.ask"].click()
        self["exports.answered"].wait()
        if self["exports.complaint"].exists():
            raise ShopSays(shop=self.platform, words=self["exports.complaint"].read())
        return str(self["exports.asked"].read())

    def download_export(self, task: str) -> Path:
        """Wait until an export task is done and download its archive."""
        self.reload_until("exports.download", task=task)
        return self["exports.download"].of(task=task).download()

    # ------------------------------------------------------------------------------------ order list

    def orders_in(self, tab: str, *, timeout_s: float = 60.0) -> list[str]:
        """The order numbers in one tab of the card list, scrolled to its end: the box loads ten cards at a time.

        The page moves to a tab of its own choice soon after it opens, so the tab is picked and then checked.
        """
        self.open(ORDERS)
        self["orders.tab"].of(name=tab).click()
        self["orders.chosen"].of(name=tab).wait()
        self["orders.loaded"].wait()
        total, deadline = self["orders.total"].read(), self.session.clock.monotonic() + timeout_s
        while len(numbers := self["orders.card"].texts()) < total:
            if self.session.clock.monotonic() > deadline:
                raise ApplicationError(f"jd: {len(numbers)} of {total} cards came within {timeout_s:g} s")
            self["orders.loaded"].press("End")
        return numbers

    # ------------------------------------------------------------------------------------- shipments

    @looks(conclusive=True, settle_s=SETTLE_S)
    def find_parcel(self, order: str) -> str | None:
        self._show_order(order)
        found = self["ship.shipped_as"].texts()
        return found[0] if found else None

    def fill_parcel(self, order: str, *, carrier: str, tracking: str) -> None:
        if not self["ship.number"].of(order=order).exists():
            self._show_order(order)
        self["ship.carrier"].choose(carrier)
        self["ship.tracking"].fill(tracking)

    def _show_order(self, order: str) -> None:
        self.open(f"{SHIP}/{order}")
        if self["ship.lost"].exists():
            raise NoSuchOrder(shop=self.platform, order=order)
        self["ship.number"].of(order=order).wait()

    # ----------------------------------------------------------------------------------------- stock

    @looks(conclusive=True, settle_s=SETTLE_S)
    def find_stock(self, sku: str) -> int:
        self.open(f"{STOCK}?text={sku}")
        self["stock.total"].wait()
        if not self["stock.card"].of(sku=sku).exists():
            raise NoSuchSku(shop=self.platform, sku=sku)
        return self["stock.quantity"].of(sku=sku).read()

    def fill_stock(self, sku: str, quantity: int) -> None:
        self["stock.edit"].of(sku=sku).click()
        self["stock.field"].fill(str(quantity))
