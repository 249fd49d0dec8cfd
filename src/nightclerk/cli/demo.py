"""Word for a first look: demo runs one whole night shift on the sandbox and counts what the systems' books say."""

from __future__ import annotations

import json
import shutil
import time
import webbrowser
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.live import Live
from rich.table import Table

from nightclerk.cli.common import WorkspaceOption, person, screen, the_workspace, told_to_stop, wait_for
from nightclerk.cli.evidence import verified
from nightclerk.cli.sandbox import Sandbox
from nightclerk.domain.items import FOR_A_PERSON, RunState, State, WorkItem
from nightclerk.errors import NightClerkError
from nightclerk.evidence.replay import load_run
from nightclerk.office.office import Office
from nightclerk.sandbox import audit
from nightclerk.sandbox.troubles import NAMES
from nightclerk.texts import say
from nightclerk.workspace import Workspace

SHIFT_TIMEOUT_S = 3600.0
#: Of each part of the count: which figure was due, which is done.
BOOKS = {
    "orders": ("eligible", "keyed"), "shipments": ("sent", "written"), "stock": ("levels", "written"),
    "invoices": ("read", "matched"), "approvals": ("", "invoices"),
}  # fmt: skip


class RealSystem(NightClerkError):
    """Facts: app. The demo never runs where a real system could be meant."""

    en = (
        "The demo only runs where every app is the sandbox's; {app} points at a real system. "
        "Use a workspace of its own: nightclerk init demo && cd demo && nightclerk demo"
    )
    zh = (
        "演示只在全部系统都是沙箱的工作区运行；{app} 指向真实系统。"
        "请在新工作区运行：nightclerk init demo && cd demo && nightclerk demo"
    )


def register(app: typer.Typer) -> None:
    app.command("demo", help="在沙箱上跑完整一班 / run one whole shift on the sandbox")(demo)


def demo(
    trouble: Annotated[
        bool, typer.Option("--trouble", help="打开沙箱的各种故障 / with the sandbox's troubles on")
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", help="保留上次的账再跑一遍 / keep the last books, run once more")
    ] = False,
    console: Annotated[bool, typer.Option(help="结束后打开控制台 / open the console at the end")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="标准输出只有一个 JSON / one JSON object")] = False,
    port: Annotated[int, typer.Option(help="控制台端口 / console port")] = 0,
    workspace: WorkspaceOption = None,
) -> None:
    """Run one whole night shift on the sandbox; count the outcome in the systems' own books."""
    home = the_workspace(workspace)
    for app in home.apps.values():
        if app.url != "sandbox" and app.command != ("sandbox",):
            raise RealSystem(app=app.name)
    if not again:
        _set_aside(home)
    began = time.monotonic()
    with Sandbox(home, NAMES if trouble else ()) as sandbox:
        office = Office(home)
        try:
            shift = _work(office)
            counts = count(office, sandbox.state, shift)
            counts["seconds"] = round(time.monotonic() - began, 1)
            ok = is_clean(counts)
            if as_json:
                print(json.dumps(counts, ensure_ascii=False))
            _show(office, shift, counts, ok)
            if console:
                _open_console(office, port)
        finally:
            office.close()
    raise typer.Exit(0 if ok else 1)


def _set_aside(home: Workspace) -> None:
    """Move what an earlier demo left to data/earlier/<time>; the last three are kept."""
    if not home.data.exists() and not home.logs.exists():
        return
    earlier = home.data / "earlier"
    shelf = earlier / time.strftime("%Y%m%dT%H%M%S")
    shelf.mkdir(parents=True, exist_ok=True)
    for path in (*home.data.iterdir(), home.logs):
        if path.exists() and path != earlier:
            path.rename(shelf / path.name)
    for old in sorted(earlier.iterdir())[:-3]:
        shutil.rmtree(old)


def _work(office: Office) -> str:
    """One whole shift, with a table of the bots while it goes on."""
    shift = f"demo-{office.clock.now():%Y%m%dT%H%M%S}"
    office.shift.start_all(shift, by=person())
    with Live(console=screen, refresh_per_second=2, transient=True) as live:
        office.shift.wait(shift, timeout_s=SHIFT_TIMEOUT_S, tick=lambda: live.update(_progress(office, shift)))
    return shift


def _progress(office: Office, shift: str) -> Table:
    table = Table(title=say("cli.demo_title"), title_justify="left")
    for header in ("cli.demo_bot", "cli.demo_state", "cli.demo_counts"):
        table.add_column(say(header))
    for run in reversed(office.store.runs(shift=shift, limit=100)):
        done = " · ".join(f"{say(f'report.state.{name}')} {number}" for name, number in run.counts.items() if number)
        now = f"{run.step} {run.item}" if run.state is RunState.RUNNING else ""
        table.add_row(run.bot, say(f"report.state.{run.state.value}"), f"{done}  {now}")
    return table


def count(office: Office, state: Path, shift: str) -> dict[str, Any]:
    """The demo's figures: the systems' books held against what the bots say, and the evidence verified."""
    runs = office.store.runs(shift=shift, limit=1000)
    report = verified(office.workspace)
    stories = [load_run(office.workspace.logs / run.run) for run in runs if (office.workspace.logs / run.run).exists()]
    counts: dict[str, Any] = audit.audit(state, claims(office))
    results = {run.bot: _json(run.result) for run in runs}
    counts["orders"]["exported"] = sum(int(r.get("orders", 0)) for b, r in results.items() if b.startswith("export-"))
    counts["invoices"]["read"] = int(results.get("reconcile-invoices", {}).get("read", 0))
    counts["evidence"] = {
        "runs": len(stories),
        "steps": sum(len(story.steps) for story in stories),
        "pictures": sum(1 for _ in (office.workspace.logs).glob("*/pictures/*.webp")),
        "verified": report.ok,
    }
    counts["bots"] = dict(Counter(run.state.value for run in runs))
    return counts


def claims(office: Office) -> audit.Claims:
    """What the engine's own books say, in the auditor's terms."""
    items = {queue: office.store.items(queue, limit=100_000) for queue in office.store.queues()}
    parcels = [i for queue, found in items.items() if queue.startswith("shipments") for i in found]
    levels = [i for queue, found in items.items() if queue.startswith("stock") for i in found]
    papers, payments = items.get("invoices", []), items.get("payments", [])
    return audit.Claims(
        orders=audit.numbers(i.key for i in _waiting(items.get("orders", []))),
        parcels=frozenset((i.payload["order"], i.payload["tracking"]) for i in _waiting(parcels)),
        stock={(i.payload["platform"], i.payload["sku"]): i.payload["available"] for i in levels},
        stock_waiting=frozenset((i.payload["platform"], i.payload["sku"]) for i in _waiting(levels)),
        invoices=frozenset(i.key for i in _waiting(papers) if i.state is not State.REJECTED),
        links={i.key: frozenset(i.details.get("orders", ())) for i in papers if i.state is State.DONE},
        payments=frozenset(number for i in _waiting(payments) for number in _invoice_numbers(i.payload)),
    )


def _waiting(items: list[WorkItem]) -> Iterator[WorkItem]:
    return (item for item in items if item.state in FOR_A_PERSON)


def _invoice_numbers(payload: Mapping[str, Any]) -> list[str]:
    return [str(line["number"]) for line in payload.get("invoices", ())]


def is_clean(counts: Mapping[str, Any]) -> bool:
    """Nothing doubled, lost or wrong, something done, every run's evidence verified, every bot ended well."""
    parts = {name: part for name, part in counts.items() if isinstance(part, dict)}
    done = counts["orders"]["keyed"] > 0 and set(counts["bots"]) == {RunState.DONE.value}
    return audit.clean(parts) and bool(counts["evidence"]["verified"]) and done


def _show(office: Office, shift: str, counts: Mapping[str, Any], ok: bool) -> None:
    screen.print(_progress(office, shift))
    screen.print(_books(counts))
    evidence, bots = counts["evidence"], counts["bots"]
    screen.print(say("cli.demo_evidence", **evidence | {"verified": say(f"cli.demo_verified.{evidence['verified']}")}))
    ended = " · ".join(f"{say(f'report.state.{name}')} {number}" for name, number in bots.items())
    screen.print(say("cli.demo_bots", ended=ended, seconds=f"{counts['seconds']:.0f}"))
    screen.print(say("cli.demo_ok") if ok else say("cli.demo_bad"))


def _books(counts: Mapping[str, Any]) -> Table:
    """What each system's own books say: due, done, waiting for a person, and the columns that must be zero."""
    table = Table(title=say("cli.demo_books"), title_justify="left")
    for header in ("what", "due", "done", "in_review", "doubled", "lost", "wrong"):
        table.add_column(say(f"cli.demo_column.{header}"), justify="left" if header == "what" else "right")
    for name, (due, done) in BOOKS.items():
        part = counts[name]
        wrong = part.get("wrong", part.get("negative", 0))
        figures = (part.get(due, "–"), part[done], part["in_review"], part.get("doubled", "–"), part["lost"], wrong)
        table.add_row(say(f"cli.demo_book.{name}"), *map(str, figures))
    return table


def _open_console(office: Office, port: int) -> None:
    from nightclerk.cli.consoles import console_of

    handle = console_of(office, port=port)
    webbrowser.open(handle.sign_in_url)
    screen.print(say("cli.demo_open"))
    try:
        wait_for(told_to_stop())
    finally:
        handle.stop()


def _json(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
