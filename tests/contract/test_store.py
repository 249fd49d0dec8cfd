"""One suite over every store: in memory, in a file, and PostgreSQL where it is installed."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

from nightclerk.domain.items import EffectState, Outcome, RunRecord, RunState, Slot, State, Task, WorkItem
from nightclerk.work.messages import Message
from nightclerk.work.slots import Event
from nightclerk.work.store import SqlStore

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def draw(books: SqlStore, *, run: str = "r", now: datetime = NOW) -> WorkItem | None:
    return books.draw("q", run=run, lease_s=60, now=now)


def test_a_key_is_taken_once(books: SqlStore) -> None:
    """Putting a known key again changes nothing, whatever its state."""
    assert books.put("q", "a", {"n": 1})
    assert not books.put("q", "a", {"n": 2})
    item = books.item("q", "a")
    assert item is not None
    assert item.payload == {"n": 1}


def test_draws_the_oldest_first_and_each_item_once(books: SqlStore) -> None:
    """Items come in the order they were put, to one caller each."""
    for key in "abc":
        books.put("q", key, {})
    drawn = [draw(books) for _ in range(4)]
    assert [item and item.key for item in drawn] == ["a", "b", "c", None]


def test_many_threads_never_share_an_item(books: SqlStore) -> None:
    """Workers that draw at the same time share the items without overlap."""
    for n in range(40):
        books.put("q", f"k{n:02}", {})
    got: list[str] = []

    def work() -> None:
        while (item := draw(books)) is not None:
            got.append(item.key)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == [f"k{n:02}" for n in range(40)]


def test_a_lease_that_ran_out_is_drawn_again(books: SqlStore) -> None:
    """The second holder gets a higher fence, and the first one can write nothing any more."""
    books.put("q", "a", {})
    first = draw(books)
    later = NOW + timedelta(seconds=61)
    second = draw(books, run="r2", now=later)
    assert first is not None
    assert second is not None
    assert (second.fence, second.attempts) == (2, 2)
    assert not books.renew(first, lease_s=60, now=later)
    assert not books.finish(first, State.DONE, now=later)
    assert books.finish(second, State.DONE, result="V1", now=later)


def test_what_a_dead_run_held_is_drawn_at_once(books: SqlStore) -> None:
    """Abandoned items need not wait for their lease; the dead holder's fence is void, other runs' items stay."""
    for key in "ab":
        books.put("q", key, {})
    first, other = draw(books, run="dead"), draw(books, run="alive")
    assert first is not None
    assert other is not None
    assert books.abandon("dead", now=NOW) == 1
    again = draw(books, run="dead")
    assert again is not None
    assert (again.key, again.fence, again.attempts) == ("a", 2, 2)
    assert not books.finish(first, State.DONE, now=NOW)
    assert books.finish(other, State.DONE, now=NOW)


def test_a_retry_waits_for_its_time(books: SqlStore) -> None:
    """An item that is put back for later is not drawn before."""
    books.put("q", "a", {})
    item = draw(books)
    assert item is not None
    books.finish(item, State.NEW, not_before=NOW + timedelta(seconds=5), now=NOW)
    assert draw(books, now=NOW + timedelta(seconds=4)) is None
    again = draw(books, now=NOW + timedelta(seconds=6))
    assert again is not None
    assert again.attempts == 2


def test_two_people_deciding_one_wins(books: SqlStore) -> None:
    """The second decision on a stale version is refused."""
    books.put("q", "a", {})
    item = draw(books)
    assert item is not None
    books.finish(item, State.WAITING, reason="which customer?", now=NOW)
    seen = books.item("q", "a")
    assert seen is not None
    assert books.decide("q", "a", version=seen.version, state=State.NEW, who="lin", why="ok", now=NOW)
    assert not books.decide("q", "a", version=seen.version, state=State.REJECTED, who="su", why="no", now=NOW)


def test_items_are_searched_and_counted(books: SqlStore) -> None:
    """Lists can be narrowed by queue, state and words, and are paged."""
    for n in range(5):
        books.put("q", f"order-{n}", {})
    books.put("other", "order-9", {})
    draw(books)
    assert books.counts("q") == {State.NEW: 4, State.IN_PROGRESS: 1}
    assert [i.key for i in books.items("q", states=[State.NEW], limit=2)] == ["order-4", "order-3"]
    assert [i.queue for i in books.items(text="order-9")] == ["other"]
    assert books.queues() == ["other", "q"]


def test_the_ledger_allows_one_click(books: SqlStore) -> None:
    """intent to submitting happens once; what is confirmed stays confirmed."""
    books.put("q", "a", {})
    item = draw(books)
    effect = books.intend("erp", "save", "a", run="r", now=NOW)
    allowed = books.submit(effect, item=item, run="r", now=NOW)
    assert allowed is not None
    assert books.submit(effect, item=item, run="r", now=NOW) is None
    assert books.submit(allowed, item=item, run="r", now=NOW) is None
    confirmed = books.confirm(allowed, reference="V1", run="r", now=NOW)
    assert confirmed is not None
    assert books.doubt(confirmed, why="late", run="r", now=NOW) is None
    known = books.effect("erp", "save", "a")
    assert known is not None
    assert (known.state, known.reference) == (EffectState.CONFIRMED, "V1")
    assert [e.key for e in books.effects(key="a")] == ["a"]


def test_the_ledger_refuses_without_a_living_lease(books: SqlStore) -> None:
    """The click is allowed only in the transaction that still finds the lease alive."""
    books.put("q", "a", {})
    item = draw(books)
    effect = books.intend("erp", "save", "a", run="r", now=NOW)
    assert not books.submit(effect, item=item, run="r", now=NOW + timedelta(seconds=61))


def test_runs_are_kept_and_changed(books: SqlStore) -> None:
    """A run is added once; its changes and times come back as they were."""
    run = RunRecord(run="r1", bot="b", flow="f", parameters={"day": "2026-11-20"}, shift="s", queued_at=NOW)
    assert books.add_run(run)
    assert not books.add_run(run)
    books.update_run("r1", state=RunState.DONE, ended_at=NOW, counts={"done": 3})
    found = books.run("r1")
    assert found is not None
    assert (found.state, found.ended_at, found.counts, found.queued_at) == (RunState.DONE, NOW, {"done": 3}, NOW)
    assert [r.run for r in books.runs(shift="s", states=[RunState.DONE])] == ["r1"]


def test_anchors_only_move_forward(books: SqlStore) -> None:
    """An older head never replaces a newer one."""
    books.anchor("r1", seq=5, head="five", now=NOW)
    books.anchor("r1", seq=3, head="three", now=NOW)
    assert books.anchored("r1") == (5, "five")
    assert books.anchors() == {"r1": (5, "five")}


def test_a_slot_has_one_outcome(books: SqlStore) -> None:
    """A slot is planned once, and its end stands."""
    slot = Slot(slot_id="b@1", bot="b", planned_for=NOW, shift="s")
    assert books.plan(slot)
    assert not books.plan(slot)
    assert books.settle("b@1", Outcome.RUNNING, run="r1")
    assert not books.settle("b@1", Outcome.RUNNING, run="r2")
    assert books.settle("b@1", Outcome.RAN)
    assert not books.settle("b@1", Outcome.MISSED)
    assert [(s.outcome, s.run) for s in books.slots(shift="s")] == [(Outcome.RAN, "r1")]


def test_the_first_answer_counts(books: SqlStore) -> None:
    """A question is put once and answered once."""
    task = Task(task="t1", kind="question", question="same order?", choices=("yes", "no"), asked_at=NOW)
    assert books.ask(task)
    assert not books.ask(task)
    assert books.answer("t1", answer="yes", who="lin", now=NOW)
    assert not books.answer("t1", answer="no", who="su", now=NOW)
    assert books.tasks() == []
    assert [t.answer for t in books.tasks(open_only=False)] == ["yes"]


def test_a_lease_has_one_holder(books: SqlStore) -> None:
    """An account is held by one run; the fence grows with every holder."""
    assert books.take("account:x", holder="r1", lease_s=60, now=NOW) == 1
    assert books.take("account:x", holder="r2", lease_s=60, now=NOW) is None
    assert books.take("account:x", holder="r1", lease_s=60, now=NOW) == 2
    books.release("account:x", holder="r1")
    assert books.take("account:x", holder="r2", lease_s=60, now=NOW) == 3


def test_who_has_to_be_done_sooner_comes_first(books: SqlStore) -> None:
    """Of those who wait for a login the earliest deadline goes first, whoever came first; who left is forgotten."""
    late, soon = NOW + timedelta(hours=4), NOW + timedelta(hours=1)
    assert books.my_turn("account:x", holder="r1", due_at=late, now=NOW)
    assert books.my_turn("account:x", holder="r2", due_at=soon, now=NOW)
    assert not books.my_turn("account:x", holder="r1", due_at=late, now=NOW + timedelta(seconds=5))
    assert books.my_turn("account:x", holder="r1", due_at=late, now=NOW + timedelta(seconds=30))
    books.my_turn("account:x", holder="r2", due_at=soon, now=NOW + timedelta(seconds=31))
    books.leave_turn("account:x", holder="r2")
    assert books.my_turn("account:x", holder="r1", due_at=late, now=NOW + timedelta(seconds=32))


def test_events_marks_messages_and_links_are_kept_once(books: SqlStore) -> None:
    """What may come twice (an event, a message, a link, a mark) is written once, on every kind of books."""
    event = Event(event="stock", key="monday", at=NOW, by="lin")
    assert [books.tell_event(event), books.tell_event(event), len(books.open_events())] == [True, False, 1]
    books.take_event(event, now=NOW)
    assert books.open_events() == []
    for upto in (NOW, NOW + timedelta(hours=1)):
        books.set_mark("b", "every: 1h", upto)
    assert books.mark("b") == ("every: 1h", NOW + timedelta(hours=1))
    message = Message(about="slot:b@1", kind="slot_missed", text={"en": "missed"}, at=NOW)
    assert [books.tell(message, ["ops"], due=NOW), books.tell(message, ["ops"], due=NOW)] == [True, False]
    due = {"now": NOW + timedelta(minutes=1), "lost_before": NOW}
    assert [len(books.claim_deliveries("ops", **due)), len(books.claim_deliveries("ops", **due))] == [1, 0]
    books.settle_delivery("slot:b@1", "ops", "sent", now=NOW)
    assert books.deliveries_by_channel() == {("ops", "sent"): 1}
    assert books.slots_between(NOW, NOW + timedelta(days=1)) == []
    assert (books.runs_by_bot(), books.slots_by_bot()) == ({}, {})
