"""By example: a typed value is a column of the sheet, something read before, or a parameter of the flow."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import Workbook

from nightclerk.errors import WorkspaceError
from nightclerk.record.meaning import amount_format, amount_of, day_format, day_of
from nightclerk.record.sheets import Sheet, means, read_sheet
from nightclerk.record.steps import Step
from nightclerk.record.values import Values

#: Days as a workbook gives them.
NIGHT = datetime(2026, 11, 20)  # noqa: DTZ001
NEXT_NIGHT = datetime(2026, 11, 21)  # noqa: DTZ001


@pytest.fixture
def sheet(tmp_path: Path) -> Sheet:
    book = Workbook()
    page = book.active
    page.append(["订单号", "收货人", "付款日期", "金额", "数量"])
    page.append(["S-001", "样例甲", NIGHT, 99, 1])
    page.append(["S-002", "样例乙", NEXT_NIGHT, 1280.5, 2])
    book.save(tmp_path / "orders.xlsx")
    return read_sheet(tmp_path / "orders.xlsx")


def typed(text: str, label: str) -> Step:
    return Step(verb="fill", value=text, facts={"label": label, "tag": "input"})


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("S-1", " S-1 "),
        (NIGHT, "2026/11/20"),
        (date(2026, 11, 20), "20261120"),
        (1280.5, "1,280.50"),
        (Decimal("99"), "¥99.00"),
    ],
)
def test_cells_are_compared_by_meaning(cell: object, text: str) -> None:
    """A day is a day and an amount an amount, however they are written."""
    assert means(cell, text)


def test_what_is_near_is_not_the_same() -> None:
    """Another day, another amount and a part of a number are other values."""
    assert not means(NIGHT, "2026-11-21")
    assert not means(1280.5, "1280")
    assert not means("S-0012", "S-001")


def test_the_way_of_writing_is_kept() -> None:
    """The flow types a day and an amount as the person did."""
    day, amount = date(2026, 1, 5), Decimal("1280.5")
    assert eval(f"f'{day_format('2026/01/05')}'", {"x": day}) == "2026/01/05"
    assert eval(f"f'{day_format('2026年1月5日')}'", {"x": day}) == "2026年1月5日"
    assert eval(f"f'{amount_format('1,280.50')}'", {"x": amount}) == "1,280.50"
    assert eval(f"f'{amount_format('1280')}'", {"x": Decimal("1280.00")}) == "1280"
    assert (day_of("2026-13-01"), amount_of("S-1")) == (None, None)


def test_columns_have_types_and_a_key(sheet: Sheet) -> None:
    """Numbers of orders stay text, days are days, money is Decimal, counts are whole; the order number is the key."""
    assert [column.python for column in sheet.columns] == ["str", "str", "date", "Decimal", "int"]
    assert sheet.key().field == "order_number"


def test_the_row_is_the_one_that_most_of_the_typing_comes_from(sheet: Sheet) -> None:
    """One value that two rows share does not decide."""
    assert sheet.best_row(["S-002", "2026-11-21", "99"]) == 1
    assert sheet.best_row(["nothing of it"]) is None


def test_a_typed_cell_becomes_its_column(sheet: Sheet) -> None:
    """A short value only where the header fits the field as well."""
    values = Values(sheet=sheet)
    values.learn_row(["S-002", "1,280.50"])
    amount = values.typed(typed("1,280.50", "金额"))
    assert (amount.source, amount.name, amount.written("row.amount")) == ("column", "amount", 'f"{row.amount:,.2f}"')
    assert values.typed(typed("2", "数量")).name == "quantity"
    assert values.typed(typed("2", "页码")).source == "parameter"


def test_what_was_read_before_is_a_variable() -> None:
    """A text that was read from one page and typed into another; an amount may be written otherwise."""
    values = Values()
    values.read(Step(verb="read", value="¥1,280.00", facts={"id": "total", "tag": "b"}))
    found = values.typed(typed("1280.00", "金额"))
    assert (found.source, found.name, found.python, found.written()) == (
        "variable",
        "total",
        "Decimal",
        'f"{total:.2f}"',
    )


def test_peoples_data_never_becomes_a_default() -> None:
    """A phone number or a name in a name field is a parameter that no file gives."""
    values = Values()
    assert values.typed(typed("13800001234", "联系方式")).private
    assert values.typed(typed("样例甲", "收货人")).private
    assert not values.typed(typed("尽快发", "备注")).private


def test_a_file_without_a_table_is_refused(tmp_path: Path) -> None:
    """The sentence says what the sheet must look like."""
    (tmp_path / "empty.csv").write_text("只有一列\n1\n", encoding="utf-8")
    with pytest.raises(WorkspaceError, match=r"no table with column names was found\. Give an \.xlsx or \.csv"):
        read_sheet(tmp_path / "empty.csv")
