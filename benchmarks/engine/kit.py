"""What the engine's benchmarks share: a workspace with one bot and no screen, its partner, its workers."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from ruamel.yaml import YAML

from nightclerk.init import create_workspace
from nightclerk.sandbox.partner_books import PartnerBooks
from nightclerk.workspace import Workspace, load_workspace

HERE = Path(__file__).parent


def make_home(folder: Path, *, flow: str = "enter_plain_order", database: str = "") -> Workspace:
    """A workspace whose only bot enters plain orders."""
    create_workspace(folder)
    shutil.rmtree(folder / "bots")
    (folder / "bots").mkdir()
    shutil.copy(HERE / "plain_orders.py", folder / "flows")
    bot = {"bot": "plain", "flow": f"flows.plain_orders:{flow}", "needs": "files", "attempts": 50, "timeout": "2h"}
    _write(folder / "bots" / "plain.yaml", bot)
    settings = {"timezone": "Asia/Shanghai", "retry_base_s": 0.1, "parallel": {"files": 1}}
    _write(folder / "config" / "settings.yaml", {**settings, **({"database": database} if database else {})})
    return load_workspace(folder)


def _write(file: Path, content: dict[str, object]) -> None:
    with file.open("w", encoding="utf-8") as out:
        YAML().dump(content, out)


@contextlib.contextmanager
def partner(state: Path, *, answer_ms: float = 0.0) -> Iterator[PartnerBooks]:
    """The order-entry partner as a process; its address goes to `state`/partner.json."""
    state.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "nightclerk.sandbox.partner", "--state", str(state), "--with-parent"]
    process = subprocess.Popen([*command, "--answer-ms", str(answer_ms)], stdin=subprocess.PIPE)
    try:
        wait_until((state / "partner.json").exists, timeout_s=60)
        yield PartnerBooks(state)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        process.wait(timeout=10)


def start(home: Workspace, *words: str) -> subprocess.Popen[bytes]:
    """A nightclerk process in this workspace; what it says goes to data/bench.log."""
    home.data.mkdir(exist_ok=True)
    with (home.data / "bench.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "nightclerk", *words, "--workspace", str(home.root)],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=home.root,
        )  # fmt: skip


def wait_until(holds: Callable[[], object], *, timeout_s: float) -> None:
    """Look ten times a second until it holds."""
    deadline = time.monotonic() + timeout_s
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError("the benchmark's condition did not come true")
        threading.Event().wait(0.1)


def told(facts: dict[str, object]) -> None:
    print(json.dumps(facts), flush=True)
