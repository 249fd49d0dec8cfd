"""What every seller center can do for the night shift, whatever its pages look like."""

from __future__ import annotations

from abc import abstractmethod
from datetime import date
from pathlib import Path
from typing import ClassVar

from flows.apps.shop_errors import LoginRefused, NoSuchOrder, NotShippable, ShopSays
from nightclerk import Refused, WebApp, looks

#: How long a page may take to say what became of a click that cannot be taken back.
ANSWER_S = 6.0
#: How long after a click a write of ours may still be under way to the shop; its search is complete and immediate.
SETTLE_S = 3.0
#: What a page says when the answer, not the order, is at fault: the write may have landed.
NO_ANSWER = ("网络异常，请稍后重试", "系统繁忙，请稍后重试", "登录已失效")


class SellerCenter(WebApp):
    """One shop's back office: orders out, parcels and stock in."""

    platform: ClassVar[str]
    #: What the page says when a parcel has been entered, and when a stock level has been saved.
    says_shipped: ClassVar[str]
    says_saved: ClassVar[str]

    @abstractmethod
    def export_orders(self, ordered_on: date) -> list[Path]:
        """The export files of the orders placed on one day."""

    @abstractmethod
    def find_parcel(self, order: str) -> str | None:
        """The tracking number under which an order was shipped, or None."""

    @abstractmethod
    def fill_parcel(self, order: str, *, carrier: str, tracking: str) -> None:
        """Leave the ship form of an order filled in. NoSuchOrder or NotShippable say why not."""

    @abstractmethod
    def find_stock(self, sku: str) -> int:
        """What the shop shows as in stock of one SKU. NoSuchSku when it does not sell it."""

    @abstractmethod
    def fill_stock(self, sku: str, quantity: int) -> None:
        """Leave the stock field of one SKU filled in."""

    def ship(self) -> None:
        """Send the filled ship form."""
        self["ship.confirm"].click()
        self.hear("ship.said", success=self.says_shipped)

    def save_stock(self, sku: str) -> None:
        """Save the filled stock field."""
        self["stock.save"].of(sku=sku).click()
        self.hear("stock.said", success=self.says_saved)

    def sign_out(self) -> None:
        self["home.sign_out"].click()

    def enter(self, signed_in: str, refused: str) -> None:
        """Wait until the login is through; a refused login stops at once and waits for a person."""
        deadline = self.session.clock.monotonic() + self.session.settings.timeout_s
        while not self[signed_in].exists(timeout_s=1.0):
            if self[refused].exists():
                raise LoginRefused(shop=self.platform, user=self.user, secret=self.secret.name)
            if self.session.clock.monotonic() > deadline:
                self[signed_in].wait(timeout_s=0)

    def hear(self, element: str, *, success: str) -> None:
        """Read what the page says after a commit. Refused when it says no; silence is left to the next look."""
        said = self[element].texts(timeout_s=ANSWER_S)
        if not said or success in said:
            return
        if said[0].startswith(NO_ANSWER):
            raise ShopSays(shop=self.platform, words=said[0])
        raise Refused(said[0])

    def reload_until(self, element: str, *, timeout_s: float = 60.0, **values: str) -> None:
        """Load the page again and again until the element is on it."""
        deadline = self.session.clock.monotonic() + timeout_s
        wanted = self[element].of(**values)
        while not wanted.exists(timeout_s=1.0):
            if self.session.clock.monotonic() > deadline:
                wanted.wait(timeout_s=0)
            self.reload()


class ListsOrders(SellerCenter):
    """A shop whose orders stand in a table with a ship button in each row."""

    @abstractmethod
    def search_order(self, order: str) -> None:
        """Leave the table showing one order only, or none when the shop does not have it."""

    @looks(conclusive=True, settle_s=SETTLE_S)
    def find_parcel(self, order: str) -> str | None:
        self.search_order(order)
        found = self["orders.tracking"].of(order=order).texts()
        return found[0] if found else None

    def fill_parcel(self, order: str, *, carrier: str, tracking: str) -> None:
        row = self["orders.row"].of(order=order)
        if not row.exists():
            self.search_order(order)
        if not row.exists():
            raise NoSuchOrder(shop=self.platform, order=order)
        ship = self["orders.ship"].of(order=order)
        if not ship.exists():
            status = " ".join(self["orders.status"].of(order=order).texts())
            raise NotShippable(shop=self.platform, order=order, status=status)
        ship.click()
        self["ship.carrier"].choose(carrier)
        self["ship.tracking"].fill(tracking)
