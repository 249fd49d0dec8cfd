"""A whole `nightclerk shift` as a process, over a workspace with one bot that an event starts."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import psutil

from nightclerk.domain.items import State
from nightclerk.work.slots import Event
from nightclerk.work.store import SqlStore, open_store

BOT = "bot: b\ntitle: b\nflow: flows.{flow}\nneeds: files\nschedule: {{event: begin}}\n"


class Service:
    """One workspace, and the shift that is on duty there."""

    def __init__(self, root: Path, *, flow: str, queue: str, settings: str = "") -> None:
        """`flow`: "module:function" in this folder; `queue`: of its items."""
        module = flow.partition(":")[0]
        for folder in ("bots", "flows", "config", "data"):
            (root / folder).mkdir(parents=True)
        (root / "bots" / "b.yaml").write_text(BOT.format(flow=flow), encoding="utf-8")
        (root / "config" / "settings.yaml").write_text(f"language: en\ngoodbye_s: 60\n{settings}", encoding="utf-8")
        shutil.copy(Path(__file__).with_name(f"{module}.py"), root / "flows" / f"{module}.py")
        self.root, self.queue = root, queue
        self.store: SqlStore = open_store(f"sqlite:///{root / 'data' / 'books.db'}")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *switches: str) -> subprocess.Popen[bytes]:
        with (self.root / "shift.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "nightclerk", "shift", *(switches or ("--no-console",))],
                cwd=self.root, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        return self.process

    def tell(self, key: str = "tonight") -> None:
        self.store.tell_event(Event(event="begin", key=key, at=datetime.now(UTC)))

    def begun(self) -> list[str]:
        file = self.root / "begun.txt"
        return file.read_text().split() if file.exists() else []

    def go(self, key: str) -> None:
        (self.root / f"go-{key}").touch()

    def states(self) -> dict[str, State]:
        return {item.key: item.state for item in self.store.items(self.queue)}

    def type(self, *words: str) -> str:
        """What a command of this workspace prints."""
        command = [sys.executable, "-m", "nightclerk", *words]
        return subprocess.run(command, cwd=self.root, capture_output=True, text=True, timeout=300, check=True).stdout

    def wait(self, holds: Callable[[], object], timeout_s: float = 420.0) -> None:
        pause = threading.Event()
        for _ in range(int(timeout_s * 20)):
            if holds():
                return
            pause.wait(0.05)
        raise AssertionError((self.root / "shift.log").read_text()[-3000:])

    def performing(self) -> list[int]:
        """The processes of the shift that perform runs now."""
        assert self.process is not None
        children = psutil.Process(self.process.pid).children(recursive=True)
        return [child.pid for child in children if "perform" in _command(child)]

    def console_at(self) -> str:
        """The address of the console that the shift serves, "" while it has not said so."""
        said = re.findall(r"http://127\.0\.0\.1:\d+", (self.root / "shift.log").read_text())
        return str(said[-1]) if said else ""

    def kill(self) -> None:
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def end(self) -> None:
        self.kill()
        self.store.close()


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:  # it has ended meanwhile
        return []
