"""Words about planned starts: what comes next, what did not come, what became of each, and telling an event."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from nightclerk.calendars import load_calendar, official
from nightclerk.cli.common import (
    JsonOption,
    WorkspaceOption,
    person,
    print_json,
    print_table,
    screen,
    the_store,
    the_workspace,
)
from nightclerk.clocks import clock_of
from nightclerk.domain.items import Outcome, Slot
from nightclerk.errors import WorkspaceError
from nightclerk.settings import seconds
from nightclerk.texts import say
from nightclerk.work.agenda import Agenda, NextRun
from nightclerk.work.slots import Event
from nightclerk.workspace import Workspace, nearest

LIMIT = 1000


def register(app: typer.Typer) -> None:
    group = typer.Typer(no_args_is_help=True, help="计划内的启动 / planned starts")
    group.command("next", help="接下来几次，会被跳过的也列出 / the next runs, and what rules will skip")(next_)
    group.command("missed", help="哪些没有按计划运行，为什么 / what did not run, and why")(missed)
    group.command("list", help="每次启动的结果 / what became of each start")(list_)
    app.add_typer(group, name="slots")
    app.command("event", help="告知一件事，启动等它的机器人 / tell an event; bots that wait for it start")(event)


def next_(
    bot: Annotated[list[str] | None, typer.Argument(help="默认全部 / all by default")] = None,
    n: Annotated[int, typer.Option("-n", help="几次 / how many")] = 5,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """List the next starts of each bot in the workspace's time."""
    home = the_workspace(workspace)
    with the_store(workspace) as store:
        agenda, now = _agenda(home, store), clock_of(home, store).now()
        coming = {name: agenda.next_runs(name, n, now=now) for name in bot or home.bots}
    if as_json:
        print_json([run for runs in coming.values() for run in runs])
        return
    zone = ZoneInfo(home.settings.timezone)
    rows = [_next_row(home, name, runs, zone) for name, runs in coming.items()]
    print_table(say("cli.plan", zone=zone.key), [say("cli.demo_bot"), say("cli.plan_next"), say("slots.skipped")], rows)
    if any(official.guessed(run.at.date(), "CN") for runs in coming.values() for run in runs):
        screen.print(say("calendar.guess", year=official.last_known_year() + 1), soft_wrap=True)


def _next_row(home: Workspace, name: str, runs: list[NextRun], zone: ZoneInfo) -> list[str]:
    running = "  ".join(f"{run.at.astimezone(zone):%m-%d %H:%M}" for run in runs if not run.rule)
    skipped = [f"{run.at.astimezone(zone):%m-%d %H:%M} {run.rule}" for run in runs if run.rule]
    more = f"\n+{len(skipped) - 3}" if len(skipped) > 3 else ""
    return [name, running or starter_text(home, name), "\n".join(skipped[:3]) + more]


def starter_text(home: Workspace, name: str) -> str:
    """What starts a bot that no clock starts."""
    bot = home.bots[name]
    if "event" in bot.schedule:
        return say("slots.on_event", event=bot.schedule["event"])
    if "file" in bot.schedule:
        return say("slots.on_file", file=bot.schedule["file"])
    return say("cli.plan_after", bots=", ".join(bot.after)) if bot.after else say("cli.plan_by_hand")


def missed(
    since: Annotated[str, typer.Option(help="从何时起：24h、7d 或 2026-11-20 / since when")] = "24h",
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """List planned starts that did not run: missed, skipped, blocked, or planned while nobody was on duty."""
    home = the_workspace(workspace)
    with the_store(workspace) as store:
        now = clock_of(home, store).now()
        found = _agenda(home, store).missed_since(moment_of(since, now, home.settings.timezone), now=now)
    show_slots(
        found, home, as_json=as_json, title=say("slots.missed", n=len(found)) if found else say("slots.none_missed")
    )
    for fault in home.faults:
        screen.print(fault.sentence(), soft_wrap=True)


def list_(
    bot: Annotated[str, typer.Option(help="机器人 / bot")] = "",
    outcome: Annotated[list[Outcome] | None, typer.Option(help="结果 / outcome")] = None,
    limit: Annotated[int, typer.Option(help="条数 / how many")] = 50,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """List planned starts with their outcomes, newest first."""
    home = the_workspace(workspace)
    with the_store(workspace) as store:
        found = store.slots(bot=bot, outcomes=outcome or (), limit=limit)
    show_slots(found, home, as_json=as_json, title=say("slots.title"))


def event(
    name: Annotated[str, typer.Argument(help="事件，见 bots/ 中的 event: / an event, see event: in bots/")],
    key: Annotated[str, typer.Option(help="同一个键只算一次，默认当前时刻 / one key counts once; default: now")] = "",
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Tell an event, once under its key; the shift starts the bots whose schedule waits for it."""
    home = the_workspace(workspace)
    waiting = {str(bot.schedule["event"]): bot.name for bot in home.bots.values() if "event" in bot.schedule}
    if name not in waiting:
        raise WorkspaceError(where=name, expected=say("slots.no_event"), remedy=nearest(name, waiting))
    with the_store(workspace) as store:
        now = clock_of(home, store).now()
        told = Event(event=name, key=key or f"{now:%Y%m%dT%H%M%S.%fZ}", at=now, by=person())
        fresh = store.tell_event(told)
    if as_json:
        print_json({"event": name, "key": told.key, "new": fresh})
    else:
        print(say("slots.told" if fresh else "slots.told_before", event=name, key=told.key))


def moment_of(text: str, now: datetime, timezone: str) -> datetime:
    """ "24h" or "7d" before now, or a date or time in the workspace's zone. WorkspaceError for anything else."""
    try:
        return now - timedelta(seconds=seconds(text))
    except ValueError:
        pass
    try:
        given = datetime.fromisoformat(text)
    except ValueError as error:
        raise WorkspaceError(
            where=f"--since {text}", expected=say("slots.moment"), remedy=say("slots.moment_remedy")
        ) from error
    return (given if given.tzinfo else given.replace(tzinfo=ZoneInfo(timezone))).astimezone(UTC)


def _agenda(home: Workspace, store: Any) -> Agenda:
    calendar, faults = load_calendar(home.root)
    for fault in faults:
        screen.print(fault.sentence(), soft_wrap=True)
    return Agenda(workspace=home, calendar=calendar, store=store)


def show_slots(found: list[Slot], home: Workspace, *, as_json: bool, title: str) -> None:
    """Planned starts as a table in the workspace's time, or as JSON."""
    if as_json:
        print_json(found)
        return
    zone = ZoneInfo(home.settings.timezone)
    headers = [say("slots.planned_for"), say("cli.demo_bot"), say("slots.outcome"), say("cli.reason"), say("slots.run")]
    rows = [
        [f"{s.planned_for.astimezone(zone):%Y-%m-%d %H:%M}", s.bot, say(f"slots.outcome.{s.outcome}"), s.why, s.run]
        for s in found
    ]
    print_table(title, headers, rows)
