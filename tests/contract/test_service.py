"""A whole `nightclerk shift` as a service: stopped or killed in the middle of an item, it goes on where it was."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest

from nightclerk.domain.items import Outcome, RunState, State
from nightclerk.work.slots import Event
from nightclerk.work.store import SqlStore, open_store

BOT = "bot: hold\ntitle: hold\nflow: flows.held_flow:hold\nneeds: files\nschedule: {event: begin}\n"


class Service:
    """One workspace, and the shift that is on duty there."""

    def __init__(self, root: Path) -> None:
        for folder in ("bots", "flows", "config", "data"):
            (root / folder).mkdir(parents=True)
        (root / "bots" / "hold.yaml").write_text(BOT, encoding="utf-8")
        (root / "config" / "settings.yaml").write_text("language: en\ngoodbye_s: 60\n", encoding="utf-8")
        shutil.copy(Path(__file__).with_name("held_flow.py"), root / "flows" / "held_flow.py")
        self.root = root
        self.store: SqlStore = open_store(f"sqlite:///{root / 'data' / 'books.db'}")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> subprocess.Popen[bytes]:
        with (self.root / "shift.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "nightclerk", "shift", "--no-console"], cwd=self.root, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        return self.process

    def tell(self) -> None:
        self.store.tell_event(Event(event="begin", key="tonight", at=datetime.now(UTC)))

    def begun(self) -> list[str]:
        file = self.root / "begun.txt"
        return file.read_text().split() if file.exists() else []

    def go(self, key: str) -> None:
        (self.root / f"go-{key}").touch()

    def states(self) -> dict[str, State]:
        return {item.key: item.state for item in self.store.items("held")}

    def wait(self, holds: Callable[[], object], timeout_s: float = 180.0) -> None:
        pause = threading.Event()
        for _ in range(int(timeout_s * 20)):
            if holds():
                return
            pause.wait(0.05)
        raise AssertionError((self.root / "shift.log").read_text()[-3000:])

    def end(self) -> None:
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.store.close()


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    made = Service(tmp_path)
    for key in ("a", "b"):
        made.store.put("held", key, {"key": key})
    yield made
    made.end()


@pytest.mark.skipif(os.name == "nt", reason="signals of a service manager are POSIX")
@pytest.mark.parametrize(
    "way",
    ["told", pytest.param("whole group", marks=pytest.mark.slow), pytest.param("killed", marks=pytest.mark.slow)],
)
def test_it_goes_on_where_it_was(service: Service, way: str) -> None:
    """Told to stop it ends the item in hand and hands back the rest; killed, the item is drawn again. One slot, one
    run, each item done once; nobody is left behind.
    """
    process = service.start()
    service.tell()
    service.wait(lambda: service.begun() == ["a"])
    children = psutil.Process(process.pid).children(recursive=True)
    assert {os.getpgid(child.pid) for child in children} == {process.pid}
    if way == "killed":
        process.kill()
    else:
        stop = process.terminate if way == "told" else lambda: os.killpg(process.pid, signal.SIGINT)  # as Ctrl+C does
        stop()
        service.wait((service.root / "told").exists)
        service.go("a")
    assert process.wait(timeout=120) == (-signal.SIGKILL if way == "killed" else 0)
    service.wait(lambda: not any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in children))
    if way != "killed":
        assert service.states() == {"a": State.DONE, "b": State.NEW}
        assert [run.state for run in service.store.runs()] == [RunState.QUEUED]
    service.go("a")
    service.go("b")
    service.start()
    service.wait(lambda: [slot.outcome for slot in service.store.slots()] == [Outcome.RAN])
    assert service.states() == {"a": State.DONE, "b": State.DONE}
    assert len(service.store.runs()) == 1
    assert service.begun() == (["a", "a", "b"] if way == "killed" else ["a", "b"])
