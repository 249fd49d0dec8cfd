"""The shift: every slot ends in one visible outcome, and bots start when those they wait for have ended."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from nightclerk.domain.items import Outcome, RunState
from nightclerk.domain.schedules import LAST, order_of, place_in_queue, ready_after
from nightclerk.work.clockwork import clockwork
from nightclerk.work.shift import Shift
from nightclerk.work.store import SqlStore
from nightclerk.workspace import Bot, Workspace


def bot(name: str, *after: str, **schedule: str) -> Bot:
    return Bot(name=name, titles={}, flow="f:f", after=after, schedule=schedule, where=f"bots/{name}.yaml:1")


class Night:
    """A shift whose engine is a list."""

    def __init__(self, store: SqlStore, clock: Any, *bots: Bot) -> None:
        self.fired: list[str] = []
        self.store = store
        home = Workspace(root=Path(), bots={b.name: b for b in bots})
        self.shift = Shift(workspace=home, store=store, clock=clock, fire=lambda run, needs: self.fired.append(run))

    def end(self, bot_name: str, state: RunState = RunState.DONE, **changes: Any) -> None:
        run = self.store.runs(bot=bot_name)[0].run
        self.store.update_run(run, **{"state": state, "started_at": self.shift.clock.now(), **changes})
        self.shift.run_ended(run)

    def outcomes(self) -> dict[str, Outcome]:
        return {slot.bot: slot.outcome for slot in self.store.slots(limit=100)}

    def bots(self) -> list[str]:
        return [self.store.run(run).bot for run in self.fired]  # type: ignore[union-attr]


@pytest.fixture
def night(store: SqlStore, clock: Any) -> Night:
    return Night(store, clock, bot("export"), bot("export2"), bot("key", "export", "export2"), bot("report", "key"))


def test_a_whole_shift_in_the_order_of_its_dependencies(night: Night) -> None:
    """Bots start when all that they wait for have ended, and the shift ends with the last one."""
    night.shift.start_all("s1", by="lin")
    assert night.bots() == ["export", "export2"]
    night.end("export")
    assert night.bots() == ["export", "export2"]
    night.end("export2", RunState.FAILED, reason="no session")
    assert night.bots()[2:] == ["key"]
    assert not night.shift.ended("s1")
    night.end("key")
    night.end("report")
    assert night.shift.ended("s1")
    assert set(night.outcomes().values()) == {Outcome.RAN}


def test_a_failed_bot_stops_nobody_and_says_why(night: Night) -> None:
    """The slot of a failed run is there with its reason."""
    night.shift.start_all("s1", by="lin")
    night.end("export", RunState.FAILED, reason="no session")
    slot = night.store.slots(bot="export")[0]
    assert (slot.outcome, slot.why) == (Outcome.RAN, "failed: no session")


def test_a_run_that_never_started_is_blocked(night: Night) -> None:
    """A preflight that refuses leaves `blocked` and the code."""
    night.shift.start_all("s1", by="lin")
    night.end("export", RunState.FAILED, reason="NO_BROWSER: …", started_at=None)
    assert night.outcomes()["export"] is Outcome.BLOCKED


def test_a_slot_that_is_fired_twice_runs_once(night: Night, clock: Any) -> None:
    """Two schedulers that name the same slot start one run."""
    export = night.shift.workspace.bots["export"]
    assert night.shift.start_slot(export, clock.now(), shift="s1") is not None
    assert night.shift.start_slot(export, clock.now(), shift="s1") is None
    assert len(night.fired) == 1


def test_a_slot_that_is_too_late_is_missed_not_silent(store: SqlStore, clock: Any) -> None:
    """Past `late_until` the slot is filed as missed and nothing runs."""
    night = Night(store, clock, bot("export", every="1h", late_until="30m"))
    night.shift.start_slot(night.shift.workspace.bots["export"], clock.now() - timedelta(hours=1), shift="s1")
    assert (night.outcomes(), night.fired) == ({"export": Outcome.MISSED}, [])


def test_orders_and_circles() -> None:
    """Dependencies give an order; a circle is named."""
    assert order_of({"c": ["b"], "b": ["a"], "a": []}) == ["a", "b", "c"]
    with pytest.raises(ValueError, match="a → b"):
        order_of({"a": ["b"], "b": ["a"]})


def test_ready_means_all_have_ended_and_none_started() -> None:
    """A bot is ready once, when the last of those it waits for has ended."""
    after = {"a": [], "b": ["a"], "c": ["a", "b"]}
    assert ready_after(["a"], ["a"], after) == ["b"]
    assert ready_after(["a"], ["a", "b"], after) == []


def test_the_earlier_deadline_is_first_in_its_queue() -> None:
    """By the second; without a deadline last; always within what a queue can count."""
    dawn = datetime(2026, 11, 21, 6, tzinfo=UTC)
    places = [place_in_queue(at) for at in (dawn, dawn + timedelta(seconds=1), dawn.replace(year=2080), None)]
    assert places == sorted(places)
    assert places[0] < places[1] < places[2] <= places[3] == LAST
    assert place_in_queue(datetime(1999, 1, 1, tzinfo=UTC)) == 1
    assert place_in_queue(datetime(2200, 1, 1, tzinfo=UTC)) == LAST


def test_the_clock_hands_over_the_planned_time() -> None:
    """APScheduler fires with the very time that was planned, in UTC."""
    from threading import Event

    fired: list[tuple[str, datetime]] = []
    rang = Event()

    def start(name: str, planned_for: datetime) -> None:
        fired.append((name, planned_for))
        rang.set()

    scheduler = clockwork([bot("b", every="1s"), bot("c", "b")], start, timezone="Asia/Shanghai")
    scheduler.start()
    assert rang.wait(60)
    scheduler.shutdown()
    assert fired[0][0] == "b"
    assert fired[0][1].tzinfo is UTC


def test_a_missed_bot_does_not_hold_up_the_others(store: SqlStore, clock: Any) -> None:
    """Who waits for a bot whose slot was missed starts all the same: a missed slot is an outcome too."""
    night = Night(store, clock, bot("export", every="1h", late_until="30m"), bot("key", "export"))
    night.shift.start_slot(night.shift.workspace.bots["export"], clock.now() - timedelta(hours=1), shift="s1")
    assert night.bots() == ["key"]
