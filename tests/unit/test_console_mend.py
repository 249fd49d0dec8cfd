"""Mending: the workbook goes out veiled and comes back checked, all rows or none; one item in a form; nothing twice."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook

from nightclerk.console.rights import Role
from nightclerk.domain.items import State
from tests.unit.console_kit import Desk, desk_in

PAYLOAD = {"number": "1", "total": "78.00", "phone": "13800000001", "quantity": 2}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_in(tmp_path) as found:
        yield found


def fetched(desk: Desk) -> bytes:
    return desk.as_("lin", Role.OPERATOR).get("/items.xlsx?queue=orders").content


def send(desk: Desk, content: bytes, name: str = "mended.xlsx", form: str = "") -> tuple[int, str]:
    files = {"file": (name, content)}
    answer = desk.as_("lin").post("/items/requeue", files=files, data={"form_id": form})
    return answer.status_code, answer.headers.get("location", "") or answer.text


def edited(content: bytes, cell: str, value: object) -> bytes:
    book = load_workbook(io.BytesIO(content))
    book.worksheets[0][cell] = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_the_workbook_goes_out_veiled_and_comes_back_whole(desk: Desk) -> None:
    """A changed cell is taken, the veiled one keeps the value behind it, and the item is new again."""
    desk.waiting("orders", "O1", PAYLOAD, State.REJECTED)
    content = fetched(desk)
    heads = [cell.value for cell in load_workbook(io.BytesIO(content)).worksheets[0][1]]
    column = "ABCDEFGHIJKLMN"[heads.index("total")]
    assert b"13800000001" not in content
    assert send(desk, edited(content, f"{column}2", "80.00")) == (303, "/items?said=requeued&n=1")
    item = desk.store.item("orders", "O1")
    assert (item.state, item.payload) == (State.NEW, PAYLOAD | {"total": "80.00"})


def test_one_wrong_row_keeps_all_out(desk: Desk) -> None:
    """A number that is none is told by its cell; the other row stays where it is."""
    for key in ("O1", "O2"):
        desk.waiting("orders", key, PAYLOAD, State.REJECTED)
    content = fetched(desk)
    heads = [cell.value for cell in load_workbook(io.BytesIO(content)).worksheets[0][1]]
    column = "ABCDEFGHIJKLMN"[heads.index("quantity")]
    status, page = send(desk, edited(content, f"{column}3", "two"))
    assert (status, f"mended.xlsx!orders!{column}3" in page, "Nothing was queued" in page) == (422, True, True)
    assert {desk.store.item("orders", key).state for key in ("O1", "O2")} == {State.REJECTED}


@pytest.mark.parametrize(("name", "content"), [("x.xlsx", b"no workbook"), ("订单.csv", b"a,b"), ("", b"")])
def test_wrong_files_are_told_in_a_sentence(desk: Desk, name: str, content: bytes) -> None:
    """Whatever is dropped: a sentence, and nothing is queued."""
    status, page = send(desk, content, name)
    assert (status, "Nothing was queued" in page) == (422, True)


def test_the_same_workbook_sent_twice_acts_once(desk: Desk) -> None:
    """A double click leads to the same page; a stale file of yesterday is told that it is stale."""
    desk.waiting("orders", "O1", PAYLOAD, State.REJECTED)
    content = fetched(desk)
    first, second = send(desk, content, form="f1"), send(desk, content, form="f1")
    assert first == second == (303, "/items?said=requeued&n=1")
    status, page = send(desk, content, form="f2")
    assert (status, "mended.xlsx!orders!" in page) == (422, True)


def test_one_item_is_mended_in_a_form(desk: Desk) -> None:
    """The form shows the data veiled; what is changed is checked by the workbook's rules."""
    version = desk.waiting("orders", "O1", PAYLOAD, State.REJECTED)
    lin = desk.as_("lin", Role.OPERATOR)
    assert "13800000001" not in lin.get("/edit/orders/O1").text
    wrong = lin.post("/edit/orders/O1", data={"version": version, "f.quantity": "two"})
    assert (wrong.status_code, "O1 · quantity" in wrong.text) == (422, True)
    right = lin.post("/edit/orders/O1", data={"version": version, "f.quantity": "3", "f.phone": "‹phone›"})
    assert right.headers["location"] == "/items/orders/O1?said=mended"
    assert desk.store.item("orders", "O1").payload == PAYLOAD | {"quantity": 3}
    stale = lin.post("/edit/orders/O1", data={"version": version, "f.quantity": "4"})
    assert stale.status_code == 422
    assert desk.store.item("orders", "O1").payload["quantity"] == 3


def test_a_bot_is_launched_once_by_a_double_click(desk: Desk) -> None:
    """Both clicks lead to the same run; the form of a page loaded anew starts another one."""
    lin = desk.as_("lin", Role.OPERATOR)
    sent = [lin.post("/bots/key-orders/launch", data={"limit": "7", "form_id": form}) for form in ("a", "a", "b")]
    assert [answer.headers["location"].partition("?")[0] for answer in sent] == [
        "/runs/key-orders-1", "/runs/key-orders-1", "/runs/key-orders-2",
    ]  # fmt: skip
    assert len(desk.bots.launched) == 2


def test_a_wrong_launch_may_be_sent_again(desk: Desk) -> None:
    """Nothing came of it, so the corrected form with the same number starts the bot."""
    lin = desk.as_("lin", Role.OPERATOR)
    assert lin.post("/bots/key-orders/launch", data={"limit": "x", "form_id": "a"}).status_code == 422
    assert lin.post("/bots/key-orders/launch", data={"limit": "7", "form_id": "a"}).status_code == 303


def test_the_api_launches_once_under_one_request_id(desk: Desk) -> None:
    """The same Idempotency-Key is told the same run."""
    headers = {"Idempotency-Key": "night-1"}
    asked = [desk.as_("lin", Role.OPERATOR).post("/api/bots/key-orders/runs", json={}, headers=headers) for _ in "ab"]
    assert [answer.json()["run"] for answer in asked] == ["key-orders-1"] * 2
    assert len(desk.bots.launched) == 1
