"""Verification: every kind of tampering is found and its place named; honest and crashed runs pass."""

from __future__ import annotations

import base64
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from film_kit import frame, new_film, outside_verifier, short_run

from nightclerk.errors import EvidenceError
from nightclerk.evidence.chain import SIGNED_KINDS, START, forge
from nightclerk.evidence.keys import SigningKey, publish, trusted_public
from nightclerk.evidence.verify import Report, verify
from nightclerk.texts import LANGUAGES, catalogue, language

Tamper = Callable[[Path], None]


@pytest.fixture(scope="module")
def outside() -> ModuleType:
    return outside_verifier()


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two honest runs, made once and copied for each test."""
    root = tmp_path_factory.mktemp("honest")
    for run in ("run-1", "run-2"):
        short_run(root, run)
    return root


@pytest.fixture
def root(honest: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(honest, tmp_path / "copy"))


def _lines(folder: Path) -> list[bytes]:
    return (folder / "journal.jsonl").read_bytes().splitlines(keepends=True)


def _write(folder: Path, lines: list[bytes]) -> None:
    (folder / "journal.jsonl").write_bytes(b"".join(lines))


def _bodies(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line)["body"] for line in _lines(folder)]


def _rechain(folder: Path, change: Callable[[dict[str, Any]], None], key: SigningKey | None = None) -> None:
    """Rewrite the journal with a changed body and all hashes recomputed; without a key the old signatures stay."""
    link, rewritten = START, []
    for raw in _lines(folder):
        line = json.loads(raw)
        change(line["body"])
        old = base64.b64decode(line.get("sig", ""))
        sign = (key.sign if key else lambda message, old=old: old) if line["body"]["kind"] in SIGNED_KINDS else None
        new, link = forge(link, line["body"], sign)
        rewritten.append(new)
    _write(folder, rewritten)


def _edit(run: Path) -> None:
    lines = _lines(run)
    _write(run, [line.replace(b"run-1 A-1", b"run-1 B-9") for line in lines])


def _delete(run: Path) -> None:
    lines = _lines(run)
    _write(run, lines[:4] + lines[5:])


def _insert(run: Path) -> None:
    lines = _lines(run)
    _write(run, [*lines[:5], lines[4], *lines[5:]])


def _reorder(run: Path) -> None:
    lines = _lines(run)
    _write(run, [*lines[:4], lines[5], lines[4], *lines[6:]])


def _change_a_clock(run: Path) -> None:
    lines = _lines(run)
    lines[6] = re.sub(rb'"at":"2026-11-22T02', b'"at":"2026-11-22T03', lines[6])
    _write(run, lines)


def _replace_the_head(run: Path) -> None:
    lines = _lines(run)
    _write(run, [*lines[:-1], _lines(run.parent / "run-2")[-1]])


def _drop_a_signature(run: Path) -> None:
    lines = _lines(run)
    _write(run, [*lines[:-1], re.sub(rb',"sig":"[^"]+"', b"", lines[-1])])


def _play_with_base64(run: Path) -> None:
    lines = _lines(run)
    last = lines[-1]
    spare = last.index(b'=="}') - 1
    letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    twin = letters[letters.index(last[spare : spare + 1]) ^ 1]
    _write(run, [*lines[:-1], last[:spare] + bytes([twin]) + last[spare + 1 :]])


def _rechain_without_the_key(run: Path) -> None:
    _rechain(run, lambda body: body.update(value="other") if body["seq"] == 4 else None)


def _add_after_the_end(run: Path) -> None:
    last = json.loads(_lines(run)[-1])
    link = START.__class__(seq=last["body"]["seq"], hash=last["hash"], sig=last["sig"])
    raw, _ = forge(link, {"kind": "note", "at": "2026-11-22T02:00:00.000Z"})
    _write(run, [*_lines(run), raw])


def _swap_pictures(run: Path) -> None:
    one, two, *_ = sorted(run.glob("pictures/*"))
    first, second = one.read_bytes(), two.read_bytes()
    one.write_bytes(second)
    two.write_bytes(first)


def _drop_a_picture(run: Path) -> None:
    next(run.glob("pictures/*")).unlink()


def _add_a_picture(run: Path) -> None:
    (run / "pictures" / ("a" * 64 + ".webp")).write_bytes(b"x")


def _edit_a_kept_file(run: Path) -> None:
    file = next(run.glob("files/*"))
    file.write_bytes(file.read_bytes().replace(b"9.90", b"8.90"))


def _drop_a_kept_file(run: Path) -> None:
    next(run.glob("files/*")).unlink()


def _swap_runs(run: Path) -> None:
    other, aside = run.parent / "run-2", run.parent.parent / "aside"
    run.rename(aside)
    other.rename(run)
    aside.rename(other)


def _drop_the_journal(run: Path) -> None:
    (run / "journal.jsonl").unlink()


TAMPERING: list[tuple[Tamper, str, int | None]] = [
    (_edit, "changed", 4),
    (_delete, "order", 5),
    (_insert, "order", 6),
    (_reorder, "order", 5),
    (_change_a_clock, "changed", 7),
    (_replace_the_head, "changed", 28),
    (_drop_a_signature, "unsigned", 28),
    (_play_with_base64, "signature", None),
    (_rechain_without_the_key, "signature", None),
    (_add_after_the_end, "after_end", 29),
    (_swap_pictures, "picture_changed", None),
    (_drop_a_picture, "picture_missing", None),
    (_add_a_picture, "picture_extra", None),
    (_edit_a_kept_file, "file_changed", None),
    (_drop_a_kept_file, "file_missing", None),
    (_swap_runs, "other_run", 1),
    (_drop_the_journal, "no_journal", None),
]


@pytest.mark.parametrize(("tamper", "kind", "line"), TAMPERING, ids=lambda case: getattr(case, "__name__", ""))
def test_tampering_is_found_and_its_place_named(
    root: Path, outside: ModuleType, tamper: Tamper, kind: str, line: int | None
) -> None:
    """Both verifiers pass the honest copy and refuse the altered one; ours names kind and line."""
    logs = root / "logs"
    assert verify(logs).ok
    assert outside.main(logs) == 0
    tamper(logs / "run-1")
    faults = verify(logs).faults
    assert kind in {fault.kind for fault in faults}
    if line is not None:
        assert next(fault for fault in faults if fault.kind == kind).line == min(line, len(_lines(logs / "run-1")))
    assert outside.main(logs) == 1


def _anchor(logs: Path) -> Callable[[str], tuple[int, str] | None]:
    heads = {report.run: report.head for report in verify(logs).runs}
    return heads.get


def test_cutting_off_the_tail_shows_against_the_anchor(root: Path) -> None:
    """A run cut back to any earlier signed line looks like a crash alone, and like tampering with the anchor."""
    run, anchors = root / "logs" / "run-1", _anchor(root / "logs")
    _write(run, _lines(run)[:12])
    shutil.rmtree(run / "files")
    assert verify(run).runs[0].state == "open"
    assert [fault.kind for fault in verify(run, anchors=anchors).faults] == ["cut_off"]


def test_dropping_the_last_run_shows_against_the_known_runs(root: Path) -> None:
    """A whole run that is gone is missed by name."""
    shutil.rmtree(root / "logs" / "run-2")
    report = verify(root / "logs", known_runs=("run-1", "run-2"))
    assert [(fault.kind, fault.run) for fault in report.faults] == [("run_missing", "run-2")]


def test_signing_all_anew_shows_against_the_anchor_and_the_real_key(root: Path) -> None:
    """A forger with a key of his own deceives who trusts the key beside the runs, and nobody else."""
    logs, forger = root / "logs", SigningKey(private=Ed25519PrivateKey.generate())
    anchors, real = _anchor(logs), trusted_public(root / "data" / "keys")
    publish(forger.public, logs / "keys")

    def forge_all(body: dict[str, Any]) -> None:
        if body["seq"] == 1:
            body["key"] = forger.name

    _rechain(logs / "run-1", forge_all, forger)
    believed = verify(logs)
    assert believed.ok
    assert forger.name in "".join(believed.sentences())
    assert [fault.kind for fault in verify(logs, real).faults] == ["other_key"]
    assert [fault.kind for fault in verify(logs, anchors=anchors).faults] == ["replaced"]


def test_honest_runs_pass_with_key_and_anchor(root: Path) -> None:
    """All that can be checked at home is checked, and nothing is found."""
    logs = root / "logs"
    real = trusted_public(root / "data" / "keys")
    report = verify(logs, real, _anchor(logs), known_runs=("run-1", "run-2"))
    assert report.ok
    assert {run.state for run in report.runs} == {"sealed"}
    assert all(run.anchored and run.key_given for run in report.runs)


def test_a_crash_at_any_byte_is_no_false_alarm(root: Path, outside: ModuleType) -> None:
    """Cut the journal at every thirteenth byte: both verifiers say that it is open, never that it was altered."""
    run = root / "logs" / "run-1"
    data = (run / "journal.jsonl").read_bytes()
    for cut in range(0, len(data), 13):
        (run / "journal.jsonl").write_bytes(data[:cut])
        report = verify(run)
        assert report.ok, report.sentences()
        assert report.runs[0].state == "open"
        assert report.runs[0].torn_bytes == len(data[:cut].rpartition(b"\n")[2])
        assert "good" in outside.verify(run) or "not begun" in outside.verify(run)


def test_any_flipped_byte_of_a_sealed_run_is_found(root: Path, outside: ModuleType) -> None:
    """Change one bit of every seventeenth byte in turn: neither verifier lets one pass as sealed."""
    run = root / "logs" / "run-1"
    data = (run / "journal.jsonl").read_bytes()
    for place in range(0, len(data) - 1, 17):
        (run / "journal.jsonl").write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        assert not verify(run).ok
        assert outside.main(run) == 1


def test_a_running_run_verifies_while_it_runs(tmp_path: Path) -> None:
    """Pictures and lines that no signature covers yet are counted, not blamed."""
    film = new_film(tmp_path)
    film.begin({})
    film.step("One")
    film.picture(frame(3))
    report = verify(tmp_path / "logs")
    film.close()
    assert report.ok
    assert (report.runs[0].state, report.runs[0].unsealed) == ("open", 2)


def test_a_missing_public_key_is_said(root: Path) -> None:
    """Without any key the signatures cannot be vouched for, and that is a fault with a remedy."""
    shutil.rmtree(root / "logs" / "keys")
    report = verify(root / "logs" / "run-1")
    assert [fault.kind for fault in report.faults] == ["no_key"]


def test_other_folders_among_the_runs_are_left_alone(root: Path) -> None:
    """A folder that holds nothing of a run is no run that lost its journal, unless the database knows it."""
    (root / "logs" / "reports").mkdir()
    assert verify(root / "logs").ok
    known = verify(root / "logs", known_runs=("reports",))
    assert [fault.kind for fault in known.faults] == ["no_journal"]


def test_a_run_is_known_from_within(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Verifying "." inside a run's folder is as good as naming it."""
    monkeypatch.chdir(root / "logs" / "run-1")
    assert verify(Path()).ok


def test_a_path_without_evidence_is_one_sentence(tmp_path: Path) -> None:
    """A wrong path is an error of the family, not a traceback of ours."""
    with pytest.raises(EvidenceError, match="nowhere"):
        verify(tmp_path / "nowhere")


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_fault_has_its_sentence(root: Path, code: str) -> None:
    """Each kind of tampering is told in both languages, with the run's name in it."""
    for tamper, _, _ in TAMPERING[:12]:
        copy = Path(shutil.copytree(root / "logs", root / tamper.__name__))
        tamper(copy / "run-1")
        with language(code):
            report = verify(copy)
            assert all("run-" in fault.sentence() for fault in report.faults)
            assert len(report.sentences()) >= 1 + 2 + len(report.faults)


def test_the_catalogue_knows_every_kind_of_fault() -> None:
    """What `verify` can report has a text."""
    source = (Path(__file__).parents[2] / "src/nightclerk/evidence/verify.py").read_text(encoding="utf-8")
    kinds = set(re.findall(r'kind="(\w+)"', source)) | {
        f"{what}_{how}" for what in ("picture", "file") for how in ("missing", "changed", "extra")
    }
    assert {f"evidence.fault.{kind}" for kind in kinds} <= set(catalogue())


def test_a_report_speaks_to_people_and_to_scripts(root: Path) -> None:
    """Sentences name run and line; the JSON holds verdict, runs, faults and the same sentences."""
    _edit(root / "logs" / "run-1")
    with language("en"):
        report = verify(root / "logs")
        told = json.loads(json.dumps(report.as_json()))
    assert not told["ok"]
    assert "run-1 line 4" in "".join(told["sentences"])
    assert [(run["run"], run["state"], len(run["faults"])) for run in told["runs"]] == [
        ("run-1", "broken", 1), ("run-2", "sealed", 0),
    ]  # fmt: skip


def test_a_report_is_good_only_without_faults() -> None:
    """An empty folder of runs is good: nothing was altered."""
    assert Report(runs=()).ok
