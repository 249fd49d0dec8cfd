"""Questions to people: with a deadline and a fallback, held for a moment or for hours, and going on with the answer."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from nightclerk.domain.items import RunState, State, Task
from nightclerk.run import Run, Transaction
from nightclerk.work.answers import Answers
from nightclerk.work.store import SqlStore
from tests.unit.test_perform import Desk, Order


@pytest.fixture
def desk(store: SqlStore, clock: Any, film: Any, tmp_path: Path) -> Desk:
    store.put("orders", "a", {"key": "a"})
    return Desk(store, clock, film, tmp_path)


def the_task(desk: Desk) -> Task:
    [task] = desk.store.tasks(open_only=False)
    return task


def test_after_the_deadline_the_fallback_is_the_answer(desk: Desk, clock: Any) -> None:
    """Nobody answered in four hours: the item goes on with what the flow stated, and the books say by whom."""
    said: list[str] = []

    def key_order(tx: Transaction, order: Order) -> None:
        said.append(tx.ask("Same order?", ("yes", "no"), within=timedelta(hours=4), fallback="no"))

    desk.run(key_order)
    answers = Answers(store=desk.store, clock=clock)
    clock.go(3 * 3600)
    assert answers.fall_back() == []
    clock.go(3600)
    assert [task.task for task in answers.fall_back()] == [the_task(desk).task]
    assert (the_task(desk).answer, the_task(desk).answered_by) == ("no", "deadline")
    desk.run(key_order, run="r2")
    assert said == ["no"]


def test_a_question_without_a_fallback_stays_open(desk: Desk, clock: Any) -> None:
    """Its deadline passes, it is overdue, and nothing is decided for anybody."""

    def key_order(tx: Transaction, order: Order) -> None:
        tx.ask("Which customer?", within=timedelta(minutes=5))

    desk.run(key_order)
    clock.go(301)
    assert Answers(store=desk.store, clock=clock).fall_back() == []
    assert [task.question for task in desk.store.overdue(clock.now())] == ["Which customer?"]


def test_a_fallback_that_is_no_choice_is_the_flows_mistake(desk: Desk) -> None:
    """It fails before anybody is asked."""

    def key_order(tx: Transaction, order: Order) -> None:
        tx.ask("?", ("yes", "no"), within=timedelta(hours=1), fallback="perhaps")

    desk.run(key_order)
    item = desk.store.item("orders", "a")
    assert item is not None
    assert (item.state, item.reason) == (State.FAILED, "the fallback 'perhaps' is none of the choices of '?'")


def test_a_login_code_is_waited_for_with_everything_open(desk: Desk, clock: Any) -> None:
    """The answer comes while the session stands: the same attempt goes on, its apps are not closed."""
    said: list[str] = []

    def key_order(tx: Transaction, order: Order) -> None:
        said.append(tx.ask("Which code came by text message?", hold_s=120.0))

    go = clock.go

    def wait(seconds: float) -> None:
        go(seconds)
        if clock.seconds > 10 and the_task(desk).answered_at is None:
            Answers(store=desk.store, clock=clock).answer(the_task(desk).task, "4711", who="lin")

    clock.go = wait
    assert desk.run(key_order) is RunState.DONE
    item = desk.store.item("orders", "a")
    assert item is not None
    assert (said, item.state, item.attempts) == (["4711"], State.DONE, 1)


def test_a_code_that_nobody_gives_lets_the_session_go(desk: Desk) -> None:
    """After the time to hold, the item waits like any other question, and holds nothing."""

    def key_order(tx: Transaction, order: Order) -> None:
        tx.ask("Which code?", hold_s=30.0)

    desk.run(key_order)
    assert desk.states() == {"a": State.WAITING}
    assert desk.clock.seconds == 30


def test_a_flow_without_items_goes_on_with_its_answer(store: SqlStore, clock: Any, film: Any, tmp_path: Path) -> None:
    """The run that follows an answer takes up the question of the one that asked it, not a question of its own."""
    desk, said = Desk(store, clock, film, tmp_path), list[str]()

    def close_month(run: Run) -> None:
        said.append(run.ask("Close the month?", ("yes", "no")))

    desk.run(close_month, each=None)
    Answers(store=store, clock=clock).answer(the_task(desk).task, "yes", who="lin")
    assert desk.run(close_month, each=None, run="r2", origin="r1") is RunState.DONE
    assert said == ["yes"]


def test_what_hangs_is_pictured_before_its_apps_are_ended(desk: Desk) -> None:
    """The picture is taken from beside, and the film says that the run hung."""
    free = threading.Event()
    desk.apps.kill = free.set  # type: ignore[method-assign]

    def key_order(tx: Transaction, order: Order) -> None:
        assert free.wait(30)
        raise RuntimeError("the window is gone")

    desk.run(key_order, item_timeout_s=0.2)
    assert desk.film.kinds().count("stuck") == 1
    assert "picture" in [line[0] for line in desk.film.lines]
