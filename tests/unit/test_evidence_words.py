"""The evidence words on the command line: what they print, what they leave in the access journal, how they refuse."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import typer
from film_kit import PHONE, short_run
from typer.testing import CliRunner

from nightclerk.cli import evidence
from nightclerk.documents.report import ShiftReport, write_html, write_xlsx
from nightclerk.documents.report_heads import heads_in
from nightclerk.domain.items import RunRecord, RunState
from nightclerk.errors import DocumentError, WorkspaceError
from nightclerk.evidence.errors import NoEvidence
from nightclerk.evidence.heads import head_of
from nightclerk.evidence.share import Share
from nightclerk.evidence.verify import verify
from nightclerk.texts import language
from nightclerk.work.store import open_store

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace with two finished, anchored runs."""
    monkeypatch.setenv("NIGHTCLERK_LANG", "en")
    for folder in ("bots", "flows"):
        (tmp_path / folder).mkdir()
    store = open_store(f"sqlite:///{tmp_path}/data/books.db")
    for run in ("run-1", "run-2"):
        seq, head = short_run(tmp_path, run).head()
        store.add_run(RunRecord(run=run, bot="b", flow="f:f", state=RunState.DONE))
        store.anchor(run, seq=seq, head=head, now=NOW)
    store.close()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words: str, text: str = "") -> Any:
    app = typer.Typer()
    app.callback()(lambda: None)
    evidence.register(app)
    return CliRunner().invoke(app, ["evidence", *words], input=text)


def report_of(home: Path, folder: Path, kind: str) -> Path:
    """A shift report that leaves the machine, with the heads of that night."""
    heads = [head for name in ("run-1", "run-2") if (head := head_of(home / "logs" / name, None))]
    report = ShiftReport(day=date(2026, 11, 22), made_at=NOW, runs=[], items=[], effects=[], tasks=[], heads=heads)
    return {"xlsx": write_xlsx, "html": write_html}[kind](report, folder / f"report.{kind}")


@pytest.mark.parametrize("kind", ["xlsx", "html"])
def test_heads_come_back_out_of_a_report(home: Path, kind: str) -> None:
    """Run, lines and the whole hash, from the workbook and from the page alike; both say which key signed."""
    heads = {report.run: report.head for report in verify(home / "logs").runs}
    report = report_of(home, home, kind)
    assert heads_in(report) == heads
    key = verify(home / "logs").runs[0].key
    assert kind == "xlsx" or key in report.read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", ["xlsx", "html"])
def test_a_report_tells_of_cut_tails_and_dropped_runs(home: Path, kind: str) -> None:
    """On a copy without the database: the report's heads show what the folder alone cannot."""
    report, copy = report_of(home, home, kind), home / "copy"
    shutil.copytree(home / "logs", copy)
    keys = str(home / "data/keys/public")
    assert run("verify", str(copy), "--key", keys, "--report", str(report)).exit_code == 0
    journal = copy / "run-1/journal.jsonl"
    journal.write_bytes(b"".join(journal.read_bytes().splitlines(keepends=True)[:12]))
    shutil.rmtree(copy / "run-1/files")
    shutil.rmtree(copy / "run-2")
    assert run("verify", str(copy), "--key", keys).exit_code == 0
    done = run("verify", str(copy), "--key", keys, "--report", str(report))
    assert done.exit_code == 1
    assert f"run-1: cut off after line 12; report.{kind} knows of" in done.output
    assert "run-2: the database or a shift report knows this run, but its folder is gone" in done.output


@pytest.mark.parametrize("name", ["notes.html", "notes.xlsx", "gone.xlsx"])
def test_a_file_that_is_no_report_is_one_sentence(tmp_path: Path, name: str) -> None:
    """Something else, something broken and something missing are told with what to give instead."""
    if name != "gone.xlsx":
        (tmp_path / name).write_text("<p>nothing</p>", encoding="utf-8")
    with language("en"), pytest.raises(DocumentError, match=rf"{name}: .*Give the xlsx or html"):
        heads_in(tmp_path / name)


def test_an_unfinished_run_is_reported_as_not_sealed(tmp_path: Path) -> None:
    """A run that goes on has the database's line and no key; one that nobody anchored has no row."""
    short_run(tmp_path, end=False)
    head = head_of(tmp_path / "logs/run-1", (3, "f" * 64))
    assert head is not None
    assert (head.lines, head.hash, head.key) == (3, "f" * 64, "")
    assert head_of(tmp_path / "logs/run-1", None) is None
    assert head_of(tmp_path / "logs/run-9", None) is None


def test_every_word_leaves_its_line_in_the_access_journal(home: Path) -> None:
    """Verify, pack, prune, erase and a change of keys are all told, by whom and from where; then all still verifies."""
    assert run("verify").exit_code == 0
    assert run("pack", "run-1", "--out", "pack").exit_code == 0
    (home / "config").mkdir()
    (home / "config/retention.yaml").write_text("pictures: 1 days\ntraces: 1 days\n", encoding="utf-8")
    pruned = json.loads(run("prune", "--json").output)
    assert [one["removed"] for one in pruned["runs"]] in ([{"pictures": 3}] * 2, [])
    assert run("erase", "--text", "-", text=f"{PHONE}\n").exit_code == 0
    assert run("key", "new").exit_code == 0
    rows = json.loads(run("access", "--json").output)
    told = [row["what"] for row in rows]
    assert told[:2] == ["verify", "pack"]
    assert told[-2:] == ["key", "key"]
    assert {row["place"].partition(" ")[0] for row in rows} == {"cli"}
    assert run("verify").exit_code == 0
    assert "access journal complete" in run("verify").output


def test_a_changed_access_journal_does_not_stop_the_verdict(home: Path) -> None:
    """Somebody rewrote its last line: the verdict says so, and so does the sentence about why nothing was added."""
    assert run("verify").exit_code == 0
    (journal,) = (home / "logs/access").glob("*.jsonl")
    journal.write_bytes(journal.read_bytes().replace(b'"ok":true', b'"ok":null'))
    done = run("verify")
    assert done.exit_code == 1
    assert "its content, or its link to the line before, was changed" in done.output


def test_erasing_is_told_and_recorded(home: Path) -> None:
    """`--key` erases an item's pictures; the sentence says how much, the access journal that it was done."""
    assert "Would erase in 2 places" in run("erase", "--key", "A-1", "--dry-run").output
    assert "Erased in 2 places" in run("erase", "--key", "A-1").output
    rows = json.loads(run("access", "--json").output)
    assert [row["what"] for row in rows] == ["erase", "erase"]
    assert run("verify").exit_code == 0


def test_what_is_erased_here_goes_from_the_shared_place_too(home: Path) -> None:
    """Where machines bring their evidence together, the copy loses the same files and gains the record."""
    pytest.importorskip("fsspec")
    (home / "config").mkdir()
    (home / "config/settings.yaml").write_text(f"evidence: {home}/shared\n", encoding="utf-8")
    Share(str(home / "shared")).push(home / "logs/run-1")
    assert run("erase", "--key", "A-1").exit_code == 0
    here = {path.relative_to(home / "logs") for path in (home / "logs/run-1").rglob("*") if path.is_file()}
    there = {path.relative_to(home / "shared") for path in (home / "shared/run-1").rglob("*") if path.is_file()}
    assert here == there
    assert Path("run-1/removed.jsonl") in there


def test_a_faulty_policy_prunes_nothing(home: Path) -> None:
    """A term that is none stops the word with its line; no file is touched."""
    (home / "config").mkdir()
    (home / "config/retention.yaml").write_text("pictures: soon\n", encoding="utf-8")
    done = run("prune")
    assert isinstance(done.exception, WorkspaceError)
    assert "config/retention.yaml:1" in str(done.exception)


def test_keys_are_shown_changed_and_trusted(home: Path) -> None:
    """`show` names this machine's key; `new` leaves the old one trusted; `trust` takes another machine's."""
    first = json.loads(run("key", "show", "--json").output)
    second = json.loads(run("key", "new", "--json").output)
    assert second["old"] == first["key"]
    other = home / "other"
    short_run(other)
    public = next((other / "logs/keys").iterdir())
    assert public.stem in run("key", "trust", str(public)).output
    trusted = json.loads(run("key", "show", "--json").output)["trusted"]
    assert trusted == sorted([second["old"], second["new"], public.stem])


def test_the_key_is_not_changed_under_a_run_that_goes_on(home: Path) -> None:
    """It could not go on under another key; the sentence names it, and `--force` does it all the same."""
    store = open_store(f"sqlite:///{home}/data/books.db")
    store.add_run(RunRecord(run="run-3", bot="b", flow="f:f", state=RunState.RUNNING))
    store.close()
    refused = run("key", "new")
    assert "run-3" in str(refused.exception)
    assert run("key", "new", "--force").exit_code == 0


def test_an_unknown_run_names_the_nearest(home: Path) -> None:
    """A slip of the finger is one sentence."""
    done = run("pack", "run-12")
    assert isinstance(done.exception, WorkspaceError)
    assert "run-1" in str(done.exception)


def test_nobody_is_erased_by_accident(home: Path) -> None:
    """Without a key and a value there is nothing to erase."""
    assert "whose data" in str(run("erase").exception)


def test_a_folder_without_runs_is_no_good_evidence(home: Path) -> None:
    """Whoever names the wrong folder is told so, and it does not pass for evidence that holds."""
    done = run("verify", "bots")
    assert isinstance(done.exception, NoEvidence)
    assert "bots" in str(done.exception)


def test_films_of_crashed_runs_are_sealed_by_one_word(home: Path) -> None:
    """It says which, at which line; the evidence is whole then, and there is nothing left to do."""
    short_run(home, "run-3", end=False)
    store = open_store(f"sqlite:///{home}/data/books.db")
    store.add_run(RunRecord(run="run-3", bot="b", flow="f:f", state=RunState.CRASHED))
    store.close()
    assert "run-3: sealed at line" in run("seal").output
    assert verify(home / "logs/run-3").runs[0].state == "sealed"
    assert json.loads(run("seal", "--json").output) == {"sealed": []}
