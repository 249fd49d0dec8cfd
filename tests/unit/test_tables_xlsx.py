"""Workbooks as platforms write them and as people re-save them, and zips of tables."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from tables_kit import gbk_zip, layout, raw_xlsx

from nightclerk.documents import Layout, iter_table, read_table
from nightclerk.documents.table_errors import (
    MissingColumn,
    NotATable,
    PasswordNeeded,
    TruncatedFile,
    WrongPassword,
    ZipTooBig,
)
from nightclerk.ports import Secret

ORDERS = """
columns:
  number: {header: 主订单编号, reads: id, filled: true}
  price: {header: 商品单价(元), reads: money, required: true}
  paid_at: {header: 支付完成时间, reads: datetime}
"""
HEADER = ("主订单编号", "商品单价（元）", "支付完成时间")
CSV = "主订单编号,商品单价(元)\r\n{},12.50\r\n"


@pytest.fixture
def orders(tmp_path: Path) -> Layout:
    return layout(tmp_path, ORDERS)


def test_a_lying_dimension_hides_no_row(tmp_path: Path, orders: Layout) -> None:
    """A sheet that claims to be A1 is read to its end, inlineStr cells and full-width brackets included."""
    file = raw_xlsx(tmp_path / "o.xlsx", [HEADER, ("'690001", "12.50", ""), ("`690002", "#8.1", "")])
    rows = read_table(file, orders)
    assert [(row["number"], row["price"]) for row in rows] == [("690001", Decimal("12.50")), ("690002", Decimal("8.1"))]
    assert rows[1].cell("price") == "o.xlsx!Sheet1!B3"


def test_an_id_stored_as_a_number(tmp_path: Path, orders: Layout) -> None:
    """Short numbers become text again; a float has lost digits and is a fault."""
    file = raw_xlsx(tmp_path / "o.xlsx", [HEADER, ("#690001", "1", ""), ("#6.9E18", "1", "")])
    good, lost = read_table(file, orders)
    assert good["number"] == "690001"
    assert "o.xlsx!Sheet1!A3" in str(lost.faults[0])


def test_a_file_saved_again_in_excel(tmp_path: Path, orders: Layout) -> None:
    """Real dates and shared strings read like the texts that they replaced."""
    book = openpyxl.Workbook()
    book.active.append(list(HEADER))
    book.active.append(["690001", 12.5, datetime(2026, 9, 22, 8, 0)])  # noqa: DTZ001 - a workbook has no zones
    book.save(tmp_path / "o.xlsx")
    (row,) = read_table(tmp_path / "o.xlsx", orders)
    assert (row["price"], row["paid_at"]) == (Decimal("12.5"), datetime(2026, 9, 22, 0, 0, tzinfo=UTC))


def test_the_sheet_with_the_header_is_taken(tmp_path: Path, orders: Layout) -> None:
    """A first sheet of notes does not matter; when no sheet fits, the closest one explains why."""
    book = openpyxl.Workbook()
    book.active.append(["导出说明"])
    book.create_sheet("数据").append(["主订单编号", "商品总价"])
    book.save(tmp_path / "o.xlsx")
    with pytest.raises(MissingColumn, match=r"o\.xlsx!数据: no column 商品单价\(元\); the nearest header is 商品总价"):
        read_table(tmp_path / "o.xlsx", orders)
    book["数据"]["B1"] = "商品单价(元)"
    book["数据"].append(["690001", "3"])
    book.save(tmp_path / "o.xlsx")
    assert [row.where for row in read_table(tmp_path / "o.xlsx", orders)] == ["o.xlsx!数据!A2"]


def test_a_truncated_workbook_is_refused(tmp_path: Path, orders: Layout) -> None:
    """Half a download has the PK magic and no end."""
    whole = raw_xlsx(tmp_path / "o.xlsx", [HEADER, ("1", "2", "")]).read_bytes()
    (tmp_path / "o.xlsx").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(TruncatedFile, match="the end of the zip is missing"):
        read_table(tmp_path / "o.xlsx", orders)


def test_a_zip_of_several_csvs(tmp_path: Path, orders: Layout) -> None:
    """All members are read one after another, and a GBK name is readable in `where`."""
    members = {"订单1.csv": CSV.format("1").encode("gb18030"), "订单2.csv": CSV.format("2").encode("utf-8-sig")}
    rows = read_table(gbk_zip(tmp_path / "1758000000_o.zip", members), orders)
    assert [row["number"] for row in rows] == ["1", "2"]
    assert rows[1].where == "1758000000_o.zip!订单2.csv!A2"


def test_a_layout_picks_its_members(tmp_path: Path) -> None:
    """`member` leaves the other tables of a zip alone, and says what is inside when nothing fits."""
    members = {"订单.csv": CSV.format("1").encode(), "说明.csv": b"x\r\n"}
    file = gbk_zip(tmp_path / "o.zip", members)
    assert len(read_table(file, layout(tmp_path, "member: '订单*'" + ORDERS))) == 1
    with pytest.raises(NotATable, match=r"a zip without 售后\*; inside: 订单\.csv, 说明\.csv"):
        read_table(file, layout(tmp_path, "member: '售后*'" + ORDERS))


def test_an_encrypted_zip_opens_with_its_password(tmp_path: Path, orders: Layout) -> None:
    """The right password reads; none and a wrong one are told apart."""
    file = gbk_zip(tmp_path / "o.zip", {"订单.csv": CSV.format("1").encode()}, password="k7-Wm")
    assert read_table(file, orders, password=Secret("zip", "k7-Wm"))[0]["number"] == "1"
    with pytest.raises(PasswordNeeded, match=r"o\.zip is encrypted"):
        read_table(file, orders)
    with pytest.raises(WrongPassword, match=r"o\.zip does not open with this password"):
        read_table(file, orders, password="k7-wm")


def test_a_zip_bomb_is_not_opened(tmp_path: Path, orders: Layout) -> None:
    """Thirty megabytes out of thirty kilobytes are refused before anything is unpacked."""
    with zipfile.ZipFile(tmp_path / "o.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("订单.csv", b"0" * (30 << 20))
    with pytest.raises(ZipTooBig, match="30 MB"):
        read_table(tmp_path / "o.zip", orders)


def test_a_zip_inside_a_zip_is_refused(tmp_path: Path, orders: Layout) -> None:
    """Only one level is opened."""
    inner = gbk_zip(tmp_path / "i.zip", {"订单.csv": CSV.format("1").encode()}).read_bytes()
    with pytest.raises(NotATable, match=r"o\.zip!i\.zip is no table \(a zip inside a zip\)"):
        read_table(gbk_zip(tmp_path / "o.zip", {"i.zip": inner}), orders)


def test_rows_can_be_streamed(tmp_path: Path, orders: Layout) -> None:
    """`iter_table` gives the first row before the last one is read."""
    rows = [HEADER, *((str(n), "1", "") for n in range(500))]
    stream = iter_table(raw_xlsx(tmp_path / "o.xlsx", rows), orders)
    assert next(stream)["number"] == "0"


def test_cells_may_be_left_out(tmp_path: Path, orders: Layout) -> None:
    """A row that names only its filled cells keeps them in their columns; rich text is joined."""
    file = raw_xlsx(tmp_path / "o.xlsx", [HEADER])
    rich = '<c r="A9" t="inlineStr"><is><r><t>6900</t></r><r><t>01</t></r></is></c>'
    _add_row(file, f'<row r="9">{rich}<c r="C9"><v>46346.5</v></c></row>')
    (row,) = read_table(file, orders)
    assert (row["number"], row["price"], row.where) == ("690001", None, "o.xlsx!Sheet1!A9")
    assert row["paid_at"] == datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


def test_a_date_as_eight_digits(tmp_path: Path, orders: Layout) -> None:
    """20261120 is a date, not a day number of Excel."""
    file = raw_xlsx(tmp_path / "o.xlsx", [HEADER, ("1", "1", "#20261120")])
    assert read_table(file, orders)[0]["paid_at"] == datetime(2026, 11, 19, 16, 0, tzinfo=UTC)


def test_a_workbook_with_entities_is_refused(tmp_path: Path, orders: Layout) -> None:
    """A sheet that declares entities could blow up or reach out; it is not read."""
    file = raw_xlsx(tmp_path / "o.xlsx", [HEADER, ("1", "1", "")])
    _edit_sheet(file, lambda sheet: '<!DOCTYPE x [<!ENTITY a "b">]>' + sheet)
    with pytest.raises(NotATable, match="declares entities"):
        read_table(file, orders)


def test_a_sheet_that_breaks_off_is_refused(tmp_path: Path, orders: Layout) -> None:
    """A zip that is whole around a sheet that is not: nothing of it is used."""
    file = raw_xlsx(tmp_path / "o.xlsx", [HEADER, ("1", "1", "")])
    _edit_sheet(file, lambda sheet: sheet[:-40])
    with pytest.raises(TruncatedFile, match="breaks off"):
        read_table(file, orders)


def _edit_sheet(file: Path, change: Callable[[str], str]) -> None:
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = change(parts[sheet].decode()).encode()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def _add_row(file: Path, row: str) -> None:
    _edit_sheet(file, lambda sheet: sheet.replace("</sheetData>", f"{row}</sheetData>"))
