"""Edited items on their way back into their queues: every row is checked like the flow will, then all go or none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nightclerk.documents.items_workbook import AGAIN, SKIP, EditedRow, mended
from nightclerk.domain.items import WorkItem
from nightclerk.errors import WorkspaceError
from nightclerk.flow import Queue, load_flow
from nightclerk.texts import say
from nightclerk.work.requeue import fault_of
from nightclerk.work.store import SqlStore
from nightclerk.workspace import Workspace

#: What is queued again: queue, key, the version that was seen, the data as they are meant to be.
Again = tuple[str, str, int, Mapping[str, Any]]


def queues_of(workspace: Workspace) -> dict[str, Queue[Any]]:
    """The queues that the workspace's bots draw from, by name."""
    drawn = [load_flow(bot.flow).each for bot in workspace.bots.values()]
    return {queue.name: queue for queue in drawn if queue is not None}


def plan(
    rows: list[EditedRow], store: SqlStore, queues: Mapping[str, Queue[Any]]
) -> tuple[list[Again], list[WorkspaceError]]:
    """What is to be queued again, and everything that is wrong with the file."""
    again: list[Again] = []
    faults: list[WorkspaceError] = []
    seen: set[tuple[str, str]] = set()
    for row in rows:
        if (row.queue, row.key) in seen:
            faults.append(fault_at(row, "key", "twice", key=row.key))
        seen.add((row.queue, row.key))
        if row.action not in (AGAIN, SKIP):
            faults.append(fault_at(row, "action", "action", text=row.action))
        elif row.action == AGAIN:
            found, wrong = _row(row, store.item(row.queue, row.key), store, queues.get(row.queue))
            again += [found] if found else []
            faults += wrong
    return again, faults


def _row(
    row: EditedRow, item: WorkItem | None, store: SqlStore, queue: Queue[Any] | None
) -> tuple[Again | None, list[WorkspaceError]]:
    if not str(row.version or "").strip().isdigit():
        return None, [fault_at(row, "version", "version", remedy="stale", text=row.version)]
    version = int(str(row.version))
    fault, facts = fault_of(store, item, queue=row.queue, key=row.key, version=version)
    if fault or item is None:
        return None, [fault_at(row, _column(fault), fault, **facts)]
    payload, faults = mended(item, row)
    if not faults and queue is not None:
        faults = _misfit(row, queue, payload)
    return (None if faults else (row.queue, row.key, version, payload)), faults


def _column(fault: str) -> str:
    return {"no_item": "key", "stale": "version"}.get(fault, "action")


def _misfit(row: EditedRow, queue: Queue[Any], payload: Mapping[str, Any]) -> list[WorkspaceError]:
    """What the flow would not take: data that make no record, or that of another key."""
    try:
        key = queue.key(queue.load(payload))
    except (ValueError, TypeError) as error:
        return [fault_at(row, "key", "record", why=error)]
    return [] if key == row.key else [fault_at(row, "key", "key_changed", remedy="key", key=key)]


def fault_at(row: EditedRow, column: str, name: str, *, remedy: str = "", **facts: object) -> WorkspaceError:
    return WorkspaceError(
        where=row.where[column], expected=say(f"items.fault.{name}", **facts),
        remedy=say(f"items.fault.{remedy or name}_remedy"),
    )  # fmt: skip
