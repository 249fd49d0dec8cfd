"""The manager's figures, counted from the books of a small night that was worked out by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from nightclerk.domain.budgets import share
from nightclerk.domain.items import Outcome, RunRecord, RunState, Slot, State, Task
from nightclerk.figures.briefing import of_day
from nightclerk.figures.figures import Figures, figures, metrics_text, reason_of
from nightclerk.work.store import SqlStore
from nightclerk.workspace import Bot, Settings, Workspace

BOT = Bot(name="b", titles={}, flow="f:f", manual_minutes=3.0, error_budget=Decimal("0.2"))
SETTINGS = Settings(language="en", waiting_cost_per_hour=Decimal(50))
HOME = Workspace(root=Path(), settings=SETTINGS, bots={"b": BOT})


@pytest.fixture
def night(store: SqlStore, clock: Any) -> Figures:
    """Six items: three straight through, one at the second attempt, one after a question of two hours, one rejected."""
    counts = {"done": 5, "healed": 3, "not_healed": 1}
    facts = {"bot": "b", "flow": "f:f", "state": RunState.DONE, "counts": counts}
    store.add_run(RunRecord(run="r1", queued_at=clock.now(), started_at=clock.now(), ended_at=clock.now(), **facts))
    for key in "abcdef":
        store.put("orders", key, {}, now=clock.now())
    for key in "abcdef":
        item = store.draw("orders", run="r1", lease_s=60, now=clock.now())
        assert item is not None
        if key == "d":
            store.finish(item, State.NEW, now=clock.now())
            item = store.draw("orders", run="r1", lease_s=60, now=clock.now(), key="d")
            assert item is not None
        state = State.REJECTED if key == "f" else State.DONE
        reason = "the ERP has no customer '云杉'" if key == "f" else ""
        store.finish(item, state, reason=reason, now=clock.now())
    store.ask(Task(task="t", kind="question", question="?", run="r1", queue="orders", key="e", asked_at=clock.now()))
    store.answer("t", answer="yes", who="lin", now=clock.now() + timedelta(hours=2))
    store.plan(Slot(slot_id="b@1", bot="b", planned_for=clock.now(), outcome=Outcome.MISSED))
    return figures(store, clock.now() - timedelta(hours=1), clock.now() + timedelta(hours=5), workspace=HOME)


def test_what_a_manager_asks_for(night: Figures) -> None:
    """Items, minutes saved, straight-through, questions, healing, waiting and its cost."""
    [line] = night.bots
    assert (line.items, line.done, line.straight, line.to_person) == (6, 5, 3, 1)
    assert line.minutes_saved == 15
    assert (line.straight_through_rate, line.person_rate, line.healing_rate) == (0.5, pytest.approx(1 / 6), 0.75)
    assert (line.waited_h, line.waiting_cost) == (2.0, Decimal("100.00"))
    assert (line.budget.used, line.budget.overdrawn) == (pytest.approx(1 / 6 / 0.2), False)
    assert night.exceptions == {"the ERP has no customer …": 1}
    assert night.slots == {"missed": 1}


def test_a_week_is_cut_at_monday_in_the_workspaces_time(store: SqlStore) -> None:
    """Sunday night in Shanghai is still Sunday in UTC: the week goes by Shanghai."""
    since = datetime(2026, 11, 22, 10, tzinfo=UTC)
    found = figures(store, since, since + timedelta(days=1), workspace=HOME)
    assert [week.week for week in found.weeks] == ["2026-W47", "2026-W48"]


def test_reasons_are_counted_without_what_differs() -> None:
    """Two orders that were refused for the same reason count as one reason."""
    one = reason_of("voucher V-20261 says 12.00, order 'A1' says 13.00")
    assert one == reason_of("voucher V-20299 says 7.50, order 'B7' says 8.00")


def test_the_day_as_json_has_the_rates(night: Figures, store: SqlStore, clock: Any) -> None:
    """A script reads the same numbers as a person."""
    told = of_day(store, HOME, clock.now().date()).as_json()
    assert (told["total"]["items"], told["bots"][0]["straight_through_rate"]) == (6, 0.5)
    assert told["not_run"][0]["slot_id"] == "b@1"


def test_metrics_name_states_and_nobodys_data(night: Figures, store: SqlStore, clock: Any) -> None:
    """Prometheus text with counts by state; no key, no reason, no name of a person."""
    text = metrics_text(store)
    assert 'nightclerk_items{queue="orders",state="done"} 5.0' in text
    assert 'nightclerk_slots_total{bot="b",outcome="missed"} 1.0' in text
    assert "云杉" not in text
    assert "lin" not in text.replace("line", "")


@pytest.mark.parametrize(("text", "value"), [("2%", "0.02"), ("0.5 %", "0.005"), (0.1, "0.1"), ("100%", "1")])
def test_shares(text: object, value: str) -> None:
    """A budget is written as people write it."""
    assert share(text) == Decimal(value)


@pytest.mark.parametrize("text", ["many", "-1%", "101%", "", None])
def test_what_is_no_share(text: object) -> None:
    """Anything else is refused."""
    with pytest.raises(ValueError, match=r".*"):
        share(text)
