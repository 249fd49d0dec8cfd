"""The clock of the unattended shift: APScheduler says when, our own slots decide what becomes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from apscheduler.executors.base import BaseExecutor
from apscheduler.job import Job
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from nightclerk.errors import WorkspaceError
from nightclerk.workspace import Bot, seconds

Start = Callable[[str, datetime], None]
#: Intervals count from here: every scheduler plans the same times, whenever it was started.
_ZERO = datetime(2020, 1, 1, tzinfo=UTC)


class SlotExecutor(BaseExecutor):
    """Hands every planned time of a job to `start`, with the very time that was planned."""

    def __init__(self, start: Start) -> None:
        super().__init__()
        self._start = start

    def _do_submit_job(self, job: Job, run_times: list[datetime]) -> None:
        try:
            for planned_for in run_times:
                self._start(job.id, planned_for.astimezone(UTC))
        except Exception as error:
            self._run_job_error(job.id, error, error.__traceback__)
        else:
            self._run_job_success(job.id, [])


def trigger_of(schedule: Mapping[str, Any], *, timezone: str, where: str = "") -> BaseTrigger | None:
    """The trigger of a bot's `schedule`: {cron: "30 1 * * *"} or {every: 20m}; None when it has none.

    Two schedulers plan the same times, so that each slot is planned once.
    """
    zone = ZoneInfo(str(schedule.get("timezone", timezone)))
    try:
        if "cron" in schedule:
            return CronTrigger.from_crontab(str(schedule["cron"]), timezone=zone)
        if "every" in schedule:
            every_s = int(seconds(schedule["every"]))
            return IntervalTrigger(seconds=every_s, start_date=_ZERO, timezone=zone)
    except ValueError as error:
        raise WorkspaceError(
            where=where,
            expected=f"a schedule such as cron: '30 1 * * *' or every: 20m ({error})",
            remedy="Mend schedule:",
        ) from error
    return None


def next_starts(bot: Bot, *, timezone: str, now: datetime, n: int = 5) -> list[datetime]:
    """The next `n` start times that the bot's own schedule gives (UTC)."""
    trigger = trigger_of(bot.schedule, timezone=timezone, where=bot.where)
    found: list[datetime] = []
    previous, at = None, now
    while trigger is not None and len(found) < n:
        fire = trigger.get_next_fire_time(previous, at)
        if fire is None:
            break
        found.append(fire.astimezone(UTC))
        previous, at = fire, fire
    return found


def missed_starts(bot: Bot, *, timezone: str, since: datetime, now: datetime) -> list[datetime]:
    """Start times between `since` (exclusive) and `now`: nobody was there to plan them."""
    trigger = trigger_of(bot.schedule, timezone=timezone, where=bot.where)
    missed: list[datetime] = []
    previous, at = since, since
    while trigger is not None:
        fire = trigger.get_next_fire_time(previous, at)
        if fire is None or fire > now:
            break
        if fire > since:
            missed.append(fire.astimezone(UTC))
        previous, at = fire, fire
    return missed


def clockwork(bots: Iterable[Bot], start: Start, *, timezone: str) -> BackgroundScheduler:
    """A scheduler (not started) that calls `start(bot, planned_for)` for every planned time of every bot."""
    scheduler = BackgroundScheduler(timezone=ZoneInfo(timezone), executors={"default": SlotExecutor(start)})
    for bot in bots:
        trigger = trigger_of(bot.schedule, timezone=timezone, where=bot.where)
        if trigger is not None:
            scheduler.add_job(print, trigger, id=bot.name, misfire_grace_time=None, coalesce=False, max_instances=1000)
    return scheduler
