"""Pages and their pure parts: signed links, shared-out invoices, mapping tables, comparing, progress and plots."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import HTTPException
from openpyxl import load_workbook

from nightclerk.console.beside import beside
from nightclerk.console.film import Moment
from nightclerk.console.pages.invoices import shares_of
from nightclerk.console.plots import Series, bars, lines, nice
from nightclerk.console.progress import progress_of, record_of
from nightclerk.console.rights import Role
from nightclerk.domain.items import RunRecord, RunState, State, Task
from nightclerk.work.links import sign_link
from tests.unit.console_kit import INVOICE, NOW, Desk, desk_in

KEY = b"a key"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_in(tmp_path, link_key=lambda: KEY) as found:
        yield found


def ask(desk: Desk, question: str = "Is it the same order?", queue: str = "orders") -> str:
    choices = ("yes", "no")
    desk.store.ask(Task(task="t1", kind="question", question=question, choices=choices, queue=queue, asked_at=NOW))
    return f"/t/{sign_link('t1', KEY, NOW + timedelta(hours=1))}"


def test_a_link_answers_its_task_once_without_a_sign_in(desk: Desk) -> None:
    """Looking uses nothing up, the answer does; a second answer is told that there is one."""
    link = ask(desk)
    assert "Is it the same order?" in desk.client.get(link).text
    assert "Is it the same order?" in desk.client.get(link).text
    assert "Your answer is kept" in desk.client.post(link, data={"answer": "yes"}).text
    assert desk.store.task("t1").answer == "yes"
    again = desk.client.post(link, data={"answer": "no"})
    assert (again.status_code, desk.store.task("t1").answer) == (410, "yes")
    assert "answered already" in desk.client.get(link).text


def test_a_refused_answer_spends_no_link(desk: Desk) -> None:
    """Something that was not on offer changes nothing; the link still works."""
    link = ask(desk)
    assert desk.client.post(link, data={"answer": "maybe"}).status_code == 410
    assert "Your answer is kept" in desk.client.post(link, data={"answer": "no"}).text


@pytest.mark.parametrize("token", ["x", "AAAA", "a" * 200])
def test_a_foreign_link_says_so(desk: Desk, token: str) -> None:
    """A token that was not signed here opens nothing."""
    answer = desk.client.get(f"/t/{token}")
    assert (answer.status_code, "not one of ours" in answer.text) == (410, True)


def test_a_link_does_not_pay_large_amounts(desk: Desk) -> None:
    """What needs two people is not answered by whoever holds a message."""
    link = ask(desk, "pay 60,000.00?", "payments")
    assert "two people" in desk.client.get(link).text
    desk.client.post(link, data={"answer": "yes"})
    assert desk.store.task("t1").answered_at is None


def test_an_invoice_is_shared_out_exactly(desk: Desk) -> None:
    """The shares must be the whole invoice; else a sentence with both sums, and what was typed is still there."""
    version = desk.waiting("invoices", "I1", {**INVOICE, "gross": "100.00"})
    lin = desk.as_("lin", Role.FINANCE)
    facts = {"version": version, "decision": "split", "shares": "PO-1 = 60\nPO-2 = 30"}
    wrong = lin.post("/invoices/I1", data=facts)
    assert (wrong.status_code, "add up to 90" in wrong.text, "PO-2 = 30" in wrong.text) == (409, True, True)
    assert lin.post("/invoices/I1", data={**facts, "shares": "PO-1 = 60\nPO-2 = 40"}).status_code == 303
    assert desk.store.item("invoices", "I1").details["orders"] == ["PO-1", "PO-2"]


def test_shares_are_read_as_people_write_them() -> None:
    """Equals signs, colons and Chinese semicolons; anything that is no pair is refused."""
    found = shares_of("PO-1 = 1,000.50；PO-2：3")
    assert [(one.order, str(one.amount)) for one in found] == [("PO-1", "1000.50"), ("PO-2", "3")]
    for text in ("", "PO-1", "PO-1 = much", "PO-1 = NaN"):
        with pytest.raises(HTTPException):
            shares_of(text)


def test_the_invoices_workbook_holds_every_invoice(desk: Desk, tmp_path: Path) -> None:
    """One row each with its amount as a number, and totals that are the sum."""
    for key, gross in (("I1", "100.00"), ("I2", "20.50")):
        desk.waiting("invoices", key, {**INVOICE, "gross": gross})
    file = tmp_path / "book.xlsx"
    file.write_bytes(desk.as_("lin", Role.FINANCE).get("/invoices.xlsx").content)
    book = load_workbook(file)
    assert sum(row[3].value for row in book.worksheets[0].iter_rows(min_row=2)) == 120.5
    assert [cell.value for cell in book.worksheets[1][2]] == ["CNY", 0, 0, 120.5, 0, 120.5]


def test_a_mapping_table_is_checked_before_it_counts(desk: Desk) -> None:
    """A faulty one is told by its cell and changes nothing; a good one takes the place, the old one is kept."""
    folder = desk.services.workspace / "config" / "mapping"
    shutil.copytree(Path(__file__).parents[2] / "config" / "mapping", folder)
    before = (folder / "carriers.xlsx").read_bytes()
    book = load_workbook(folder / "carriers.xlsx")
    book["物流对照"]["B2"] = "nowhere"
    faulty = desk.services.data / "faulty.xlsx"
    book.save(faulty)
    lin = desk.as_("lin", Role.OPERATOR)
    files = {"file": ("mine.xlsx", faulty.read_bytes())}
    refused = lin.post("/settings/mapping/carriers", files=files)
    assert (refused.status_code, "carriers.xlsx!物流对照!B2" in refused.text) == (422, True)
    assert (folder / "carriers.xlsx").read_bytes() == before
    book["物流对照"]["B2"] = "淘宝"
    book["物流对照"]["C2"] = "a new name"
    book.save(faulty)
    taken = lin.post("/settings/mapping/carriers", files={"file": ("mine.xlsx", faulty.read_bytes())})
    assert taken.status_code == 303, taken.text
    assert (folder / "carriers.xlsx").read_bytes() == faulty.read_bytes()
    assert [file.read_bytes() for file in (desk.services.data / "mapping").iterdir()] == [before]


def test_a_person_takes_a_running_bot_over(desk: Desk) -> None:
    """The run is held; its page says where the screen is and how to give it back."""
    desk.store.add_run(RunRecord(run="r1", bot="key-orders", flow="f", state=RunState.RUNNING, worker="pc7#1"))
    lin = desk.as_("lin", Role.OPERATOR)
    assert lin.post("/tasks/take-over", data={"run": "r1"}).headers["location"] == "/runs/r1?said=taken_over"
    assert desk.store.run("r1").state is RunState.PAUSED
    assert "Its screen is on pc7" in lin.get("/runs/r1").text
    lin.post("/runs/r1/resume")
    assert desk.store.run("r1").state is RunState.QUEUED


def test_the_api_refuses_what_does_not_fit_now(desk: Desk) -> None:
    """Resuming a run that is over: 409, a sentence, nothing changed."""
    desk.store.add_run(RunRecord(run="r1", bot="key-orders", flow="f", state=RunState.DONE))
    answer = desk.as_("lin", Role.OPERATOR).post("/api/runs/r1/resume")
    assert (answer.status_code, "Nothing was changed" in answer.json()["error"]) == (409, True)


def test_the_api_describes_itself(desk: Desk) -> None:
    """Every route under /api stands in the OpenAPI description, and nothing else does."""
    from nightclerk.console.rights import ROUTES

    described = desk.as_("admin").get("/api/openapi.json").json()["paths"]
    wanted = {path.replace(":path", "") for _, path in ROUTES if path.startswith("/api/")} - {"/api/openapi.json"}
    assert set(described) == wanted


def moment(title: str, *, failed: bool = False, ms: int = 100, kind: str = "step") -> Moment:
    outcome = "failed" if failed else "ok"
    return Moment(
        kind=kind,
        at=NOW,
        order=1,
        depth=0,
        step=title,
        item="",
        title=title,
        failed=failed,
        outcome=outcome,
        took_ms=ms,
    )


def test_two_runs_beside_each_other() -> None:
    """Steps are paired by name; what is missing, failed or much slower differs."""
    good = [moment("open"), moment("fill"), moment("save"), moment("read", kind="act")]
    this = [moment("open"), moment("save", failed=True), moment("log in")]
    pairs = beside(good, this)
    assert [(one.good and one.good.title, one.this and one.this.title, one.differs) for one in pairs] == [
        ("open", "open", False), ("fill", None, True), ("save", "save", True), (None, "log in", True),
    ]  # fmt: skip
    assert beside([moment("save")], [moment("save", ms=5000)])[0].slower


def test_how_long_a_run_will_take() -> None:
    """By its pace so far; too few items, or none left, give no guess; "first N" bounds what lies ahead."""
    run = RunRecord(run="r", bot="b", flow="f", started_at=NOW - timedelta(seconds=40), counts={"done": 3, "failed": 1})
    found = progress_of(run, {State.NEW: 8, State.DONE: 100}, NOW)
    assert found is not None
    assert (found.done, found.total, found.left_s) == (4, 12, 80.0)
    assert progress_of(run, {}, NOW).left_s is None  # type: ignore[union-attr]
    few = RunRecord(run="r", bot="b", flow="f", started_at=NOW, counts={"done": 1}, first=5)
    assert (progress_of(few, {State.NEW: 80}, NOW).total, progress_of(few, {}, NOW).left_s) == (5, None)  # type: ignore[union-attr]
    assert progress_of(RunRecord(run="r", bot="b", flow="f"), {}, NOW) is None


def test_how_a_bot_has_done() -> None:
    """Rehearsals, cancelled and running runs do not count."""

    def run(state: RunState, **more: object) -> RunRecord:
        return RunRecord(run="r", bot="b", flow="f", state=state, counts={"done": 3, "waiting": 1}, **more)  # type: ignore[arg-type]

    runs = [run(RunState.DONE), run(RunState.FAILED), run(RunState.CANCELLED), run(RunState.DONE, rehearse=True)]
    record = record_of(runs)
    assert (record.runs, record.success, record.person) == (2, 0.5, 0.25)
    assert (record_of([]).success, record_of([]).person) == (None, None)


@pytest.mark.parametrize(("most", "end"), [(0, 1), (0.4, 1), (3, 5), (12, 20), (26, 50), (100, 100), (101, 200)])
def test_axes_end_at_round_numbers(most: float, end: float) -> None:
    """At or above the largest value."""
    assert nice(most) == end


def test_bars_stand_on_each_other_and_lines_have_gaps() -> None:
    """The second series begins where the first ends; a week without a value breaks the line."""
    plot = bars(["a"], [Series(name="x", tone="good", values=(3,)), Series(name="y", tone="ask", values=(2,))])
    low, high = plot.marks
    assert high.y + high.height == pytest.approx(low.y)
    drawn = lines(["a", "b", "c", "d", "e"], [Series(name="x", tone="good", values=(1, 2, None, 3, 4))])
    assert (len(drawn.lines), len(drawn.marks)) == (2, 4)
