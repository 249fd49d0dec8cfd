"""Several machines on one: a workspace, a key and a name each, one PostgreSQL, one partner, one place for evidence."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ruamel.yaml import YAML

from nightclerk.chaos import other_side, processes
from nightclerk.chaos.faults import Partner
from nightclerk.chaos.home import make_home
from nightclerk.domain.items import RunRecord, RunState, State
from nightclerk.office.office import Office
from nightclerk.workspace import Workspace, load_workspace

WORDS = Path(__file__).parent / "machines"
BOT = "bot: keep-{n}\ntitle: keep {n}\nflow: flows.plain_orders:enter\nattempts: 40\nwith: {{url: '{url}'}}\n"


def settle_in(folder: Path, *, url: str, database: str, evidence: Path, bots: int) -> Workspace:
    """A machine's own copy of the workspace, with `bots` bots on one queue."""
    make_home(folder, partner=Partner.WEB, url=url, database=database)
    (folder / "bots" / "chaos-orders.yaml").unlink()
    for n in range(1, bots + 1):
        (folder / "bots" / f"keep-{n}.yaml").write_text(BOT.format(n=n, url=url), encoding="utf-8")
    _change(folder / "config" / "settings.yaml", evidence=str(evidence), parallel={"web": 2})
    shutil.copy(WORDS / "plain_orders.py", folder / "flows" / "plain_orders.py")
    return load_workspace(folder)


def _change(file: Path, **values: object) -> None:
    data = YAML().load(file.read_text(encoding="utf-8"))
    with file.open("w", encoding="utf-8") as out:
        YAML().dump({**data, **values}, out)


@dataclass
class Machine:
    """One `nightclerk worker` that believes to be alone on its machine."""

    home: Workspace
    name: str
    process: subprocess.Popen[bytes] | None = None
    frozen: list[int] = field(default_factory=list)

    def start(self, *words: str) -> None:
        command = [sys.executable, "-m", "nightclerk", "worker", "--name", self.name, *words]
        environ = {**os.environ, "MACHINE": self.name, "PYTHONPATH": str(WORDS)}
        with (self.home.root / "worker.log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.home.root, env=environ)

    def all(self) -> list[int]:
        """The worker and everything that it has started, browsers too."""
        assert self.process is not None
        return [self.process.pid, *processes.children(self.process.pid)]

    def cut_off(self) -> None:
        """As when somebody pulls the plug."""
        for pid in self.all():
            processes.send(pid, signal.SIGKILL)
        assert self.process is not None
        self.process.wait()

    def freeze(self) -> None:
        """As when a laptop is shut."""
        self.frozen = self.all()
        for pid in self.frozen:
            processes.send(pid, signal.SIGSTOP)

    def thaw(self) -> None:
        for pid in reversed(self.frozen):
            processes.send(pid, signal.SIGCONT)

    def close(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=40)
            except subprocess.TimeoutExpired:
                self.cut_off()

    def log(self) -> str:
        return (self.home.root / "worker.log").read_text(encoding="utf-8", errors="replace")


@dataclass
class Site:
    """The office and its machines, the partner's books, and the shared evidence."""

    office: Office
    machines: dict[str, Machine]
    state: Path
    evidence: Path

    def launch_all(self, orders: int) -> list[str]:
        """Queue the orders, and one run of every bot."""
        for n in range(orders):
            ref = f"PO-{n:03}"
            self.office.store.put(
                "chaos", ref, {"ref": ref, "site": "till", "quantity": 1 + n % 9}, now=self.office.clock.now()
            )
        return [self.office.launch(bot, {}, by="test") for bot in self.office.workspace.bots]

    def run(self, run: str) -> RunRecord:
        record = self.office.store.run(run)
        assert record is not None
        return record

    def in_hands(self, run: str) -> set[tuple[str, int]]:
        """The items that a run holds, each with its fence."""
        working = self.office.store.items("chaos", states=[State.IN_PROGRESS], limit=1000)
        return {(item.key, item.fence) for item in working if item.run == run}

    def is_dead(self, worker: str) -> bool:
        """Whether the others have declared a worker dead."""
        return worker in {w.worker for w in self.office.store.workers(ended_too=True) if w.outcome == "dead"}

    def machine_of(self, run: str) -> Machine:
        return self.machines[self.run(run).worker.partition("#")[0]]

    def done(self) -> int:
        return self.office.store.counts("chaos").get(State.DONE, 0)

    def standing(self) -> Counter[str]:
        return other_side.standing(self.state, Partner.WEB)

    def ended(self, runs: list[str]) -> bool:
        return all(self.run(run).state is RunState.DONE for run in runs)


def wait_until(holds: Callable[[], object], what: str, *, timeout_s: float) -> float:
    """Wait for a condition, looking ten times a second; how long it took."""
    began, pause = time.monotonic(), threading.Event()
    while time.monotonic() - began < timeout_s:
        if holds():
            return time.monotonic() - began
        pause.wait(0.1)
    raise AssertionError(f"{what}: not within {timeout_s:g} s")


@contextmanager
def site(folder: Path, database: str, *, machines: int) -> Iterator[Site]:
    """An office that performs nothing itself, and so many machines with a worker each."""
    state, evidence = folder / "state", folder / "evidence"
    partner = other_side.WebPartner(state)
    facts = {"url": partner.url, "database": database, "evidence": evidence, "bots": machines}
    names = [f"m{n}" for n in range(1, machines + 1)]
    found = {name: Machine(settle_in(folder / name, **facts), name) for name in names}  # type: ignore[arg-type]
    office = Office(settle_in(folder / "office", **facts), cans=(), name="office", gathers=True)  # type: ignore[arg-type]
    try:
        for machine in found.values():
            machine.start("--can", "web")
        yield Site(office, found, state, evidence)
    finally:
        for machine in found.values():
            machine.thaw()
            machine.close()
        office.close()
        partner.close()
