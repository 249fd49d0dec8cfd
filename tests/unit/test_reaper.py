"""The reaper: who is dead, what becomes of what they held, and runs that wait for nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from nightclerk.domain.items import RunRecord, RunState, State
from nightclerk.domain.workers import CALM_S, SILENCE_S, Worker, newer, nobody_can
from nightclerk.work.reaper import Reaper
from nightclerk.work.store import SqlStore

ME = Worker(worker="me#1", name="me", machine="m1", place="p1", cans=("web",), version="v2")


class FakeEngine:
    """DBOS as a table: which executor holds which runs, and where each turn stands."""

    def __init__(self) -> None:
        self.held: dict[str, list[str]] = {}
        self.states: dict[tuple[str, int], str] = {}
        self.fired: list[tuple[str, int, str]] = []

    def held_by(self, executor: str) -> list[str]:
        return list(self.held.get(executor, []))

    def executors(self) -> list[str]:
        return list(self.held)

    def take_over(self, executor: str) -> list[str]:
        return self.held.pop(executor, [])

    def statuses(self, runs: list[RunRecord]) -> dict[str, str]:
        return {r.run: self.states[r.run, r.turn] for r in runs if (r.run, r.turn) in self.states}

    def status(self, run: str, *, turn: int = 0) -> str:
        return self.states.get((run, turn), "")

    def cancel(self, run: str, *, turn: int = 0) -> None:
        self.states[run, turn] = "CANCELLED"

    def fire(self, run: str, *, needs: str, turn: int = 0, version: str = "", due_at: object = None) -> None:
        self.states[run, turn] = "ENQUEUED"
        self.fired.append((run, turn, version))


class Desk:
    """A reaper over books in memory; `living` are the ids of processes of its own machine that live."""

    def __init__(self, store: SqlStore, clock: Any) -> None:
        self.store, self.clock, self.engine = store, clock, FakeEngine()
        self.living: set[int] = set()
        self.ended: list[int] = []
        self.calm = CALM_S + 1
        store.enlist(ME, now=clock.now())
        self.reaper = Reaper(
            store=store, engine=self.engine, clock=clock, me=ME, calm_s=lambda: self.calm,  # type: ignore[arg-type]
            alive=lambda pid, started: pid in self.living, make_sure_dead=self._end,
        )  # fmt: skip

    def _end(self, pid: int, started: str) -> bool:
        self.ended.append(pid)
        self.living.discard(pid)
        return True

    def other(self, name: str, *, place: str, pid: int, run: str = "") -> None:
        """Another worker, which performs a run and holds an item and an account for it."""
        worker = Worker(worker=f"{name}#1", name=name, machine=name, place=place, pid=pid, cans=("web",), version="v1")
        now = self.clock.now()
        self.store.enlist(worker, now=now)
        if run:
            self.store.add_run(RunRecord(run=run, bot="b", flow="f", version="v1", queued_at=now))
            self.store.begin_run(run, now=now, worker=worker.worker, place=place, pid=pid + 1, film=run)
            self.store.put("q", run, {}, now=now)
            self.store.draw("q", run=run, lease_s=60, now=now)
            self.store.take("account:x", holder=f"{run}/1", lease_s=60, now=now)
            self.engine.held[worker.worker] = [run]
            self.engine.states[run, 0] = "PENDING"

    def names(self) -> list[str]:
        return sorted(w.name for w in self.store.workers())

    def live_on(self, seconds: float) -> None:
        self.clock.go(seconds)
        self.store.beat("me#1", now=self.clock.now())


@pytest.fixture
def desk(store: SqlStore, clock: Any) -> Desk:
    return Desk(store, clock)


def test_a_dead_process_of_our_machine_is_known_at_once(desk: Desk) -> None:
    """Nobody waits for silence; what lingers of its run is ended first; item and account are free."""
    desk.other("w1", place="p1", pid=10, run="r1")
    assert desk.reaper.tick() == ["r1"]
    assert desk.ended == [11]
    assert desk.store.counts("q") == {State.ABANDONED: 1}
    assert desk.store.take("account:x", holder="r2/1", lease_s=60, now=desk.clock.now()) == 2
    assert desk.names() == ["me"]


def test_a_worker_elsewhere_is_dead_after_the_silence(desk: Desk) -> None:
    """Until then nothing of it is touched: it may only be slow."""
    desk.other("w1", place="p2", pid=10, run="r1")
    desk.live_on(SILENCE_S - 1)
    assert desk.reaper.tick() == []
    desk.live_on(2)
    assert desk.reaper.tick() == ["r1"]
    assert desk.ended == []


def test_after_an_outage_nobody_is_buried_in_haste(desk: Desk) -> None:
    """While nobody reached the database all beats are old; the others get time to be heard again."""
    desk.other("w1", place="p2", pid=10, run="r1")
    desk.live_on(SILENCE_S + 100)
    desk.calm = CALM_S - 1
    assert desk.reaper.tick() == []
    desk.calm = CALM_S
    assert desk.reaper.tick() == ["r1"]


def test_a_frozen_worker_of_our_machine_is_ended_by_id(desk: Desk) -> None:
    """Silent and yet alive: it is made sure that it is dead before its work is given away."""
    desk.other("w1", place="p1", pid=10, run="r1")
    desk.living = {10, 11}
    assert desk.reaper.tick() == []
    desk.live_on(SILENCE_S + 1)
    assert desk.reaper.tick() == ["r1"]
    assert desk.ended == [10, 11]


def test_one_reaper_acts_at_a_time(desk: Desk) -> None:
    """While another holds the reaper's lease nothing is done twice."""
    desk.other("w1", place="p1", pid=10, run="r1")
    desk.store.take("reaper", holder="w9#1", lease_s=15, now=desk.clock.now())
    assert desk.reaper.tick() == []
    desk.live_on(16)
    assert desk.reaper.tick() == ["r1"]


def test_what_a_reaper_left_lying_is_taken_up(desk: Desk) -> None:
    """A reaper that died between the burial and the take-over keeps nobody's work from going on."""
    desk.other("w1", place="p2", pid=10, run="r1")
    (buried,) = [w for w in desk.store.workers() if w.name == "w1"]
    desk.store.bury(buried, by="w9#1", now=desk.clock.now())
    assert desk.reaper.tick() == ["r1"]
    assert desk.store.counts("q") == {State.ABANDONED: 1}


def queue(desk: Desk, run: str, **facts: Any) -> RunRecord:
    record = RunRecord(**{"run": run, "bot": "b", "flow": "f", "version": "v2", "queued_at": desk.clock.now(), **facts})
    desk.store.add_run(record)
    desk.engine.states[run, 0] = "ENQUEUED"
    desk.live_on(11)
    desk.reaper.tick()
    found = desk.store.run(run)
    assert found is not None
    return found


def test_a_run_that_nobody_can_do_says_so(desk: Desk) -> None:
    """The reason names what is needed and the words that bring a worker up; it goes when one is there."""
    run = queue(desk, "r1", needs="desktop:u8")
    assert run.reason == (
        "No worker that is up can do desktop:u8. On a machine that can, run: nightclerk worker --can desktop:u8"
    )
    desk.store.enlist(replace(ME, worker="u8#1", place="p2", cans=("desktop:u8",)), now=desk.clock.now())
    desk.reaper.tick()
    assert desk.store.run("r1").reason == ""  # type: ignore[union-attr]


def test_runs_of_older_flows_move_on_to_newer_ones(desk: Desk) -> None:
    """When no worker has the old flows any more, a worker with newer ones takes the run as its next turn."""
    desk.store.see_version("v1", now=desk.clock.now() - timedelta(days=1))
    run = queue(desk, "r1", version="v1")
    assert (run.version, run.turn, desk.engine.fired) == ("v2", 1, [("r1", 1, "v2")])


def test_runs_of_newer_flows_wait_for_them(desk: Desk) -> None:
    """An old worker never takes a new flow's run; the reason says what to do."""
    desk.live_on(1)
    desk.store.see_version("v3", now=desk.clock.now())
    run = queue(desk, "r1", version="v3")
    assert (run.version, run.turn) == ("v3", 0)
    assert "has these flows (v3). Update flows/ on those machines" in run.reason


def test_what_fell_between_books_and_engine_is_picked_up(desk: Desk) -> None:
    """A run that was never fired is fired; one whose engine part ended without an end in the books goes on."""
    desk.store.add_run(RunRecord(run="lost", bot="b", flow="f", version="v2", queued_at=desk.clock.now()))
    desk.other("w2", place="p2", pid=20, run="ended")
    desk.engine.states["ended", 0] = "SUCCESS"
    desk.live_on(11)
    desk.reaper.tick()
    assert ("lost", 0, "v2") in desk.engine.fired
    assert ("ended", 1, "v1") in desk.engine.fired
    assert desk.store.run("ended").state is RunState.QUEUED  # type: ignore[union-attr]


def test_which_flows_are_newer(clock: Any) -> None:
    """The order in which they were first seen decides; what was never seen is older than anything."""
    seen = {"v1": clock.now(), "v2": clock.now() + timedelta(days=1)}
    assert newer("v2", "v1", seen)
    assert not newer("v1", "v2", seen)
    assert not newer("v2", "v2", seen)
    assert newer("v1", "unknown", seen)
    assert nobody_can("web", "v2", [replace(ME, beat_at=clock.now())], now=clock.now()) == ""
