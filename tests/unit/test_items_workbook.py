"""What failed goes out to Excel and comes back: nothing changes by itself, and every fault is told with its cell."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from nightclerk.cli import app, register
from nightclerk.documents.items_workbook import mended, read_items, write_items
from nightclerk.domain.items import State, WorkItem
from nightclerk.errors import DocumentError, WorkspaceError
from nightclerk.init import create_workspace
from nightclerk.work.store import SqlStore, open_store
from nightclerk.workspace import load_workspace
from tests.conftest import NOON

LONG = "3515000000000000001234567"
PAYLOAD = {
    "number": LONG, "total": "39.10", "paid_on": "2026-11-20", "pieces": 3, "gift": False, "rate": 0.5, "memo": "=1+1",
    "empty": "", "nothing": None, "lines": [{"sku": "TB-CUP", "quantity": 2}],
}  # fmt: skip


def item(key: str = "k1", **facts: Any) -> WorkItem:
    return WorkItem(
        **{"queue": "orders", "key": key, "payload": PAYLOAD, "state": State.REJECTED, "version": 3, **facts}
    )


def edit(file: Path, **changes: Any) -> None:
    """Change cells of the first row of data, by header."""
    book = load_workbook(file)
    sheet = book.worksheets[0]
    heads = [cell.value for cell in sheet[1]]
    for name, value in changes.items():
        sheet.cell(2, heads.index(name) + 1).value = value
    book.save(file)


def test_what_nobody_changed_comes_back_as_it_was(tmp_path: Path) -> None:
    """Long numbers, money, dates, numbers, nested lines, a text that looks like a formula, and nothing at all."""
    file = write_items(tmp_path / "failed.xlsx", [item()])
    (row,) = read_items(file)
    assert (row.queue, row.key, row.version, row.action) == ("orders", "k1", "3", "again")
    assert mended(item(), row) == (PAYLOAD, [])
    assert all(cell.number_format == "@" for cell in load_workbook(file).worksheets[0][2])


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("total", "41.00", "41.00"), ("total", 41.5, "41.5"), ("number", "77", "77"), ("number", 77, "77"),
        ("paid_on", datetime(2026, 11, 21), "2026-11-21"), ("pieces", 4.0, 4), ("pieces", "4", 4), ("gift", True, True),  # noqa: DTZ001
        ("rate", "0.25", 0.25), ("lines", '[{"sku": "TB-POT"}]', [{"sku": "TB-POT"}]), ("memo", None, ""),
    ],
)  # fmt: skip
def test_a_changed_cell_keeps_its_kind(tmp_path: Path, name: str, typed: Any, value: Any) -> None:
    """Whatever Excel made of it: a number for a text, a date for a text, a text for a number."""
    file = write_items(tmp_path / "failed.xlsx", [item()])
    edit(file, **{name: typed})
    payload, faults = mended(item(), read_items(file)[0])
    assert (payload, faults) == ({**PAYLOAD, name: value}, [])


@pytest.mark.parametrize(
    ("name", "typed", "told"),
    [
        ("number", 3515000000000000001234567, "Excel has made it the number"), ("pieces", "three", "int, not “three”"),
        ("pieces", 1.5, "int, not “1.5”"), ("gift", "ja", "true | false, not “ja”"), ("lines", "TB-POT", "JSON, not"),
    ],
)  # fmt: skip
def test_a_cell_that_does_not_fit_is_told_with_its_address(tmp_path: Path, name: str, typed: Any, told: str) -> None:
    """File, sheet and cell, what was expected, and what to do."""
    file = write_items(tmp_path / "failed.xlsx", [item()])
    edit(file, **{name: typed})
    _, (fault,) = mended(item(), read_items(file)[0])
    assert fault.facts["where"].startswith("failed.xlsx!orders!")
    assert told in str(fault)


def test_what_is_no_workbook_of_ours_is_said(tmp_path: Path) -> None:
    """A text file, a missing file, a workbook with other columns."""
    text, other = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    text.write_text("no workbook")
    with pytest.raises(DocumentError, match=r"a.xlsx: it is no Excel workbook"):
        read_items(text)
    with pytest.raises(DocumentError, match=r"c.xlsx: there is no such file"):
        read_items(tmp_path / "c.xlsx")
    write_items(other, [item()])
    edit(other)
    book = load_workbook(other)
    book.worksheets[0]["B1"] = "?"
    book.save(other)
    with pytest.raises(WorkspaceError, match=r"b.xlsx!orders!A1: the columns that nightclerk items export writes"):
        read_items(other)


# ------------------------------------------------------------------------------- the command line

LEVEL = {"platform": "taobao", "shop": "yunshan", "sku": "TB-CUP", "available": 7, "day": "2026-11-20"}
KEY = "taobao:yunshan:TB-CUP:20261120"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return create_workspace(tmp_path / "night")


@pytest.fixture
def books(home: Path) -> Any:
    store = open_store(load_workspace(home).database_url)
    yield store
    store.close()


@pytest.fixture
def cli(home: Path) -> Callable[..., Any]:
    register()

    def call(*words: str) -> Any:
        done = CliRunner().invoke(app, [*words, "--workspace", str(home)], catch_exceptions=False)
        return done

    return call


def failed(books: SqlStore, key: str = KEY, *, state: State = State.FAILED, **changes: Any) -> None:
    books.put("stock-taobao", key, {**LEVEL, **changes}, state=state, reason="no such SKU", now=NOON)


def test_out_mended_and_back(cli: Any, books: SqlStore, tmp_path: Path) -> None:
    """The exported file says why; the mended value is what the bot gets."""
    failed(books)
    file = tmp_path / "failed.xlsx"
    assert cli("items", "export", str(file), "--queue", "stock-taobao").exit_code == 0
    assert [cell.value for cell in load_workbook(file).worksheets[0][2]][3] == "no such SKU"
    edit(file, available="9")
    told = json.loads(cli("items", "requeue", str(file), "--json").stdout)
    assert told == {"requeued": [KEY], "skipped": 0, "faults": []}
    again = books.item("stock-taobao", KEY)
    assert again is not None
    assert (again.state, again.attempts, again.payload["available"]) == (State.NEW, 0, 9)


def test_one_fault_keeps_everything_back(cli: Any, books: SqlStore, tmp_path: Path) -> None:
    """A row with another record's data, a row that changed meanwhile and one in doubt: each is told, none is queued."""
    other = KEY.replace("CUP", "POT")
    failed(books)
    failed(books, other, sku="TB-POT")
    failed(books, "doubt", state=State.IN_DOUBT)
    file = tmp_path / "failed.xlsx"
    cli("items", "export", str(file))
    book = load_workbook(file)
    sheet = book.worksheets[0]
    heads = [cell.value for cell in sheet[1]]
    sheet.cell(2, heads.index("sku") + 1).value = "TB-TRAY"
    sheet.cell(4, 7).value = "again"
    book.save(file)
    cli("items", "retry", "stock-taobao", other)
    done = cli("items", "requeue", str(file), "--json")
    faults = json.loads(done.stdout)["faults"]
    assert done.exit_code == 1
    assert [fault["where"].rpartition("!")[2] for fault in faults] == ["B2", "F3", "G4"]
    assert "belong to taobao:yunshan:TB-TRAY:20261120" in faults[0]["expected"]
    assert "Answer its task first" in faults[2]["remedy"]
    first = books.item("stock-taobao", KEY)
    assert first is not None
    assert first.state is State.FAILED


def test_what_the_ledger_knows_is_never_sent_again(cli: Any, books: SqlStore, tmp_path: Path) -> None:
    """A confirmed record is refused with its reference; `retry` lets the other steps go on."""
    failed(books)
    effect = books.intend("taobao", "save_stock", KEY, run="r", now=NOON)
    books.confirm(effect, reference="V77", run="r", now=NOON)
    file = tmp_path / "failed.xlsx"
    cli("items", "export", str(file))
    (fault,) = json.loads(cli("items", "requeue", str(file), "--json").stdout)["faults"]
    assert "the ledger knows it as V77" in fault["expected"]
    assert cli("items", "retry", "stock-taobao", KEY).exit_code == 0


def test_retry_refuses_what_is_not_over(books: SqlStore, cli: Any) -> None:
    """An unknown key, and an item in doubt."""
    failed(books, "doubt", state=State.IN_DOUBT)
    with pytest.raises(WorkspaceError, match="stock-taobao x: an item of stock-taobao, and x is none"):
        cli("items", "retry", "stock-taobao", "x")
    with pytest.raises(WorkspaceError, match="not one that is in_doubt"):
        cli("items", "retry", "stock-taobao", "doubt")


def test_the_list_still_takes_a_queue(cli: Any, books: SqlStore) -> None:
    """`items QUEUE` lists it, as before there were words after `items`."""
    failed(books)
    (found,) = json.loads(cli("items", "stock-taobao", "--json").stdout)
    assert found["key"] == KEY
    assert json.loads(cli("items", "--json").stdout) == [found]
