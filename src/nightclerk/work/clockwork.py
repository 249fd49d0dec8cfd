"""The clock of the unattended shift: APScheduler says when, our own slots decide what becomes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from apscheduler.executors.base import BaseExecutor
from apscheduler.job import Job
from apscheduler.schedulers.background import BackgroundScheduler
from loguru import logger

from nightclerk.errors import WorkspaceError
from nightclerk.work.triggers import trigger_of
from nightclerk.workspace import Bot

Start = Callable[[str, datetime], None]


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


def clockwork(bots: Iterable[Bot], start: Start, *, timezone: str) -> BackgroundScheduler:
    """A scheduler (not started) that calls `start(bot, planned_for)` for every planned time of every bot.

    A bot whose schedule makes no sense is left out with a word in the log; the others keep their times.
    """
    scheduler = BackgroundScheduler(timezone=ZoneInfo(timezone), executors={"default": SlotExecutor(start)})
    for bot in bots:
        try:
            trigger = trigger_of(bot.schedule, timezone=timezone, where=bot.where)
        except WorkspaceError as error:
            logger.error("{} has no start times: {}", bot.name, error)
            continue
        if trigger is not None:
            scheduler.add_job(print, trigger, id=bot.name, misfire_grace_time=None, coalesce=False, max_instances=1000)
    return scheduler
