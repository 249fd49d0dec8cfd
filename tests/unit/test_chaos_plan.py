"""The order in which chaos strikes: drawn from a seed, the same for everybody who repeats it."""

from __future__ import annotations

from collections import Counter

import pytest
import typer
from typer.testing import CliRunner

from nightclerk.chaos.faults import HELD, SEEN, Fault, Kind, Moment, Partner, plan
from nightclerk.cli import chaos as chaos_word
from nightclerk.errors import WorkspaceError


def planned(**changed: object) -> tuple[Fault, ...]:
    asked: dict[str, object] = {"seed": 7, "kills": 30, "faults": 40, "partner": Partner.WEB, "postgres": False}
    return plan(**{**asked, **changed})  # type: ignore[arg-type]


def test_a_seed_repeats_its_faults() -> None:
    """What was found with a seed can be looked at again; another seed strikes in another order."""
    assert planned() == planned()
    assert planned() != planned(seed=8)


def test_every_moment_is_struck_before_one_is_struck_again() -> None:
    """Kills reach every step boundary and the middle of the click, whatever the seed."""
    kills = [
        fault
        for fault in planned(kills=len(SEEN + HELD))
        if fault.kind in (Kind.KILL, Kind.KILL_WORKER, Kind.POWER_CUT)
    ]
    assert Counter(fault.moment for fault in kills) == Counter(Moment)


def test_kills_and_faults_come_in_the_numbers_asked_for() -> None:
    """Kills are those of a process; everything else is a fault."""
    killing = {Kind.KILL, Kind.KILL_WORKER, Kind.POWER_CUT}
    kinds = [fault.kind in killing for fault in planned(kills=13, faults=29)]
    assert (sum(kinds), len(kinds) - sum(kinds)) == (13, 29)


@pytest.mark.parametrize(("postgres", "there", "not_there"), [
    (False, Kind.LOCK_DATABASE, Kind.STOP_DATABASE),
    (True, Kind.STOP_DATABASE, Kind.LOCK_DATABASE),
])  # fmt: skip
def test_the_database_is_hit_in_the_way_of_its_kind(postgres: bool, there: Kind, not_there: Kind) -> None:
    """SQLite is locked, PostgreSQL is stopped."""
    kinds = {fault.kind for fault in planned(faults=200, postgres=postgres)}
    assert there in kinds
    assert not_there not in kinds


def test_a_desktop_partner_is_never_asked_to_hold_a_request() -> None:
    """The ERP's client takes no instructions: its moments are those of the journal and the ledger."""
    moments = {fault.moment for fault in planned(partner=Partner.DESKTOP, kills=100, faults=100)}
    assert not moments & set(HELD)


def test_several_workers_without_a_server_to_share_are_refused() -> None:
    """Three workers asked for are never quietly one: the sentence says what is missing."""
    app = typer.Typer()
    chaos_word.register(app)
    refused = CliRunner().invoke(app, ["--workers", "3"]).exception
    assert isinstance(refused, WorkspaceError)
    assert refused.sentence("en") == (
        "--workers 3: several workers need a PostgreSQL to share. "
        "Add --postgres local (starts one of its own) or a URL, or leave --workers out."
    )
