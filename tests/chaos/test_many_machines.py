"""Three workers on one PostgreSQL, and one of them is cut off: the others finish its work, and nothing is doubled."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from nightclerk.domain.items import RunState, State
from nightclerk.sandbox.postgres import postgres, postgres_programs
from tests.chaos.machines_kit import Site, site, wait_until

pytestmark = [
    pytest.mark.chaos,
    pytest.mark.timeout(1500),
    pytest.mark.skipif(postgres_programs() is None, reason="PostgreSQL is not installed: apt-get install postgresql"),
]
ORDERS = 24


def in_the_thick_of_it(there: Site) -> tuple[list[str], str]:
    """Several machines perform runs; returns the runs, and one whose machine will suffer."""
    wait_until(lambda: len(there.office.store.workers()) == 4, "three machines and the office", timeout_s=400)
    runs = there.launch_all(ORDERS)
    wait_until(lambda: len({there.run(r).worker for r in runs} - {""}) > 1, "machines at work", timeout_s=400)
    wait_until(lambda: there.done() >= 6, "six orders", timeout_s=400)
    return runs, next(run for run in runs if there.run(run).state is RunState.RUNNING)


def all_well(there: Site, runs: list[str]) -> None:
    wait_until(lambda: there.ended(runs), "all runs done", timeout_s=400)
    assert there.office.store.counts("chaos") == {State.DONE: ORDERS}
    assert there.standing() == Counter(f"PO-{n:03}" for n in range(ORDERS))


@pytest.mark.parametrize("fate", ["cut off", "frozen and woken"])
def test_a_machine_that_falls_silent(fate: str, tmp_path: Path) -> None:
    """Its run is on another machine within 60 s; every order stands once; a woken one acts no more."""
    with postgres() as pg, site(tmp_path, pg.url, machines=3) as there:
        runs, victim = in_the_thick_of_it(there)
        machine, before = there.machine_of(victim), there.run(victim)
        machine.cut_off() if fate == "cut off" else machine.freeze()
        held = there.in_hands(victim)
        took_s = wait_until(
            lambda: there.is_dead(before.worker) and not held & there.in_hands(victim),
            "what it held is free",
            timeout_s=60,
        )
        began_s = took_s + wait_until(lambda: there.run(victim).stint > before.stint, "taken up", timeout_s=400)
        print(f"{fate}: free after {took_s:.1f} s, at work elsewhere after {began_s:.1f} s")
        machine.thaw()
        all_well(there, runs)
        assert there.run(victim).film == f"{victim}+2"
