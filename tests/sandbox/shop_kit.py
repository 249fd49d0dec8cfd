"""What the shop tests share: a sandbox of their own, and app classes in a real browser against it."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

from nightclerk.app import SystemClock
from nightclerk.gate import CommitGate
from nightclerk.locate.files import selector_set
from nightclerk.locate.healer import Healer
from nightclerk.ports import Account, AppSettings, Secret, SelectorSet
from nightclerk.sandbox import world
from nightclerk.screens import Session, WebApp
from nightclerk.web import open_web
from tests.conftest import ListFilm

ROOT = Path(__file__).parents[2]
APP = TypeVar("APP", bound=WebApp)


class OneSecret:
    """A vault that holds the sandbox's own passwords."""

    def get(self, name: str) -> Secret:
        return Secret(name, world.LOGINS[name][1])


@contextlib.contextmanager
def sandbox(state: Path, *troubles: str) -> Iterator[dict[str, Any]]:
    """A running web sandbox; its endpoints. It ends with the block."""
    state.mkdir(parents=True, exist_ok=True)
    switches = [word for name in troubles for word in ("--trouble", name)]
    command = [sys.executable, "-m", "nightclerk.sandbox.server", "--state", str(state), "--with-parent", *switches]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as server:
        try:
            yield _wait_for(state / "endpoints.json", server)
        finally:
            assert server.stdin is not None
            server.stdin.close()


def _wait_for(file: Path, server: subprocess.Popen[bytes]) -> dict[str, Any]:
    for _ in range(400):
        if file.exists():
            return json.loads(file.read_text(encoding="utf-8"))
        if server.poll() is not None:
            break
        threading.Event().wait(0.05)
    raise AssertionError(f"the sandbox did not come up (exit status {server.poll()})")


@contextlib.contextmanager
def opened(
    kind: type[APP],
    endpoints: dict[str, Any],
    folder: Path,
    *,
    password: str = "",
    selectors: SelectorSet | None = None,
    healer: Healer | None = None,
) -> Iterator[APP]:
    """An app class in a browser of its own, not yet signed in."""
    name = kind.selectors
    settings = AppSettings(name=name, url=endpoints[name]["url"], timeout_s=10)
    selectors = selectors or selector_set(name, workspace=ROOT, starter=None)
    surface = open_web(
        selectors=selectors, settings=settings, profile=folder / "profile", downloads=folder, clock=SystemClock(),
        healer=healer,
    )  # fmt: skip
    session = Session(
        surface=surface,
        healer=healer or Healer(app=name),
        film=ListFilm(),
        gate=CommitGate(),
        clock=SystemClock(),
        account=Account(name=name, app=name, user=world.LOGINS.get(name, ("", ""))[0], secret=name),
        vault=_Fixed(password) if password else OneSecret(),
        settings=settings,
        files=folder / "files",
    )
    try:
        yield kind(session)
    finally:
        surface.close()


class _Fixed:
    def __init__(self, password: str) -> None:
        self.password = password

    def get(self, name: str) -> Secret:
        return Secret(name, self.password)


def books(state: Path, system: str, query: str, *values: str) -> list[tuple[Any, ...]]:
    """Rows of a system's own books."""
    with contextlib.closing(sqlite3.connect(state / "books" / f"{system}.db")) as opened_books:
        return opened_books.execute(query, values).fetchall()


class AppAtHand:
    """The one shop app of a flow, opened and signed in when needed, closed after trouble."""

    def __init__(self, kind: type[WebApp], endpoints: dict[str, Any], folder: Path) -> None:
        self.kind, self.endpoints, self.folder = kind, endpoints, folder
        self._stack = contextlib.ExitStack()
        self._app: WebApp | None = None
        self.wait = threading.Event().wait

    def open(self) -> dict[str, Any]:
        if self._app is None:
            self._app = self._stack.enter_context(opened(self.kind, self.endpoints, self.folder))
            self._app.sign_in()
        return {"shop": self._app}

    def close(self) -> None:
        self._stack.close()
        self._app = None

    def gates(self) -> list[CommitGate]:
        return [self._app.session.gate] if self._app else []
