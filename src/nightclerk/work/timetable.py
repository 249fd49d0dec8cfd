"""A bot's `schedule:` as the scheduler uses it: what starts it, its rules, its days; and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from nightclerk.calendars import Calendar
from nightclerk.calendars.files import unknown_days
from nightclerk.domain.slot_rules import SlotRules
from nightclerk.errors import WorkspaceError
from nightclerk.settings import seconds, words
from nightclerk.work.triggers import trigger_of
from nightclerk.workspace import Bot

#: What may start a bot. At most one of them, besides `after:`.
STARTERS = ("cron", "every", "event", "file")
KEYS = (
    *STARTERS, "timezone", "late_until", "coalesce", "if_running", "only_on", "not_on", "done_within", "settle", "as",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Timetable:
    """`settle`: how long a file must have been left alone; `as_parameter`: the flow's parameter that gets its path;
    `done_within`: how long after its planned start a run should have ended (its deadline)."""

    zone: ZoneInfo
    rules: SlotRules
    only_on: tuple[str, ...] = ()
    not_on: tuple[str, ...] = ()
    event: str = ""
    file: str = ""
    as_parameter: str = ""
    settle: timedelta = timedelta(seconds=5)
    done_within: timedelta = timedelta(hours=4)

    def day_rule(self, moment: datetime, calendar: Calendar) -> str:
        """The rule that forbids the (local) day of a moment: "not_on: 双11", "only_on: workdays", or ""."""
        day = moment.astimezone(self.zone).date()
        hit = calendar.first_fitting(self.not_on, day)
        if hit:
            return f"not_on: {hit}"
        if self.only_on and not calendar.first_fitting(self.only_on, day):
            return f"only_on: {', '.join(self.only_on)}"
        return ""


def timetable_of(bot: Bot, *, timezone: str) -> Timetable:
    """A bot's timetable. WorkspaceError names the first value that makes no sense."""
    s = bot.schedule
    try:
        late_until, done = _span(s, "late_until", "2h"), s.get("done_within")
        return Timetable(
            zone=ZoneInfo(str(s.get("timezone", timezone))),
            rules=SlotRules(
                late_until=late_until, coalesce=_yes(s.get("coalesce", True)),
                skip_if_running=_if_running(s.get("if_running", "run")) == "skip",
            ),
            only_on=_days(s.get("only_on")), not_on=_days(s.get("not_on")), event=str(s.get("event", "")),
            file=str(s.get("file", "")), as_parameter=str(s.get("as", "")), settle=_span(s, "settle", "5s"),
            done_within=_span(s, "done_within", "0") if done else late_until + timedelta(seconds=bot.timeout_s),
        )  # fmt: skip
    except (ValueError, ZoneInfoNotFoundError) as error:
        expected = f"a schedule that makes sense, not {error}"
        raise WorkspaceError(where=bot.where, expected=expected, remedy="Run: nightclerk check") from error


def misfits(bot: Bot, calendar: Calendar, *, timezone: str) -> Iterator[tuple[str, str]]:
    """Every key of a bot's schedule whose value makes no sense, with the reason."""
    readers: dict[str, Callable[[Any], Any]] = {
        "timezone": lambda zone: ZoneInfo(str(zone)), "late_until": seconds, "done_within": seconds, "settle": seconds,
        "coalesce": _yes, "if_running": _if_running, "only_on": _known(calendar), "not_on": _known(calendar),
        "cron": lambda _: trigger_of(_only(bot.schedule, "cron"), timezone=timezone),
        "every": lambda _: trigger_of(_only(bot.schedule, "every"), timezone=timezone),
        "event": _word, "file": _word, "as": _word,
    }  # fmt: skip
    for key, read in readers.items():
        try:
            if key in bot.schedule:
                read(bot.schedule[key])
        except WorkspaceError as error:
            yield key, str(error.__cause__)
        except (ValueError, TypeError, ZoneInfoNotFoundError) as error:
            yield key, str(error)
    starters = [key for key in STARTERS if key in bot.schedule]
    if len(starters) > 1:
        yield starters[1], f"{starters[0]} and {starters[1]} together"
    if "as" in bot.schedule and "file" not in bot.schedule:
        yield "as", "as without file"


def _only(schedule: Mapping[str, Any], key: str) -> dict[str, Any]:
    return {key: schedule[key]}


def _known(calendar: Calendar) -> Callable[[Any], None]:
    def read(value: Any) -> None:
        wrong = unknown_days(_days(value), calendar.named)
        if wrong:
            raise ValueError(", ".join(wrong))

    return read


def _days(value: Any) -> tuple[str, ...]:
    if isinstance(value, int | date):
        value = str(value)
    return words(value or ())


def _span(schedule: Mapping[str, Any], key: str, default: str) -> timedelta:
    return timedelta(seconds=seconds(schedule.get(key, default)))


def _yes(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{value!r} instead of true or false")
    return value


def _if_running(value: Any) -> str:
    if value not in ("run", "skip"):
        raise ValueError(f"{value!r} instead of run or skip")
    return str(value)


def _word(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(repr(value))
    return value
