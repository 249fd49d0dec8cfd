"""A small site on loopback, and one browser for all tests of the web driver."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from nightclerk.ports import AppSettings, SelectorSet
from nightclerk.web import driver
from nightclerk.web.browser import VIEWPORT, browser_or_fault
from nightclerk.web.page import WebPage
from nightclerk.work.store import SqlStore, open_store
from nightclerk.work.urls import database_urls

PAGES = Path(__file__).parent / "pages"
CSV = "订单号,金额\r\nA1,10.00\r\n".encode("gb18030")


class RealClock:
    """The machine's own time."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


@dataclass
class Site:
    """A small site on loopback: `written` holds pages by path, `asked` the paths that were asked for."""

    written: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    address: str = ""

    def __str__(self) -> str:
        return self.address


class Handler(SimpleHTTPRequestHandler):
    """The pages beside this file, pages that a test wrote, a download, and a page that is broken on its server."""

    def __init__(self, *args: Any, site: Site) -> None:
        self.site = site
        super().__init__(*args, directory=str(PAGES))

    def do_GET(self) -> None:
        self.site.asked.append(self.path)
        if self.path in self.site.written:
            self._answer(200, self.site.written[self.path].encode(), {"Content-Type": "text/html; charset=utf-8"})
        elif self.path == "/export.csv":
            self._answer(200, CSV, {"Content-Disposition": "attachment; filename*=UTF-8''%E8%AE%A2%E5%8D%95.csv"})
        elif self.path == "/broken":
            self._answer(502, b"<h1>Bad Gateway</h1>", {"Content-Type": "text/html"})
        else:
            super().do_GET()

    def do_POST(self) -> None:
        """Take the order, and answer late, as a busy site does."""
        self.site.asked.append(self.path)
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        threading.Event().wait(0.8)
        self._answer(200, "<p class=done>提交成功</p>".encode(), {"Content-Type": "text/html; charset=utf-8"})

    def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Keep quiet."""


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """The small site, running."""
    site = Site()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, site=site))
    site.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield site
    server.shutdown()
    thread.join()


@pytest.fixture
def real_clock() -> RealClock:
    """A clock for tests that wait for a real browser."""
    return RealClock()


@pytest.fixture(scope="session")
def chrome(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One browser for the whole suite."""
    with driver.shared_playwright() as playwright:
        executable = browser_or_fault(playwright.chromium.executable_path)
        opened = playwright.chromium.launch(executable_path=executable, chromium_sandbox=False)
        yield opened
        opened.close()


@pytest.fixture
def web(chrome: Browser, real_clock: RealClock) -> Iterator[WebPage]:
    """A page with cookies, tabs and memories of its own; `popups` lists what it reported."""
    page = WebPage(
        chrome.new_context(locale="zh-CN", viewport=VIEWPORT),
        selectors=SelectorSet(app="shop"),
        settings=AppSettings(name="shop", timeout_s=4.0),
        clock=real_clock,
    )
    page.popups = []  # type: ignore[attr-defined]
    page.on_popup = page.popups.append  # type: ignore[attr-defined]
    yield page
    page.close()


@pytest.fixture(params=["memory", "file", "postgres"])
def books(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqlStore]:
    """Empty books: in memory, in a file, and in PostgreSQL where it is installed."""
    if request.param == "memory":
        url = "sqlite://"
    else:
        setting = request.getfixturevalue("pg_url") if request.param == "postgres" else ""
        url = database_urls(setting, tmp_path).books
    store = open_store(url)
    yield store
    store.close()
