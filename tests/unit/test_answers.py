"""Answers: the first one counts, the item goes on, and a doubt is settled in the ledger."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from nightclerk.domain.items import EffectState, State, Task
from nightclerk.perform import IN_DOUBT
from nightclerk.work.answers import AnsweredAlready, Answers, NoSuchChoice, NoSuchTask
from nightclerk.work.doubts import settle_doubts
from nightclerk.work.store import SqlStore


@pytest.fixture
def answers(store: SqlStore, clock: Any) -> Answers:
    store.put("orders", "A1", {})
    item = store.draw("orders", run="r1", lease_s=60, now=clock.now())
    assert item is not None
    store.finish(item, State.IN_DOUBT, now=clock.now())
    effect = store.intend("erp", "save", "A1", run="r1", now=clock.now())
    store.doubt(effect, why="no answer", run="r1", now=clock.now())
    store.ask(Task(task="t1", kind="in_doubt", question="?", choices=IN_DOUBT, queue="orders", key="A1",
                   details={"key": "A1"}))  # fmt: skip
    return Answers(store=store, clock=clock)


@pytest.mark.parametrize(
    ("answer", "state"), [("it_is_there", EffectState.CONFIRMED), ("it_is_not_there", EffectState.WITHDRAWN)]
)
def test_a_person_settles_a_doubt(answers: Answers, answer: str, state: EffectState) -> None:
    """The ledger takes the person's word with the name, and the item goes on."""
    answers.answer("t1", answer, who="lin")
    effect, item = answers.store.effect("erp", "save", "A1"), answers.store.item("orders", "A1")
    assert effect is not None
    assert item is not None
    assert (effect.state, item.state) == (state, State.NEW)
    assert "lin" in effect.reference + effect.why


def test_two_people_answering(answers: Answers) -> None:
    """The second is told who answered what."""
    answers.answer("t1", "it_is_there", who="lin")
    with pytest.raises(AnsweredAlready, match="lin has answered this already: it_is_there"):
        answers.answer("t1", "it_is_not_there", who="su")


def test_wrong_answers_change_nothing(answers: Answers) -> None:
    """An answer that is no choice, or a task that does not exist, ends in a sentence."""
    with pytest.raises(NoSuchChoice, match="'maybe' is none of the choices"):
        answers.answer("t1", "maybe", who="lin")
    with pytest.raises(NoSuchTask, match="nightclerk tasks"):
        answers.answer("t9", "x", who="lin")
    item = answers.store.item("orders", "A1")
    assert item is not None
    assert item.state is State.IN_DOUBT


def test_going_on_after_the_first_items_starts_the_bot_again(store: SqlStore, clock: Any) -> None:
    """Who says yes after the first N items gets the rest done; who says stop does not."""
    details = {"bot": "key-orders", "parameters": {"x": "1"}}
    launched: list[tuple[str, Any, str]] = []
    answers = Answers(store=store, clock=clock, launch=lambda *what: launched.append(what))
    for name, answer in (("t1", "go_on"), ("t2", "stop")):
        store.ask(Task(task=name, kind="first_items", question="?", choices=("go_on", "stop"), details=details))
        answers.answer(name, answer, who="lin")
    assert launched == [("key-orders", {"x": "1"}, "lin")]


def test_a_persons_word_settles_exactly_their_record(answers: Answers, clock: Any) -> None:
    """Another record whose number begins alike is not touched, nor one whose click may still be under way."""
    store = answers.store
    for key in ("A10", "A1"):
        other = store.intend("erp", "other", key, run="r1", now=clock.now())
        until = clock.now() + timedelta(seconds=20)
        store.submit(other, item=None, run="r1", now=clock.now(), holder="w1", permit_until=until)
    settled = settle_doubts(store, "A1", there=True, who="lin", reference="V7", now=clock.now())
    assert [(effect.name, effect.reference) for effect in settled] == [("save", "V7")]
    clock.go(30)
    settled = settle_doubts(store, "A1", there=False, who="lin", now=clock.now())
    assert [(effect.name, effect.state) for effect in settled] == [("other", EffectState.WITHDRAWN)]
    untouched = store.effect("erp", "other", "A10")
    assert untouched is not None
    assert untouched.state is EffectState.SUBMITTING


@pytest.mark.parametrize(("kind", "state"), [("login_code", State.NEW), ("rule", State.WAITING)])
def test_an_item_goes_on_with_the_answer_that_it_waits_for(
    store: SqlStore, clock: Any, kind: str, state: State
) -> None:
    """Whatever a flow calls its question, the answer brings the item back; a rule learned from it does not."""
    store.put("orders", "A1", {})
    item = store.draw("orders", run="r1", lease_s=60, now=clock.now())
    assert item is not None
    store.finish(item, State.WAITING, now=clock.now())
    store.ask(Task(task="t1", kind=kind, question="?", queue="orders", key="A1"))
    Answers(store=store, clock=clock).answer("t1", "024680", who="lin")
    waited = store.item("orders", "A1")
    assert waited is not None
    assert waited.state is state
