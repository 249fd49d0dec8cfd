"""Which build of an app's program is installed here: a client that was updated may look another way tonight."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from nightclerk.errors import WorkspaceError
from nightclerk.ports import AppSettings
from nightclerk.screens import App
from nightclerk.web.browser import installed_browser
from nightclerk.workspace import Workspace


def client_builds(workspace: Workspace, kinds: Iterable[type[App]]) -> dict[str, str]:
    """By app: the files that it runs, each with its time of change (UTC) and its size in bytes.

    "" where none is on this machine: a host that is dialled, a browser that Playwright brought. An app that the
    workspace does not know is left out; opening it says so. Nothing is started, only facts of files are read.
    """
    builds = {}
    for kind in kinds:
        with contextlib.suppress(WorkspaceError):
            files = _files(workspace.root, kind, workspace.app(kind.selectors))
            builds[kind.selectors] = "; ".join(_build(file) for file in files if file.is_file())
    return builds


def _files(root: Path, kind: type[App], settings: AppSettings) -> list[Path]:
    if kind.kind == "web":
        browser = installed_browser()
        return [browser] if browser else []
    if not settings.command:
        return []
    program, *arguments = settings.command
    return [Path(shutil.which(program) or program), *(root / argument for argument in arguments)]


def _build(file: Path) -> str:
    facts = file.stat()
    return f"{file.name} {datetime.fromtimestamp(facts.st_mtime, UTC):%Y-%m-%dT%H:%M:%SZ} {facts.st_size}"
