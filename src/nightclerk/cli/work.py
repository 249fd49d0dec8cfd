"""Words that make bots work: run, perform (inside), shift."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from nightclerk.cli.common import (
    JsonOption,
    OfficeOnlyOption,
    WorkspaceOption,
    assignments,
    person,
    print_json,
    screen,
    the_workspace,
    the_workspace_on_duty,
    told_to_stop,
    wait_for,
)
from nightclerk.cli.slots import show_slots, starter_text
from nightclerk.domain.items import RunState
from nightclerk.errors import WorkspaceError
from nightclerk.office.office import Office, wait_for_run
from nightclerk.office.roll_call import unmanned
from nightclerk.records import dump
from nightclerk.texts import current_language, say

#: So many of the starts that did not run are shown when a shift begins; `nightclerk slots missed` lists all.
MOST_MISSED = 20

if TYPE_CHECKING:
    from nightclerk.console.serve import ConsoleHandle


def register(app: typer.Typer) -> None:
    app.command("run", help="运行一个机器人 / run one bot")(run)
    app.command("shift", help="值夜班：按时启动，无人值守 / the unattended shift")(shift)


def run(
    bot: Annotated[str, typer.Argument(help="机器人，见 bots/ / a bot of bots/")],
    set_: Annotated[list[str] | None, typer.Option("--set", help="参数 / parameter: name=value")] = None,
    rehearse: Annotated[bool, typer.Option(help="演练：除提交外都做 / everything but the commits")] = False,
    first: Annotated[int | None, typer.Option(help="做完前 N 条后停下询问 / stop after N items and ask")] = None,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Run one bot now and wait for its end."""
    office = Office(the_workspace(workspace))
    try:
        name = office.launch(bot, assignments(set_ or []), by=person(), rehearse=rehearse, first=first)
        columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        with Progress(*columns, console=screen, refresh_per_second=2) as bar:
            line = bar.add_task(bot)

            def tick() -> None:
                record = office.store.run(name)
                if record is not None:
                    bar.update(line, description=f"{bot}  {record.step}  {record.item}")

            state = wait_for_run(office, name, tick=tick, timeout_s=office.workspace.bot(bot).timeout_s + 60)
        record = office.store.run(name)
        assert record is not None
        if as_json:
            print_json(record)
        else:
            print(say("cli.run_ended", run=name, state=state.value, counts=json.dumps(dump(record.counts))))
            print(record.reason or record.result)
    finally:
        office.close()
    raise typer.Exit(0 if state is RunState.DONE else 1)


def shift(
    now: Annotated[
        bool, typer.Option("--now", help="立即跑完整一班后退出 / run one whole shift now, then stop")
    ] = False,
    console: Annotated[bool, typer.Option(help="同时打开控制台 / serve the console too")] = True,
    port: Annotated[int, typer.Option(help="控制台端口 / console port")] = 8750,
    office_only: OfficeOnlyOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Start the bots of `bots/` at their times, and serve the console, until stopped."""
    home = the_workspace_on_duty(workspace)
    for fault in home.faults:
        screen.print(fault.sentence())
    told = threading.Event() if now else told_to_stop()
    office = Office(home, cans=() if office_only else None, gathers=True)
    handle = _console_of(office, port) if console and not now else None
    try:
        if now:
            _whole_shift(office)
            return
        office.keep_time()
        _print_plan(office)
        _print_missed(office)
        _print_unmanned(office)
        wait_for(told)
    finally:
        if handle is not None:
            handle.stop()
        office.close()


def _whole_shift(office: Office) -> None:
    name = f"by-hand-{office.clock.now():%Y%m%dT%H%M%S}"
    office.shift.start_all(name, by=person())
    if not office.shift.wait(name, timeout_s=4 * 3600):
        raise WorkspaceError(where=name, expected="the shift to end within 4 hours", remedy="See nightclerk tasks")


def _print_plan(office: Office) -> None:
    """When each bot starts next, in the workspace's time."""
    zone = ZoneInfo(office.workspace.settings.timezone)
    table = Table(title=say("cli.plan", zone=zone.key), title_justify="left")
    table.add_column(say("cli.demo_bot"))
    table.add_column(say("cli.plan_next"))
    for bot in office.workspace.bots.values():
        starts = [f"{start.astimezone(zone):%m-%d %H:%M}" for start in office.next_starts(bot.name, 5)]
        title = bot.titles.get(current_language(), bot.name)
        table.add_row(title, "  ".join(starts) or starter_text(office.workspace, bot.name))
    screen.print(table)


def _print_missed(office: Office) -> None:
    """What did not run since yesterday, the last of it in a table, before anybody asks."""
    missed = office.missed_since(office.clock.now() - timedelta(hours=24))
    if missed:
        show_slots(missed[-MOST_MISSED:], office.workspace, as_json=False, title=say("slots.missed", n=len(missed)))


def _print_unmanned(office: Office) -> None:
    """Which bots nobody can perform now, where others perform runs too."""
    if office.workspace.settings.database:
        for needs in unmanned(office.workspace.bots.values(), office.store.workers()):
            screen.print(say("workers.nobody_needs", needs=needs), soft_wrap=True)


def _console_of(office: Office, port: int) -> ConsoleHandle:
    from nightclerk.cli.consoles import console_of  # `run` serves no pages, and need not load what does

    return console_of(office, port=port)
