"""The processes under attack: workers and schedulers of one workspace, started again when they die."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGCONT, SIGKILL, SIGSTOP, SIGTERM

from nightclerk.chaos import processes
from nightclerk.chaos.home import environment
from nightclerk.offspring import die_with_parent

#: A service manager starts a worker again after this time.
RESTART_S = 0.5


@dataclass
class Member:
    """One process that is kept running. `clock` is the file that moves its clock."""

    name: str
    command: Sequence[str]
    clock: Path
    process: subprocess.Popen[bytes] | None = None
    restarts: int = 0
    died_at: float = 0.0
    frozen: list[int] = field(default_factory=list)

    @property
    def pid(self) -> int:
        return self.process.pid if self.process is not None and self.process.poll() is None else 0


class Staff:
    """Starts the members, and starts each again half a second after it died."""

    def __init__(self, root: Path, *, workers: int, postgres: bool, desktop: bool) -> None:
        self._root, self._logs = root, root / "data" / "chaos"
        self._logs.mkdir(parents=True, exist_ok=True)
        shift = ["shift", "--no-console"]
        self.members = [self._member("shift", shift)]
        cans = ["--can", "desktop" if desktop else "web"]
        if postgres:
            self.members += [self._member(f"w{n}", ["worker", "--name", f"w{n}", *cans]) for n in range(1, workers + 1)]

    def _member(self, name: str, words: Sequence[str]) -> Member:
        command = [sys.executable, "-m", "nightclerk", *words, "--workspace", str(self._root)]
        return Member(name, command, self._logs / f"{name}.clock")

    def tend(self) -> None:
        """Start whoever has died, as a service manager does."""
        now = time.monotonic()
        for member in self.members:
            if member.process is not None and member.process.poll() is None:
                continue
            if member.process is not None and not member.died_at:
                member.died_at = now
            if member.process is None or now - member.died_at >= RESTART_S:
                member.restarts += member.process is not None
                member.died_at = 0.0
                member.process = self.start(member.name, member.command, member.clock)

    def start(self, name: str, command: Sequence[str], clock: Path) -> subprocess.Popen[bytes]:
        """Start one process in a session of its own; what it says goes to data/chaos/NAME.log. It ends with us."""
        environ: Mapping[str, str] = environment(clock)
        with (self._logs / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self._root, env=dict(environ),
                start_new_session=True, preexec_fn=die_with_parent,
            )  # fmt: skip

    def member_of(self, pid: int) -> Member | None:
        """The member that (through whoever) started a process."""
        return next((m for m in self.members if m.pid and (pid == m.pid or pid in processes.children(m.pid))), None)

    @staticmethod
    def kill(member: Member) -> None:
        """SIGKILL to the member alone."""
        processes.send(member.pid, SIGKILL)

    @staticmethod
    def cut_power(member: Member) -> None:
        """SIGKILL to the member and all that it started."""
        pid = member.pid
        for one in [*(processes.children(pid) if pid else []), pid]:
            processes.send(one, SIGKILL)

    @staticmethod
    def freeze(member: Member) -> None:
        """SIGSTOP to the member and all that it started, as when a machine is suspended."""
        member.frozen = [member.pid, *(processes.children(member.pid) if member.pid else [])]
        for pid in member.frozen:
            processes.send(pid, SIGSTOP)

    @staticmethod
    def thaw(member: Member) -> None:
        for pid in reversed(member.frozen):
            processes.send(pid, SIGCONT)
        member.frozen = []

    def close(self, *, timeout_s: float = 30.0) -> None:
        """End everybody: asked first, then killed with all that they started."""
        for member in self.members:
            self.thaw(member)
            processes.send(member.pid, SIGTERM)
        deadline = time.monotonic() + timeout_s
        for member in self.members:
            started = processes.children(member.pid) if member.pid else []
            try:
                if member.process is not None:
                    member.process.wait(timeout=max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                self.cut_power(member)
            for pid in started:
                if "nightclerk" in processes.words(pid) or str(self._root) in processes.words(pid):
                    processes.send(pid, SIGKILL)
