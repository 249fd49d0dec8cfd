"""`once`: an effect is entered exactly once, adopted when it is there, and never guessed."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest

from nightclerk.domain.items import Effect, EffectState, WorkItem
from nightclerk.errors import ApplicationError, InDoubt, LeaseLost, Refused, RehearsalCommit
from nightclerk.once import Once, looks
from nightclerk.work.store import SqlStore


class OpenGate:
    """A gate that lets every commit through."""

    def open(self) -> contextlib.AbstractContextManager[None]:
        return contextlib.nullcontext()


class Target:
    """The other side: a shelf of records, with an answer that can get lost."""

    def __init__(self, *, conclusive: bool = True, settle_s: float = 1.0) -> None:
        self.records: list[str] = []
        self.trouble: BaseException | None = None
        self.lands = True
        self.prepared = 0
        self.look = looks(conclusive=conclusive, settle_s=settle_s)(self._look)

    def _look(self) -> str | None:
        return self.records[0] if self.records else None

    def prepare(self) -> None:
        self.prepared += 1

    def commit(self) -> None:
        if self.lands:
            self.records.append(f"V{len(self.records) + 1}")
        if self.trouble is not None:
            trouble, self.trouble = self.trouble, None
            raise trouble


@pytest.fixture
def item(store: SqlStore, clock: Any) -> WorkItem:
    store.put("orders", "A1", {})
    drawn = store.draw("orders", run="r1", lease_s=60, now=clock.now())
    assert drawn is not None
    return drawn


@pytest.fixture
def once(store: SqlStore, clock: Any, film: Any, item: WorkItem) -> Any:
    def enter(target: Target, **changes: Any) -> str:
        one = Once(
            **{
                "ledger": store,
                "film": film,
                "clock": clock,
                "gates": lambda: [OpenGate()],
                "run": "r1",
                "item": item,
                "still_ours": lambda: True,
                "wait": clock.go,
                **changes,
            }
        )
        return one(target="erp", name="save", key="A1", look=target.look, prepare=target.prepare, commit=target.commit)

    return enter


def effect(store: SqlStore) -> Effect:
    found = store.effect("erp", "save", "A1")
    assert found is not None
    return found


def test_commits_once_and_remembers(once: Any, store: SqlStore) -> None:
    """A second call returns the reference without looking at the screen again."""
    target = Target()
    assert once(target) == "V1"
    target.look = target.commit = target.prepare = None  # type: ignore[assignment]
    assert once(target) == "V1"
    assert target.records == ["V1"]
    assert effect(store).state is EffectState.CONFIRMED


def test_adopts_what_is_there(once: Any) -> None:
    """A record that stands on the other side already is adopted, not entered."""
    target = Target()
    target.records.append("V9")
    assert once(target) == "V9"
    assert (target.records, target.prepared) == (["V9"], 0)


def test_lost_answer_is_adopted_by_the_next_attempt(once: Any) -> None:
    """A save that lands while its answer is lost is found by the next attempt and not done again."""
    target = Target()
    target.trouble = ApplicationError("no answer")
    with pytest.raises(ApplicationError, match="no answer"):
        once(target)
    assert once(target) == "V1"
    assert target.records == ["V1"]


def test_crash_before_the_click_with_a_conclusive_look(once: Any, store: SqlStore) -> None:
    """Where the look proves absence, an uncertain effect is prepared and committed again."""
    target = Target()
    target.lands, target.trouble = False, KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        once(target)
    assert effect(store).state is EffectState.SUBMITTING
    target.lands = True
    assert once(target) == "V1"
    assert target.records == ["V1"]


def test_crash_around_the_click_with_an_inconclusive_look(once: Any, store: SqlStore, clock: Any) -> None:
    """Where the look cannot prove absence a person decides, after the settle time, and nothing is clicked."""
    target = Target(conclusive=False, settle_s=3.0)
    target.lands, target.trouble = False, KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        once(target)
    began = clock.monotonic()
    with pytest.raises(InDoubt, match="A1 may or may not have landed"):
        once(target)
    assert clock.monotonic() - began >= 3.0
    assert effect(store).state is EffectState.IN_DOUBT
    with pytest.raises(InDoubt):
        once(target)
    assert target.records == []


def test_search_that_lags_is_waited_for(once: Any, clock: Any) -> None:
    """A search that lags behind the commit is asked again until the settle time is over."""
    target = Target(settle_s=5.0)
    calls: list[int] = []

    def lagging() -> str | None:
        calls.append(1)
        return "V1" if target.records and len(calls) > 3 else None

    target.look = looks(conclusive=True, settle_s=5.0)(lagging)
    assert once(target) == "V1"
    assert 0 < clock.monotonic() < 5.0


def test_refusal_is_believed_only_when_the_look_agrees(once: Any, store: SqlStore) -> None:
    """The target's no is looked up: nothing there, the item is refused; there after all, it is adopted."""
    target = Target()
    target.lands, target.trouble = False, Refused("period closed")
    with pytest.raises(Refused, match="period closed"):
        once(target)
    assert effect(store).state is EffectState.WITHDRAWN
    target.lands, target.trouble = True, Refused("duplicate")
    assert once(target) == "V1"


def test_lost_lease_stops_before_the_click(once: Any) -> None:
    """A worker that lost its item to another one does not click."""
    target = Target()
    with pytest.raises(LeaseLost):
        once(target, still_ours=lambda: False)
    assert target.records == []


def test_stolen_item_is_refused_by_the_ledger(once: Any, store: SqlStore, clock: Any) -> None:
    """The ledger itself checks the fence in the transaction that allows the click."""
    target = Target()
    clock.go(61)
    assert store.draw("orders", run="r2", lease_s=60, now=clock.now()) is not None
    with pytest.raises(LeaseLost):
        once(target)
    assert target.records == []


def test_rehearsal_stops_before_the_commit(once: Any) -> None:
    """A rehearsal prepares the form and leaves it."""
    target = Target()
    with pytest.raises(RehearsalCommit):
        once(target, rehearse=True)
    assert (target.records, target.prepared) == ([], 1)


def test_undeclared_look_counts_as_inconclusive(once: Any) -> None:
    """A commit whose effect a plain search does not show ends in doubt, not in a second try."""
    target = Target()
    target.lands, target.look = False, lambda: None
    with pytest.raises(InDoubt, match="does not show it"):
        once(target)
