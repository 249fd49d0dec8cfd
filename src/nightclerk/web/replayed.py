"""Replay a failed act on the page that the run saw: offline, with the selectors as they were or as they are today.

This is what the tests use that `nightclerk evidence to-test` writes; see `locate/cases.py` for what a case is.
"""

from __future__ import annotations

import contextlib
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from nightclerk.errors import NightClerkError
from nightclerk.locate.cases import FOUND, Replayed, read_case
from nightclerk.ports import AppSettings
from nightclerk.web.driver import open_web

GLANCE_S = 0.5


class _Clock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


def replay(case: Path, *, workspace: Path | None = None) -> Replayed:
    """Look for the case's element on its page. `workspace`: with that one's selectors instead of the recorded ones."""
    said = read_case(case, workspace=workspace)
    settings = AppSettings(name=said.selectors.app, timeout_s=GLANCE_S)
    with tempfile.TemporaryDirectory(prefix="nightclerk-replay-") as folder:
        home = Path(folder)
        page = open_web(
            selectors=said.selectors, settings=settings, profile=home / "profile", downloads=home, clock=_Clock()
        )
        with contextlib.closing(page):
            page.goto((case / "page.html").resolve().as_uri(), timeout_s=15)
            try:
                found = page.find(said.selector, said.values, timeout_s=GLANCE_S)
            except NightClerkError as error:
                return Replayed(outcome=type(error).__name__, why=str(error))
    return Replayed(outcome=FOUND, way=found.way, box=found.box)
