"""Whatever happens to schedulers and clocks: each planned time has one slot, each slot one outcome, one run at most."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from nightclerk.domain.items import Outcome
from nightclerk.work.memory import MemoryStore
from nightclerk.work.triggers import times, trigger_of
from tests.conftest import FakeClock
from tests.unit.planner_kit import Desk, bot

#: Zones whose clocks change at 01, 02 and 24 o'clock, by an hour and by half an hour, and one that never changes.
ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/Santiago", "Australia/Lord_Howe", "Africa/Casablanca")
#: Days on which some of these clocks change.
DAYS = (datetime(2026, 3, 28), datetime(2026, 4, 4), datetime(2026, 9, 5), datetime(2026, 10, 24))  # noqa: DTZ001
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("pass"), st.integers(1, 9 * 3600)),
        st.tuples(st.just("back"), st.integers(1, 7200)),
        st.tuples(st.just("look"), st.integers(0, 1)),
        st.tuples(st.just("die"), st.integers(1, 12)),
        st.tuples(st.just("end"), st.just(0)),
    ),
    min_size=4, max_size=25,
)  # fmt: skip


@given(
    zone=st.sampled_from(ZONES), day=st.sampled_from(DAYS), steps=STEPS, coalesce=st.booleans(),
    cron=st.sampled_from(["30 0 * * *", "30 2 * * *"]),
)  # fmt: skip
@settings(max_examples=30, deadline=None, derandomize=True)
def test_sum_of_slots_is_sum_of_outcomes(
    zone: str, day: datetime, steps: list[tuple[str, int]], cron: str, coalesce: bool
) -> None:
    """Two schedulers look, die at any write, start anew, and clocks go forward and back within two hours."""
    store, clock = MemoryStore(), FakeClock()
    clock.at = day.replace(tzinfo=UTC)
    bots = (bot("daily", cron=cron, coalesce=coalesce), bot("often", every="47m", late_until="3h", coalesce=coalesce))
    desks = [Desk(store, clock, *bots, timezone=zone) for _ in range(2)]
    desks[0].look()
    began = latest = clock.at
    for word, number in steps:
        if word in ("pass", "back"):
            clock.at += timedelta(seconds=number if word == "pass" else -number)
            latest = max(latest, clock.at)
        elif word == "look":
            desks[number].look()
            latest = max(latest, clock.at)
        elif word == "die":
            desks[number % 2].look(dies_at=number, too_late=number % 3 == 0)
        else:
            desks[0].end_all()
    clock.at = latest + timedelta(minutes=1)
    for desk in (*desks, *desks):
        desk.look()
        clock.go(31)
    desks[0].end_all()
    _check(desks[0], zone, cron, began, latest)
    store.close()


def _check(desk: Desk, zone: str, cron: str, began: datetime, latest: datetime) -> None:
    slots, runs = desk.store.slots(limit=100_000), desk.store.runs(limit=100_000)
    for name, schedule in (("daily", {"cron": cron}), ("often", {"every": "47m"})):
        planned = [slot.planned_for for slot in slots if slot.bot == name]
        trigger = trigger_of(schedule, timezone=zone)
        assert trigger is not None
        wanted = []
        for at in times(trigger, after=began):
            if at > latest:
                break
            wanted.append(at)
        assert len(planned) == len(set(planned))
        assert set(wanted) <= set(planned), "a planned time has no slot"
    assert all(slot.outcome not in (Outcome.PLANNED, Outcome.RUNNING) for slot in slots)
    assert all((slot.run != "") == (slot.outcome in (Outcome.RAN, Outcome.LATE)) for slot in slots)
    assert max(Counter(run.slot_id for run in runs).values(), default=1) == 1
    assert {run.slot_id for run in runs} == {slot.slot_id for slot in slots if slot.run}


@given(
    zone=st.sampled_from((*ZONES, "Asia/Beirut", "America/Havana", "Atlantic/Azores")), hour=st.integers(0, 23),
    minute=st.integers(0, 59), start=st.datetimes(datetime(2024, 1, 1), datetime(2027, 1, 1)),  # noqa: DTZ001
)  # fmt: skip
@settings(max_examples=25, deadline=None, derandomize=True)
def test_a_daily_start_comes_once_on_every_day(zone: str, hour: int, minute: int, start: datetime) -> None:
    """In every zone and on every day, that of a change of the clocks among them: one start a local day."""
    trigger = trigger_of({"cron": f"{minute} {hour} * * *"}, timezone=zone)
    assert trigger is not None
    found = times(trigger, after=start.replace(tzinfo=UTC))
    days = [next(found).astimezone(ZoneInfo(zone)).date() for _ in range(40)]
    assert [(later - day).days for day, later in pairwise(days)] == [1] * 39
