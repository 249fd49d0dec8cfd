"""Signed links: each answers one task, once, in time; anything else is refused with a sentence."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from nightclerk.domain.items import State, Task
from nightclerk.work.answers import Answers, NoSuchChoice
from nightclerk.work.links import BadLink, LinkOver, LinkUsed, open_link, sign_link
from nightclerk.work.store import SqlStore

KEY = b"k" * 32


@pytest.fixture
def answers(store: SqlStore, clock: Any) -> Answers:
    store.put("orders", "A1", {}, state=State.WAITING, now=clock.now())
    store.ask(Task(task="orders/A1#1", kind="question", question="?", choices=("yes", "no"), queue="orders", key="A1"))
    return Answers(store=store, clock=clock)


def token(clock: Any, **facts: Any) -> str:
    return sign_link("orders/A1#1", facts.get("key", KEY), clock.now() + timedelta(hours=1))


def test_a_link_answers_its_task_once(answers: Answers, store: SqlStore, clock: Any) -> None:
    """The second use is refused, and the item has gone on with the first answer."""
    link = token(clock)
    answers.answer_by_link(link, KEY, "yes", links=store)
    with pytest.raises(LinkUsed, match="each one answers once"):
        answers.answer_by_link(link, KEY, "no", links=store)
    task, item = store.task("orders/A1#1"), store.item("orders", "A1")
    assert task is not None
    assert item is not None
    assert (task.answer, task.answered_by, item.state) == ("yes", "link", State.NEW)


def test_a_refused_answer_gives_the_link_back(answers: Answers, store: SqlStore, clock: Any) -> None:
    """Who mistypes may try again."""
    link = token(clock)
    with pytest.raises(NoSuchChoice):
        answers.answer_by_link(link, KEY, "perhaps", links=store)
    assert answers.answer_by_link(link, KEY, "no", links=store).task == "orders/A1#1"


def test_a_link_runs_out(clock: Any) -> None:
    """The sentence says until when it could be used."""
    link = token(clock)
    clock.go(3600)
    with pytest.raises(LinkOver, match="until 2026-11-20 13:00 UTC"):
        open_link(link, KEY, clock.now())


@pytest.mark.parametrize(
    "spoil", [lambda t: t[:-2], lambda t: "A" + t[1:], lambda t: "", lambda t: "£", lambda t: t * 2]
)
def test_a_link_that_is_not_ours_opens_nothing(clock: Any, spoil: Any) -> None:
    """Cut, changed, empty or made up: one sentence, and no task."""
    with pytest.raises(BadLink, match="not one of ours"):
        open_link(spoil(token(clock)), KEY, clock.now())
    with pytest.raises(BadLink):
        open_link(token(clock, key=b"other"), KEY, clock.now())
