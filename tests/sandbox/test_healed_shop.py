"""A shop whose page no longer fits its selectors, worked by the fingerprints that are shipped with the app."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from flows.apps.taobao import SOLD, Taobao
from nightclerk import ApplicationError
from nightclerk.locate.files import selector_set
from nightclerk.locate.healer import Doubt, Healer, Healing
from nightclerk.locate.prints import load_prints
from nightclerk.sandbox import world
from nightclerk.sandbox.shop_orders import orders_of, orders_of_day
from tests.sandbox.shop_kit import ROOT, opened


@contextmanager
def moved(element: str, endpoints: dict[str, Any], folder: Path) -> Iterator[tuple[Taobao, list[Healing | Doubt]]]:
    """The shop, signed in, with one element that its own selector does not lead to any more."""
    selectors = selector_set("taobao", workspace=ROOT, starter=None)
    gone = replace(selectors.elements[element], ways=({"css": "#of-last-year"},), within="")
    told: list[Healing | Doubt] = []
    healer = Healer(app="taobao", prints=load_prints("taobao", workspace=ROOT), report=told.append)
    changed = replace(selectors, elements={**selectors.elements, element: gone})
    shop: AbstractContextManager[Taobao] = opened(Taobao, endpoints, folder, selectors=changed, healer=healer)
    with shop as app:
        app.sign_in()
        yield app, told


def test_a_search_whose_button_moved_still_finds_the_day(endpoints: dict[str, Any], tmp_path: Path) -> None:
    """The button is found again by its fingerprint and clicked; the list then shows the day, which bears it out."""
    with moved("orders.search", endpoints, tmp_path) as (shop, told):
        shop.show_orders(world.business_day())
        assert [type(one) for one in told] == [Healing]
        assert told[0].element == "orders.search"
        assert int(shop["orders.total"].read()) == len(orders_of_day("taobao"))
        shop.session.healer.step_held("Show the day")


def test_a_commit_that_moved_stops_the_flow(endpoints: dict[str, Any], tmp_path: Path) -> None:
    """The button that ships is found by nobody but its selector: no parcel is written, a person is asked."""
    number = [order.number for order in orders_of("taobao") if order.reason == ""][-1]  # other tests ship the first
    with moved("ship.confirm", endpoints, tmp_path) as (shop, told):
        shop.open(f"{SOLD}?number={number}")
        shop.fill_parcel(number, carrier="德邦物流", tracking="DPK2026112077")
        with shop.session.gate.open(), pytest.raises(ApplicationError, match=r"ship\.confirm"):
            shop.ship()
        assert [type(one) for one in told] == [Doubt]
        assert told[0].verdict.reasons[0] == "commit"
