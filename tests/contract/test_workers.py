"""The workers' roll and the stints of runs, over every store."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from nightclerk.domain.items import RunRecord, RunState
from nightclerk.domain.workers import Worker
from nightclerk.work.controls import Controls, NoSuchRun, NotThere
from nightclerk.work.store import SqlStore

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
W1 = Worker(worker="w1#a", name="w1", machine="m1", place="p1", pid=11, cans=("web", "desktop:u8"), version="v1")


class Noon:
    """A clock that stands still."""

    def now(self) -> datetime:
        return NOW

    def monotonic(self) -> float:
        return 0.0


def queued(books: SqlStore, run: str = "r1") -> Controls:
    books.add_run(RunRecord(run=run, bot="b", flow="f", queued_at=NOW))
    return Controls(store=books, clock=Noon())


def test_a_worker_enlists_beats_and_leaves(books: SqlStore) -> None:
    """The roll says what a worker can do, that it lives, and in the end that it went in order."""
    books.enlist(W1, now=NOW, evidence_key="PEM")
    (found,) = books.workers()
    assert (found.name, found.cans, found.outcome) == ("w1", ("web", "desktop:u8"), "")
    assert books.beat("w1#a", now=NOW + timedelta(seconds=2))
    books.leave("w1#a", now=NOW + timedelta(seconds=3))
    assert books.workers() == []
    assert [w.outcome for w in books.workers(ended_too=True)] == ["left"]
    assert books.evidence_keys() == {"PEM": "w1"}


def test_the_buried_learn_it_from_their_next_beat(books: SqlStore) -> None:
    """One of two reapers buries the silent worker; the worker itself is told so when it wakes."""
    books.enlist(W1, now=NOW)
    (silent,) = books.workers()
    assert books.bury(silent, by="w2#b", now=NOW)
    assert not books.bury(silent, by="w3#c", now=NOW)
    assert not books.beat("w1#a", now=NOW)


def test_a_beat_saves_from_the_grave(books: SqlStore) -> None:
    """A worker that was heard of after the reaper looked is not buried."""
    books.enlist(W1, now=NOW)
    (seen,) = books.workers()
    books.beat("w1#a", now=NOW + timedelta(seconds=1))
    assert not books.bury(seen, by="w2#b", now=NOW)


def test_versions_keep_the_time_when_they_were_first_seen(books: SqlStore) -> None:
    """A version of the flows that is seen again does not become newer."""
    books.enlist(W1, now=NOW)
    first = books.versions()["v1"]
    books.enlist(replace(W1, worker="w2#b"), now=NOW + timedelta(hours=1))
    assert books.versions() == {"v1": first}


def test_a_new_stint_ends_the_old_one(books: SqlStore) -> None:
    """A process whose run was taken over files nothing any more."""
    queued(books)
    first = books.begin_run("r1", now=NOW, worker="w1#a", pid=11, film="r1")
    second = books.begin_run("r1", now=NOW, worker="w2#b", pid=22, film="r1+2")
    assert first is not None
    assert second is not None
    assert (second.stint, second.worker, second.started_at) == (2, "w2#b", NOW)
    assert books.end_run("r1", stint=first.stint, state=RunState.FAILED, now=NOW) is RunState.RUNNING
    assert books.end_run("r1", stint=2, state=RunState.DONE, now=NOW, counts={"done": 3}) is RunState.DONE
    assert books.begin_run("r1", now=NOW) is None


def test_pause_lets_go_and_resume_is_another_turn(books: SqlStore) -> None:
    """A paused run holds nothing once its process has filed it; then it is queued again, as its next turn."""
    controls = queued(books)
    books.begin_run("r1", now=NOW)
    assert controls.pause("r1", "lin").ended_at is None
    assert books.end_run("r1", stint=1, state=RunState.PAUSED, now=NOW) is RunState.PAUSED
    again = controls.resume("r1", "lin")
    assert (again.state, again.turn) == (RunState.QUEUED, 1)


def test_a_run_resumed_before_it_let_go_just_goes_on(books: SqlStore) -> None:
    """Its process notices nothing, or is started again: the pause was taken back."""
    controls = queued(books)
    books.begin_run("r1", now=NOW)
    controls.pause("r1", "lin")
    assert controls.resume("r1", "lin").state is RunState.RUNNING
    assert books.end_run("r1", stint=1, state=RunState.PAUSED, now=NOW) is RunState.RUNNING


def test_a_queued_run_is_paused_and_cancelled_at_once(books: SqlStore) -> None:
    """Nobody has to be waited for; a cancelled run is never taken up."""
    controls = queued(books)
    assert controls.pause("r1", "lin").ended_at == NOW
    assert controls.cancel("r1", "lin").state is RunState.CANCELLED
    assert books.begin_run("r1", now=NOW) is None


def test_what_has_ended_cannot_be_paused(books: SqlStore) -> None:
    """The sentence says where the run stands."""
    controls = queued(books)
    books.update_run("r1", state=RunState.DONE)
    with pytest.raises(NotThere, match="Run r1 is done: nothing was changed"):
        controls.pause("r1", "lin")
    with pytest.raises(NoSuchRun, match="There is no run 'r2'"):
        controls.cancel("r2", "lin")


def test_the_leases_of_a_dead_run_are_free_at_once(books: SqlStore) -> None:
    """All that its processes held can be taken; what others hold stays."""
    assert books.take("account:x", holder="r1/1", lease_s=60, now=NOW)
    assert books.take("account:y", holder="r10/1", lease_s=60, now=NOW)
    assert books.release_all("r1") == 1
    assert books.take("account:x", holder="r2/1", lease_s=60, now=NOW) == 2
    assert books.take("account:y", holder="r2/1", lease_s=60, now=NOW) is None
