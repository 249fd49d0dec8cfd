"""The numbers that a manager asks for: items, minutes saved, exceptions, straight-through, healing, people, waiting.

Read from the books; nothing is estimated but what the bot's file states (`manual_minutes`, an item by hand). An item
counts for the bot whose run held it last, in the week in which it came to stand as it stands now.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
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
    """What one bot's figures are made of, read once; the items in the order in which they came to stand."""

    items: list[WorkItem] = field(default_factory=list)
    runs: list[RunRecord] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)

    def items_in(self, start: datetime, end: datetime) -> list[WorkItem]:
        """The items of a shorter stretch."""
        first, after = (bisect_left(self.items, moment, key=_stood_at) for moment in (start, end))
        return self.items[first:after]


def _stood_at(item: WorkItem) -> datetime:
    assert item.updated_at is not None  # the stretch of time that they were read for says so
    return item.updated_at


def figures(store: SqlStore, since: datetime, until: datetime, *, workspace: Workspace) -> Figures:
    """The figures of a stretch of time (aware moments, `until` excluded), from the books."""
    books = _by_bot(store, since, until)
    zone = ZoneInfo(workspace.settings.timezone)
    weeks = tuple(
        Week(week=name, bots=_lines(books, start, end, workspace)) for name, start, end in _weeks(since, until, zone)
    )
    whole = _lines(books, since, until, workspace)
    return Figures(
        since=since, until=until, bots=whole, weeks=weeks,
        slots=Counter(slot.outcome.value for slot in store.slots_between(since, until)),
        exceptions=sum((Counter(line.failed) for line in whole), Counter()), currency=workspace.settings.currency,
    )  # fmt: skip


def _by_bot(store: SqlStore, since: datetime, until: datetime) -> dict[str, _Books]:
    """Each bot's part of the books; an item or a question belongs to the bot whose run held it last."""
    items, runs = store.items_between(since, until), store.runs_between(since, until)
    tasks = store.tasks_between(since, until)
    bots = {run.run: run.bot for run in runs}
    bots |= store.bots_of(({item.run for item in items} | {task.run for task in tasks}) - set(bots) - {""})
    books: defaultdict[str, _Books] = defaultdict(_Books)
    for item in sorted(items, key=_stood_at):
        books[bots.get(item.run, "")].items.append(item)
    for run in runs:
        books[run.bot].runs.append(run)
    for task in tasks:
        books[bots.get(task.run, "")].tasks.append(task)
    return books


def _lines(books: Mapping[str, _Books], start: datetime, end: datetime, workspace: Workspace) -> tuple[Line, ...]:
    known = ((bot, books[bot.name]) for bot in workspace.bots.values() if bot.name in books)
    lines = (_line(bot, its, start, end, workspace) for bot, its in known)
    return tuple(line for line in lines if line.items or line.runs or line.asked or line.waited_h)


def _line(bot: Bot, books: _Books, start: datetime, end: datetime, workspace: Workspace) -> Line:
    items, asked = books.items_in(start, end), books.tasks
    ended = [i for i in items if i.state is State.DONE or i.state in _TO_PERSON]
    ours = [run for run in books.runs if _within(run.ended_at or run.started_at, start, end)]
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
