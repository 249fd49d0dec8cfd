"""The durable engine: each run is performed, one run an id, and a killed process loses none of them."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from nightclerk.errors import MissingPart
from nightclerk.work.engine import Engine, ExecutorLock

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


def test_a_killed_process_takes_its_runs_up_again(tmp_path: Path) -> None:
    """The run in hand when the process died is performed again, the queued ones follow, the ended one does not."""
    command = [sys.executable, "-c", CRASHING, str(tmp_path)]
    assert subprocess.run(command, check=False, timeout=90).returncode == 9
    assert subprocess.run(command, check=False, timeout=90).returncode == 0
    assert (tmp_path / "ran.txt").read_text().split() == ["r1", "r2", "r2", "r3"]


def test_one_run_an_id(tmp_path: Path) -> None:
    """A slot that is fired twice runs once."""
    ran: list[str] = []
    ended = threading.Event()

    def runner(run: str) -> str:
        ran.append(run)
        if run == "last":
            ended.set()
        return "done"

    engine = Engine(f"sqlite:///{tmp_path / 'engine.db'}", runner=runner, folder=tmp_path)
    try:
        for run in ("slot@1", "slot@1", "last", "slot@1"):
            engine.fire(run, needs="files")
        assert ended.wait(30)
        assert ran == ["slot@1", "last"]
    finally:
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


def test_the_end_of_a_run_may_fire_the_next(tmp_path: Path) -> None:
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

    engine = Engine(f"sqlite:///{tmp_path / 'engine.db'}", runner=runner, folder=tmp_path)
    try:
        engine.fire("first", needs="files")
        assert ended.wait(30)
        assert ran == ["first", "second"]
    finally:
        engine.close()
