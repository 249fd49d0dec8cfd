"""Words about how the work goes: report (figures of a day), metrics (for Prometheus), messages (what was told whom)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from nightclerk.app import vault_of
from nightclerk.cli.common import (
    JsonOption,
    WorkspaceOption,
    print_json,
    print_table,
    screen,
    the_store,
    the_workspace,
)
from nightclerk.clocks import clock_of
from nightclerk.domain.items import Slot
from nightclerk.errors import WorkspaceError
from nightclerk.figures import briefing
from nightclerk.figures.metrics import metrics_text
from nightclerk.messages import Messaging, load_messaging
from nightclerk.messages.sending import send
from nightclerk.records import dump
from nightclerk.texts import current_language, say
from nightclerk.workspace import Workspace, nearest


def register(app: typer.Typer) -> None:
    app.command("report", help="某一天的数字 / the figures of a day")(report)
    app.command("metrics", help="Prometheus 指标 / metrics as Prometheus text")(metrics)
    group = typer.Typer(no_args_is_help=True, help="发给人的消息 / messages to people")
    group.command("list", help="每条消息到了哪里 / where each message stands")(messages)
    group.command("test", help="向一个渠道发测试消息 / send a test message")(send_test)
    group.command("retry", help="重发已放弃的 / send again what was given up")(retry)
    app.add_typer(group, name="messages")


def report(
    day: Annotated[str, typer.Option(help="日期、today 或 yesterday / a date, today or yesterday")] = "today",
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Items, minutes saved, exceptions by reason, straight-through, healing and person rates, cost of waiting."""
    home = the_workspace(workspace)
    with the_store(workspace) as store:
        zone = ZoneInfo(home.settings.timezone)
        found = briefing.of_day(store, home, _day(day, clock_of(home, store).now().astimezone(zone).date()))
    if as_json:
        print_json(found.as_json())
        return
    _tell(found, home, zone)


def _tell(found: briefing.Briefing, home: Workspace, zone: ZoneInfo) -> None:
    figures = found.figures
    since, until = (f"{at.astimezone(zone):%Y-%m-%d %H:%M}" for at in (figures.since, figures.until))
    if not figures.bots and not figures.slots:
        print(say("briefing.nothing"))
        return
    title = say("briefing.title", since=since, until=until)
    print_table(title, briefing.headers(home.settings.currency), [list(row) for row in briefing.rows(figures)])
    reasons = sorted(figures.exceptions.items(), key=lambda pair: (-pair[1], pair[0]))
    if reasons:
        heads = [say("briefing.reason"), say("briefing.count")]
        print_table(say("briefing.exceptions"), heads, [list(pair) for pair in reasons])
    print(say("briefing.slots", counts=_counts(figures.slots)))
    if found.not_run:
        heads = [say("slots.planned_for"), say("cli.demo_bot"), say("slots.outcome"), say("cli.reason")]
        print_table(say("briefing.not_run"), heads, [_slot_row(slot, zone) for slot in found.not_run])


def _counts(slots: Mapping[str, int]) -> str:
    return ", ".join(f"{say(f'slots.outcome.{name}')} {number}" for name, number in sorted(slots.items())) or "0"


def _slot_row(slot: Slot, zone: ZoneInfo) -> list[str]:
    at = f"{slot.planned_for.astimezone(zone):%m-%d %H:%M}"
    return [at, slot.bot, say(f"slots.outcome.{slot.outcome}"), slot.why]


def _day(text: str, today: date) -> date:
    named = {"today": today, "yesterday": today - timedelta(days=1)}
    try:
        return named.get(text) or date.fromisoformat(text)
    except ValueError as error:
        expected, remedy = say("briefing.day"), say("briefing.day_remedy")
        raise WorkspaceError(where=f"--day {text}", expected=expected, remedy=remedy) from error


def metrics(workspace: WorkspaceOption = None) -> None:
    """Print what the console serves at /metrics."""
    with the_store(workspace) as store:
        print(metrics_text(store), end="")


def messages(
    limit: Annotated[int, typer.Option(help="条数 / how many")] = 50,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """List messages by channel, the newest last: waiting, sent, or given up and why."""
    _messaging(the_workspace(workspace))
    with the_store(workspace) as store:
        found = store.deliveries(limit=1_000_000)[-limit:]
    if as_json:
        print_json([{**dump(one), "text": one.message.text[current_language()]} for one in found])
        return
    names = ("about", "on_channel", "state", "attempts", "why")
    rows = [[d.message.about, d.channel, say(f"messages.state.{d.state}"), d.attempts, d.why] for d in found]
    print_table(say("messages.sent_title"), [say(f"messages.{name}") for name in names], rows)


def send_test(
    channel: Annotated[str, typer.Argument(help="config/messages.yaml 中的渠道 / a channel of it")],
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Send one test message now."""
    home = the_workspace(workspace)
    channels = _messaging(home).channels
    if channel not in channels:
        remedy = nearest(channel, channels)
        raise WorkspaceError(where=channel, expected=say("messages.unknown_channel"), remedy=remedy)
    send(channels[channel], vault_of(home), title=say("messages.test"), body=say("messages.test"))
    print_json({"channel": channel, "sent": True}) if as_json else print(say("messages.tested", channel=channel))


def retry(as_json: JsonOption = False, workspace: WorkspaceOption = None) -> None:
    """Put messages that were given up back on their way."""
    home = the_workspace(workspace)
    with the_store(workspace) as store:
        again = store.send_again(now=clock_of(home, store).now())
    print_json({"again": again}) if as_json else print(say("messages.again_all", n=again))


def _messaging(home: Workspace) -> Messaging:
    found, faults = load_messaging(home.root)
    for fault in faults:
        screen.print(fault.sentence(), soft_wrap=True)
    if not found.channels:
        screen.print(say("messages.none"), soft_wrap=True)
    return found
