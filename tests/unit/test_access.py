"""The access journal: who looked at which evidence, chained, signed, verified by the same code."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from film_kit import outside_verifier, short_run

from nightclerk.evidence.access import Access, AccessBook, accesses_in, merged
from nightclerk.evidence.errors import SideChainBroken
from nightclerk.evidence.keys import exchange_key, trusted_keys
from nightclerk.evidence.verify import verify


def book(root: Path, anchors: dict[str, tuple[int, str]] | None = None) -> AccessBook:
    noted = anchors if anchors is not None else {}
    return AccessBook(
        logs=root / "logs", keys=root / "data/keys", machine="desk 1",
        anchor=lambda name, seq, head: noted.__setitem__(name, (seq, head)),
    )  # fmt: skip


def look(run: str = "run-1", what: str = "view", **facts: object) -> Access:
    return Access(who="li", what=what, run=run, place="console 127.0.0.1", facts=facts)


def file_of(root: Path) -> Path:
    (path,) = (root / "logs/access").glob("desk-1-*.jsonl")
    return path


def test_looks_are_written_and_verified(tmp_path: Path) -> None:
    """Who, what, when, from where; the file verifies beside the runs with both verifiers and its anchor."""
    anchors: dict[str, tuple[int, str]] = {}
    short_run(tmp_path)
    book(tmp_path, anchors).record(look(), look(what="file", sha256="x"))
    book(tmp_path, anchors).record(look("run-2"))
    assert [(one["who"], one["what"], one["run"]) for one in accesses_in(tmp_path / "logs")] == [
        ("li", "view", "run-1"), ("li", "file", "run-1"), ("li", "view", "run-2"),
    ]  # fmt: skip
    report = verify(tmp_path / "logs", trusted_keys(tmp_path / "data/keys"), anchors.get, known_runs=anchors)
    assert report.ok, report.sentences()
    assert [run.lines for run in report.runs if run.access] == [4]
    assert outside_verifier().main(tmp_path / "logs") == 0


def test_pictures_are_gathered_into_one_line_and_nobody_waits(tmp_path: Path) -> None:
    """A hundred looks at pictures cost the eye less than a hundredth of a second and one line, each picture named."""
    journal = book(tmp_path)
    journal.later(look(what="picture", pictures=["p0"]))
    began = time.process_time()
    for number in range(100):
        journal.saw(
            who="li", what="picture", run="run-1", place="console 127.0.0.1", facts={"pictures": [f"p{number}"]}
        )
    assert time.process_time() - began < 0.05
    journal.close()
    rows = list(accesses_in(tmp_path / "logs"))
    assert sum(len(row["facts"]["pictures"]) for row in rows) >= 100
    assert len(rows) <= 2


def test_only_looks_at_pictures_are_merged() -> None:
    """Two views stay two lines; two people stay two people."""
    other = Access(who="wang", what="picture", run="run-1", facts={"pictures": ["b"]})
    both = merged([look(), look(), look(what="picture", pictures=["a"]), other, look(what="picture", pictures=["a"])])
    assert [(one.who, one.what) for one in both] == [
        ("li", "view"), ("li", "view"), ("li", "picture"), ("wang", "picture"),
    ]  # fmt: skip


@pytest.mark.parametrize("how", ["edit", "drop", "cut", "gone"])
def test_a_changed_access_journal_shows(tmp_path: Path, how: str) -> None:
    """Editing, dropping a line, cutting off the end and taking the file away are all found, against the anchor."""
    anchors: dict[str, tuple[int, str]] = {}
    short_run(tmp_path)
    book(tmp_path, anchors).record(look(), look("run-2"), look("run-3"))
    path = file_of(tmp_path)
    lines = path.read_bytes().splitlines(keepends=True)
    if how == "edit":
        path.write_bytes(b"".join(lines).replace(b"run-2", b"run-9"))
    elif how == "gone":
        path.unlink()
    else:
        path.write_bytes(b"".join(lines[:-1] if how == "cut" else [*lines[:2], *lines[3:]]))
    report = verify(tmp_path / "logs", anchors=anchors.get, known_runs=anchors)
    kind = {"edit": "changed", "drop": "order", "cut": "cut_off", "gone": "access_missing"}[how]
    assert [fault.kind for fault in report.faults] == [kind]
    assert report.faults[0].run.startswith("access/desk-1-")


def test_a_half_line_of_a_crash_is_cut_off_and_told(tmp_path: Path) -> None:
    """The next look goes on with the chain and says how much was torn."""
    book(tmp_path).record(look())
    with file_of(tmp_path).open("ab") as file:
        file.write(b'{"body":{"at"')
    book(tmp_path).record(look("run-2"))
    assert list(accesses_in(tmp_path / "logs"))[-1]["torn_bytes"] == 13
    assert verify(tmp_path / "logs").ok


def test_what_somebody_rewrote_is_never_signed_over(tmp_path: Path) -> None:
    """A last line that was edited, or that no trusted key signed, stops the book: nothing is handed out unrecorded."""
    book(tmp_path).record(look())
    path, whole = file_of(tmp_path), file_of(tmp_path).read_bytes()
    *first, last = whole.splitlines(keepends=True)
    at = last.index(b'"sig":"') + 7
    for changed in (last.replace(b'"who":"li"', b'"who":"xi"'), last[:at] + b"AAAAAAAA" + last[at + 8 :], b"hello\n"):
        path.write_bytes(b"".join([*first, changed]))
        with pytest.raises(SideChainBroken, match="desk-1"):
            book(tmp_path).record(look())
    path.write_bytes(whole)
    book(tmp_path).record(look())
    assert verify(tmp_path / "logs").ok


def test_the_book_goes_on_under_a_new_key(tmp_path: Path) -> None:
    """After a change of keys the old lines verify with the old public key, the new ones with the new."""
    book(tmp_path).record(look())
    old, new = exchange_key(tmp_path / "data/keys", logs=tmp_path / "logs")
    book(tmp_path).record(look("run-2"))
    assert old.name != new.name
    assert [one["key"] for one in accesses_in(tmp_path / "logs")] == [old.name, new.name]
    assert verify(tmp_path / "logs", trusted_keys(tmp_path / "data/keys")).ok


def test_the_month_before_is_named_by_the_next(tmp_path: Path) -> None:
    """A new file begins with the head of the one before it."""
    journal = book(tmp_path)
    journal.record(look())
    path = file_of(tmp_path)
    path.rename(path.with_name("desk-1-202001.jsonl"))
    journal.record(look("run-2"))
    newest = max((tmp_path / "logs/access").glob("*.jsonl"))
    assert b'"before":{"file":"desk-1-202001.jsonl","hash":"' in newest.read_bytes().splitlines()[0]


def test_many_processes_write_one_chain(tmp_path: Path) -> None:
    """Two processes with ten looks each leave all of them in one chain that verifies."""
    code = (
        "import sys; from pathlib import Path; from test_access import book, look\n"
        "for n in range(10): book(Path(sys.argv[1])).record(look(f'run-{n}'))"
    )
    book(tmp_path).record(look())
    here = Path(__file__).parent
    environment = {**os.environ, "PYTHONPATH": str(here)}
    running = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], cwd=here, env=environment) for _ in range(2)
    ]
    assert [process.wait(timeout=120) for process in running] == [0, 0]
    assert len(list(accesses_in(tmp_path / "logs"))) == 21
    assert verify(tmp_path / "logs").ok
