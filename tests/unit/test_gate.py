"""The gate lets exactly one commit pass for each opening."""

from __future__ import annotations

import pytest

from nightclerk.errors import CommitOutsideOnce
from nightclerk.gate import CommitGate, SecondCommit


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
