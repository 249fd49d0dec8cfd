"""Bots under attack, for real: killed, frozen, cut off and starved; the partner's own books say what came of it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from nightclerk.chaos.faults import Kind, Moment, Partner, plan
from nightclerk.chaos.harness import Attack, Outcome, attack
from nightclerk.sandbox.postgres import Postgres, postgres, postgres_programs

#: A seed whose first three faults are quick: a kill between commit and answer, a cut connection, lost sessions.
QUICK = 365


def assert_once(outcome: Outcome) -> None:
    """Nothing lost or doubled, no slot run twice, everything finished, and no doubt that a search could settle."""
    facts = outcome.facts()
    assert outcome.clean, facts
    assert not outcome.stalled, facts
    assert facts["unfinished"] == facts["needless_doubts"] == facts["unclaimed"] == [], facts
    assert facts["done"] + facts["in_doubt"] == facts["items"], facts


@contextlib.contextmanager
def own_postgres() -> Iterator[Postgres]:
    if postgres_programs() is None:
        pytest.skip("PostgreSQL is not installed")
    with postgres(durable=True) as server:
        yield server


@pytest.mark.chaos
@pytest.mark.timeout(1800)
def test_a_kill_a_cut_and_a_lost_session_double_nothing(tmp_path: Path) -> None:
    """The worker's process dies between the partner's commit and its answer; three orders stand there once each."""
    planned = plan(seed=QUICK, kills=1, faults=2, partner=Partner.WEB, postgres=False)
    assert (planned[0].kind, planned[0].moment) == (Kind.KILL, Moment.COMMITTED)
    outcome = attack(Attack(partner=Partner.WEB, seed=QUICK, kills=1, faults=2, items=3, folder=tmp_path / "night"))
    assert_once(outcome)
    assert (outcome.facts()["kills"], outcome.facts()["faults"]) == (1, 2)


@pytest.mark.chaos
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("partner", list(Partner))
def test_one_worker_on_sqlite(tmp_path: Path, partner: Partner) -> None:
    """Every moment is struck once, and every kind of fault."""
    outcome = attack(Attack(partner=partner, seed=11, kills=15, faults=24, items=30, folder=tmp_path / "night"))
    assert_once(outcome)


@pytest.mark.chaos
@pytest.mark.timeout(1800)
def test_three_workers_on_postgresql(tmp_path: Path) -> None:
    """Take-overs between workers, clocks that differ, and a database that is stopped hard."""
    with own_postgres() as server:
        asked = Attack(
            partner=Partner.WEB, seed=12, kills=15, faults=24, items=30, workers=3, folder=tmp_path / "night",
            database=server,
        )  # fmt: skip
        assert_once(attack(asked))
