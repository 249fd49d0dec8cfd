"""The console over a seeded workspace in a process of its own, so that its CPU is measured and nobody else's."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path

from nightclerk.console.rights import Role
from nightclerk.console.serve import start_console
from nightclerk.console.services import Services
from nightclerk.evidence.replay import load_run
from nightclerk.work.store import open_store

sys.path.append(str(Path(__file__).parents[2]))
from tests.browser import night


def serve(home: str, pipe: Connection) -> None:
    """The console over the seeded workspace, until the pipe says that it is over."""
    root = Path(home)
    store = open_store(f"sqlite:///{root / 'data' / 'books.db'}")
    services = Services(
        store=store, workspace=root, logs=root / "logs", launcher=night.Launcher(store), load_run=load_run
    )
    handle = start_console(services)
    people, now = handle.app.state.people, datetime.now(UTC)
    people.create_user("bench", Role.ADMIN)
    port = handle.url.rpartition(":")[2]
    pipe.send((handle.url, f"nightclerk_{port}", [people.begin("bench", now=now) for _ in range(64)]))
    pipe.recv()
    handle.stop()
