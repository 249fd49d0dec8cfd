"""The overview of the shift: slots past and planned, what runs, who is at work, what waits for whom, is all well."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from nightclerk.console import counted
from nightclerk.console.pages.common import attention, bots_by_name, renderer_of, services_of
from nightclerk.console.progress import progress_of
from nightclerk.console.services import BotInfo, Services
from nightclerk.domain.items import Outcome, RunRecord, RunState, Slot, State, Task
from nightclerk.domain.workers import silent

router = APIRouter()
SLOTS_SHOWN = 60
RUNNING = (RunState.RUNNING, RunState.QUEUED)
BROKEN_RUNS = {RunState.FAILED, RunState.CRASHED}
BROKEN_SLOTS = {Outcome.MISSED, Outcome.BLOCKED}
FOR_FINANCE = frozenset({"invoices", "payments", "approvals"})
#: How far ahead planned starts are shown, and how many.
AHEAD, MOST_AHEAD = timedelta(hours=24), 12


@dataclass(frozen=True, kw_only=True)
class QueueLine:
    """One queue in numbers."""

    name: str
    counts: dict[State, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def attention(self) -> int:
        return attention(self.counts)

    @property
    def who(self) -> str:
        return "finance" if self.name in FOR_FINANCE else "operator"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The one glance: `tone` is good, busy, ask, doubt or bad; the sentence comes from the catalogue."""

    tone: str
    broken: int
    doubtful: int
    waiting: int
    running: int


@dataclass(frozen=True, kw_only=True)
class Coming:
    """One start that a schedule plans, and that has no slot yet."""

    at: datetime
    bot: BotInfo


def coming(services: Services, planned: Collection[tuple[str, datetime]]) -> list[Coming]:
    """The starts of the next 24 hours that the schedules give, but those that are planned as slots already."""
    until = services.now() + AHEAD
    found = [
        Coming(at=at, bot=bot)
        for bot in services.launcher.bots()
        for at in services.launcher.next_starts(bot.name, MOST_AHEAD)
        if at <= until and (bot.name, at) not in planned
    ]
    return sorted(found, key=lambda one: (one.at, one.bot.name))[:MOST_AHEAD]


def verdict(
    slots: Sequence[Slot], runs: Sequence[RunRecord], queues: Sequence[QueueLine], tasks: int, dead: int = 0
) -> Verdict:
    """Judge the night: doubts first, then broken starts, runs and workers, then people's work, then running."""
    states: Counter[State] = Counter()
    for queue in queues:
        states.update(queue.counts)
    broken = sum(slot.outcome in BROKEN_SLOTS for slot in slots)
    broken += sum(run.state in BROKEN_RUNS for run in runs) + states[State.FAILED] + dead
    waiting = max(tasks, states[State.WAITING]) + states[State.REJECTED]
    running = sum(run.state in RUNNING for run in runs)
    doubtful = states[State.IN_DOUBT]
    tones = (("doubt", doubtful), ("bad", broken), ("ask", waiting), ("busy", running))
    tone = next((tone for tone, number in tones if number), "good")
    return Verdict(tone=tone, broken=broken, doubtful=doubtful, waiting=waiting, running=running)


def queue_lines(services: Services) -> list[QueueLine]:
    """The queues of records; `run:…` only keeps the attempts of flows that have no items."""
    found = counted.queues(services.store)
    return [QueueLine(name=name, counts=counts) for name, counts in found.items() if not name.startswith("run:")]


def for_whom(task: Task) -> str:
    """The role that a question is meant for."""
    return "finance" if task.kind == "review" or task.queue in FOR_FINANCE else "operator"


def shift_shown(services: Services, asked: str) -> tuple[str, list[str]]:
    """The shift to show (the newest unless asked otherwise) and the ones to choose from."""
    newest = services.store.slots(limit=300)
    shifts = list(dict.fromkeys(slot.shift for slot in newest if slot.shift))
    return (asked if asked in shifts else (shifts[0] if shifts else "")), shifts[:10]


@router.get("/")
def home() -> Response:
    return RedirectResponse("/tonight", status_code=303)


@router.get("/tonight")
def tonight(request: Request, shift: str = "") -> Response:
    services = services_of(request)
    store = services.store
    shift, shifts = shift_shown(services, shift)
    slots = sorted(
        store.slots(shift=shift, limit=SLOTS_SHOWN), key=lambda slot: (slot.planned_for, slot.run or slot.bot)
    )
    running = store.runs(states=RUNNING, limit=20)
    recent = store.runs(limit=12)
    tasks = store.tasks(open_only=True, limit=100)
    queues = queue_lines(services)
    bots, workers, now = bots_by_name(services), store.workers(), services.now()
    waiting = {queue.name: queue.counts for queue in queues}
    dead = [worker for worker in workers if silent(worker, now)]
    of_shift = {run.run: run for run in [*recent, *running]} | store.runs_called(slot.run for slot in slots if slot.run)
    judged = [run for run in of_shift.values() if run.shift == shift or run.state in RUNNING]
    return renderer_of(request).page(
        request,
        "tonight.html",
        verdict=verdict(slots, judged, queues, len(tasks), len(dead)),
        coming=coming(services, {(slot.bot, slot.planned_for) for slot in slots}),
        workers=workers,
        dead={worker.worker for worker in dead},
        progress={
            run.run: progress_of(run, waiting.get(bots[run.bot].queue if run.bot in bots else "", {}), now)
            for run in running
        },
        shift=shift,
        shifts=shifts,
        slots=slots,
        runs=of_shift,
        running=running,
        recent=[run for run in recent if run.state not in RUNNING][:6],
        tasks=tasks[:6],
        tasks_total=len(tasks),
        waits=Counter(for_whom(task) for task in tasks),
        queues=queues,
        bots=bots,
        for_whom=for_whom,
    )
