"""The shift report: what it lists, for whom, and that nothing in it can act or leak."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest

from nightclerk.documents.report import ShiftReport, counts_text, write_html, write_xlsx
from nightclerk.domain.items import Effect, EffectState, RunRecord, RunState, State, Task, WorkItem

AT = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)


def run(bot: str, state: RunState, **facts: object) -> RunRecord:
    ended = AT + timedelta(seconds=75)
    return RunRecord(run=f"{bot}-1", bot=bot, flow="f:f", state=state, started_at=AT, ended_at=ended, **facts)  # type: ignore[arg-type]


def effect(key: str, state: EffectState, reference: str = "") -> Effect:
    return Effect(target="legacy_erp", name="save_voucher", key=key, state=state, reference=reference, updated_at=AT)


@pytest.fixture
def report() -> ShiftReport:
    items = [
        WorkItem(queue="orders", key="jd:y:1", payload={}, state=State.DONE, updated_at=AT),
        WorkItem(queue="orders", key="jd:y:2", payload={}, state=State.REJECTED, reason="=1+1", updated_at=AT),
        WorkItem(queue="payments", key="FK-1", payload={}, state=State.WAITING, reason="13900000001", updated_at=AT),
    ]
    tasks = [
        Task(task="t1", kind="question", question="<b>same order?</b>", run="r9", asked_at=AT),
        Task(task="t2", kind="question", question="listed", queue="payments", key="FK-1", asked_at=AT),
        Task(task="t3", kind="question", question="over", run="r9", asked_at=AT, answered_at=AT),
    ]
    return ShiftReport(
        day=date(2026, 11, 20),
        made_at=AT,
        runs=[run("key-orders", RunState.DONE, counts={"done": 28}), run("ship", RunState.CRASHED, reason="power")],
        items=items,
        effects=[effect("jd:y:1", EffectState.CONFIRMED, "XS-0001"), effect("jd:y:2", EffectState.IN_DOUBT)],
        tasks=tasks,
    )


def test_the_figures(report: ShiftReport) -> None:
    """One run ended well, one did not, one effect is confirmed, three things wait (a listed task counts once)."""
    assert [number for _, number, _ in report.figures()] == [1, 1, 1, 3]


def test_what_was_entered_has_its_number_there(report: ShiftReport) -> None:
    """Only confirmed effects count as entered; the time is local."""
    entered = report.sections()[2].rows
    assert entered == (("legacy_erp", "save_voucher", "jd:y:1", "XS-0001", "2026-11-20 22:00:00"),)


def test_what_waits_names_who_looks_at_it(report: ShiftReport) -> None:
    """Payments go to finance, the rest to the back office; phone numbers are masked, answered tasks are gone."""
    waiting = {row[2]: row for row in report.sections()[3].rows}
    assert waiting["FK-1"][0] == "财务 finance"
    assert waiting["jd:y:2"][0] == "运营后台 back office"
    assert "13900000001" not in waiting["FK-1"][4]
    assert set(waiting) == {"FK-1", "jd:y:2", "r9"}


def test_the_workbook_has_no_formula(report: ShiftReport, tmp_path: Path) -> None:
    """A reason that begins with "=" is written as text, and the sheets say what they hold in both languages."""
    book = openpyxl.load_workbook(write_xlsx(report, tmp_path / "r.xlsx"))
    assert book.sheetnames[0] == "概览 Overview"
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert "=1+1" in [cell.value for cell in cells]


def test_the_page_stands_alone(report: ShiftReport, tmp_path: Path) -> None:
    """The HTML asks for nothing from elsewhere and shows texts, not markup."""
    page = write_html(report, tmp_path / "r.html").read_text(encoding="utf-8")
    assert "src=" not in page
    assert "href=" not in page
    assert "&lt;b&gt;same order?&lt;/b&gt;" in page
    assert "夜班报告 · Shift report" in page


def test_an_empty_shift_has_a_report(tmp_path: Path) -> None:
    """A night without work still ends in a page that says so."""
    empty = ShiftReport(day=date(2026, 11, 20), made_at=AT, runs=[], items=[], effects=[], tasks=[])
    assert write_html(empty, tmp_path / "r.html").read_text(encoding="utf-8").count("没有 Nothing") == 5
    assert write_xlsx(empty, tmp_path / "r.xlsx").is_file()


def test_counts_in_words() -> None:
    """States are named in both languages, other words stand as they are."""
    assert counts_text({"done": 2, "retried": 1, "parcels": 4}) == "完成 done 2 · 重试 retried 1 · parcels 4"
