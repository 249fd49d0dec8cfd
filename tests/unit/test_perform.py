"""The performer: what becomes of each item, and what a run comes to."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from nightclerk.domain.heads import LastPicture
from nightclerk.domain.items import RunRecord, RunState, State
from nightclerk.errors import (
    ApplicationError,
    BusinessError,
    HandedBack,
    InDoubt,
    NeedsPerson,
    RehearsalCommit,
    UnknownPopup,
)
from nightclerk.flow import Queue, flow
from nightclerk.perform import Performer, ending
from nightclerk.run import Backstage, Run, Transaction
from nightclerk.work.store import SqlStore
from nightclerk.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class Order:
    key: str


orders = Queue("orders", of=Order)


class NoApps:
    """A run without apps that counts how often they were closed."""

    def __init__(self) -> None:
        self.closed, self.killed = 0, threading.Event()

    def open(self) -> dict[str, Any]:
        return {}

    def close(self) -> None:
        self.closed += 1

    def kill(self) -> None:
        self.killed.set()


class Desk:
    """Runs a flow over a store, as the engine would."""

    def __init__(self, store: SqlStore, clock: Any, film: Any, tmp_path: Path) -> None:
        self.store, self.clock, self.film, self.path = store, clock, film, tmp_path
        self.apps = NoApps()
        self.shown: Any = None
        self.last_picture: LastPicture | None = None

    def run(
        self, function: Any, *, each: Queue[Order] | None = orders, item_timeout_s: float = 300.0, **facts: Any
    ) -> RunState:
        made = flow("t", each=each)(function)
        record = RunRecord(**{"run": "r1", "bot": "bot", "flow": made.name, **facts})
        self.store.add_run(record)
        stage = Backstage(
            record=record, workspace=Workspace(root=self.path), store=self.store, film=self.film, clock=self.clock,
            day=date(2026, 11, 20), files=self.path, wait=self.clock.go,
            still=lambda: self.shown, last_picture=lambda: self.last_picture,
        )  # fmt: skip
        self.left: list[int] = []
        self.performer = Performer(
            made, stage, self.apps, {}, attempts=3, item_timeout_s=item_timeout_s, leave=self.left.append
        )
        return self.performer.perform()

    def states(self) -> dict[str, State]:
        return {item.key: item.state for item in self.store.items("orders")}


@pytest.fixture
def desk(store: SqlStore, clock: Any, film: Any, tmp_path: Path) -> Desk:
    for key in ("a", "b", "c"):
        store.put("orders", key, {"key": key})
    return Desk(store, clock, film, tmp_path)


def test_one_rejected_item_stops_nobody(desk: Desk) -> None:
    """A business error ends its own item; the others are done, with what the flow returned."""

    def key_order(tx: Transaction, order: Order) -> str:
        if order.key == "b":
            raise BusinessError("no customer")
        return f"V-{order.key}"

    assert desk.run(key_order) is RunState.DONE
    assert desk.states() == {"a": State.DONE, "b": State.REJECTED, "c": State.DONE}
    done = desk.store.item("orders", "c")
    assert done is not None
    assert done.result == "V-c"


def test_that_a_person_had_the_screen_is_known_until_the_item_is_done(desk: Desk) -> None:
    """The attempt that was taken over begins anew and does not count; its next look knows why it must wait."""
    seen: list[tuple[str, int, bool]] = []

    def key_order(tx: Transaction, order: Order) -> None:
        assert tx.item is not None
        seen.append((order.key, tx.item.attempts, tx.item.hands_at is not None))
        if order.key == "b" and len(seen) == 2:
            desk.performer.hands_on()
            raise HandedBack(who="lin", acts=2)

    desk.run(key_order)
    assert sorted(seen) == [("a", 1, False), ("b", 1, False), ("b", 1, True), ("c", 1, False)]
    done = desk.store.item("orders", "b")
    assert done is not None
    assert (done.state, done.hands_at) == (State.DONE, None)


def test_an_application_error_is_tried_again(desk: Desk) -> None:
    """The item, not the run, is repeated, after a pause and with the apps opened anew."""
    tries: list[str] = []

    def key_order(tx: Transaction, order: Order) -> None:
        tries.append(order.key)
        if tries.count("a") < 3 and order.key == "a":
            raise ApplicationError("frozen")

    desk.run(key_order)
    assert (tries.count("a"), tries.count("b")) == (3, 1)
    assert set(desk.states().values()) == {State.DONE}
    assert desk.apps.closed >= 2


def test_attempts_run_out(desk: Desk) -> None:
    """After its last attempt the item has failed, with the reason."""

    def key_order(tx: Transaction, order: Order) -> None:
        raise ApplicationError("frozen")

    desk.run(key_order)
    item = desk.store.item("orders", "a")
    assert item is not None
    assert (item.state, item.attempts, item.reason) == (State.FAILED, 3, "frozen")


def test_an_unexpected_error_is_an_application_error(desk: Desk) -> None:
    """A bug in a flow ends in words on the item, not in a dead run."""

    def key_order(tx: Transaction, order: Order) -> None:
        raise KeyError("x")

    assert desk.run(key_order) is RunState.DONE
    item = desk.store.item("orders", "a")
    assert item is not None
    assert item.reason == "KeyError: 'x'"


def test_a_question_waits_and_the_answer_is_used(desk: Desk) -> None:
    """`ask` puts the question once and lets go of everything; after the answer the item comes past with it."""

    def key_order(tx: Transaction, order: Order) -> str:
        return tx.ask("same order?", ("yes", "no")) if order.key == "a" else ""

    desk.run(key_order)
    task = desk.store.tasks()[0]
    assert (task.queue, task.key, task.choices) == ("orders", "a", ("yes", "no"))
    assert desk.states()["a"] is State.WAITING
    desk.store.answer(task.task, answer="yes", who="lin", now=desk.clock.now())
    item = desk.store.item("orders", "a")
    assert item is not None
    desk.store.decide("orders", "a", version=item.version, state=State.NEW, who="lin", why="", now=desk.clock.now())
    desk.run(key_order)
    again = desk.store.item("orders", "a")
    assert again is not None
    assert (again.state, again.result) == (State.DONE, "yes")


def test_doubt_becomes_a_task(desk: Desk) -> None:
    """An effect in doubt is put to a person with the two answers that settle it."""

    def key_order(tx: Transaction, order: Order) -> None:
        raise InDoubt(effect="save", key=order.key, why="no answer")

    desk.run(key_order)
    assert desk.states()["a"] is State.IN_DOUBT
    assert desk.store.tasks()[0].choices == ("it_is_there", "it_is_not_there")


def test_a_rehearsal_writes_nothing(desk: Desk) -> None:
    """Every item is gone through once and none of them changes."""
    seen: list[str] = []

    def key_order(tx: Transaction, order: Order) -> None:
        seen.append(order.key)
        raise RehearsalCommit(effect="save", key=order.key)

    assert desk.run(key_order, rehearse=True) is RunState.DONE
    assert sorted(seen) == ["a", "b", "c"]
    assert set(desk.states().values()) == {State.NEW}


def test_first_n_stops_and_asks(desk: Desk) -> None:
    """After N items the run ends, the rest stays new, and a person is asked whether to go on."""

    def key_order(tx: Transaction, order: Order) -> None:
        tx.note("keyed")

    desk.run(key_order, first=2)
    assert sorted(desk.states().values()) == [State.DONE, State.DONE, State.NEW]
    assert desk.store.tasks()[0].kind == "first_items"


def test_a_cancelled_run_stops_after_the_item_in_hand(desk: Desk) -> None:
    """Cancelling leaves the other items as they are."""

    def key_order(tx: Transaction, order: Order) -> None:
        desk.store.update_run("r1", state=RunState.CANCELLED)

    assert desk.run(key_order) is RunState.CANCELLED
    assert list(desk.states().values()).count(State.NEW) == 2


def test_a_flow_without_items_runs_once(desk: Desk) -> None:
    """A plain flow is one item of its own run: retried like one, and failing like one."""
    calls: list[int] = []

    def export(run: Run) -> dict[str, int]:
        calls.append(1)
        if len(calls) == 1:
            raise ApplicationError("slow page")
        return {"orders": 7}

    assert desk.run(export, each=None) is RunState.DONE
    item = desk.store.item("run:bot", "r1")
    assert item is not None
    assert item.result == '{"orders": 7}'


def test_steps_are_filmed_and_anchored(desk: Desk) -> None:
    """Each step ends on film with its outcome, and the head is anchored in the books."""

    def export(run: Run) -> None:
        with run.step("Open"):
            run.expect(True, "never")
        with run.step("Read"):
            raise BusinessError("empty export")

    desk.run(export, each=None)
    assert desk.film.kinds("step_end") == ["ok", "failed"]
    assert desk.store.anchored("r1") is not None


def test_an_unknown_popup_is_shown_to_a_person_and_tried_again() -> None:
    """Nothing is clicked; a person sees the picture; the item gets a fresh start."""
    ended = ending(UnknownPopup(app="taobao", text="问卷"), 1, max_attempts=3, base_s=1)
    assert (ended.state, ended.reopen) == (State.NEW, True)
    assert ended.task is not None
    assert ended.task[0] == "popup"


def test_waiting_items_keep_their_choices() -> None:
    """What a flow asks with NeedsPerson reaches the task."""
    ended = ending(NeedsPerson("which?", choices=("A", "B")), 1, max_attempts=3, base_s=1)
    assert ended.task == ("question", "which?", ("A", "B"))


class ClosedApps(NoApps):
    """Apps whose login is refused."""

    def open(self) -> dict[str, Any]:
        raise NeedsPerson("the login of night was refused")


def test_a_refused_login_stops_the_run_at_once(desk: Desk) -> None:
    """One try, one task for a person, the items given back untouched: a password must not be tried again and again."""
    desk.apps = ClosedApps()
    assert desk.run(lambda tx: "", each=orders) is RunState.FAILED
    assert set(desk.states().values()) == {State.NEW}
    assert [item.attempts for item in desk.store.items("orders")] == [0, 0, 0]
    assert [(task.kind, task.question) for task in desk.store.tasks()] == [("login", "the login of night was refused")]


def test_settling_files_a_record_with_its_outcome(desk: Desk) -> None:
    """A record that is set aside was never work for another worker, and is filed once."""
    filed: list[bool] = []

    def export(run: Run) -> None:
        odd = Order(key="odd")
        filed.append(run.settle(orders, odd, State.REJECTED, reason="unknown status"))
        filed.append(run.settle(orders, odd, State.DONE))

    desk.run(export, each=None)
    item = desk.store.item("orders", "odd")
    assert item is not None
    assert (filed, item.state, item.reason, item.attempts) == ([True, False], State.REJECTED, "unknown status", 0)


def test_an_item_that_takes_too_long_loses_its_apps_and_is_tried_again(desk: Desk) -> None:
    """The app is killed from beside, the hanging call fails, the item is retried and the others go on."""
    tries: list[str] = []

    def key_order(tx: Transaction, order: Order) -> None:
        tries.append(order.key)
        if tries == ["a"]:
            desk.apps.killed.wait(20)
            raise RuntimeError("the browser is gone")

    assert desk.run(key_order, item_timeout_s=0.2) is RunState.DONE
    assert (tries.count("a"), set(desk.states().values()), desk.left) == (2, {State.DONE}, [])


def test_a_screen_that_hangs_is_pictured_and_its_apps_are_ended(desk: Desk) -> None:
    """What it showed is on film beside the note that it was stuck; then its programs are killed."""
    desk.shown = "what the screen showed"

    def key_order(tx: Transaction, order: Order) -> None:
        if order.key == "a" and not desk.apps.killed.is_set():
            desk.apps.killed.wait(20)
            raise RuntimeError("the program is gone")

    desk.run(key_order, item_timeout_s=0.2)
    assert desk.apps.killed.is_set()
    stuck = desk.film.lines.index(("note", "stuck", {"picture": ""}))
    assert desk.film.lines[stuck - 1] == ("picture", "what the screen showed")


def test_a_screen_that_gives_no_picture_is_told_by_its_last_one(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A browser that hangs: the note bears the film's last picture, and the sentence says of when and where it is."""
    seen = LastPicture(sha256="f00d", at=datetime(2026, 11, 20, 18, 3, 5, tzinfo=UTC), step="Save the voucher")
    desk.last_picture = seen
    monkeypatch.setenv("NIGHTCLERK_LANG", "en")  # it is said in a thread beside the run

    def key_order(tx: Transaction, order: Order) -> None:
        desk.apps.killed.wait(20)
        desk.apps.killed.clear()
        raise RuntimeError("the browser is gone")

    desk.run(key_order, item_timeout_s=0.1)
    facts = {"picture": "f00d", "taken_at": seen.at.isoformat(), "taken_in": "Save the voucher"}
    assert ("note", "stuck", facts) in desk.film.lines
    item = desk.store.item("orders", "a")
    assert item is not None
    assert "the last picture on film is of 02:03:05, at “Save the voucher”." in item.reason


def test_when_the_whole_run_is_up_the_books_say_what_is_seen_of_it(desk: Desk) -> None:
    """Before its programs are killed, so that whoever ends the run finds it there."""

    def key_order(tx: Transaction, order: Order) -> None:
        if order.key == "a":
            desk.performer.strike(whole_run=True)
            assert desk.apps.killed.is_set()
            reasons.append(desk.store.run("r1").reason)  # type: ignore[union-attr]

    reasons: list[str] = []
    desk.run(key_order, state=RunState.RUNNING)
    assert reasons == ["There is no picture of the screen that hung."]


def test_too_long_is_the_reason_that_people_read(desk: Desk) -> None:
    """After its last attempt the item says that its time was over and where to change it."""

    def key_order(tx: Transaction, order: Order) -> None:
        if order.key == "a":
            desk.apps.killed.wait(20)
            desk.apps.killed.clear()
            raise RuntimeError("the browser is gone")

    desk.run(key_order, item_timeout_s=0.1)
    item = desk.store.item("orders", "a")
    assert item is not None
    assert item.state is State.FAILED
    assert item.reason.startswith("The item took longer than 0.1 s; its apps were ended and are opened anew.")
