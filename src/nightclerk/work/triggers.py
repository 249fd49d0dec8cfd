"""When a schedule falls due, through every change of the clocks: a fixed hour once a day, others by elapsed time.

APScheduler reads the cron line. Left alone with a time zone it runs a daily 02:30 twice on the night the clocks go
back, and not at all in some zones on the night they go forward. So a line with a fixed hour is read as wall time: an
hour that does not exist is run when the clocks have jumped, one that comes twice is run the first time. A line that
goes by every hour (`*/20 * * * *`) is run in each hour that really passes, in both of those that bear the same name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from nightclerk.errors import WorkspaceError
from nightclerk.settings import seconds

#: Intervals count from here: every scheduler plans the same times, whenever it was started.
_ZERO = datetime(2020, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)


class WallCron(BaseTrigger):
    """A cron line with a fixed hour, as wall time in a zone: each of its times comes once."""

    def __init__(self, line: str, zone: ZoneInfo) -> None:
        self._line, self._zone = line, zone
        self._walls = CronTrigger.from_crontab(line, timezone=UTC)

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime | None:
        after = now.astimezone(UTC) - timedelta(microseconds=1)
        if previous is not None:
            after = max(previous.astimezone(UTC), after)
        wall = (after.astimezone(self._zone) - _DAY).replace(tzinfo=UTC)
        last: datetime | None = None
        while (found := self._walls.get_next_fire_time(last, wall)) is not None:
            real = self._real(found)
            if real > after:
                return real
            last = wall = found
        return None

    def _real(self, wall: datetime) -> datetime:
        """The moment of a wall time; of two with that name the first, and where there is none, right after the gap."""
        named = wall.replace(tzinfo=self._zone, fold=0).astimezone(UTC)
        back = named.astimezone(self._zone).replace(tzinfo=UTC)
        return named if back == wall else _change(named - _DAY / 2, named + _DAY / 2, self._zone)


class HourlyCron(BaseTrigger):
    """A cron line that goes by every hour, in elapsed time: between two changes of the clocks the offset stands."""

    def __init__(self, line: str, zone: ZoneInfo) -> None:
        self._line, self._zone = line, zone

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime | None:
        at = now.astimezone(UTC)  # in UTC: times of one zone are compared without regard to which of two equal hours
        if previous is not None:
            at = max(previous.astimezone(UTC) + timedelta(microseconds=1), at)
        for _ in range(1000):  # so many changes of the clocks lie in centuries
            offset = at.astimezone(self._zone).utcoffset() or timedelta()
            fixed = CronTrigger.from_crontab(self._line, timezone=timezone(offset))
            found = fixed.get_next_fire_time(None, at)
            if found is None:
                return None
            if found.astimezone(self._zone).utcoffset() == offset:
                return found.astimezone(UTC)
            at = _change(at, found.astimezone(UTC), self._zone)
        return None


def _change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The first second (UTC) between two moments at which the zone's offset is another than before."""
    offset = before.astimezone(zone).utcoffset()
    step = _DAY
    while before + step < after and (before + step).astimezone(zone).utcoffset() == offset:
        before += step
    after = min(after, before + step)
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) / 2
        before, after = (middle, after) if middle.astimezone(zone).utcoffset() == offset else (before, middle)
    return after.replace(microsecond=0)


def trigger_of(schedule: Mapping[str, Any], *, timezone: str, where: str = "") -> BaseTrigger | None:
    """The trigger of a bot's `schedule`: {cron: "30 1 * * *"} or {every: 20m}; None when it goes by no clock.

    Two schedulers plan the same times, so that each slot is planned once. Raises WorkspaceError.
    """
    try:
        zone = ZoneInfo(str(schedule.get("timezone", timezone)))
        if "cron" in schedule:
            return _cron(str(schedule["cron"]), zone)
        if "every" in schedule:
            every_s = int(seconds(schedule["every"]))
            if every_s < 1:
                raise ValueError(schedule["every"])
            return IntervalTrigger(seconds=every_s, start_date=_ZERO, timezone=zone)
    except (ValueError, ZoneInfoNotFoundError) as error:
        raise WorkspaceError(
            where=where,
            expected=f"a schedule such as cron: '30 1 * * *' or every: 20m ({error})",
            remedy="Mend schedule:",
        ) from error
    return None


def _cron(line: str, zone: ZoneInfo) -> BaseTrigger:
    CronTrigger.from_crontab(line, timezone=zone)  # says what is wrong with it
    return HourlyCron(line, zone) if line.split()[1].startswith("*") else WallCron(line, zone)


def times(trigger: BaseTrigger, *, after: datetime) -> Iterator[datetime]:
    """The times (UTC) of a trigger, later than a moment, without end."""
    previous, now = None, after + timedelta(microseconds=1)
    while (found := trigger.get_next_fire_time(previous, now)) is not None:
        previous = now = found
        yield found.astimezone(UTC)
