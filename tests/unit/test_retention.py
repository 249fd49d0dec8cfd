"""Retention and erasure: what is due goes, with a signed record; the rest still verifies, by both verifiers."""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from film_kit import PHONE, act, frame, new_film, outside_verifier, short_run

from nightclerk.check import check_workspace
from nightclerk.evidence.access import accesses_in
from nightclerk.evidence.erase import Eraser, Wanted, contains
from nightclerk.evidence.keys import open_key, trusted_keys
from nightclerk.evidence.prune import Pruner
from nightclerk.evidence.retention import Retention, Term, load_retention, parse_term, what_is_due
from nightclerk.evidence.verify import verify
from nightclerk.texts import language

BEGAN = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)  # when film_kit's runs take place
ROOT = Path(__file__).parents[2]


def invoice_run(root: Path, run: str = "run-1") -> Path:
    """A run with an ordinary file, an invoice, a private value and pictures of two items."""
    film = new_film(root, run)
    film.begin({"bot": "invoices"})
    for number, key in enumerate(("A-1", "A-2")):
        film.item(key, attempt=1)
        film.step("Read")
        film.act(act(PHONE if key == "A-1" else "9.90", private=key == "A-1"), frame=frame(20 * number))
        film.step_end("ok", frame=frame(100 + 40 * number))
        for name, kind in ((f"{key}.csv", "download"), (f"{key}.pdf", "invoice")):
            (root / name).write_text(f"{name} {PHONE if key == 'A-1' else ''}", encoding="gb18030")
            film.keep_file(root / name, kind=kind)
        film.item(None, outcome="done")
    film.end("done", {})
    return film.folder


def tools(root: Path, after: timedelta, told: list[Any]) -> dict[str, Any]:
    return {
        "logs": root / "logs", "data": root / "data", "policy": Retention(), "key": open_key(root / "data/keys"),
        "ring": trusted_keys(root / "data/keys"), "who": "wang", "now": BEGAN + after,
        "tell": lambda run, facts: told.append((run, facts)),
    }  # fmt: skip


def prune(root: Path, days: int, *, dry_run: bool = False) -> list[Any]:
    return list(Pruner(**tools(root, timedelta(days=days), []), dry_run=dry_run).prune())


def left(folder: Path) -> list[str]:
    return sorted({path.suffix for path in folder.rglob("*") if path.is_file()})


# ----------------------------------------------------------------------------------------- policy


@pytest.mark.parametrize(
    ("text", "since", "over"),
    [
        ("90 days", datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)),
        ("2 weeks", datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 15, tzinfo=UTC)),
        ("1 month", datetime(2026, 1, 31, tzinfo=UTC), datetime(2026, 2, 28, tzinfo=UTC)),
        ("10 years", datetime(2024, 2, 29, tzinfo=UTC), datetime(2034, 2, 28, tzinfo=UTC)),
        ("forever", datetime(2026, 1, 1, tzinfo=UTC), None),
    ],
)
def test_terms_follow_the_calendar(text: str, since: datetime, over: datetime | None) -> None:
    """A month is a month and a leap day has a last day to fall on."""
    assert parse_term(text).after(since) == over
    assert parse_term(str(parse_term(text))) == parse_term(text)


def test_accounting_counts_from_the_end_of_its_year() -> None:
    """An invoice of January 2026 with a term of 30 years is due on the first day of 2057."""
    assert Retention().due_at("accounting", datetime(2026, 1, 5, tzinfo=UTC)) == datetime(2057, 1, 1, tzinfo=UTC)


def test_a_journal_stays_as_long_as_an_original_that_it_vouches_for() -> None:
    """After its own term the journal of a run with an invoice is not due; without one it is."""
    since, now = BEGAN, BEGAN + timedelta(days=365 * 12)
    with_invoice = what_is_due(Retention(), since=since, now=now, pictures={}, kinds={"x-a.pdf": "invoice"})
    assert (with_invoice.journal, with_invoice.kept) == (False, ("files/x-a.pdf",))
    assert what_is_due(Retention(), since=since, now=now, pictures={}, kinds={"x-a.csv": "download"}).journal


def test_the_shipped_policy_is_the_default_one() -> None:
    """What config/retention.yaml says and what holds without it are the same, and in order."""
    loaded = load_retention(ROOT)
    assert loaded.faults == ()
    assert loaded.policy == Retention()


def test_a_faulty_policy_is_told_by_line(tmp_path: Path) -> None:
    """An unknown class, a term that is none, and pictures kept longer than their journal: each at its line."""
    (tmp_path / "config").mkdir()
    file = tmp_path / "config/retention.yaml"
    file.write_text("photos: 90 days\nfiles: soon\npictures: 20 years\ntrace_kinds: trace\n", encoding="utf-8")
    with language("en"):
        told = [fault.sentence() for fault in load_retention(tmp_path).faults]
        checked = [fault.where for fault in check_workspace(tmp_path).faults]
    assert [one.partition(": ")[0] for one in told] == [f"config/retention.yaml:{n}" for n in (1, 2, 4, 3)]
    assert "no class photos" in told[0]
    assert "not soon" in told[1]
    assert "pictures must not be kept longer than journal" in told[3]
    assert set(checked) >= {f"config/retention.yaml:{n}" for n in (1, 2, 3, 4)}


@pytest.mark.parametrize("text", ["a: [", "- 90 days\n", "\xff".encode("latin-1").decode("latin-1") + ": x: y"])
def test_a_policy_that_is_no_yaml_is_one_sentence(tmp_path: Path, text: str) -> None:
    """A file that cannot be read is a fault and removes nothing."""
    (tmp_path / "config").mkdir()
    (tmp_path / "config/retention.yaml").write_text(text, encoding="utf-8")
    assert load_retention(tmp_path).faults


# ------------------------------------------------------------------------------------------ prune


def test_nothing_is_due_before_its_time(tmp_path: Path) -> None:
    """The day after a run nothing goes, and nothing is written."""
    folder = invoice_run(tmp_path)
    assert prune(tmp_path, 1) == []
    assert not (folder / "removed.jsonl").exists()


def test_classes_go_one_after_the_other_and_all_still_verifies(tmp_path: Path) -> None:
    """Pictures, then downloads and salt; invoice and journal stay for decades; then a record alone is left."""
    folder, outside = invoice_run(tmp_path), outside_verifier()
    keys = trusted_keys(tmp_path / "data/keys")
    anchors = {"run-1": verify(folder).runs[0].head}
    for days, suffixes, state in (
        (91, [".csv", ".jsonl", ".pdf"], "sealed"),
        (800, [".jsonl", ".pdf"], "sealed"),
        (365 * 20, [".jsonl", ".pdf"], "sealed"),
        (365 * 31, [".jsonl"], "removed"),
    ):
        prune(tmp_path, days)
        assert left(folder) == suffixes
        report = verify(tmp_path / "logs", keys, anchors.get, known_runs=anchors)
        assert report.ok, report.sentences()
        assert report.runs[0].state == state
        assert outside.main(tmp_path / "logs", tmp_path / "data/keys/public") == 0
    assert [path.name for path in folder.iterdir()] == ["removed.jsonl"]
    assert not (tmp_path / "data/salts/run-1.salt").exists()


def test_verifying_says_what_was_pruned_by_whom_and_when(tmp_path: Path) -> None:
    """The record's facts come out in a sentence and in the JSON."""
    invoice_run(tmp_path)
    prune(tmp_path, 91)
    with language("en"):
        report = verify(tmp_path / "logs")
    assert "4 files were removed on 2027-02-21T02:00:00.000Z by wang, as they were due" in "".join(report.sentences())
    assert "pictures: 90 days" in "".join(report.sentences())
    assert report.as_json()["runs"][0]["removed"][0]["removed"] == 4


def test_a_dry_run_tells_the_same_and_touches_nothing(tmp_path: Path) -> None:
    """What would go is what goes."""
    folder = invoice_run(tmp_path)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    planned = prune(tmp_path, 800, dry_run=True)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert planned == prune(tmp_path, 800)


def test_a_crash_between_record_and_removal_is_no_fault(tmp_path: Path) -> None:
    """Files that the record names and that are still there verify, and the next pruning removes them."""
    folder = invoice_run(tmp_path)
    spare = Path(shutil.copytree(folder, tmp_path / "spare"))
    prune(tmp_path, 91)
    shutil.copytree(spare / "pictures", folder / "pictures")
    assert verify(tmp_path / "logs").ok
    prune(tmp_path, 91)
    assert not (folder / "pictures").exists()


def test_what_nobody_signed_for_is_missed_after_pruning(tmp_path: Path) -> None:
    """The record of the pictures excuses no file; one that was cut off, or of another run, excuses nothing."""
    for run in ("run-1", "run-2"):
        invoice_run(tmp_path, run)
    prune(tmp_path, 91)
    one, two = (tmp_path / "logs" / run for run in ("run-1", "run-2"))
    next(one.glob("files/*.csv")).unlink()
    assert [fault.kind for fault in verify(one).faults] == ["file_missing"]
    shutil.copy(one / "removed.jsonl", two / "removed.jsonl")
    assert "removal" in {fault.kind for fault in verify(two).faults}
    (two / "removed.jsonl").write_bytes(b"")
    assert {fault.kind for fault in verify(two).faults} == {"picture_missing"}
    assert outside_verifier().main(tmp_path / "logs") == 1


def test_broken_evidence_is_left_for_whoever_looks_into_it(tmp_path: Path) -> None:
    """Pruning never covers up a tampered run."""
    folder = invoice_run(tmp_path)
    journal = folder / "journal.jsonl"
    journal.write_bytes(journal.read_bytes().replace(b"9.90", b"8.90"))
    done = prune(tmp_path, 91)
    assert [one.skipped for one in done] == ["broken"]
    assert not (folder / "removed.jsonl").exists()


def test_a_run_that_is_being_written_is_left_alone(tmp_path: Path) -> None:
    """A long run that is still going on keeps its pictures until it lets go of its journal."""
    film = new_film(tmp_path)
    film.begin({})
    film.picture(frame(3))
    film.step("One")
    assert [one.skipped for one in prune(tmp_path, 91)] == ["busy"]
    film.close()
    assert [one.skipped for one in prune(tmp_path, 91)] == [""]
    again = new_film(tmp_path)
    again.begin({})
    again.end("done", {})
    assert verify(tmp_path / "logs").ok


def test_what_lies_beside_the_evidence_goes_by_its_own_age(tmp_path: Path) -> None:
    """Worker logs and working copies that are old go, new ones stay, and it is told before."""
    short_run(tmp_path)
    old = (BEGAN - timedelta(days=200)).timestamp()
    for name in ("workers/old.log", "workers/new.log", "files/old/a.csv"):
        path = tmp_path / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
        os.utime(path.parent if name.startswith("files") else path, (old, old) if "old" in name else None)
    told: list[Any] = []
    list(Pruner(**{**tools(tmp_path, timedelta(days=1), told), "now": datetime.now(UTC)}).prune())
    assert [path.name for path in (tmp_path / "data/workers").iterdir()] == ["new.log"]
    assert not (tmp_path / "data/files/old").exists()
    assert ("", {"worker_logs": ["old.log"]}) in told


# ------------------------------------------------------------------------------------------ erase


def erase(root: Path, wanted: Wanted, *, dry_run: bool = False) -> list[Any]:
    eraser = Eraser(**tools(root, timedelta(days=1), []), why="request 7", dry_run=dry_run)
    return list(eraser.erase(wanted))


def pictures_of(folder: Path, key: str) -> set[str]:
    """The pictures that the journal ties to an item."""
    bodies = [json.loads(line)["body"] for line in (folder / "journal.jsonl").read_text("utf-8").splitlines()]
    shots = {body["shot"] for body in bodies if body.get("item") == key and "shot" in body}
    return {f"{body['sha256']}.webp" for body in bodies if body["kind"] == "picture" and body["shot"] in shots}


@pytest.mark.parametrize("wanted", [Wanted(key="A-1"), Wanted(text=PHONE)], ids=["by key", "by value"])
def test_one_persons_data_goes_and_the_chain_stays_whole(tmp_path: Path, wanted: Wanted) -> None:
    """Her pictures, file and digest salt are gone, the other item's are there, her invoice stays, all verifies."""
    folder = invoice_run(tmp_path)
    hers, others = pictures_of(folder, "A-1"), pictures_of(folder, "A-2")
    (erased,) = erase(tmp_path, wanted)
    there = {path.name for path in folder.glob("pictures/*")}
    assert (there & hers, there & others) == (set(), others)
    assert sorted(path.name[65:] for path in folder.glob("files/*")) == ["A-1.pdf", "A-2.csv", "A-2.pdf"]
    assert [name[-7:] for name in erased.kept] == ["A-1.pdf"]
    assert erased.salt
    assert not (tmp_path / "data/salts/run-1.salt").exists()
    assert verify(tmp_path / "logs").ok
    with language("en"):
        assert "the law has it kept" in "".join(erased.sentences())


def test_erasing_twice_and_somebody_unknown_changes_nothing(tmp_path: Path) -> None:
    """What is gone is not told of again but for the originals that stay."""
    invoice_run(tmp_path)
    erase(tmp_path, Wanted(key="A-1"))
    assert [(one.names, one.salt) for one in erase(tmp_path, Wanted(key="A-1"))] == [((), False)]
    assert erase(tmp_path, Wanted(key="A-9")) == []
    assert verify(tmp_path / "logs").ok


def test_erasing_reaches_worker_logs_and_working_copies(tmp_path: Path) -> None:
    """Copies outside the evidence that bear the value go too, workbooks included; a dry run touches none."""
    short_run(tmp_path)
    (tmp_path / "data/workers").mkdir()
    (tmp_path / "data/workers/run-1.log").write_text(f"tel {PHONE}", encoding="utf-8")
    (tmp_path / "data/files/run-1").mkdir(parents=True)
    with zipfile.ZipFile(tmp_path / "data/files/run-1/orders.xlsx", "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/sharedStrings.xml", f"<t>{PHONE}</t>")
    (planned,) = erase(tmp_path, Wanted(text=PHONE), dry_run=True)
    assert planned.names == ("files/run-1/orders.xlsx", "workers/run-1.log")
    erase(tmp_path, Wanted(text=PHONE))
    assert [path for path in (tmp_path / "data").rglob("*") if contains(path, PHONE)] == []


def test_a_salt_is_shredded_only_when_a_digest_is_hers(tmp_path: Path) -> None:
    """A run that read nothing private of her keeps its salt."""
    invoice_run(tmp_path)
    erase(tmp_path, Wanted(key="A-2"))
    assert (tmp_path / "data/salts/run-1.salt").exists()


def test_forever_is_longer_than_anything() -> None:
    """Terms compare, so that the order of classes can be checked."""
    assert Term().days > parse_term("9999 years").days
    assert list(accesses_in(Path("nowhere"))) == []
