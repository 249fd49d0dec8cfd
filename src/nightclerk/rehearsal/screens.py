"""Open an app of a bot as its account, and leave no trace of that on this machine."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from nightclerk.app import starter_root, vault_of
from nightclerk.clocks import SystemClock
from nightclerk.desktop import open_desktop
from nightclerk.gate import CommitGate
from nightclerk.locate.files import selector_set
from nightclerk.locate.healer import Healer
from nightclerk.locate.prints import load_prints
from nightclerk.ports import Account, AppSettings, SelectorSet, Surface
from nightclerk.screens import App, Session
from nightclerk.terminal import open_terminal
from nightclerk.web import open_web
from nightclerk.workspace import Workspace

#: Parts of a browser's profile that a session does not need, and that only its own process may hold.
_NOT_COPIED = ("*Cache*", "Singleton*", "Crashpad", "*.log", "LOCK")


class NoFilm:
    """A film that keeps nothing: a rehearsal leaves no evidence, because it enters nothing."""

    folder = Path()

    def __getattr__(self, name: str) -> Any:
        return lambda *positional, **named: ""


@contextmanager
def opened(workspace: Workspace, kind: type[App], account: Account | None) -> Iterator[App]:
    """An app signed in as an account, over a copy of its browser profile; all of it is gone afterwards."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="nightclerk-rehearsal-")))
        settings, clock = workspace.app(kind.selectors), SystemClock()
        selectors = selector_set(kind.selectors, workspace=workspace.root, starter=starter_root())
        prints = load_prints(kind.selectors, workspace=workspace.root, starter=starter_root())
        healer = Healer(app=kind.selectors, prints=prints)
        surface = _surface(workspace, kind, account, folder, settings, selectors, healer)
        stack.callback(surface.close)
        session = Session(
            surface=surface, film=NoFilm(), gate=CommitGate(), clock=clock, account=account,
            vault=vault_of(workspace), settings=settings, files=folder, healer=healer,
        )  # fmt: skip
        app = kind(session)
        app.sign_in()
        yield app


def _surface(
    workspace: Workspace, kind: type[App], account: Account | None, folder: Path, settings: AppSettings,
    selectors: SelectorSet, healer: Healer,
) -> Surface:  # fmt: skip
    clock = SystemClock()
    if kind.kind == "desktop":
        return open_desktop(selectors=selectors, settings=settings, clock=clock, folder=folder)
    if kind.kind == "terminal":
        return open_terminal(selectors=selectors, settings=settings, clock=clock)
    profile = folder / "profile"
    known = workspace.data / "profiles" / account.name if account else None
    if known is not None and known.is_dir():
        shutil.copytree(known, profile, ignore=shutil.ignore_patterns(*_NOT_COPIED), dirs_exist_ok=True)
    return open_web(
        selectors=selectors, settings=settings, profile=profile, downloads=folder, clock=clock, healer=healer
    )
