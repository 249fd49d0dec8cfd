"""A shift that is told to stop while it still starts up ends as cleanly as later."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from nightclerk.cli import work
from nightclerk.init import create_workspace
from nightclerk.office.office import Office


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.mark.skipif(os.name == "nt", reason="no SIGTERM is heard there")
def test_told_while_starting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SIGTERM comes while the office is being opened: the shift closes it and ends with 0."""
    closed = []

    class Opening(Office):
        def __init__(self, *words: Any, **options: Any) -> None:
            os.kill(os.getpid(), signal.SIGTERM)
            super().__init__(*words, **options)

        def close(self) -> None:
            super().close()
            closed.append(self)

    monkeypatch.setattr(work, "Office", Opening)
    root = create_workspace(tmp_path / "night")
    app = typer.Typer()
    work.register(app)
    told = CliRunner().invoke(app, ["shift", "--no-console", "--workspace", str(root)])
    assert (told.exit_code, len(closed)) == (0, 1), told.output
