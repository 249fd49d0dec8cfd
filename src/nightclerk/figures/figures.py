"""The numbers that a manager asks for: items, minutes saved, exceptions, straight-through, healing, people, waiting.

Read from the books; nothing is estimated but what the bot's file states (`manual_minutes`, an item by hand). An item
counts for the bot whose run held it last, in the week in which it came to stand as it stands now.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from nightclerk.domain.budgets import Budget, spent
from nightclerk.domain.items import Outcome, RunRecord, RunState, Slot, State, Task, WorkItem
from nightclerk.figures.metrics import metrics_text as metrics_text
from nightclerk.work.store import SqlStore
from nightclerk.workspace import Bot, Workspace

_TO_PERSON = (State.REJECTED, State.FAILED, State.IN_DOUBT, State.WAITING)
_BROKEN = (RunState.FAILED, RunState.CRASHED)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One bot in one stretch of time. Rates are 0 to 1, None where nothing was done; money is in the set currency.

    `straight`: done without anybody being asked and without a second attempt. `waited_h`: hours that questions of this
    bot's items were open within the stretch.
    """

    bot: str
    items: int = 0
    done: int = 0
    straight: int = 0
    to_person: int = 0
    failed: Mapping[str, int] = field(default_factory=dict)
    runs: int = 0
    runs_broken: int = 0
    healed: int = 0
    not_healed: int = 0
    asked: int = 0
    minutes_saved: float = 0.0
    waited_h: float = 0.0
    waiting_cost: Decimal = Decimal(0)
    budget: Budget = field(default_factory=Budget)

    @property
    def straight_through_rate(self) -> float | None:
        return _rate(self.straight, self.items)

    @property
    def person_rate(self) -> float | None:
        return _rate(self.asked, self.items)

    @property
    def healing_rate(self) -> float | None:
        """Of the elements that were no longer where they were written, how many were found again."""
        return _rate(self.healed, self.healed + self.not_healed)


@dataclass(frozen=True, kw_only=True)
class Week:
    """One ISO week ("2026-W47") of the workspace's calendar, a line a bot, as far as it lies in what was asked for."""

    week: str
    bots: tuple[Line, ...]


@dataclass(frozen=True, kw_only=True)
class Figures:
    """The figures of [since, until). `bots`: one line a bot over all of it; `slots`: how many came to what."""

    since: datetime
    until: datetime
    bots: tuple[Line, ...]
    weeks: tuple[Week, ...]
    slots: Mapping[str, int]
    exceptions: Mapping[str, int]
    currency: str = ""

    @property
    def total(self) -> Line:
        """All bots in one line, called ""."""
        return _sum(self.bots)


@dataclass(frozen=True, kw_only=True)
class _Books:
    """What the figures are made of, read once."""

    items: tuple[WorkItem, ...]
    runs: tuple[RunRecord, ...]
    tasks: tuple[Task, ...]
    slots: tuple[Slot, ...]


def figures(store: SqlStore, since: datetime, until: datetime, *, workspace: Workspace) -> Figures:
    """The figures of a stretch of time (aware moments, `until` excluded), from the books."""
    books = _Books(
        items=tuple(store.items_between(since, until)),
        runs=tuple(store.runs_between(since, until)),
        tasks=tuple(store.tasks_between(since, until)),
        slots=tuple(store.slots_between(since, until)),
    )
    zone = ZoneInfo(workspace.settings.timezone)
    weeks = tuple(
        Week(week=name, bots=_lines(books, start, end, store, workspace))
        for name, start, end in _weeks(since, until, zone)
    )
    whole = _lines(books, since, until, store, workspace)
    return Figures(
        since=since, until=until, bots=whole, weeks=weeks,
        slots=Counter(slot.outcome.value for slot in books.slots),
        exceptions=sum((Counter(line.failed) for line in whole), Counter()), currency=workspace.settings.currency,
    )  # fmt: skip


def _lines(books: _Books, start: datetime, end: datetime, store: SqlStore, workspace: Workspace) -> tuple[Line, ...]:
    runs = {run.run: run.bot for run in books.runs}
    missing = {item.run for item in books.items} | {task.run for task in books.tasks}
    for run in missing - set(runs) - {""}:
        record = store.run(run)
        if record is not None:
            runs[run] = record.bot
    lines = (_line(bot, books, runs, start, end, workspace) for bot in workspace.bots.values())
    return tuple(line for line in lines if line.items or line.runs or line.asked or line.waited_h)


def _line(
    bot: Bot, books: _Books, runs: Mapping[str, str], start: datetime, end: datetime, workspace: Workspace
) -> Line:
    items = [i for i in books.items if runs.get(i.run) == bot.name and i.updated_at and start <= i.updated_at < end]
    ended = [i for i in items if i.state is State.DONE or i.state in _TO_PERSON]
    ours = [run for run in books.runs if run.bot == bot.name and _within(run.ended_at or run.started_at, start, end)]
    asked = [task for task in books.tasks if runs.get(task.run) == bot.name]
    helped = {(task.queue, task.key) for task in asked}
    done = [i for i in ended if i.state is State.DONE]
    waited_h = sum(open_hours(task, start, end) for task in asked)
    counts = sum((Counter(run.counts) for run in ours), Counter())
    return Line(
        bot=bot.name, items=len(ended), done=len(done),
        straight=sum(i.attempts <= 1 and (i.queue, i.key) not in helped for i in done),
        to_person=sum(i.state in _TO_PERSON for i in ended),
        failed=Counter(reason_of(i.reason) for i in ended if i.state in _TO_PERSON),
        runs=len(ours), runs_broken=sum(run.state in _BROKEN for run in ours),
        healed=counts["healed"], not_healed=counts["not_healed"],
        asked=sum(_within(task.asked_at, start, end) for task in asked),
        minutes_saved=len(done) * bot.manual_minutes, waited_h=waited_h,
        waiting_cost=(Decimal(str(waited_h)) * workspace.settings.waiting_cost_per_hour).quantize(Decimal("0.01")),
        budget=spent(len(ended), sum(i.state is not State.DONE for i in ended), allowed=bot.error_budget),
    )  # fmt: skip


def open_hours(task: Task, start: datetime, end: datetime) -> float:
    """How long a question was open within a stretch of time."""
    if task.asked_at is None:
        return 0.0
    open_s = (min(task.answered_at or end, end) - max(task.asked_at, start)).total_seconds()
    return max(0.0, open_s) / 3600


def reason_of(reason: str) -> str:
    """A reason without what differs from item to item, so that equal ones are counted together."""
    plain = re.sub(r"'[^']*'|“[^”]*”|\b[\w-]*\d[\w.,:-]*", "…", reason)
    return re.sub(r"\s+", " ", plain).strip()[:120]


def _weeks(since: datetime, until: datetime, zone: ZoneInfo) -> Iterable[tuple[str, datetime, datetime]]:
    """The ISO weeks of a stretch in a time zone, cut to it."""
    first = since.astimezone(zone)
    monday = (first - timedelta(days=first.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
    while monday < until:
        following = monday + timedelta(days=7)  # wall time: a week with a change of the clocks has another length
        year, week, _ = monday.isocalendar()
        yield f"{year}-W{week:02}", max(since, monday), min(until, following)
        monday = following


def _within(moment: datetime | None, start: datetime, end: datetime) -> bool:
    return moment is not None and start <= moment < end


def _rate(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _sum(lines: Iterable[Line]) -> Line:
    lines = tuple(lines)
    counted = ("items", "done", "straight", "to_person", "runs", "runs_broken", "healed", "not_healed", "asked")
    return Line(
        bot="", **{name: sum(getattr(line, name) for line in lines) for name in counted},
        failed=sum((Counter(line.failed) for line in lines), Counter()),
        minutes_saved=sum(line.minutes_saved for line in lines), waited_h=sum(line.waited_h for line in lines),
        waiting_cost=sum((line.waiting_cost for line in lines), Decimal(0)),
    )  # fmt: skip


def broken_slots(slots: Iterable[Slot]) -> list[Slot]:
    """Planned starts that did not come to a run as planned."""
    return [slot for slot in slots if slot.outcome in (Outcome.MISSED, Outcome.BLOCKED, Outcome.SKIPPED)]
