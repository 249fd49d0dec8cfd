"""Two schedulers on the same books plan the same times, and each slot gets one run."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from nightclerk.domain.items import Outcome, RunState, Slot
from nightclerk.work.clockwork import clockwork
from nightclerk.work.shift import Shift, run_of_slot
from nightclerk.work.store import SqlStore, open_store
from nightclerk.work.urls import database_urls
from nightclerk.workspace import Bot, Workspace

BOT = Bot(name="export", titles={}, flow="f:f", schedule={"every": "1s"}, where="bots/export.yaml:1")
HOME = Workspace(root=Path(), bots={"export": BOT})


class Now:
    """The machine's own time."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return 0.0


@dataclass
class Scheduler:
    """One office's clock and shift; `fired` is what it handed to its engine."""

    store: SqlStore
    fired: list[str] = field(default_factory=list)
    starts: list[datetime] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.shift = Shift(workspace=HOME, store=self.store, clock=Now(), fire=lambda run, _: self.fired.append(run))

    def start(self, bot: str, planned_for: datetime) -> None:
        self.starts.append(planned_for)
        self.shift.start_slot(BOT, planned_for, shift="night")


@pytest.fixture(params=["file", "postgres"])
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[list[Scheduler]]:
    """Two schedulers with connections of their own to the same books."""
    setting = request.getfixturevalue("pg_url") if request.param == "postgres" else ""
    url = database_urls(setting, tmp_path).books
    both = [Scheduler(open_store(url)), Scheduler(open_store(url))]
    yield both
    for one in both:
        one.store.close()


def test_two_clocks_one_run_a_slot(pair: list[Scheduler]) -> None:
    """Both fire at the same instants, whenever they were started; every slot has one run, handed over once."""
    with ExitStack() as running:
        for one in pair:
            clock = clockwork([BOT], one.start, timezone="Asia/Shanghai")
            clock.start()
            running.callback(clock.shutdown)
            threading.Event().wait(0.3)
        for _ in range(300):
            if min(len(one.starts) for one in pair) >= 3:
                break
            threading.Event().wait(0.1)
    slots, runs = pair[0].store.slots(limit=1000), pair[0].store.runs(limit=1000)
    assert len(set(pair[0].starts) & set(pair[1].starts)) >= 2
    assert Counter(run.slot_id for run in runs) == Counter(slot.slot_id for slot in slots)
    assert Counter(pair[0].fired + pair[1].fired) == Counter(run.run for run in runs)


def test_a_slot_that_a_dead_scheduler_left_behind(pair: list[Scheduler]) -> None:
    """It was planned and never launched: another one launches it, once, and settles a run whose end nobody saw."""
    planned = (datetime.now(UTC) - timedelta(minutes=5)).replace(microsecond=0)
    slot = Slot(slot_id=f"export@{planned:%Y%m%dT%H%M%SZ}", bot="export", planned_for=planned, shift="night")
    pair[0].store.plan(slot)
    for one in (*pair, *pair):
        one.shift.mend()
    run = run_of_slot(slot)
    assert pair[0].fired + pair[1].fired == [run]
    pair[0].store.update_run(run, state=RunState.DONE, started_at=planned)
    pair[1].shift.mend()
    assert [s.outcome for s in pair[0].store.slots()] == [Outcome.RAN]
