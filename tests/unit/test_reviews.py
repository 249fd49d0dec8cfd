"""Reviewing invoices: what a person sees and decides, kept with who, when and why, on the papers of one inbox."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from nightclerk.domain.items import State
from nightclerk.domain.reviewing import Action, Share
from nightclerk.reviews import invoices as reviews
from nightclerk.texts import language
from nightclerk.work.memory import MemoryStore

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
ORDER_HEAD = (
    "采购订单号,订单日期,供应商,供应商税号,币种,行号,存货编码,存货名称,规格型号,主计量,数量,无税单价,税率%,"
    "订单无税金额,订单税额,订单价税合计"
)
ORDERS = (
    "PO1,2026-11-01,样例供应商,91990000MA00000F6A,CNY,1,S1,样品,,个,10,10.00,13,100.00,13.00,113.00",
    "PO2,2026-11-01,样例供应商,91990000MA00000F6A,CNY,1,S1,样品,,个,10,12.00,13,120.00,15.60,135.60",
)
RECEIPTS = (
    "到货单号,到货日期,采购订单号,订单行号,存货编码,到货数量",
    "GR1,2026-11-05,PO1,1,S1,10",
    "GR2,2026-11-05,PO2,1,S1,10",
)
LAYOUTS = Path(__file__).parents[2] / "config" / "layouts"


@pytest.fixture(autouse=True)
def _english() -> Any:
    with language("en"):
        yield


@pytest.fixture
def store() -> MemoryStore:
    """Three invoices: two wait, one is matched."""
    store = MemoryStore()
    _file(store, "A1", State.WAITING, kept="data/invoices/a.pdf")
    _file(store, "A2", State.WAITING)
    _file(store, "A3", State.DONE, verdict={"outcome": "match"})
    return store


def _file(store: MemoryStore, key: str, state: State, **details: Any) -> None:
    payload = {
        "key": key, "number": key, "issued_on": "2026-11-10", "seller": "样例供应商", "gross": "113.00",
        "net": "100.00", "tax": "13.00", "seller_tax_id": "91990000MA00000F6A", "currency": "CNY",
        "lines": [
            {"name": "样品", "quantity": "10", "price": "10.00", "net": "100.00", "rate": "0.13", "tax": "13.00"},
        ],
    }  # fmt: skip
    field = {"value": "113.00", "source": "text", "confirmed_by": "", "page": 1, "box": [1, 2, 3, 4]}
    store.put("invoices", key, payload, state=state, details={"fields": {"gross": field}, **details}, now=NOW)


def _erp(root: Path) -> Path:
    """A workspace with two purchase orders and their receipts."""
    (root / "config" / "layouts").mkdir(parents=True)
    for name in ("erp_purchase_orders", "erp_receipts"):
        (root / "config" / "layouts" / f"{name}.yaml").write_bytes((LAYOUTS / f"{name}.yaml").read_bytes())
    (root / "data" / "erp").mkdir(parents=True)
    (root / "data/erp/erp_purchase_orders.csv").write_text("\n".join((ORDER_HEAD, *ORDERS)), encoding="gbk")
    (root / "data/erp/erp_receipts.csv").write_text("\n".join(RECEIPTS), encoding="gbk")
    return root


def test_the_list_holds_what_waits_and_the_totals_hold_everything(store: MemoryStore) -> None:
    """Matched + in review + rejected is what came in, to the fen."""
    assert {row.key for row in reviews.waiting(store)} == {"A1", "A2"}
    (totals,) = reviews.totals(store)
    assert (totals.matched, totals.in_review, totals.received) == (
        Decimal("113.00"),
        Decimal("226.00"),
        Decimal("339.00"),
    )
    assert totals.adds_up


def test_a_field_keeps_its_page_and_box(store: MemoryStore, tmp_path: Path) -> None:
    """What was read can be marked on its page; a value without a proof says so."""
    (field,) = reviews.review(store, tmp_path, "A1").fields
    assert (field.name, field.value, field.page, field.box) == ("gross", "113.00", 1, (1.0, 2.0, 3.0, 4.0))
    assert field.confirmed_by == ""


def test_an_original_that_was_changed_is_not_shown(store: MemoryStore, tmp_path: Path) -> None:
    """The archived file must be what was read; one outside the workspace is none."""
    (tmp_path / "data/invoices").mkdir(parents=True)
    (tmp_path / "data/invoices/a.pdf").write_bytes(b"other")
    _file(store, "A4", State.WAITING, kept="data/invoices/a.pdf", sha256="0" * 64)
    _file(store, "A5", State.WAITING, kept="../a.pdf")
    assert reviews.review(store, tmp_path, "A1").original == (tmp_path / "data/invoices/a.pdf").resolve()
    assert (reviews.review(store, tmp_path, "A4").original, reviews.review(store, tmp_path, "A4").original_changed) == (
        None,
        True,
    )
    assert reviews.review(store, tmp_path, "A5").original is None


def test_accepting_keeps_who_why_and_the_orders(store: MemoryStore, tmp_path: Path) -> None:
    """The invoice is done, its orders are kept, and the decision stands in its history."""
    version = reviews.review(store, tmp_path, "A1").version
    reviews.accept(store, "A1", version=version, orders=["PO1"], who="finance", why="checked", now=NOW)
    found = reviews.review(store, tmp_path, "A1")
    assert (found.row.state, found.row.orders, found.row.reason) == (State.DONE, ("PO1",), "finance: PO1 · checked")
    assert [(one.who, one.action, one.why, one.at) for one in found.decisions] == [
        ("finance", Action.ACCEPT, "checked", NOW)
    ]


def test_the_second_decision_is_told_about_the_first(store: MemoryStore, tmp_path: Path) -> None:
    """Two people at once: the first word holds, the second person reads it."""
    version = reviews.review(store, tmp_path, "A1").version
    reviews.reject(store, "A1", version=version, who="one", why="not ours", now=NOW)
    with pytest.raises(reviews.DecidedAlready, match=r"A1 is rejected already \(one: not ours\)"):
        reviews.accept(store, "A1", version=version, orders=["PO1"], who="other", now=NOW)


def test_a_split_shares_out_the_whole_invoice(store: MemoryStore, tmp_path: Path) -> None:
    """A fen too little is refused; shares that add up are kept with their orders."""
    version = reviews.review(store, tmp_path, "A1").version
    shares = [Share(order="PO1", amount=Decimal("100.00")), Share(order="PO2", amount=Decimal("12.99"))]
    with pytest.raises(reviews.SplitUneven, match=r"add up to 112\.99, the invoice is 113\.00"):
        reviews.split(store, "A1", version=version, shares=shares, who="finance", now=NOW)
    shares[1] = Share(order="PO2", amount=Decimal("13.00"))
    reviews.split(store, "A1", version=version, shares=shares, who="finance", now=NOW)
    assert reviews.review(store, tmp_path, "A1").row.orders == ("PO1", "PO2")


def test_a_rematch_shows_what_would_differ_and_waits_on(store: MemoryStore, tmp_path: Path) -> None:
    """Laid on the dearer order, the price differs; nothing is accepted by that."""
    root = _erp(tmp_path)
    version = reviews.review(store, root, "A1").version
    reviews.rematch(store, root, "A1", version=version, orders=["PO2"], who="finance", now=NOW)
    found = reviews.review(store, root, "A1")
    (mark,) = found.candidates[0].differences
    assert (found.row.state, found.candidates[0].orders) == (State.WAITING, ("PO2",))
    assert (mark.code, mark.ordered, mark.invoiced, mark.by) == ("price", "12.00", "10", "-20.00")
    assert mark.text == "PO2/1: price 10, ordered at 12.00, -20.00 off"


def test_a_rematch_names_orders_that_do_not_exist(store: MemoryStore, tmp_path: Path) -> None:
    """A mistyped number is said, and nothing changes."""
    root = _erp(tmp_path)
    with pytest.raises(reviews.UnknownOrders, match="no purchase order PO9"):
        reviews.rematch(store, root, "A1", version=0, orders=["PO9"], who="finance", now=NOW)
    with pytest.raises(reviews.NoSuchInvoice, match="no invoice 'B1'"):
        reviews.review(store, root, "B1")
