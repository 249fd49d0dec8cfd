"""The word that records: open a browser, watch a person work, write the flow."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from nightclerk.app import SystemClock, starter_root, vault_of
from nightclerk.cli.common import JsonOption, WorkspaceOption, print_json, screen, the_workspace
from nightclerk.errors import WorkspaceError
from nightclerk.locate.files import selector_set
from nightclerk.record import GoingOn, Outcome, Request
from nightclerk.record import record as watch_and_write
from nightclerk.record.desktop import is_desktop, record_desktop
from nightclerk.record.leading import Leader, flow_of
from nightclerk.record.script import load_person
from nightclerk.texts import say


def register(app: typer.Typer) -> None:
    app.command("record", help="录制一次操作，生成流程 / record work once, get a flow")(record)


def record(
    target: Annotated[
        str,
        typer.Argument(help="网址，或 config/apps.yaml 里的应用 / an address, or an app (web or desktop)"),
    ],
    flow: Annotated[str, typer.Option("--flow", help="流程名 / name of the flow")] = "",
    continue_: Annotated[
        str, typer.Option("--continue", help="从流程中间接着录 / go on in a flow: flows/x.py[:STEP]")
    ] = "",
    sheet: Annotated[Path | None, typer.Option(help="照着做的表格 / the sheet that is worked from")] = None,
    headless: Annotated[bool, typer.Option(help="不显示窗口（脚本用）/ without a window (for scripts)")] = False,
    script: Annotated[Path | None, typer.Option(help="代替人操作的脚本 / a script in a person's place")] = None,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Watch a person work in a browser or a desktop program, and write flow, app class, selectors, bot and test."""
    request = Request(
        target=target, flow=flow, workspace=the_workspace(workspace), starter=starter_root(), sheet=sheet,
        headless=headless, opened=lambda: screen.print(say("record.opened")), ask=None if as_json else _ask,
    )  # fmt: skip
    if continue_:
        request = dataclasses.replace(request, **_going_on(continue_, request))
    if script is not None:
        person, answers = load_person(script)
        request = dataclasses.replace(request, person=person, answers=answers, ask=None)
    if is_desktop(request):
        request = dataclasses.replace(request, opened=lambda: screen.print(say("record.desktop_opened")))
        _report(record_desktop(request), as_json=as_json)
    else:
        _report(watch_and_write(request), as_json=as_json)


def _going_on(words: str, request: Request) -> dict[str, Any]:
    """What changes in a request that goes on in an existing flow."""
    path, _, step = words.partition(":")
    workspace = request.workspace
    file = (workspace.root / path).resolve()
    if not file.is_file():
        raise WorkspaceError(where=path, expected=say("record.no_sheet"), remedy=say("record.no_flow"))
    flow, function = flow_of(file)
    leader = Leader(
        workspace=workspace, flow=flow, until=step, vault=vault_of(workspace), clock=SystemClock(),
        selectors=lambda app: selector_set(app, workspace=workspace.root, starter=starter_root()),
    )  # fmt: skip
    return {"flow": file.stem, "going_on": GoingOn(file=file, function=function, leader=leader)}


def _ask(name: str, question: str, choices: Sequence[str], likely: int) -> int:
    """A question in the terminal; Enter takes what is likely, as does a place where nobody can type."""
    if not sys.stdin.isatty():
        return likely
    screen.print(question)
    for number, choice in enumerate(choices, start=1):
        screen.print(f"  {number}. {choice}")
    answer = int(typer.prompt(name, default=likely + 1, type=int))
    return min(max(answer, 1), len(choices)) - 1


def _report(outcome: Outcome, *, as_json: bool) -> None:
    bot, written = outcome.plan.name.replace("_", "-"), outcome.written
    if as_json:
        print_json({"bot": bot, "steps": len(outcome.steps), "files": written.files, "hints": written.hints})
        return
    print(say("record.done", steps=len(outcome.steps)))
    for name in written.files:
        print(f"  {name}")
    for hint in written.hints:
        print(hint)
    print(say("record.next", bot=bot))
