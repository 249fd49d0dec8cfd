"""Words about work items: list, export what failed to Excel, read the edited workbook back, retry one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from nightclerk.cli.common import JsonOption, WorkspaceOption, person, print_json, print_table, the_store, the_workspace
from nightclerk.clocks import SystemClock
from nightclerk.documents.items_workbook import AGAIN, SKIP, EditedRow, mended, read_items, write_items
from nightclerk.domain.items import FOR_A_PERSON, State, WorkItem
from nightclerk.errors import WorkspaceError
from nightclerk.flow import Queue, load_flow
from nightclerk.texts import say
from nightclerk.work.requeue import fault_of, retry
from nightclerk.work.store import SqlStore
from nightclerk.workspace import Workspace

Again = tuple[str, str, int, Mapping[str, Any]]


class _WordOrQueue(TyperGroup):
    """`items export …` is a word of its own; anything else after `items` belongs to the list."""

    def parse_args(self, context: Any, args: list[str]) -> list[str]:
        known = args[:1] and (args[0] in self.commands or args[0] == "--help")
        return super().parse_args(context, args if known else ["list", *args])


def register(app: typer.Typer) -> None:
    words = typer.Typer(cls=_WordOrQueue, help="工作项：查看、导出、重做 / work items: list, export, send again")
    words.command("list", help="查看 / list them, newest first")(items)
    words.command("export", help="把失败和待处理的导出到 Excel / what failed and why, as a workbook")(export)
    words.command("requeue", help="读回改好的 Excel / read the edited workbook back")(requeue)
    words.command("retry", help="重做一条 / send one item again")(retry_one)
    app.add_typer(words, name="items")


def items(
    queue: Annotated[str | None, typer.Argument()] = None,
    state: Annotated[list[State] | None, typer.Option(help="状态 / state")] = None,
    text: Annotated[str, typer.Option(help="单号等 / a number or words")] = "",
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """List work items, newest first."""
    with the_store(workspace) as store:
        found = store.items(queue, states=state or (), text=text, limit=1000)
    if as_json:
        print_json(found)
        return
    headers = [say("cli.queue"), say("cli.key"), say("cli.state"), say("cli.result"), say("cli.reason")]
    print_table(say("cli.items"), headers, [[i.queue, i.key, i.state, i.result, i.reason] for i in found])


def export(
    file: Path,
    queue: Annotated[str | None, typer.Option(help="只导出一个队列 / one queue only")] = None,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Write what was rejected, failed, is in doubt or waits, with the reason and the data."""
    with the_store(workspace) as store:
        found = store.items(queue, states=FOR_A_PERSON, limit=1_000_000)[::-1]
    write_items(file, found)
    if as_json:
        print_json({"file": str(file), "items": len(found)})
    else:
        print(say("items.exported", n=len(found), file=file))


def retry_one(queue: str, key: str, workspace: WorkspaceOption = None) -> None:
    """Queue one rejected or failed item again, as it is."""
    with the_store(workspace) as store:
        retry(store, SystemClock(), queue, key, who=person())
    print(say("items.retried", queue=queue, key=key))


def requeue(file: Path, as_json: JsonOption = False, workspace: WorkspaceOption = None) -> None:
    """Check every row; if all are in order, queue those that say `again`, all at once. Else nothing is queued."""
    rows = read_items(file)
    with the_store(workspace) as store:
        again, faults = plan(rows, store, queues_of(the_workspace(workspace)))
        if again and not faults:
            stale = store.queue_again(again, who=person(), why=file.name, now=SystemClock().now())
            by_key = {row.key: row for row in rows}
            faults += [_fault(by_key[key], "version", "stale", state="?", version="?") for key in stale]
    _tell(again, faults, skipped=len(rows) - len(again), as_json=as_json)
    raise typer.Exit(1 if faults else 0)


def _tell(again: list[Again], faults: list[WorkspaceError], *, skipped: int, as_json: bool) -> None:
    queued = [] if faults else [key for _, key, _, _ in again]
    if as_json:
        told = [{name: fault.facts[name] for name in ("where", "expected", "remedy")} for fault in faults]
        print_json({"requeued": queued, "skipped": skipped, "faults": told})
    elif faults:
        print(say("items.nothing_done", n=len(faults)))
        print("\n".join(fault.sentence() for fault in faults))
    else:
        print(say("items.requeued", n=len(queued), skipped=skipped))


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
            faults.append(_fault(row, "key", "twice", key=row.key))
        seen.add((row.queue, row.key))
        if row.action not in (AGAIN, SKIP):
            faults.append(_fault(row, "action", "action", text=row.action))
        elif row.action == AGAIN:
            found, wrong = _row(row, store.item(row.queue, row.key), store, queues.get(row.queue))
            again += [found] if found else []
            faults += wrong
    return again, faults


def _row(
    row: EditedRow, item: WorkItem | None, store: SqlStore, queue: Queue[Any] | None
) -> tuple[Again | None, list[WorkspaceError]]:
    if not str(row.version or "").strip().isdigit():
        return None, [_fault(row, "version", "version", remedy="stale", text=row.version)]
    version = int(str(row.version))
    fault, facts = fault_of(store, item, queue=row.queue, key=row.key, version=version)
    if fault or item is None:
        return None, [_fault(row, _column(fault), fault, **facts)]
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
        return [_fault(row, "key", "record", why=error)]
    return [] if key == row.key else [_fault(row, "key", "key_changed", remedy="key", key=key)]


def _fault(row: EditedRow, column: str, name: str, *, remedy: str = "", **facts: object) -> WorkspaceError:
    return WorkspaceError(
        where=row.where[column], expected=say(f"items.fault.{name}", **facts),
        remedy=say(f"items.fault.{remedy or name}_remedy"),
    )  # fmt: skip
