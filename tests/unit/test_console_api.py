"""What programs do under /api with files, workbooks and second signatures, by the rules of the pages."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook

from nightclerk.console.pledges import PledgeKind
from nightclerk.console.rights import Role
from nightclerk.domain.items import State
from tests.unit.console_kit import Desk, desk_in


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_in(tmp_path) as found:
        yield found


def test_a_file_is_kept_for_a_bot(desk: Desk) -> None:
    """Its path lies among the uploads, whatever the name says; without a file it is told what is missing."""
    lin = desk.as_("lin", Role.OPERATOR)
    kept = lin.post("/api/files", files={"file": ("../../evil.csv", b"a,b")})
    path = Path(kept.json()["path"])
    assert (kept.status_code, path.read_bytes()) == (201, b"a,b")
    assert path.is_relative_to(desk.services.data / "uploads")
    assert lin.post("/api/files").status_code == 400


@pytest.mark.parametrize("address", ["/api/workbooks/items", "/api/mapping/carriers"])
def test_a_wrong_file_changes_nothing(desk: Desk, address: str) -> None:
    """A picture where a workbook belongs: 422 and a sentence."""
    lin = desk.as_("lin", Role.OPERATOR)
    send = lin.put if "mapping" in address else lin.post
    answer = send(address, files={"file": ("orders.xlsx", b"\x89PNG")})
    assert (answer.status_code, "orders.xlsx" in answer.text or "carriers.xlsx" in answer.text) == (422, True)


def test_the_workbook_of_failures_goes_round(desk: Desk) -> None:
    """What a program fetched and sends back unchanged is queued again; sent again under the same key, only once."""
    desk.waiting("orders", "O1", {"number": "O1", "total": "78.00"}, State.REJECTED)
    lin = desk.as_("lin", Role.OPERATOR)
    fetched = lin.get("/api/workbooks/items?queue=orders&state=person").content
    answers = [
        lin.post("/api/workbooks/items", files={"file": ("m.xlsx", fetched)}, headers={"Idempotency-Key": "k1"}).json()
        for _ in range(2)
    ]
    assert answers == [{"queued": 1}] * 2
    assert desk.store.item("orders", "O1").state is State.NEW


def test_a_mapping_table_is_fetched_and_replaced(desk: Desk) -> None:
    """The table that was fetched, with another name in a cell, takes the place of the old one."""
    folder = desk.services.workspace / "config" / "mapping"
    shutil.copytree(Path(__file__).parents[2] / "config" / "mapping", folder)
    lin = desk.as_("lin", Role.OPERATOR)
    book, out = load_workbook(io.BytesIO(lin.get("/api/mapping/carriers").content)), io.BytesIO()
    book["物流对照"]["C2"] = "a new name"
    book.save(out)
    answer = lin.put("/api/mapping/carriers", files={"file": ("mine.xlsx", out.getvalue())})
    assert (answer.json(), (folder / "carriers.xlsx").read_bytes()) == ({"kept": True}, out.getvalue())


def test_a_second_person_agrees_by_a_program(desk: Desk) -> None:
    """The asker cannot agree; another auditor can, once."""
    facts = {"why": "a claim", "queue": "orders", "key": "a"}
    desk.people.ask_second(PledgeKind.UNMASK, "orders a", facts, who="ada", now=desk.clock() - timedelta(minutes=1))
    ada, bo = desk.as_("ada", Role.AUDITOR), desk.as_("bo", Role.AUDITOR)
    [pledge] = bo.get("/api/second").json()
    address = f"/api/second/{pledge['pledge']}"
    assert ada.post(address, json={"agreed": True}).status_code == 409
    assert bo.post(address, json={"agreed": True}).json() == {"agreed": True}
    assert bo.post(address, json={"agreed": True}).status_code == 409
