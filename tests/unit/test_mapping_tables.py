"""The Excel tables that staff edit: every fault at once, at its cell, with the nearest right word."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from nightclerk.documents import MappingFaults, UnmappedNames, load_mappings
from nightclerk.domain.orders import Order, OrderLine, OrderStatus
from nightclerk.domain.statuses import BUILT_IN

SAMPLE = Path(__file__).parents[2] / "config" / "mapping"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SAMPLE, tmp_path / "mapping"))


def edit(folder: Path, name: str, cells: dict[str, object]) -> None:
    book = openpyxl.load_workbook(folder / f"{name}.xlsx")
    sheet = book.worksheets[1]
    for cell, value in cells.items():
        sheet[cell] = value
    book.save(folder / f"{name}.xlsx")


def faults(folder: Path) -> list[str]:
    with pytest.raises(MappingFaults) as caught:
        load_mappings(folder)
    return [fault.sentence("en") for fault in caught.value.faults]


def order(sku: str, shop: str = "yunshan") -> Order:
    line = OrderLine(line="1", sku=sku, title="", quantity=1, price=Decimal(1))
    return Order(
        platform="taobao", shop=shop, number="35", status=OrderStatus.PAID_TO_SHIP, status_text="",
        total=Decimal(1), lines=(line,),
    )  # fmt: skip


def test_the_sample_tables_are_good(folder: Path) -> None:
    """The committed files load; codes keep their zeros; the status table is the built-in vocabulary."""
    mappings = load_mappings(folder)
    assert [line.item for line in mappings.erp_lines(order("TB-TEASET"))][:1] == ["0101001"]
    assert mappings.customer(order("TB-CUP")).code == "C1001"
    assert mappings.carrier("顺丰速运", "jd", order="35") == "顺丰快递"
    assert mappings.statuses == BUILT_IN


def test_an_unmapped_sku_names_the_file_to_edit(folder: Path) -> None:
    """The sentence has the order, the SKU and the table; likewise for a shop."""
    mappings = load_mappings(folder)
    with pytest.raises(UnmappedNames) as caught:
        mappings.erp_lines(order("TB-NEWVASE"))
    assert str(caught.value) == (
        "35: TB-NEWVASE (taobao) is not mapped. Add it to config/mapping/skus.xlsx, then let the item run again."
    )
    with pytest.raises(UnmappedNames, match=r"config/mapping/customers\.xlsx"):
        mappings.customer(order("TB-CUP", shop="other"))


def test_all_faults_are_told_at_once(folder: Path) -> None:
    """Four faults in two files come as four sentences, each with its cell."""
    edit(folder, "skus", {"A2": "淘 宝", "C3": 101002, "D4": 0, "B6": "TB-TEASET", "C6": "0101002"})
    edit(folder, "statuses", {"D2": "待发或"})
    found = faults(folder)
    assert [sentence.partition(":")[0] for sentence in found] == [
        "skus.xlsx!商品对照!C3",
        "skus.xlsx!商品对照!A2",
        "skus.xlsx!商品对照!D4",
        "statuses.xlsx!状态对照!D2",
    ]
    assert found[1].endswith("found “淘 宝”; nearest “淘宝”")
    assert found[0].endswith("expected a code that is stored as text; found “101002”")
    assert found[3].endswith("nearest “待发货”")


def test_an_entry_that_stands_twice(folder: Path) -> None:
    """The second cell is named, and where the first stands."""
    edit(folder, "customers", {"A3": "淘宝", "B3": "yunshan"})
    (sentence,) = faults(folder)
    assert sentence.startswith(
        "customers.xlsx!客户对照!B3: expected an entry of its own (customers.xlsx!客户对照!B2 has"
    )


def test_a_missing_column_and_a_missing_file(folder: Path) -> None:
    """Both are faults beside the others; the nearest header is named."""
    edit(folder, "skus", {"C1": "存货编号"})
    (folder / "carriers.xlsx").unlink()
    found = faults(folder)
    assert "no column ERP存货编码 / erp_item; the nearest header is 存货编号" in found[0]
    assert found[1] == "carriers.xlsx: expected a file that is there (`nightclerk init` brings a sample)"


def test_columns_may_be_moved_and_headers_english(folder: Path) -> None:
    """Staff may reorder the columns or use the English headers."""
    book = openpyxl.Workbook()
    book.active.append(["erp_customer_name", "erp_customer", "shop", "platform"])
    book.active.append(["线上", "C9", "yunshan", "taobao"])
    book.save(folder / "customers.xlsx")
    assert load_mappings(folder).customer(order("TB-CUP")).code == "C9"


def test_the_faults_are_told_in_chinese_too(folder: Path) -> None:
    """The sentence ends with what to do."""
    edit(folder, "skus", {"D2": "两个"})
    with pytest.raises(MappingFaults) as caught:
        load_mappings(folder)
    assert caught.value.sentence("zh") == (
        "skus.xlsx!商品对照!D2：应为整数；现为“两个”\n请修改这些单元格，保存并关闭 Excel。"
    )
