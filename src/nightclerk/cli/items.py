"""Words about work items: list, export what failed to Excel, read the edited workbook back, retry one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from nightclerk.cli.common import (
    JsonOption,
    WorkspaceOption,
    person,
    print_json,
    print_table,
    tell,
    the_store,
    the_workspace,
)
from nightclerk.clocks import SystemClock
from nightclerk.documents.items_workbook import read_items, write_items
from nightclerk.domain.items import FOR_A_PERSON, State
from nightclerk.errors import WorkspaceError
from nightclerk.reviews.resend import Again, fault_at, plan, queues_of
from nightclerk.texts import say
from nightclerk.work.requeue import retry


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
    tell(say("items.exported", n=len(found), file=file), as_json=as_json, file=str(file), items=len(found))


def retry_one(queue: str, key: str, as_json: JsonOption = False, workspace: WorkspaceOption = None) -> None:
    """Queue one rejected or failed item again, as it is."""
    with the_store(workspace) as store:
        retry(store, SystemClock(), queue, key, who=person())
    tell(say("items.retried", queue=queue, key=key), as_json=as_json, queue=queue, key=key)


def requeue(file: Path, as_json: JsonOption = False, workspace: WorkspaceOption = None) -> None:
    """Check every row; if all are in order, queue those that say `again`, all at once. Else nothing is queued."""
    rows = read_items(file)
    with the_store(workspace) as store:
        again, faults = plan(rows, store, queues_of(the_workspace(workspace)))
        if again and not faults:
            stale = store.queue_again(again, who=person(), why=file.name, now=SystemClock().now())
            by_key = {row.key: row for row in rows}
            faults += [fault_at(by_key[key], "version", "stale", state="?", version="?") for key in stale]
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
