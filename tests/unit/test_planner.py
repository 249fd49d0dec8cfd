"""Planned starts: nothing due is lost or doubled, and every rule that keeps a bot from running is filed by its name."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from nightclerk.calendars import Calendar
from nightclerk.calendars.days import Blackout
from nightclerk.domain.items import Outcome, RunRecord, RunState, State, Task
from nightclerk.work.slots import Event
from nightclerk.work.store import SqlStore
from nightclerk.workspace import Bot, Fault
from tests.unit.planner_kit import Desk, bot

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)  # 20:00 in Shanghai, a Friday


def words(desk: Desk) -> list[str]:
    return [f"{at:%d %H:%M} {outcome} {why}".strip() for at, outcome, why in desk.outcomes()]


def test_a_night_off_is_made_up_for_once_and_every_start_is_filed(store: SqlStore, clock: Any) -> None:
    """Of five hours missed the last start runs late; those before it are skipped by name, none is forgotten."""
    desk = Desk(store, clock, bot("b", every="1h", late_until="2h"))
    desk.look()
    clock.go(5 * 3600 + 600)
    desk.look()
    desk.end_all()
    assert [o for _, o, _ in desk.outcomes()] == [Outcome.SKIPPED] * 4 + [Outcome.LATE]
    assert words(desk)[0] == "20 13:00 skipped coalesce: b@20261120T170000Z"
    assert words(desk)[-1] == "20 17:00 late 10 min"


def test_without_coalesce_each_start_runs_while_it_may_be_late(store: SqlStore, clock: Any) -> None:
    """Starts within late_until run one by one, older ones are missed."""
    desk = Desk(store, clock, bot("b", every="1h", late_until="2h", coalesce=False))
    desk.look()
    clock.go(4 * 3600 + 600)
    desk.look()
    assert [o for _, o, _ in desk.outcomes()] == [Outcome.MISSED] * 2 + [Outcome.RUNNING] * 2
    assert words(desk)[0] == "20 13:00 missed late_until: 2 h"


def test_a_start_that_finds_the_bot_at_work_is_skipped(store: SqlStore, clock: Any) -> None:
    """With if_running: skip the slot names the run that was under way."""
    desk = Desk(store, clock, bot("b", every="1h", if_running="skip"))
    desk.look()
    for _ in range(2):
        clock.go(3600)
        desk.look()
    assert words(desk) == ["20 13:00 running", f"20 14:00 skipped if_running: {desk.fired[0]}"]


@pytest.mark.parametrize(
    ("schedule", "day", "why"),
    [
        ({"not_on": ["双11"]}, date(2026, 11, 11), "not_on: 双11"),
        ({"only_on": "workdays"}, date(2026, 10, 1), "only_on: workdays"),
        ({"only_on": "workdays"}, date(2026, 2, 14), ""),  # a Saturday that is worked
        ({"not_on": ["holidays"]}, date(2026, 2, 17), "not_on: holidays"),
        ({"only_on": [1, 15]}, date(2026, 11, 15), ""),
    ],
)
def test_days_that_a_bot_does_not_work(
    store: SqlStore, clock: Any, schedule: dict[str, Any], day: date, why: str
) -> None:
    """Chinese holidays, make-up workdays and peak days decide by name, on the local day of the start."""
    clock.at = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=8)  # midnight in Shanghai
    desk = Desk(store, clock, bot("b", cron="30 1 * * *", **schedule))
    desk.look()
    clock.go(2 * 3600 - 1790)
    desk.look()
    assert [(o, w) for _, o, w in desk.outcomes()] == [(Outcome.SKIPPED, why) if why else (Outcome.RUNNING, "")]


def test_closed_hours_reach_over_midnight(store: SqlStore, clock: Any) -> None:
    """Month-end closing from 20:00 to 08:00 skips a start at 01:30 on the first, for the bots that it names."""
    closing = Blackout(name="month_end", days=("last",), opens=_at(20), until=_at(8), bots=("b",))
    clock.at = datetime(2026, 11, 30, 12, tzinfo=UTC)
    bots = (bot("b", cron="30 1 * * *"), bot("c", cron="30 1 * * *"))
    desk = Desk(store, clock, *bots, calendar=Calendar(blackouts=(closing,)))
    desk.look()
    clock.go(6 * 3600)
    desk.look()
    assert {s.bot: (s.outcome, s.why) for s in store.slots()} == {
        "b": (Outcome.SKIPPED, "blackout: month_end"), "c": (Outcome.RUNNING, ""),
    }  # fmt: skip


def _at(hour: int) -> Any:
    return datetime(2026, 1, 1, hour).time()  # noqa: DTZ001


def test_who_waits_for_skipped_bots_is_skipped_too(store: SqlStore, clock: Any) -> None:
    """On a holiday the whole chain is filed as skipped; a missed predecessor does not hold it up."""
    clock.at = datetime(2026, 10, 1, 0, tzinfo=UTC)
    desk = Desk(store, clock, bot("a", every="1h", only_on="workdays"), bot("b", "a"), bot("c", "b"))
    desk.look()
    clock.go(3600)
    desk.look()
    assert {s.bot: s.why for s in store.slots()} == {"a": "only_on: workdays", "b": "after: a", "c": "after: b"}


def test_a_bot_that_waits_is_not_late_because_another_one_was_slow(store: SqlStore, clock: Any) -> None:
    """Hours after the planned start of the first, the one that waited for it still runs, and counts as on time."""
    desk = Desk(store, clock, bot("a", cron="0 21 * * *"), bot("b", "a"))
    desk.look()
    clock.go(3600)
    desk.look()
    clock.go(5 * 3600)
    desk.end_all()
    desk.end_all()
    assert {s.bot: s.outcome for s in store.slots()} == {"a": Outcome.RAN, "b": Outcome.RAN}


def test_a_clock_that_was_ahead_loses_nothing(store: SqlStore, clock: Any) -> None:
    """Set three days ahead by mistake and back again: the starts filed as missed meanwhile happen in their time."""
    desk = Desk(store, clock, bot("b", every="1h", late_until="10m"))
    desk.look()
    clock.at += timedelta(days=3)
    desk.look()
    clock.at -= timedelta(days=3)
    for _ in range(3):
        desk.look()
        clock.go(3600)
    desk.look()
    assert [w for w in words(desk) if w.startswith("20")] == [
        "20 13:00 running",
        "20 14:00 running",
        "20 15:00 running",
    ]


def test_an_event_starts_the_bots_that_wait_for_it_once(store: SqlStore, clock: Any) -> None:
    """Told twice under one key it starts one run; another key is another event."""
    desk = Desk(store, clock, bot("b", event="stock-count"), bot("after", "b"), bot("c", every="1h"))
    for key in ("monday", "monday", "tuesday"):
        store.tell_event(Event(event="stock-count", key=key, at=clock.now(), by="lin"))
        desk.look()
    desk.end_all()
    assert sorted(store.run(run).bot for run in desk.fired) == ["after", "after", "b", "b"]  # type: ignore[union-attr]
    assert store.open_events() == []


def test_a_file_that_arrives_starts_a_run_when_it_is_whole(store: SqlStore, clock: Any, tmp_path: Path) -> None:
    """A file still growing or half downloaded is waited for; brought again under the same name it counts again."""
    (tmp_path / "in").mkdir()
    desk = Desk(store, clock, bot("b", **{"file": "in/*.xlsx", "settle": "10s", "as": "table"}), root=tmp_path)
    file = tmp_path / "in" / "orders.xlsx"
    (tmp_path / "in" / "more.xlsx.part").write_text("half")
    for content in ("gro", "grown"):
        file.write_text(content)
        desk.look()
        clock.go(6)
    desk.look()
    assert desk.fired == []
    clock.go(6)
    desk.look()
    desk.start()
    for _ in range(2):
        desk.look()
        clock.go(11)
    assert [store.run(run).parameters for run in desk.fired] == [{"table": str(file)}]  # type: ignore[union-attr]
    os.utime(file, (1, 1))
    for _ in range(2):
        desk.look()
        clock.go(11)
    assert len(desk.fired) == 2


def test_an_answer_starts_its_bot_again_at_once_and_once(store: SqlStore, clock: Any) -> None:
    """Nobody waits for the next night; while a run is under way it is left to that run."""
    desk = Desk(store, clock, bot("b"), bot("after", "b"))
    store.add_run(RunRecord(run="r1", bot="b", flow="f:f", state=RunState.RUNNING))
    store.put("orders", "A1", {}, state=State.NEW, now=clock.now())
    store.ask(Task(task="t", kind="question", question="?", run="r1", queue="orders", key="A1"))
    store.answer("t", answer="yes", who="lin", now=clock.now())
    desk.look()
    assert desk.fired == []
    store.update_run("r1", state=RunState.DONE)
    for _ in range(3):
        desk.look()
    assert len(desk.fired) == 1
    desk.end_all()
    assert [(s.bot, s.outcome) for s in store.slots()] == [("b", Outcome.RAN)]


def test_what_comes_and_what_did_not_come(store: SqlStore, clock: Any) -> None:
    """The next runs leave out what a rule will skip, by name; starts that nobody filed show as planned."""
    clock.at = datetime(2026, 9, 29, 0, tzinfo=UTC)
    desk = Desk(store, clock, bot("b", cron="30 1 * * *", only_on="workdays"))
    desk.look()
    coming = desk.agenda.next_runs("b", 2, now=clock.now())
    assert [(f"{one.at:%m-%d}", one.rule) for one in coming][:3] == [
        ("09-29", ""), ("09-30", "only_on: workdays"), ("10-01", "only_on: workdays"),
    ]  # fmt: skip
    assert sum(not one.rule for one in coming) == 2
    clock.go(2 * 86400)
    lost = desk.agenda.missed_since(clock.now() - timedelta(days=7), now=clock.now())
    assert [(s.slot_id, s.outcome) for s in lost] == [
        ("b@20260929T173000Z", Outcome.PLANNED), ("b@20260930T173000Z", Outcome.PLANNED),
    ]  # fmt: skip


def test_a_slot_whose_bot_is_gone_says_so(store: SqlStore, clock: Any) -> None:
    """Its file was removed or broken between planning and launching: the slot is blocked, not forgotten."""
    desk = Desk(store, clock, bot("b", every="1h"))
    desk.look()
    clock.go(3600)
    desk.look(dies_at=2)
    desk.home.bots.clear()  # type: ignore[attr-defined]
    clock.go(60)
    desk.look()
    _, outcome, why = desk.outcomes()[0]
    assert (outcome, why.partition(":")[0]) == (Outcome.BLOCKED, "NO_BOT b")


def test_a_schedule_that_was_changed_while_nobody_was_on_duty_leaves_what_it_owed(store: SqlStore, clock: Any) -> None:
    """The starts that passed by the old line are missed under its name; the new line begins now."""
    Desk(store, clock, bot("b", every="1h")).look()
    clock.go(2 * 3600 + 60)
    changed = Desk(store, clock, bot("b", cron="30 23 * * *"))
    owed = changed.agenda.missed_since(NOON, now=clock.now())
    assert [(slot.planned_for, slot.outcome) for slot in owed] == [
        (NOON + timedelta(hours=n), Outcome.PLANNED) for n in (1, 2)
    ]
    changed.look()
    changed.look()
    assert words(changed) == ["20 13:00 missed schedule: every: 1h", "20 14:00 missed schedule: every: 1h"]
    clock.go(2 * 3600)
    changed.look()
    assert words(changed)[2:] == ["20 15:30 running"]


def test_a_bot_that_was_deleted_leaves_what_it_owed_and_no_more(store: SqlStore, clock: Any) -> None:
    """Its starts are shown before anybody is on duty, then blocked by name once; who waits for it has nothing to do."""
    Desk(store, clock, bot("b", every="1h"), bot("after", "b")).look()
    clock.go(2 * 3600 + 60)
    left = Desk(store, clock, bot("after", "b"))
    assert [slot.bot for slot in left.agenda.missed_since(NOON, now=clock.now())] == ["b", "b"]
    for _ in range(3):
        left.look()
        clock.go(3600)
    filed = [(slot.bot, slot.outcome, slot.why.partition(":")[0]) for slot in store.slots()]
    assert sorted(filed) == [("after", Outcome.SKIPPED, "after"), *[("b", Outcome.BLOCKED, "NO_BOT b")] * 2]
    assert left.fired == []


def test_a_bot_whose_schedule_was_taken_out_leaves_what_it_owed(store: SqlStore, clock: Any) -> None:
    """It is started by hand only from now on."""
    Desk(store, clock, bot("b", every="1h")).look()
    clock.go(3600 + 60)
    by_hand = Desk(store, clock, bot("b"))
    for _ in range(2):
        by_hand.look()
        clock.go(2 * 3600)
    assert words(by_hand) == ["20 13:00 missed schedule: every: 1h"]


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        ((), "NO_BOT b: bots/b.yaml:3: a list. Mend it."),
        ((bot("b", cron="61 9 * * *"),), "SCHEDULE b: bots/b.yaml:1: a schedule such as cron"),
    ],
)
def test_a_bot_that_was_broken_is_blocked_at_each_of_its_times(
    store: SqlStore, clock: Any, broken: tuple[Bot, ...], code: str
) -> None:
    """By the schedule that was last understood, until the file is mended: then it begins anew."""
    Desk(store, clock, bot("b", every="1h")).look()
    wrong = Desk(store, clock, *broken)
    fault = Fault(where="bots/b.yaml:3", expected="a list", remedy="Mend it.")
    object.__setattr__(wrong.home, "faults", () if broken else (fault,))
    for _ in range(2):
        clock.go(3600)
        wrong.look()
    assert [outcome for _, outcome, _ in wrong.outcomes()] == [Outcome.BLOCKED] * 2
    assert all(why.startswith(code) for _, _, why in wrong.outcomes())
    mended = Desk(store, clock, bot("b", every="1h"))
    clock.go(3600)
    mended.look()
    assert words(mended)[2:] == ["20 15:00 running"]
