"""CSV exports: encodings, guarded ids, sentinels, stray commas, and what is refused as damaged."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from tables_kit import csv_file, layout

from nightclerk.documents import Layout, read_table
from nightclerk.documents.table_errors import (
    BadCell,
    DoubledColumn,
    EmptyExport,
    MissingColumn,
    NoHeader,
    NotATable,
    TruncatedFile,
    WebPageInstead,
)

ORDERS = """
blanks: ["-", "–"]
footers: [合计]
columns:
  number: {header: 订单编号, reads: id, filled: true}
  paid: {header: [买家实付金额, 买家实际支付金额], reads: money}
  refund: {header: 退款金额, reads: money, blanks: [无退款申请]}
  phone: {header: 联系手机, reads: id}
  pieces: {header: 宝贝总数量, reads: int}
  paid_at: {header: 订单付款时间, reads: datetime}
  memo: {header: [商家备注, 订单备注]}
"""


@pytest.fixture
def orders(tmp_path: Path) -> Layout:
    return layout(tmp_path, ORDERS)


def test_guarded_ids_stay_text(tmp_path: Path, orders: Layout) -> None:
    """`="35153…"`, `=""`, a leading apostrophe, backtick or a TAB never change a digit."""
    lines = ('="3515300000000000001",\'139****0001', '`0042\t,=""', '="0043",')
    rows = read_table(csv_file(tmp_path / "o.csv", "订单编号,联系手机", *lines), orders)
    assert [row["number"] for row in rows] == ["3515300000000000001", "0042", "0043"]
    assert [row["phone"] for row in rows] == ["139****0001", "", ""]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig", "utf-8", "utf-16"])
def test_the_encoding_is_found(tmp_path: Path, orders: Layout, encoding: str) -> None:
    """GB18030, UTF-8 with and without its mark, and UTF-16 read the same."""
    file = csv_file(tmp_path / "o.csv", "订单编号,订单备注", "1,请尽快发货𠮷", encoding=encoding)
    assert read_table(file, orders)[0]["memo"] == "请尽快发货𠮷"


def test_headers_are_found_by_name(tmp_path: Path, orders: Layout) -> None:
    """A new column order, extra columns, blanks round a header and an alias change nothing."""
    file = csv_file(tmp_path / "o.csv", "买家实际支付金额 ,店铺Id,订单付款时间 ,订单编号", "12.50,9,2026/9/2 8:05,7")
    (row,) = read_table(file, orders)
    assert (row["number"], row["paid"]) == ("7", Decimal("12.50"))
    assert row["paid_at"] == datetime(2026, 9, 2, 0, 5, tzinfo=UTC)


def test_the_header_need_not_be_the_first_row(tmp_path: Path, orders: Layout) -> None:
    """Two title rows stand above the header of a settlement sheet."""
    file = csv_file(tmp_path / "o.csv", "结算单,", "2026年11月,", "订单编号,宝贝总数量", "7,3", "合计,3")
    (row,) = read_table(file, orders)
    assert (row["number"], row["pieces"], row.where) == ("7", 3, "o.csv!A4")


def test_the_first_alias_with_a_value_wins(tmp_path: Path, orders: Layout) -> None:
    """Where two names of one column are both there, a blank one does not hide the other."""
    file = csv_file(tmp_path / "o.csv", "订单编号,商家备注,订单备注", "1,,旧列", "2,新列,旧列")
    assert [row["memo"] for row in read_table(file, orders)] == ["旧列", "新列"]


def test_sentinels_are_blank(tmp_path: Path, orders: Layout) -> None:
    """A hyphen, an EN DASH, and `无退款申请` in a money column all read as nothing."""
    file = csv_file(tmp_path / "o.csv", "订单编号,退款金额,订单备注", "1,无退款申请,-", "2,–,–", "3,¥1,024.50,好")
    rows = read_table(file, orders)
    assert [(row["refund"], row["memo"]) for row in rows[:2]] == [(None, ""), (None, "")]


def test_money_takes_signs_and_separators(tmp_path: Path, orders: Layout) -> None:
    """`¥1,024.50` and `3元` are amounts."""
    file = csv_file(tmp_path / "o.csv", "订单编号,买家实付金额", '1,"¥1,024.50"', "2,3元")
    assert [row["paid"] for row in read_table(file, orders)] == [Decimal("1024.50"), Decimal(3)]


def test_a_time_may_end_in_a_tab(tmp_path: Path) -> None:
    """A fund bill's time cells end in a TAB, its ids have 28 digits."""
    fund = layout(tmp_path, "columns: {id: {header: 业务流水号, reads: id}, at: {header: 时间, reads: date}}")
    file = csv_file(tmp_path / "f.csv", "业务流水号,时间", f"{'2026052100000000000000000001'}\t,2026-05-21 22:32:44\t")
    (row,) = read_table(file, fund)
    assert (row["id"], row["at"]) == ("2026052100000000000000000001", date(2026, 5, 21))


def test_an_extra_comma_at_the_end_is_nothing(tmp_path: Path, orders: Layout) -> None:
    """Item rows end with one comma more than the header; an empty cell beyond it is no fault."""
    (row,) = read_table(csv_file(tmp_path / "o.csv", "订单编号,订单备注", "1,好,"), orders)
    assert row["memo"] == "好"
    assert row.faults == ()


def test_a_shifted_row_is_a_fault(tmp_path: Path, orders: Layout) -> None:
    """A filled cell right of the header shows that an unquoted comma has shifted the row."""
    (row,) = read_table(csv_file(tmp_path / "o.csv", "订单编号,订单备注", "1,好,看"), orders)
    assert "o.csv!C2" in str(row.faults[0])


def test_a_bad_cell_stops_its_row_only(tmp_path: Path, orders: Layout) -> None:
    """The row tells the cell, what it says and what was expected; the others are read."""
    rows = read_table(csv_file(tmp_path / "o.csv", "订单编号,买家实付金额", "1,十二", "2,5.00"), orders)
    assert rows[1]["paid"] == Decimal("5.00")
    with pytest.raises(BadCell) as caught:
        rows[0]["paid"]
    assert str(caught.value) == (
        "o.csv!B2: 买家实付金额 says “十二”; an amount like 12.50 was expected. Mend the cell or export again."
    )


def test_an_id_in_scientific_notation_is_a_fault(tmp_path: Path, orders: Layout) -> None:
    """3.5153E+18 has lost its digits and is never taken for an order number."""
    (row,) = read_table(csv_file(tmp_path / "o.csv", "订单编号", "3.5153E+18"), orders)
    assert "3.5153E+18" in str(row.faults[0])
    assert row.peek("number") is None


def test_a_missing_column_names_the_nearest(tmp_path: Path) -> None:
    """The sentence has the file, the expected header with its aliases, the nearest one and the remedy."""
    wants = layout(tmp_path, "columns: {a: {header: 订单编号}, b: {header: [买家实付金额, 实付], required: true}}")
    with pytest.raises(MissingColumn) as caught:
        read_table(csv_file(tmp_path / "o.csv", "订单编号,买家应付金额", "1,2"), wants)
    assert "买家实付金额 / 实付" in str(caught.value)
    assert "the nearest header is 买家应付金额" in str(caught.value)


def test_a_doubled_header_is_refused(tmp_path: Path, orders: Layout) -> None:
    """Which of two columns of one name holds the truth is not guessed."""
    with pytest.raises(DoubledColumn, match="A1 and C1"):
        read_table(csv_file(tmp_path / "o.csv", "订单编号,备注,订单编号", "1,2,3"), orders)


def test_an_empty_export_is_told(tmp_path: Path, orders: Layout) -> None:
    """A header without rows is an error unless the caller allows it."""
    file = csv_file(tmp_path / "o.csv", "订单编号,订单备注")
    with pytest.raises(EmptyExport, match=r"o\.csv has a header and no rows"):
        read_table(file, orders)
    assert read_table(file, orders, allow_empty=True) == []


def test_a_truncated_csv_is_refused(tmp_path: Path, orders: Layout) -> None:
    """A last row that breaks off, or an open quote, refuses the whole file."""
    file = tmp_path / "o.csv"
    file.write_bytes("订单编号,联系手机,订单备注\r\n1,139,好\r\n2,1".encode("gb18030"))
    with pytest.raises(TruncatedFile, match="the last row has 2 of 3 cells"):
        read_table(file, orders)
    file.write_bytes('订单编号,订单备注\r\n1,好\r\n2,"没完'.encode("gb18030"))
    with pytest.raises(TruncatedFile, match="quotes of row 3 do not pair"):
        read_table(file, orders)


def test_a_web_page_instead_of_a_file(tmp_path: Path, orders: Layout) -> None:
    """A login page that was saved as the export is named as what it is."""
    file = tmp_path / "o.csv"
    file.write_text("<!DOCTYPE html><html><title>千牛登录</title>", encoding="utf-8")
    with pytest.raises(WebPageInstead, match="“千牛登录”"):
        read_table(file, orders)


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", TruncatedFile),
        (b"\x89PNG\r\n\x1a\n\0\0\0", NotATable),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", NotATable),
        ("姓名,年龄\r\n甲,3\r\n".encode("gb18030"), NoHeader),
        (b"\xff,\xff\r\n", NotATable),
    ],
)
def test_what_is_no_export(tmp_path: Path, orders: Layout, content: bytes, error: type[Exception]) -> None:
    """Empty, binary, old Excel, another table, undecodable: each has its own sentence with the file in it."""
    (tmp_path / "o.csv").write_bytes(content)
    with pytest.raises(error, match=r"o\.csv"):
        read_table(tmp_path / "o.csv", orders)
