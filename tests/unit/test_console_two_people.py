"""The two-person rule: approvals above the limit and private values need somebody else's word, kept with both names."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from nightclerk.console.approvals import amount_of
from nightclerk.console.rights import Role
from nightclerk.console.veil import veiled
from nightclerk.domain.items import State, Task
from tests.unit.console_kit import INVOICE, NOW, Desk, desk_in


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_in(tmp_path) as found:
        yield found


def accept(desk: Desk, who: str, version: int) -> str:
    facts = {"version": version, "decision": "accept", "orders": "PO-1", "why": "checked"}
    return str(desk.as_(who, Role.FINANCE).post("/invoices/I1", data=facts).headers.get("location", ""))


def test_below_the_limit_one_person_is_enough(desk: Desk) -> None:
    """The invoice is accepted at once under one name."""
    version = desk.waiting("invoices", "I1", {**INVOICE, "gross": "4999.99"})
    assert accept(desk, "lin", version) == "/invoices?said=accepted"
    item = desk.store.item("invoices", "I1")
    assert (item.state, item.reason) == (State.DONE, "lin: PO-1 · checked")


def test_above_it_a_second_person_agrees(desk: Desk) -> None:
    """The first word is kept, the same person cannot agree, another one can, once; both names stand in the reason."""
    version = desk.waiting("invoices", "I1", {**INVOICE, "gross": "5000.00"})
    assert "asked_second" in accept(desk, "lin", version)
    assert desk.store.item("invoices", "I1").state is State.WAITING
    pledge = desk.people.open_pledges(now=NOW)[0].pledge
    own = desk.as_("lin").post(f"/second/{pledge}", data={"agreed": "true"})
    assert (own.status_code, "A second person has to agree" in own.text) == (409, True)
    su = desk.as_("su", Role.FINANCE)
    assert su.post(f"/second/{pledge}", data={"agreed": "true"}).headers["location"] == "/second?said=agreed"
    item = desk.store.item("invoices", "I1")
    assert (item.state, item.reason) == (State.DONE, "lin + su: PO-1 · checked")
    assert "settled already" in su.post(f"/second/{pledge}", data={"agreed": "true"}).text


def test_what_changed_meanwhile_is_not_overwritten(desk: Desk) -> None:
    """The invoice was rejected before the second word came: it stays rejected, and the page says so."""
    version = desk.waiting("invoices", "I1", {**INVOICE, "gross": "9000.00"})
    accept(desk, "lin", version)
    now = desk.clock()
    desk.store.decide("invoices", "I1", version=version, state=State.REJECTED, who="wu", why="double", now=now)
    pledge = desk.people.open_pledges(now=NOW)[0].pledge
    late = desk.as_("su", Role.FINANCE).post(f"/second/{pledge}", data={"agreed": "true"})
    assert (late.status_code, "rejected already" in late.text) == (409, True)
    assert desk.store.item("invoices", "I1").state is State.REJECTED


def test_an_auditor_does_not_approve_money(desk: Desk) -> None:
    """Being somebody else is not enough: the second person needs the right of the first."""
    version = desk.waiting("invoices", "I1", {**INVOICE, "gross": "9000.00"})
    accept(desk, "lin", version)
    pledge = desk.people.open_pledges(now=NOW)[0].pledge
    assert desk.as_("su", Role.AUDITOR).post(f"/second/{pledge}", data={"agreed": "true"}).status_code == 403


def test_an_old_request_is_over(desk: Desk) -> None:
    """After a day it is off the list and nobody can agree any more."""
    version = desk.waiting("invoices", "I1", {**INVOICE, "gross": "9000.00"})
    accept(desk, "lin", version)
    pledge = desk.people.open_pledges(now=NOW)[0].pledge
    desk.clock.at = NOW + timedelta(hours=25)
    late = desk.as_("su", Role.FINANCE).post(f"/second/{pledge}", data={"agreed": "true"})
    assert (late.status_code, desk.people.open_pledges(now=desk.clock.at)) == (409, [])


def ask(desk: Desk, question: str, queue: str = "payments") -> None:
    choices = ("pay", "reject")
    desk.store.ask(Task(task="t1", kind="question", question=question, choices=choices, queue=queue, asked_at=NOW))


def test_a_large_payment_is_answered_by_two(desk: Desk) -> None:
    """Paying waits for a second person; refusing to pay does not."""
    ask(desk, "FK-1: pay 60,000.00 to the supplier?")
    lin = desk.as_("lin", Role.FINANCE)
    assert "asked_second" in lin.post("/tasks/answer", data={"task": "t1", "answer": "pay"}).headers["location"]
    assert desk.store.task("t1").answered_at is None
    assert "said=answered" in lin.post("/tasks/answer", data={"task": "t1", "answer": "reject"}).headers["location"]
    assert desk.store.task("t1").answer == "reject"


def test_an_operator_answers_nothing_of_finance(desk: Desk) -> None:
    """The question is shown without its buttons, and the form is refused."""
    ask(desk, "pay 100.00?")
    operator = desk.as_("wu", Role.OPERATOR)
    assert 'value="pay"' not in operator.get("/tasks").text
    assert operator.post("/tasks/answer", data={"task": "t1", "answer": "pay"}).status_code == 403


@pytest.mark.parametrize(
    ("question", "amount"),
    [("pay 60,000.00 or 1.50?", "60000.00"), ("order 3515000000000000018?", "0"), ("12.5?", "0")],
)
def test_the_amount_of_a_question(question: str, amount: str) -> None:
    """The largest amount in its words; order numbers are no amounts."""
    assert str(amount_of(Task(task="t", kind="question", question=question))) == amount


def test_private_values_open_for_the_asker_only(desk: Desk) -> None:
    """Veiled for everybody; after a second person's word plain to the asker, for half an hour, and written down."""
    payload = {"number": "1", "recipient": "林知远", "phone": "13800000001"}
    desk.waiting("orders", "O1", payload, State.REJECTED)
    lin, su = desk.as_("lin", Role.OPERATOR), desk.as_("su", Role.AUDITOR)
    assert "林知远" not in lin.get("/items/orders/O1").text
    assert lin.post("/unmask/orders/O1", data={"why": " "}).status_code == 400
    lin.post("/unmask/orders/O1", data={"why": "the parcel came back"})
    pledge = desk.people.open_pledges(now=NOW)[0]
    assert pledge.facts["why"] == "the parcel came back"
    su.post(f"/second/{pledge.pledge}", data={"agreed": "true"})
    assert "林知远" in lin.get("/items/orders/O1").text
    assert "林知远" not in su.get("/items/orders/O1").text
    assert ("lin", "unmasked") in [(who, what) for who, what, _, _ in desk.book.told]
    desk.clock.at = NOW + timedelta(minutes=31)
    assert "林知远" not in lin.get("/items/orders/O1").text


def test_the_api_gives_no_private_values(desk: Desk) -> None:
    """Lists and single items are veiled whoever asks."""
    desk.waiting("orders", "O1", {"recipient": "林知远", "lines": [{"sku": "A"}]})
    for path in ("/api/items", "/api/items/orders/O1", "/api/where?q=O1O1"):
        assert "林知远" not in desk.as_("admin").get(path).text


def test_a_veil_leaves_what_is_nobodys() -> None:
    """Only private names and texts that look private are taken out, at any depth."""
    seen = veiled(
        {"phone": "1", "buyer": {"address": "x"}, "memo": "call 13800000001", "lines": [{"sku": "A1"}], "n": 2}
    )
    assert seen == {
        "phone": "‹phone›", "buyer": {"address": "‹address›"}, "memo": "call ‹phone›", "lines": [{"sku": "A1"}], "n": 2,
    }  # fmt: skip
