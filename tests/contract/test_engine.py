"""The durable engine: each run is performed, one run an id, and a killed process loses none of them."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from nightclerk.domain.items import RunRecord
from nightclerk.errors import MissingPart
from nightclerk.work.engine import Engine, ExecutorLock
from nightclerk.work.urls import database_urls

CRASHING = """
import os, sys, threading
from pathlib import Path
from nightclerk.work.engine import Engine

folder, ends = Path(sys.argv[1]), threading.Event()

def runner(run):
    with (folder / "ran.txt").open("a") as out:
        out.write(run + "\\n")
    if run == "r2" and not (folder / "crashed").exists():
        (folder / "crashed").touch()
        os._exit(9)
    if run == "r3":
        ends.set()
    return "done"

engine = Engine(f"sqlite:///{folder / 'engine.db'}", runner=runner, folder=folder)
if not (folder / "crashed").exists():
    for run in ("r1", "r2", "r3"):
        engine.fire(run, needs="files")
sys.exit(0 if ends.wait(30) else 3)
"""


@pytest.fixture(params=["file", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where the engine keeps its tables, as a user would write it."""
    setting = request.getfixturevalue("pg_url") if request.param == "postgres" else ""
    return database_urls(setting, tmp_path).engine


def test_a_killed_process_takes_its_runs_up_again(tmp_path: Path) -> None:
    """The run in hand when the process died is performed again, the queued ones follow, the ended one does not."""
    command = [sys.executable, "-c", CRASHING, str(tmp_path)]
    assert subprocess.run(command, check=False, timeout=90).returncode == 9
    assert subprocess.run(command, check=False, timeout=90).returncode == 0
    assert (tmp_path / "ran.txt").read_text().split() == ["r1", "r2", "r2", "r3"]


def test_one_run_an_id(url: str) -> None:
    """A slot that is fired twice runs once."""
    ran: list[str] = []
    ended = threading.Event()

    def runner(run: str) -> str:
        ran.append(run)
        if run == "last":
            ended.set()
        return "done"

    engine = Engine(url, runner=runner, folder=None, executor="worker#1")
    try:
        for run in ("slot@1", "slot@1", "last", "slot@1"):
            engine.fire(run, needs="files")
        assert ended.wait(30)
        assert ran == ["slot@1", "last"]
    finally:
        engine.close()


def test_the_earliest_deadline_is_performed_first(url: str) -> None:
    """Of those that wait in one queue; in whatever order they were fired, and one without a deadline last."""
    ran: list[str] = []
    go, ended = threading.Event(), threading.Event()
    dawn = datetime(2026, 11, 21, 6, tzinfo=UTC)

    def runner(run: str) -> str:
        ran.append(run)
        go.wait(120)
        if run == "whenever":
            ended.set()
        return "done"

    engine = Engine(url, runner=runner, folder=None, executor="worker#1")
    try:
        engine.fire("in hand", needs="files", due_at=dawn)
        wait_until(lambda: ran == ["in hand"])
        for run, due_at in (("whenever", None), ("at seven", dawn + timedelta(hours=1)), ("at six", dawn)):
            engine.fire(run, needs="files", due_at=due_at)
        go.set()
        assert ended.wait(120)
        assert ran == ["in hand", "at six", "at seven", "whenever"]
    finally:
        go.set()
        engine.close()


def test_works_beside_an_open_playwright(tmp_path: Path, playwright: object) -> None:
    """Playwright's event loop in the calling thread does not keep runs from being fired, asked about or ended."""
    ended = threading.Event()

    def runner(run: str) -> str:
        ended.set()
        return "done"

    engine = Engine(f"sqlite:///{tmp_path / 'engine.db'}", runner=runner, folder=tmp_path)
    try:
        engine.fire("r1", needs="files")
        assert ended.wait(30)
        assert engine.status("r1") in ("PENDING", "SUCCESS")
    finally:
        engine.close()


def test_one_live_process_an_executor(tmp_path: Path) -> None:
    """A second engine on the same workspace is refused in words."""
    lock = ExecutorLock(tmp_path / "executor-main.lock")
    with pytest.raises(MissingPart, match=r"ENGINE_BUSY.*stop it first"):
        ExecutorLock(tmp_path / "executor-main.lock")
    lock.release()
    ExecutorLock(tmp_path / "executor-main.lock").release()


def test_the_end_of_a_run_may_fire_the_next(url: str) -> None:
    """A runner that fires another run, as a shift does when a bot has ended, gets it performed."""
    ran: list[str] = []
    ended = threading.Event()

    def runner(run: str) -> str:
        ran.append(run)
        if run == "first":
            engine.fire("second", needs="files")
        else:
            ended.set()
        return "done"

    engine = Engine(url, runner=runner, folder=None, executor="worker#1")
    try:
        engine.fire("first", needs="files")
        assert ended.wait(30)
        assert ran == ["first", "second"]
    finally:
        engine.close()


DYING = """
import os, sys
from nightclerk.work.engine import Engine

def runner(run):
    print(run, flush=True)
    os._exit(9)

engine = Engine(sys.argv[1], runner=runner, folder=None, executor="worker#1", cans=["desktop:u8"])
engine.fire("r1", needs="desktop:u8")
engine.fire("r2", needs="web")
import threading
threading.Event().wait(60)
"""


def test_what_a_dead_worker_held_is_taken_over(url: str) -> None:
    """Nothing happens by itself; after the take-over the run goes on in its own queue, where it can be done."""
    command = [sys.executable, "-c", DYING, url]
    assert subprocess.run(command, check=False, timeout=120, capture_output=True).returncode == 9
    ran: list[str] = []
    ended = threading.Event()

    def runner(run: str) -> str:
        ran.append(run)
        ended.set()
        return "done"

    engine = Engine(url, runner=runner, folder=None, executor="worker#2", cans=["desktop:u8"])
    try:
        assert (engine.executors(), engine.held_by("worker#1"), engine.status("r1")) == (
            ["worker#1"],
            ["r1"],
            "PENDING",
        )
        assert engine.take_over("worker#1") == ["r1"]
        assert ended.wait(60)
        assert ran == ["r1"]
        assert engine.status("r2") == "ENQUEUED"
    finally:
        engine.close()


def test_a_run_that_went_on_is_another_turn(url: str) -> None:
    """A cancelled or ended turn does not keep the next one from being performed; what ended long ago is forgotten."""
    ran: list[str] = []
    done = threading.Semaphore(0)

    def runner(run: str) -> str:
        ran.append(run)
        done.release()
        return "paused"

    engine = Engine(url, runner=runner, folder=None, executor="w#1", cans=["files"])
    try:
        for turn in (0, 1, 1):
            engine.fire("r1", needs="files", turn=turn)
        assert done.acquire(timeout=60)
        assert done.acquire(timeout=60)
        assert ran == ["r1", "r1"]
        wait_until(lambda: engine.status("r1", turn=1) == "SUCCESS")
        record = RunRecord(run="r1", bot="b", flow="f", turn=1)
        assert engine.statuses([record]) == {"r1": "SUCCESS"}
        assert engine.prune(datetime.now(UTC) + timedelta(hours=1)) == 2
        assert engine.status("r1") == ""
    finally:
        engine.close()


def test_an_old_worker_leaves_runs_of_newer_flows_alone(url: str) -> None:
    """The run stays queued for a worker that has its flows, whatever else the old one performs."""
    ran: list[str] = []
    ended = threading.Event()

    def runner(run: str) -> str:
        ran.append(run)
        ended.set()
        return "done"

    engine = Engine(url, runner=runner, folder=None, executor="w#1", cans=["files"], version="v1")
    try:
        engine.fire("new", needs="files", version="v2")
        engine.fire("old", needs="files", version="v1")
        assert ended.wait(60)
        assert (ran, engine.status("new")) == (["old"], "ENQUEUED")
    finally:
        engine.close()


def wait_until(holds: Callable[[], bool]) -> None:
    """Wait for a condition, looking ten times a second, for a minute at most."""
    pause = threading.Event()
    for _ in range(600):
        if holds():
            return
        pause.wait(0.1)
    raise AssertionError("the condition did not come true")
