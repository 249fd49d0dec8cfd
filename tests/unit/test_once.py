"""`once`: an effect is entered exactly once, adopted when it is there, and never guessed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from nightclerk.domain.items import Effect, EffectState, WorkItem
from nightclerk.errors import (
    ApplicationError,
    ElementNotFound,
    InDoubt,
    LeaseLost,
    PermitExpired,
    Refused,
    RehearsalCommit,
)
from nightclerk.gate import CommitGate
from nightclerk.once import Holders, Once, looks
from nightclerk.ports import Frame
from nightclerk.work.store import SqlStore


class Target:
    """The other side behind a screen: a shelf of records, with an answer that can get lost."""

    def __init__(self, *, conclusive: bool = True, settle_s: float = 1.0) -> None:
        self.gate = CommitGate()
        self.before_click: Callable[[], object] = lambda: None
        self.shown: Callable[[], Frame | None] = lambda: None
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
        self.gate.demand("save")
        self.before_click()
        self.gate.allow("save", frame=self.shown())
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
                "gates": lambda: [target.gate],
                "run": "r1",
                "item": item,
                "still_ours": lambda: True,
                "wait": clock.go,
                **changes,
            }
        )
        return one(target="erp", name="save", key="A1", look=target.look, prepare=target.prepare, commit=target.commit)

    return enter


def raise_(error: Exception) -> None:
    raise error


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


def test_lost_lease_stops_before_the_click(once: Any, store: SqlStore) -> None:
    """A worker that lost its item to another one does not click, and the ledger knows that it did not."""
    target = Target()
    with pytest.raises(LeaseLost):
        once(target, still_ours=lambda: False)
    assert target.records == []
    assert effect(store).state is EffectState.INTENT


def test_a_permit_that_is_over_lets_nothing_through(once: Any, store: SqlStore, clock: Any) -> None:
    """A worker that was frozen between the leave and the click does not click; the next attempt does, once."""
    target = Target()
    target.before_click = lambda: clock.go(21)
    with pytest.raises(PermitExpired, match=r"save was not clicked: its leave had run out 1.0 s before"):
        once(target)
    assert (target.records, effect(store).state) == ([], EffectState.INTENT)
    target.before_click = lambda: None
    assert once(target) == "V1"


def test_an_error_before_the_click_is_no_doubt(once: Any, store: SqlStore) -> None:
    """The button was not there: nothing can have landed, whatever the look can prove."""
    target = Target(conclusive=False)
    target.before_click = lambda: raise_(ElementNotFound(element="save", waited_s=1, showed="-"))
    with pytest.raises(ElementNotFound):
        once(target)
    assert effect(store).state is EffectState.INTENT
    target.before_click = lambda: None
    assert once(target) == "V1"


def test_an_error_after_the_click_ends_the_permit(once: Any, store: SqlStore, clock: Any) -> None:
    """The click is over and known to be, so that the next worker looks at once instead of waiting for it."""
    target = Target(settle_s=0.0)
    target.lands, target.trouble = False, ApplicationError("no answer")
    with pytest.raises(ApplicationError):
        once(target)
    assert (effect(store).state, effect(store).permit_until) == (EffectState.SUBMITTING, None)
    target.lands = True
    began = clock.monotonic()
    assert once(target) == "V1"
    assert clock.monotonic() == began


@pytest.mark.parametrize(
    ("holders", "waited_s"),
    [
        (Holders(ourselves="w2"), 21.0),
        (Holders(ourselves="w2", proven_dead=lambda holder: holder == "w1"), 1.0),
        (Holders(ourselves="w1"), 0.0),
    ],
)
def test_absence_is_believed_when_the_old_permit_is_over(
    once: Any, clock: Any, holders: Holders, waited_s: float
) -> None:
    """A silent worker may wake and click; one that is proven dead, or ourselves, will not."""
    target = Target(settle_s=0.0)
    target.lands, target.trouble = False, KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        once(target, holders=Holders(ourselves="w1"))
    target.lands = True
    began = clock.monotonic()
    assert once(target, holders=holders) == "V1"
    assert clock.monotonic() - began == pytest.approx(waited_s)
    assert target.records == ["V1"]


def test_a_wait_that_falls_short_of_the_clock_ends(once: Any, clock: Any) -> None:
    """What is left of an old permit may be less than the clock can show: it is not waited for without end."""
    target = Target(settle_s=0.0)
    target.lands, target.trouble = False, KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        once(target)
    target.lands = True
    clock.seconds += 1e9
    assert once(target, wait=lambda seconds: clock.go(seconds * 0.99)) == "V1"


def test_a_click_that_was_on_its_way_is_adopted(once: Any, clock: Any) -> None:
    """The frozen worker's click lands while the next one waits: it is found, not done again."""
    target = Target()
    target.lands, target.trouble = False, KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        once(target)

    def wait(seconds: float) -> None:
        clock.go(seconds)
        if clock.monotonic() >= 15 and not target.records:
            target.records.append("V-late")

    assert once(target, wait=wait) == "V-late"
    assert target.records == ["V-late"]


def test_a_stale_holder_overwrites_nothing(once: Any, store: SqlStore, clock: Any) -> None:
    """What another run has written meanwhile stays: the late one takes its reference over."""
    target = Target()

    def overtaken() -> None:
        store.confirm(effect(store), reference="V-other", run="r2", now=clock.now())

    target.before_click = overtaken
    assert once(target) == "V-other"
    assert effect(store).run == "r2"


def test_a_withdrawal_by_another_run_stops_the_commit(once: Any, store: SqlStore, clock: Any) -> None:
    """Whoever has read an older row of the ledger gets no leave to click."""
    target = Target()
    target.prepare = lambda: store.withdraw(effect(store), why="su: not there", run="r2", now=clock.now())
    with pytest.raises(LeaseLost):
        once(target)
    assert (target.records, effect(store).state) == ([], EffectState.WITHDRAWN)


def test_several_records_are_a_doubt(once: Any, store: SqlStore) -> None:
    """The bot never chooses between records, and never adds another."""
    target = Target()
    target.look = looks(conclusive=True)(lambda: ["V1", "V2"])
    with pytest.raises(InDoubt, match="shows 2 records for it: V1, V2"):
        once(target)
    assert (target.records, effect(store).state) == ([], EffectState.IN_DOUBT)


def test_a_doubt_that_clears_up_is_adopted(once: Any, store: SqlStore, clock: Any) -> None:
    """An effect in doubt that the search shows at last needs no person any more."""
    target = Target(conclusive=False)
    target.lands = False
    with pytest.raises(InDoubt):
        once(target)
    target.records.append("V1")
    assert once(target) == "V1"
    assert effect(store).state is EffectState.CONFIRMED


def test_a_refusal_is_held_against_a_search_that_lags(once: Any, clock: Any) -> None:
    """The target says no, yet the record shows up a second later: it is adopted."""
    target = Target()
    target.trouble = Refused("duplicate")
    shown_at = clock.monotonic() + 1.0
    target.look = looks(conclusive=True, settle_s=3.0)(lambda: "V1" if clock.monotonic() >= shown_at else None)
    assert once(target) == "V1"


def test_a_doubt_keeps_both_pictures(once: Any, film: Any, store: SqlStore) -> None:
    """The form as it was filled and the search as it is, for the person who has to decide."""
    target, film.picture = Target(conclusive=False), lambda frame: frame and f"sha-of-{frame.pixels}"
    target.lands = False
    screen = ["filled", "empty"]
    target.shown = lambda: Frame(pixels=screen[0])
    with pytest.raises(InDoubt) as raised:
        once(target, picture=lambda: Frame(pixels="empty"))
    assert (raised.value.facts["picture_before"], raised.value.facts["picture"]) == ("sha-of-filled", "sha-of-empty")


def test_stolen_item_is_refused_by_the_ledger(once: Any, store: SqlStore, clock: Any) -> None:
    """The ledger itself checks the fence in the transaction that allows the click."""
    target = Target()
    clock.go(61)
    assert store.draw("orders", run="r2", lease_s=60, now=clock.now()) is not None
    with pytest.raises(LeaseLost):
        once(target)
    assert target.records == []


def test_rehearsal_stops_before_the_commit(once: Any, store: SqlStore) -> None:
    """A rehearsal prepares the form and leaves it, and leaves the ledger as it was."""
    target = Target()
    with pytest.raises(RehearsalCommit):
        once(target, rehearse=True)
    assert (target.records, target.prepared) == ([], 1)
    assert store.effects() == []


def test_undeclared_look_counts_as_inconclusive(once: Any) -> None:
    """A commit whose effect a plain search does not show ends in doubt, not in a second try."""
    target = Target()
    target.lands, target.look = False, lambda: None
    with pytest.raises(InDoubt, match="does not show it"):
        once(target)


@pytest.fixture
def touched(store: SqlStore, clock: Any, item: WorkItem) -> WorkItem:
    """The item as it is drawn again after a person had the screen in the middle of it."""
    store.hands_on(item, now=clock.now())
    store.abandon("r1", now=clock.now())
    drawn = store.draw("orders", run="r2", lease_s=60, now=clock.now())
    assert drawn is not None
    assert drawn.hands_at == clock.now()
    return drawn


def test_what_a_person_saved_is_waited_for_and_adopted(once: Any, clock: Any, touched: WorkItem) -> None:
    """The search lags: their voucher shows up within the settle time, and is not entered again."""
    target = Target(settle_s=30)

    def wait(seconds: float) -> None:
        clock.go(seconds)
        target.records = ["V1"]

    assert once(target, item=touched, wait=wait) == "V1"
    assert target.records == ["V1"]
    assert target.prepared == 0


def test_what_a_person_did_not_save_is_entered(once: Any, touched: WorkItem) -> None:
    """Nothing shows up within the settle time of a conclusive search."""
    target = Target()
    assert once(target, item=touched) == "V1"
    assert target.prepared == 1


def test_a_search_that_cannot_tell_what_a_person_saved_is_a_doubt(once: Any, touched: WorkItem) -> None:
    """A person had the screen, and the search proves nothing: a person decides."""
    target = Target(conclusive=False)
    with pytest.raises(InDoubt, match="a person had the screen"):
        once(target, item=touched)
    assert target.prepared == 0
