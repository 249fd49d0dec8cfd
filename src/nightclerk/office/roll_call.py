"""Whether the shared database answers, and which bots no worker that is up can perform, for doctor and shift."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from nightclerk.app import store_of
from nightclerk.clocks import clock_of
from nightclerk.domain.workers import Worker, silent
from nightclerk.errors import WorkspaceError
from nightclerk.workspace import Bot, Workspace, find_root, load_workspace


def workers_of(workspace: Workspace) -> list[Worker]:
    """The workers that are up now. Raises StoreUnreachable."""
    store = store_of(workspace)
    try:
        now = store.time(clock_of(workspace, store).now())
        return [worker for worker in store.workers() if not silent(worker, now)]
    finally:
        store.close()


def unmanned(bots: Iterable[Bot], workers: Iterable[Worker]) -> dict[str, list[str]]:
    """What some bots need and no worker has, with the names of those bots."""
    cans = {can for worker in workers for can in worker.cans}
    found: dict[str, list[str]] = {}
    for bot in bots:
        if bot.needs not in cans:
            found.setdefault(bot.needs, []).append(bot.name)
    return found


def shared_workspace(root: Path) -> Workspace | None:
    """The workspace around a folder, if it shares a database with other machines."""
    try:
        workspace = load_workspace(find_root(root))
    except WorkspaceError:
        return None
    return workspace if workspace.settings.database else None
