"""The legacy ERP's client in a real window: every box, exact Chinese text, queries, exports, and its troubles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from flows.apps.legacy_erp import LegacyErp
from flows.apps.legacy_erp_errors import TotalDiffers
from nightclerk.documents import load_layout, read_table
from nightclerk.domain.mapping import ErpLine
from nightclerk.errors import BusinessError, CommitOutsideOnce, Refused
from tests.sandbox.erp_kit import ROOT, books, client, enter, fill, needs_desktop

pytestmark = needs_desktop


@dataclass
class Desk:
    """A signed-in client and where its books are."""

    erp: LegacyErp
    state: Path


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One client for the tests that leave it usable; vouchers are told apart by their external numbers."""
    state = tmp_path_factory.mktemp("erp")
    with client(state) as erp:
        erp.sign_in()
        yield Desk(erp, state)


def test_a_saved_voucher_stands_in_the_books_exactly(desk: Desk) -> None:
    """Head, lines, total and Chinese text with symbols arrive character by character, and the query finds them."""
    enter(desk.erp, "3579243502113506847")
    number = desk.erp.find_voucher("3579243502113506847")
    assert number is not None
    assert desk.erp.voucher_total(number) == Decimal("127.00")
    query = f"SELECT customer, total, dated, memo FROM vouchers WHERE number = '{number}'"
    assert books(desk.state, query) == [("线上-淘宝云杉家居", "127.00", "2026-11-20", "不要放快递柜，¥<谢谢>")]
    lines = books(desk.state, f"SELECT item, quantity, price FROM voucher_lines WHERE voucher = '{number}'")
    assert lines == [("0101001", 2, "38.50"), ("0102001", 4, "12.50")]


def test_an_unknown_number_is_found_nowhere(desk: Desk) -> None:
    """The query for a number that nobody keyed is empty, not the result of the query before."""
    enter(desk.erp, "KNOWN-1")
    assert desk.erp.find_voucher("KNOWN-1") is not None
    assert desk.erp.find_voucher("KNOWN-2") is None


def test_customers_are_looked_up_by_their_whole_code(desk: Desk) -> None:
    """参照 filters by parts of codes; only the whole code counts."""
    assert desk.erp.find_customer("C1002") == "线上-京选云杉"
    assert desk.erp.find_customer("C100") is None


def test_saving_needs_once(desk: Desk) -> None:
    """Outside `once` the F6 key is not pressed, and nothing is in the books."""
    fill(desk.erp, "NO-GATE")
    with pytest.raises(CommitOutsideOnce):
        desk.erp.save_voucher()
    assert books(desk.state, "SELECT * FROM vouchers WHERE external_no = 'NO-GATE'") == []


def test_an_unknown_item_is_refused_while_it_is_keyed(desk: Desk) -> None:
    """存货编码不存在 comes up when the cell is left, and its words become the reason."""
    with pytest.raises(BusinessError, match="存货编码不存在或已停用！ 存货编码：9999999"):
        fill(desk.erp, "BAD-ITEM", lines=(ErpLine(item="9999999", quantity=1, price=Decimal(1)),))


def test_an_unknown_customer_is_refused_by_the_save(desk: Desk) -> None:
    """客户不存在 is a refusal: nothing was entered."""
    with pytest.raises(Refused, match="客户不存在！ 客户编码：C7777"):
        enter(desk.erp, "BAD-CUSTOMER", customer="C7777")


def test_a_closed_month_is_refused_by_the_save(desk: Desk) -> None:
    """当前月份已结账 is a refusal: nothing was entered."""
    with pytest.raises(Refused, match="当前月份已结账"):
        enter(desk.erp, "CLOSED", dated=date(2026, 10, 31))
    assert books(desk.state, "SELECT * FROM vouchers WHERE external_no = 'CLOSED'") == []


def test_a_wrong_total_stops_before_the_save(desk: Desk) -> None:
    """What the form adds up to is compared with the order before F6."""
    with pytest.raises(TotalDiffers, match=r"adds up to 127\.00, the order to 126\.90"):
        fill(desk.erp, "ODD-TOTAL", total=Decimal("126.90"))


def test_the_form_is_checked_by_picture(desk: Desk) -> None:
    """The enabled Save button is recognised while adding; while viewing neither picture nor title fits."""
    fill(desk.erp, "PICTURE")
    selector = desk.erp["voucher.ready"].selector
    assert desk.erp.session.surface.find(selector, {}, timeout_s=2).selector.name == "voucher.ready"
    assert desk.erp.find_voucher("PICTURE") is None
    assert not desk.erp["voucher.ready"].exists()


def test_exports_read_by_their_layouts(desk: Desk) -> None:
    """F8 writes GBK files that the layouts of config/ read; stock is what was there less what was sold."""
    enter(desk.erp, "EXPORTED")
    parcels = read_table(desk.erp.export_list("发货单列表"), load_layout(ROOT / "config/layouts/erp_deliveries.yaml"))
    assert any(row["order"] == "EXPORTED" and row["tracking"] for row in parcels)
    stock = read_table(desk.erp.export_list("现存量"), load_layout(ROOT / "config/layouts/erp_stock.yaml"))
    sold = books(desk.state, "SELECT SUM(quantity) FROM voucher_lines WHERE item = '0102001'")[0][0]
    assert {row["item"]: row["on_hand"] for row in stock}["0102001"] == 900 - sold
