"""Closing the shift: its own runs and effects stand in the report, those of other nights do not."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl

from flows.close_shift import close_shift
from nightclerk.domain.items import RunRecord, RunState
from nightclerk.run import Backstage, Run
from nightclerk.work.store import SqlStore
from nightclerk.workspace import Workspace


def add_run(store: SqlStore, name: str, shift: str, state: RunState = RunState.DONE) -> RunRecord:
    record = RunRecord(run=name, bot=name, flow="f:f", shift=shift, state=state)
    store.add_run(record)
    return record


def enter(store: SqlStore, clock: Any, run: str, key: str) -> None:
    effect = store.intend("legacy_erp", "save_voucher", key, run=run, now=clock.now())
    store.confirm(effect, reference=f"XS-{key}", run=run, now=clock.now())


def test_the_report_covers_this_shift_only(store: SqlStore, clock: Any, film: Any, tmp_path: Path) -> None:
    """One run with one effect ended well tonight; yesterday's are left out; both files are kept as evidence."""
    add_run(store, "key-orders-1", "n1")
    add_run(store, "key-orders-0", "n0", RunState.FAILED)
    enter(store, clock, "key-orders-1", "jd:y:1")
    enter(store, clock, "key-orders-0", "jd:y:0")
    store.put("orders", "jd:y:1", {})
    stage = Backstage(
        record=add_run(store, "close-1", "n1", RunState.RUNNING), workspace=Workspace(root=tmp_path), store=store,
        film=film, clock=clock, day=date(2026, 11, 20), files=tmp_path / "files", wait=clock.go,
    )  # fmt: skip
    assert close_shift(Run(stage)) == {"ran": 1, "ran_badly": 0, "entered": 1, "waiting": 0}
    kept = [line[1].name for line in film.lines if line[0] == "keep_file"]
    assert kept == ["夜班报告-20261120.xlsx", "夜班报告-20261120.html"]
    book = openpyxl.load_workbook(tmp_path / "files" / kept[0])
    assert [row[3].value for row in book["录入了什么 What was entered"].iter_rows(min_row=2)] == ["XS-jd:y:1"]
