"""Who is up, and which bots nobody can perform."""

from __future__ import annotations

from pathlib import Path

from nightclerk.domain.workers import Worker
from nightclerk.office.doctor import Patient, no_database, no_worker
from nightclerk.office.machine import this_machine
from nightclerk.office.roll_call import unmanned
from nightclerk.workspace import Bot


def bot(name: str, needs: str) -> Bot:
    return Bot(name=name, titles={}, flow="f:f", needs=needs)


def test_bots_that_nobody_can_perform() -> None:
    """What is needed is matched to the letter: a desktop with another program on it will not do."""
    workers = [Worker(worker="a", name="a", machine="m", cans=("web", "desktop"))]
    bots = [bot("shop", "web"), bot("keys", "desktop:u8"), bot("stock", "desktop:u8")]
    assert unmanned(bots, workers) == {"desktop:u8": ["keys", "stock"]}


def workspace(folder: Path, database: str) -> Patient:
    for name in ("bots", "flows", "config"):
        (folder / name).mkdir()
    (folder / "config" / "settings.yaml").write_text(f"database: {database}\n", encoding="utf-8")
    (folder / "bots" / "keys.yaml").write_text("bot: keys\nflow: f:f\nneeds: desktop:u8\n", encoding="utf-8")
    return Patient(facts=this_machine(), root=folder)


def test_a_database_that_does_not_answer(tmp_path: Path) -> None:
    """The doctor says why and what to look at, and asks nothing else of it."""
    patient = workspace(tmp_path, "postgresql://night@127.0.0.1:1/nightclerk")
    check = no_database(patient)
    assert check is not None
    assert not check.ok
    assert "Connection refused" in check.found
    assert "the role's rights" in check.remedy
    assert no_worker(patient) is None


def test_an_embedded_database_has_no_roll_to_call(tmp_path: Path) -> None:
    """Alone on its machine a workspace performs everything itself."""
    assert no_database(workspace(tmp_path, '""')) is None


def test_the_doctor_names_what_no_worker_has(tmp_path: Path, pg_url: str) -> None:
    """The remedy is the command to run on a machine that has it."""
    patient = workspace(tmp_path, pg_url)
    answers, lacks = no_database(patient), no_worker(patient)
    assert answers is not None
    assert lacks is not None
    assert (answers.ok, answers.found) == (True, "answers; 0 workers are up")
    assert (lacks.ok, lacks.found) == (False, "desktop:u8: keys")
    assert lacks.remedy == "On a machine that can, run: nightclerk worker --can desktop:u8"
