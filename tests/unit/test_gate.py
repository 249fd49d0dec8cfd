"""The gate lets exactly one commit pass for each opening."""

from __future__ import annotations

import pytest

from nightclerk.errors import ApplicationError, CommitOutsideOnce
from nightclerk.gate import CommitGate, FollowsNothing, HealedCommit, Opening, SecondCommit
from nightclerk.ports import Found, Selector


def test_a_shut_gate_refuses_and_names_the_element() -> None:
    """Outside of an opening the sentence says where commits belong."""
    with pytest.raises(CommitOutsideOnce, match=r"^orders.save is a commit: it may only be used inside tx.once"):
        CommitGate().allow("orders.save")


def test_one_commit_passes_and_the_opening_knows_it() -> None:
    """The opening tells afterwards whether a commit has passed: nothing passed, nothing can have landed."""
    gate = CommitGate()
    with gate.open() as opening:
        assert opening.element == ""
        gate.allow("orders.save")
    assert opening.element == "orders.save"


def test_a_second_commit_in_one_opening_is_refused() -> None:
    """Even the same element is refused the second time."""
    gate = CommitGate()
    with gate.open():
        gate.allow("orders.save")
        with pytest.raises(SecondCommit, match=r"^orders.save is a second commit in one `once` \(after orders.save\)"):
            gate.allow("orders.save")


def test_the_gate_is_shut_again_after_an_error() -> None:
    """An error inside an opening leaves no open gate behind."""
    gate = CommitGate()
    with pytest.raises(RuntimeError), gate.open():
        raise RuntimeError
    with pytest.raises(CommitOutsideOnce):
        gate.demand("orders.save")


def test_openings_do_not_nest() -> None:
    """A once inside a once would make two commits of one effect."""
    gate = CommitGate()
    with gate.open(), pytest.raises(SecondCommit), gate.open():
        pytest.fail("the second opening let us in")


def test_a_follow_up_passes_once_right_after_its_commit() -> None:
    """The box that a save brings up is answered in the same opening: after the save, once, and nothing else."""
    gate = CommitGate()
    with gate.open() as opening:
        with pytest.raises(FollowsNothing, match=r"box.yes answers the question of orders.save, which has not"):
            gate.allow("box.yes", follows="orders.save")
        gate.allow("orders.save")
        gate.allow("box.yes", follows="orders.save")
        with pytest.raises(SecondCommit):
            gate.allow("box.yes", follows="orders.save")
    assert opening.passed == ["orders.save", "box.yes"]


def test_all_apps_of_a_run_share_one_commit() -> None:
    """What has passed the gate of one app has used up the opening for every other."""
    shop, erp, opening = CommitGate(), CommitGate(), Opening()
    with shop.open(opening), erp.open(opening):
        shop.allow("orders.ship")
        with pytest.raises(SecondCommit):
            erp.allow("voucher.save")


def test_a_healed_commit_is_refused() -> None:
    """What only a learned way has led to is never committed; nothing has passed."""
    gate = CommitGate()
    healed = Found(selector=Selector(name="s", ways=()), way="learned: near 合计", box=None, handle=None, healed=True)
    with (
        gate.open() as opening,
        pytest.raises(HealedCommit, match=r"found in a learned way \(learned: near 合计\)"),
    ):
        gate.allow("orders.save", found=healed)
    assert opening.knows_nothing_was_clicked(RuntimeError())


def test_what_is_known_after_an_error() -> None:
    """Certain only: it never passed, or it was the one that passed and its surface says that no event went out."""
    touched, untouched = ApplicationError("x"), ApplicationError("x")
    untouched.untouched = True
    nothing, asked, one, two = Opening(), Opening(asked_for="a"), Opening(passed=["a"]), Opening(passed=["a", "b"])
    assert [one.knows_nothing_was_clicked(touched) for one in (nothing, asked, one, two)] == [False, True, False, False]
    assert [one.knows_nothing_was_clicked(untouched) for one in (one, two)] == [True, False]
