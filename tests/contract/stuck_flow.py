"""A flow over one page: what is on it is the test's business, also that it hangs."""

from __future__ import annotations

from dataclasses import dataclass

from nightclerk import Queue, Transaction, WebApp, flow


class Shop(WebApp, selectors="shop"):
    """A shop with one page."""


@dataclass(frozen=True, kw_only=True)
class Sold:
    key: str


sold = Queue("sold", of=Sold)


@flow("Read the title of a page twice", each=sold)
def read_twice(tx: Transaction, shop: Shop, item: Sold) -> str:
    """What the page is called. The page may hang after the first look."""
    with tx.step("Open the page"):
        shop.open("/stuck")
        shop["page.title"].read()
    with tx.step("Read it again"):
        shop["page.go"].click()
        return shop["page.title"].read()
