"""Pausing, cancelling and handing back a run: it stops between items, holds nothing, and goes on later."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from nightclerk.app import RunApps
from nightclerk.domain.items import RunState, State
from nightclerk.errors import ApplicationError, NeedsPerson, StoreUnreachable
from nightclerk.flow import flow
from nightclerk.ports import Account
from nightclerk.run import Transaction
from nightclerk.work.controls import Controls
from nightclerk.work.store import SqlStore
from nightclerk.workspace import Bot, Workspace
from tests.unit.test_perform import Desk, Order


@pytest.fixture
def desk(store: SqlStore, clock: Any, film: Any, tmp_path: Path) -> Desk:
    for key in ("a", "b", "c"):
        store.put("orders", key, {"key": key})
    return Desk(store, clock, film, tmp_path)


@pytest.mark.parametrize(("word", "state"), [("pause", RunState.PAUSED), ("cancel", RunState.CANCELLED)])
def test_a_persons_word_stops_after_the_item_in_hand(desk: Desk, word: str, state: RunState) -> None:
    """The item is finished, the next one is not drawn, and nothing is held."""

    def key_order(tx: Transaction, order: Order) -> None:
        desk.store.update_run("r1", state=RunState.RUNNING)
        getattr(Controls(store=desk.store, clock=desk.clock), word)("r1", "lin")

    assert desk.run(key_order) is state
    assert desk.states() == {"a": State.DONE, "b": State.NEW, "c": State.NEW}
    assert desk.apps.closed >= 1


def test_another_process_that_took_over_stops_this_one(desk: Desk) -> None:
    """Its stint is over: it draws nothing more and says that the run goes on elsewhere."""

    def key_order(tx: Transaction, order: Order) -> None:
        desk.store.begin_run("r1", now=desk.clock.now(), worker="other")

    assert desk.run(key_order) is RunState.QUEUED
    assert desk.states()["b"] is State.NEW


def test_a_database_that_goes_away_is_no_fault_of_the_item(desk: Desk) -> None:
    """The process ends with the item in its hands; the attempt is not filed as a failure."""

    def key_order(tx: Transaction, order: Order) -> None:
        raise StoreUnreachable(why="connection refused")

    with pytest.raises(StoreUnreachable):
        desk.run(key_order)
    assert desk.states()["a"] is State.IN_PROGRESS


def test_waiting_for_a_person_holds_no_worker(desk: Desk) -> None:
    """The run ends while the questions are open, whatever the number; an answered item goes with the next run."""

    def key_order(tx: Transaction, order: Order) -> None:
        if tx.ask(f"Is {order.key} right?", ("yes", "no")) == "no":
            raise NeedsPerson("never")

    assert desk.run(key_order) is RunState.DONE
    assert set(desk.states().values()) == {State.WAITING}
    assert desk.clock.seconds < 1


def test_a_cancel_wakes_a_run_that_waits_for_an_account(store: SqlStore, clock: Any, film: Any, tmp_path: Path) -> None:
    """The account is another run's; the cancel is heeded at once and not after ten minutes of patience."""
    store.take("account:erp-night", holder="other/1", lease_s=600, now=clock.now())
    word: list[RunState | None] = [None, RunState.CANCELLED]
    apps = RunApps(
        workspace=Workspace(root=tmp_path), bot=Bot(name="b", titles={}, flow="f:f"), flow=flow("t")(lambda: None),
        store=store, film=film, clock=clock, run="r1", holder="r1/1", stopped=lambda: word.pop(0),
    )  # fmt: skip
    with pytest.raises(ApplicationError, match="stopped while it waited for the account erp-night"):
        apps._hold(Account(name="erp-night", app="erp"))
    assert word == []


def test_two_processes_of_one_run_never_share_an_account(
    store: SqlStore, clock: Any, film: Any, tmp_path: Path
) -> None:
    """The one that was taken over loses it as soon as the run's leases were freed and taken by its successor."""
    facts = {
        "workspace": Workspace(root=tmp_path), "bot": Bot(name="b", titles={}, flow="f:f"), "flow": flow("t")(print),
        "store": store, "film": film, "clock": clock, "run": "r1",
    }  # fmt: skip
    old, new = RunApps(**facts, holder="r1/1"), RunApps(**facts, holder="r1/2")  # type: ignore[arg-type]
    account = Account(name="erp-night", app="erp")
    old._hold(account)
    assert old.beat()
    store.release_all("r1")
    new._hold(account)
    assert (old.beat(), new.beat()) == (False, True)
