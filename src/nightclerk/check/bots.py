"""Do the bots fit together with their flows: does the flow exist, and take what it is given, from whom it is given?"""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from nightclerk.calendars import Calendar, load_calendar
from nightclerk.check.files import line_of
from nightclerk.check.source import Source
from nightclerk.errors import WorkspaceError
from nightclerk.flow import PLAIN, Flow, load_flow, parse_value
from nightclerk.texts import say
from nightclerk.work.timetable import KEYS, misfits
from nightclerk.workspace import Bot, Fault, Workspace, nearest

#: What a worker may have: see the engine's queues in office/office.py.
NEEDS = ("web", "desktop", "files")


def bot_faults(workspace: Workspace, source: Source) -> Iterator[Fault]:
    """Every fault of every bot, and of the calendar that they go by."""
    calendar, faults = load_calendar(workspace.root)
    yield from faults
    for bot in workspace.bots.values():
        yield from schedule_faults(workspace, bot, calendar)
        yield from needs_faults(workspace.root, bot)
        flow = _load(workspace.root, bot, source)
        if isinstance(flow, Fault):
            yield flow
        else:
            yield from parameter_faults(workspace.root, bot, flow)
            yield from app_faults(workspace, bot, flow, source)
            yield from account_faults(workspace, bot, flow, source)
    yield from cycle_faults(workspace)
    yield from idle_flow_faults(workspace, source)


def idle_flow_faults(workspace: Workspace, source: Source) -> Iterator[Fault]:
    """Flows that no bot runs yet must be importable too: somebody is about to use them."""
    used = {bot.flow for bot in workspace.bots.values()}
    for name, where in source.flows.items():
        if name not in used:
            found = _import(workspace.root, where, name)
            if isinstance(found, Fault):
                yield found


def _at(root: Path, bot: Bot, *keys: str) -> str:
    file = bot.where.rpartition(":")[0]
    return f"{file}:{line_of(root / file, *keys)}"


def _load(root: Path, bot: Bot, source: Source) -> Flow | Fault:
    """The bot's flow, or why there is none: told in the bot's file, or where importing it broke."""
    where = _at(root, bot, "flow")
    module = bot.flow.partition(":")[0].replace(".", "/") + ".py"
    if bot.flow not in source.flows and (root / module).is_relative_to(root / "flows"):
        expected = say("check.unknown_flow", flow=bot.flow)
        return Fault(where=where, expected=expected, remedy=nearest(bot.flow, source.flows))
    return _import(root, where, bot.flow)


def _import(root: Path, where: str, name: str) -> Flow | Fault:
    try:
        return load_flow(name)
    except WorkspaceError as error:
        return Fault(where=where, expected=str(error.facts["expected"]), remedy=str(error.facts["remedy"]))
    except Exception as error:  # whatever the module does when it is imported
        return _import_fault(root, where, error)


def _import_fault(root: Path, where: str, error: Exception) -> Fault:
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if Path(frame.filename).is_relative_to(root / "flows"):
            where = f"{Path(frame.filename).relative_to(root).as_posix()}:{frame.lineno}"
            break
    why = f"{type(error).__name__}: {error}"
    return Fault(where=where, expected=say("check.import", why=why), remedy=say("check.mend"))


def parameter_faults(root: Path, bot: Bot, flow: Flow) -> Iterator[Fault]:
    """`with:` against the flow's plain parameters: unknown, missing, or of another type."""
    parameters = {parameter.name: parameter for parameter in flow.parameters()}
    for name, value in bot.parameters.items():
        where = _at(root, bot, "with", name)
        if name not in parameters:
            expected = say("check.unknown_parameter", flow=bot.flow, name=name)
            yield Fault(where=where, expected=expected, remedy=nearest(name, parameters))
            continue
        try:
            parse_value(parameters[name].kind, value, name=name, day=date(2000, 1, 1))
        except WorkspaceError as error:
            expected = say("check.wrong_type", name=name, wanted=error.facts["expected"])
            yield Fault(where=where, expected=expected, remedy=say("check.mend"))
    for name, parameter in parameters.items():
        if parameter.required and name not in bot.parameters:
            kind = PLAIN.get(parameter.kind, parameter.kind.__name__)
            expected = say("check.missing_parameter", flow=bot.flow, name=name, kind=kind)
            remedy = say("check.missing_parameter_remedy", name=name)
            yield Fault(where=_at(root, bot, "with"), expected=expected, remedy=remedy)


def app_faults(workspace: Workspace, bot: Bot, flow: Flow, source: Source) -> Iterator[Fault]:
    """Each app of the flow needs an entry in `config/apps.yaml`; `apps:` names parameters and classes that exist."""
    hints = flow.hints()
    for parameter, target in bot.apps.items():
        where = _at(workspace.root, bot, "apps", parameter)
        if parameter not in hints:
            expected = say("check.unknown_parameter", flow=bot.flow, name=parameter)
            yield Fault(where=where, expected=expected, remedy=nearest(parameter, hints))
        if _class_name(target) not in source.apps:
            expected = say("check.unknown_class", name=target)
            yield Fault(where=where, expected=expected, remedy=nearest(_class_name(target), source.apps))
    for app in apps_of(bot, flow, source):
        if app not in workspace.apps:
            expected = say("check.app_without_settings", flow=bot.flow, app=app)
            remedy = say("check.app_without_settings_remedy", app=app)
            yield Fault(where=_at(workspace.root, bot, "flow"), expected=expected, remedy=remedy)


def account_faults(workspace: Workspace, bot: Bot, flow: Flow, source: Source) -> Iterator[Fault]:
    """An account for an app that the flow does not use is a mistake in one of the two."""
    used = apps_of(bot, flow, source)
    for name in bot.accounts:
        app = workspace.accounts[name].app
        if app not in used:
            key = "accounts" if line_of(workspace.root / bot.where.rpartition(":")[0], "accounts") > 1 else "account"
            expected = say("check.account_elsewhere", account=name, app=app, flow=bot.flow)
            remedy = say("check.flow_uses", apps=", ".join(used) or "-")
            yield Fault(where=_at(workspace.root, bot, key), expected=expected, remedy=remedy)


def apps_of(bot: Bot, flow: Flow, source: Source) -> list[str]:
    """The names of the apps that a bot's flow works on."""
    classes = {name: getattr(hint, "__name__", "") for name, hint in flow.hints().items()}
    classes |= {name: _class_name(target) for name, target in bot.apps.items()}
    return sorted({app for name in classes.values() if (app := source.app_of(name))})


def _class_name(target: str) -> str:
    return target.rpartition(":")[2]


def schedule_faults(workspace: Workspace, bot: Bot, calendar: Calendar) -> Iterator[Fault]:
    """A schedule that makes no sense, or whose key nobody reads."""
    root = workspace.root
    for key in bot.schedule:
        if key not in KEYS:
            expected = say("check.unknown_schedule_key", name=key)
            yield Fault(where=_at(root, bot, "schedule", key), expected=expected, remedy=nearest(key, KEYS))
    for key, problem in misfits(bot, calendar, timezone=workspace.settings.timezone):
        expected = say("check.bad_schedule", name=key, value=bot.schedule[key], why=problem)
        where = _at(root, bot, "schedule", key)
        yield Fault(where=where, expected=expected, remedy=say("check.schedule_example"))


def needs_faults(root: Path, bot: Bot) -> Iterator[Fault]:
    """A bot that needs what no worker offers would wait for ever."""
    if bot.needs.partition(":")[0] not in NEEDS:
        expected = say("check.unknown_need", need=bot.needs)
        yield Fault(where=_at(root, bot, "needs"), expected=expected, remedy=nearest(bot.needs, NEEDS))


def cycle_faults(workspace: Workspace) -> Iterator[Fault]:
    """Bots that wait for each other in a ring would never start; each ring is told once."""
    told: set[frozenset[str]] = set()
    for name, bot in workspace.bots.items():
        ring = _ring(workspace.bots, name)
        if ring and frozenset(ring) not in told:
            told.add(frozenset(ring))
            expected = say("check.cycle", ring=" → ".join([*ring, ring[0]]))
            where = _at(workspace.root, bot, "after")
            yield Fault(where=where, expected=expected, remedy=say("check.cycle_remedy"))


def _ring(bots: Mapping[str, Bot], start: str) -> list[str]:
    """The way from `start` along `after` back to `start`; [] when there is none."""
    ways, seen = [[start]], set()
    while ways:
        way = ways.pop()
        for other in bots[way[-1]].after if way[-1] in bots else ():
            if other == start:
                return way
            if other not in seen:
                seen.add(other)
                ways.append([*way, other])
    return []
