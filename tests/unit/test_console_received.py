"""Beside an invoice stands what was received for its orders, as the ERP exported it last."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from nightclerk.console.received import received_for
from nightclerk.console.rights import Role
from nightclerk.texts import language
from tests.unit.console_kit import desk_in

ORDERS = (
    "采购订单号,订单日期,供应商,供应商税号,币种,行号,存货编码,存货名称,规格型号,主计量,数量,无税单价,税率%,"
    "订单无税金额,订单税额,订单价税合计\n"
)
RECEIPTS = "到货单号,到货日期,采购订单号,订单行号,存货编码,到货数量\n"
LAYOUTS = Path(__file__).parents[2] / "config" / "layouts"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / "config" / "layouts").mkdir(parents=True)
    (tmp_path / "data" / "erp").mkdir(parents=True)
    for name in ("erp_purchase_orders", "erp_receipts"):
        shutil.copyfile(LAYOUTS / f"{name}.yaml", tmp_path / "config" / "layouts" / f"{name}.yaml")
    return tmp_path


def export(workspace: Path, *rows: str, at: int) -> None:
    """The ERP's lists as a bot fetched them at a moment; no orders are needed to look at receipts."""
    folder = workspace / "data" / "erp"
    (folder / "erp_purchase_orders.csv").write_text(ORDERS, encoding="gbk")
    (folder / "erp_receipts.csv").write_text(RECEIPTS + "".join(f"{row}\n" for row in rows), encoding="gbk")
    os.utime(folder / "erp_receipts.csv", (at, at))


def test_receipts_of_the_orders_oldest_first(workspace: Path) -> None:
    """Those of other orders stay away; a new export is read at once."""
    export(workspace, "GR2,2026-11-06,PO1,1,S1,4", "GR1,2026-11-05,PO1,1,S1,6", "GR9,2026-11-05,PO9,1,S1,1", at=1000)
    assert [one.number for one in received_for(workspace, ["PO1", "PO1"])[0]] == ["GR1", "GR2"]
    export(workspace, "GR3,2026-11-07,PO1,1,S1,10", at=2000)
    assert [one.number for one in received_for(workspace, ["PO1"])[0]] == ["GR3"]


def test_without_an_export_the_page_says_which_bot_brings_it(workspace: Path) -> None:
    """One sentence in place of the list."""
    with language("en"):
        found, sentence = received_for(workspace, ["PO1"])
    assert found == []
    assert sentence.startswith("data/erp/erp_purchase_orders.csv is not there: run the bot collect-from-erp first")


def test_the_review_page_shows_them(workspace: Path) -> None:
    """Number, day, order, and what came in how many pieces."""
    export(workspace, "GR1,2026-11-05,PO1,1,S1,6", at=1000)
    with desk_in(workspace) as desk:
        desk.waiting("invoices", "I1", {"number": "1", "seller": "样例供应商", "gross": "100.00"})
        item = desk.store.item("invoices", "I1")
        desk.store.put("invoices", "I2", dict(item.payload), details={"candidates": [{"orders": ["PO1"]}]})
        text = desk.as_("lin", Role.FINANCE).get("/invoices/I2").text
    assert "GR1" in text
    assert "2026-11-05 · PO1" in text
    assert '<span class="nc-mono">S1</span> × 6' in text
