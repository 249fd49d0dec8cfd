"""What a scripted person does once is done again by the engine, from files that check, mypy and ruff find clean."""

from __future__ import annotations

from pathlib import Path

import pytest

from nightclerk.record import replay
from tests.record.kit import Bench, Desk, desk, empty_workspace
from tests.record.sessions import OWN, Session

BY_NAME = {session.name: session for session in OWN}


def recorded(bench: Bench, site: Desk, session: Session) -> list[tuple[str, object]]:
    """Record one session; what the site was told meanwhile."""
    sheet = bench.root / "orders.csv" if session.sheet else None
    if sheet is not None:
        sheet.write_text(session.sheet, encoding="utf-8")
    bench.record(f"{site.url}/{session.page}", session.person, flow=session.name, sheet=sheet, **session.answers)
    return list(site.take())


@pytest.mark.slow
def test_one_row_becomes_all_rows(tmp_path: Path) -> None:
    """By example, with a commit and its look: each row of the sheet is entered exactly once, the next day none."""
    bench = empty_workspace(tmp_path)
    with desk() as site:
        told = recorded(bench, site, BY_NAME["enter_orders"])
        assert [order["number"] for _, order in told] == ["S-2026-002"]
        assert bench.faults() == []
        loaded, entered = bench.run("load-enter-orders", "enter-orders")
        assert loaded["result"] == '{"rows": 3, "queued": 3}'
        assert (entered["state"], entered["counts"]["done"]) == ("done", 3), entered["items"]
        assert sorted(order["number"] for order in site.orders()) == ["S-2026-001", "S-2026-002", "S-2026-003"]
        assert told[0] in site.saved
        assert replay(tmp_path / "tests" / "recordings" / "enter_orders") == []


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in BY_NAME if name != "enter_orders"])
def test_the_engine_does_what_the_person_did(name: str, tmp_path: Path) -> None:
    """The site is told the same, and every element is found again on the kept pages."""
    bench = empty_workspace(tmp_path)
    with desk() as site:
        told = recorded(bench, site, BY_NAME[name])
        assert bench.faults() == []
        (ended,) = bench.run(name.replace("_", "-"))
        assert (ended["state"], ended["counts"].get("done")) == ("done", 1), ended["items"]
        assert site.take() == told
        assert replay(tmp_path / "tests" / "recordings" / name) == []


@pytest.mark.slow
def test_what_was_read_on_one_page_is_typed_on_another(tmp_path: Path) -> None:
    """The number is a variable: on another day the flow types the number that the page shows then."""
    bench = empty_workspace(tmp_path)
    with desk() as site:
        recorded(bench, site, BY_NAME["carry_number"])
        assert site.number not in bench.text("flows/carry_number.py")
        site.number = "DN-20261121-9"
        (ended,) = bench.run("carry-number")
        assert ended["state"] == "done", ended["items"]
        assert [data["number"] for _, data in site.take()] == ["DN-20261121-9"]


@pytest.mark.slow
def test_what_must_be_said_fails_the_run_when_it_is_not(tmp_path: Path) -> None:
    """An assertion that was pointed at holds: a page that says another thing ends the run badly, and says which."""
    bench = empty_workspace(tmp_path)
    with desk() as site:
        recorded(bench, site, BY_NAME["use_row"])
        file = bench.root / "flows" / "use_row.py"
        file.write_text(file.read_text(encoding="utf-8").replace("已登记", "已提交"), encoding="utf-8")
        (ended,) = bench.run("use-row")
        assert ended["state"] != "done"
        assert any("已提交" in item["reason"] for item in ended["items"])
