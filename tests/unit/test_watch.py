"""A run that hangs is marked where lists show it, and unmarked when it moves again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nightclerk.domain.items import RunRecord, RunState
from nightclerk.work.store import SqlStore
from nightclerk.work.watch import Watch
from nightclerk.workspace import Bot, Workspace


def test_a_run_that_stands_still_says_so_until_it_moves(store: SqlStore, clock: Any) -> None:
    """After its bot's own time; a new step takes the mark away."""
    home = Workspace(root=Path(), bots={"b": Bot(name="b", titles={}, flow="f:f", hangs_after_s=60)})
    watch = Watch(store=store, workspace=home, clock=clock)
    store.add_run(RunRecord(run="r1", bot="b", flow="f:f", state=RunState.RUNNING, started_at=clock.now(), step="Save"))
    reasons = []
    for seconds in (59, 2, 60):
        clock.go(seconds)
        watch.look()
        reasons.append(store.runs()[0].reason)
    store.update_run("r1", moved_at=clock.now())
    watch.look()
    assert [*reasons, store.runs()[0].reason] == ["", *["HANGS: no progress at “Save”"] * 2, ""]
