"""A small site to record on, and what turns a recording into a run: its own workspace, checks, the engine."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page

from nightclerk.record import Outcome, Request, record
from nightclerk.record.script import Person
from nightclerk.workspace import load_workspace

PAGES = Path(__file__).parent / "pages"
ROOT = Path(__file__).parents[2]
TOOLS = (
    ["mypy", "--no-error-summary", "--strict", "--explicit-package-bases", "--cache-dir", str(ROOT / ".mypy_cache")],
    ["ruff", "check", "--quiet", "--line-length", "120", "--select", "E,F,W,I,UP,B"],
    ["ruff", "format", "--check", "--quiet", "--line-length", "120"],
)
#: Performs bots by the engine's own words, without the queue of jobs around it.
PERFORM = """
import json, sys
from pathlib import Path
from nightclerk.app import store_of
from nightclerk.child import perform_run
from nightclerk.domain.items import RunRecord
from nightclerk.records import dump
from nightclerk.workspace import load_workspace
workspace = load_workspace(Path(sys.argv[1]))
bots, rehearse, parameters = json.loads(sys.argv[2])
ended = []
for bot in bots:
    store = store_of(workspace)
    flow = workspace.bot(bot).flow
    store.add_run(RunRecord(run=f"test-{bot}", bot=bot, flow=flow, rehearse=rehearse, parameters=parameters))
    perform_run(workspace, f"test-{bot}")
    items = [item for queue in store.queues() for item in store.items(queue)]
    ended.append({**dump(store.run(f"test-{bot}")), "items": dump(items)})
    store.close()
print(json.dumps(ended, ensure_ascii=False))
"""


#: Where the recorder's bar is on a page.
BOX = """() => {
  const b = document.querySelector('nightclerk-bar').getBoundingClientRect();
  return [b.x, b.y, b.width, b.height];
}"""


def bar_box(page: Page) -> list[float]:
    """Left, top, width and height of the recorder's bar, its open question included."""
    return [float(value) for value in page.evaluate(BOX)]


@dataclass
class Desk:
    """The site: what was saved by which page, in order, and where it is."""

    url: str = ""
    saved: list[tuple[str, Any]] = field(default_factory=list)
    number: str = "DN-20261120-1"

    def take(self) -> list[tuple[str, Any]]:
        """What was saved since the last call."""
        saved, self.saved = self.saved, []
        return saved

    def orders(self) -> list[dict[str, Any]]:
        return [data for page, data in self.saved if page == "order"]


class Handler(SimpleHTTPRequestHandler):
    """Static pages, /save/NAME for what they did, and a list of orders that can be searched."""

    def __init__(self, *args: Any, desk: Desk, folder: Path) -> None:
        self.desk = desk
        super().__init__(*args, directory=str(folder))

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path == "/orders.json":
            text = parse_qs(parts.query).get("text", [""])[0]
            found = [order for order in self.desk.orders() if text and text in order.get("number", "")]
            self._answer(json.dumps(found).encode(), "application/json")
        elif parts.path == "/number.json":
            self._answer(json.dumps(self.desk.number).encode(), "application/json")
        elif parts.path == "/report.csv":
            self._answer("订单号,金额\r\nA1,10.00\r\n".encode(), "text/csv", "attachment; filename=report.csv")
        else:
            super().do_GET()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path.startswith("/save/"):
            self.desk.saved.append((self.path.removeprefix("/save/"), json.loads(body)))
        self._answer(b"{}", "application/json")

    def _answer(self, body: bytes, kind: str, disposition: str = "") -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        if disposition:
            self.send_header("Content-Disposition", disposition)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Keep quiet."""


@contextmanager
def desk(folder: Path = PAGES) -> Iterator[Desk]:
    """The site, running on loopback."""
    site = Desk()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, desk=site, folder=folder))
    site.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()


@dataclass(frozen=True, kw_only=True)
class Bench:
    """A workspace of its own for one recording."""

    root: Path

    def record(
        self, url: str, person: Callable[[Person], None], *, flow: str, sheet: Path | None = None, **answers: Any
    ) -> Outcome:
        """Let a scripted person work, without a window."""
        request = Request(
            target=url, flow=flow, workspace=load_workspace(self.root), sheet=sheet, headless=True, person=person,
            answers=answers,
        )  # fmt: skip
        return record(request)

    def text(self, name: str) -> str:
        return (self.root / name).read_text(encoding="utf-8")

    def nightclerk(self, *words: str) -> subprocess.CompletedProcess[str]:
        """One word of the command line, in this workspace."""
        command = [sys.executable, "-m", "nightclerk", *words]
        return subprocess.run(command, cwd=self.root, capture_output=True, text=True, timeout=180, check=False)

    def run(self, *bots: str, rehearse: bool = False, **parameters: str) -> list[dict[str, Any]]:
        """Run bots one after the other, each to its end, in a process of their own; their records and items."""
        asked = json.dumps([list(bots), rehearse, parameters])
        command = [sys.executable, "-c", PERFORM, str(self.root), asked]
        done = subprocess.run(command, cwd=self.root, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
        return list(json.loads(done.stdout))

    def faults(self) -> list[str]:
        """What check, mypy and ruff have to say about the workspace; [] when it is clean."""
        check = self.nightclerk("check", "--json")
        said = [f"{f['where']}: {f['expected']}" for f in json.loads(check.stdout)["faults"]]
        flows = [str(file) for file in sorted((self.root / "flows").rglob("*.py"))]
        for tool in TOOLS:
            command = [sys.executable, "-m", *tool, *flows]
            done = subprocess.run(command, cwd=self.root, capture_output=True, text=True, check=False)
            said += done.stdout.splitlines() + ([done.stderr] if done.returncode > 1 else [])
        return said


def empty_workspace(root: Path) -> Bench:
    """A workspace with nothing in it but its settings."""
    for name in ("bots", "flows/apps", "selectors", "config", "tests"):
        (root / name).mkdir(parents=True, exist_ok=True)
    (root / "config" / "settings.yaml").write_text("language: en\nretry_base_s: 0.1\n", encoding="utf-8")
    return Bench(root=root)
