"""Films whose process died get their end: once, by the machine that made them, and never over what was changed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from film_kit import SteppingClock, new_film, outside_verifier, short_run

from nightclerk.domain.items import RunRecord, RunState
from nightclerk.evidence.errors import ChainBroken, JournalBusy
from nightclerk.evidence.sealing import Sealed, seal
from nightclerk.evidence.verify import verify
from nightclerk.office.seals import seal_all
from nightclerk.work.store import open_store
from nightclerk.workspace import load_workspace


def sealed(root: Path, run: str = "run-1") -> Sealed | None:
    return seal(logs=root / "logs", data=root / "data", run=run, outcome="crashed", why="died", clock=SteppingClock())


def test_a_crashed_film_gets_its_end(tmp_path: Path) -> None:
    """Both verifiers call it sealed, what was taken over unsealed is counted, and a second time nothing happens."""
    folder = short_run(tmp_path, end=False).folder
    with (folder / "journal.jsonl").open("ab") as journal:
        journal.write(b'{"body":{"half')
    made = sealed(tmp_path)
    report = verify(folder).runs[0]
    assert made is not None
    assert (report.state, report.head) == ("sealed", (made.seq, made.hash))
    assert report.adopted >= 2
    assert outside_verifier().main(tmp_path / "logs") == 0
    assert sealed(tmp_path) is None


def test_only_the_machine_that_made_a_film_ends_it(tmp_path: Path) -> None:
    """Without the run's salt the film is another machine's; without a journal there is nothing to end."""
    short_run(tmp_path, end=False)
    (tmp_path / "data/salts/run-1.salt").unlink()
    assert sealed(tmp_path) is None
    assert sealed(tmp_path, "run-9") is None


def test_a_film_at_work_is_left_alone(tmp_path: Path) -> None:
    """The process that writes it holds it."""
    film = new_film(tmp_path)
    film.begin({})
    with pytest.raises(JournalBusy):
        sealed(tmp_path)
    film.close()


def test_what_was_changed_is_not_signed_over(tmp_path: Path) -> None:
    """A changed line stays a changed line."""
    journal = short_run(tmp_path, end=False).folder / "journal.jsonl"
    journal.write_bytes(journal.read_bytes().replace(b"Fill the form", b"Fill the farm"))
    with pytest.raises(ChainBroken):
        sealed(tmp_path)


def test_every_run_that_the_books_count_as_over_is_sealed_and_anchored(tmp_path: Path) -> None:
    """All its films of this machine; a run that goes on, and one whose film was changed, are left as they are."""
    for folder in ("bots", "flows"):
        (tmp_path / folder).mkdir()
    for run in ("a", "a+2", "b", "c"):
        short_run(tmp_path, run, end=False)
    journal = tmp_path / "logs/c/journal.jsonl"
    journal.write_bytes(journal.read_bytes().replace(b"Fill", b"Full"))
    store, now = open_store(f"sqlite:///{tmp_path}/data/books.db"), datetime.now(UTC)
    for run, state in (("a", RunState.CRASHED), ("b", RunState.RUNNING), ("c", RunState.FAILED)):
        film = "a+2" if run == "a" else run
        store.add_run(RunRecord(run=run, bot="b", flow="f:f", state=state, film=film, queued_at=now))
    assert [one.run for one in seal_all(load_workspace(tmp_path), store)] == ["a", "a+2"]
    assert store.anchored("a+2") == verify(tmp_path / "logs/a+2").runs[0].head
    store.close()
