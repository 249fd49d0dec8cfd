"""An enemy's tricks beyond plain edits: both verifiers see through each, and neither accuses an honest run."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import io
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from film_kit import SteppingClock, act, new_film, outside_verifier, short_run
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nightclerk.evidence.chain import LONGEST_LINE, SIGNED_KINDS, START, Link, forge, parse_line
from nightclerk.evidence.errors import LineTooLong
from nightclerk.evidence.keys import SigningKey, open_key, publish, trusted_keys
from nightclerk.evidence.removed import Removal, record_removal
from nightclerk.evidence.scrub import salt_digest
from nightclerk.evidence.verify import verify
from nightclerk.texts import language

Trick = Callable[[Path], None]


@pytest.fixture(scope="module")
def outside() -> ModuleType:
    return outside_verifier()


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One run that ended, one that crashed; made once and copied for each test."""
    root = tmp_path_factory.mktemp("honest")
    short_run(root, "run-1")
    short_run(root, "run-2", end=False)
    return root


@pytest.fixture
def root(honest: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(honest, tmp_path / "copy"))


def _journal(run: Path) -> Path:
    return run / "journal.jsonl"


def _tail_link(run: Path) -> Link:
    line = parse_line(_journal(run).read_bytes().splitlines()[-1])
    assert line is not None
    return line.link


def _append(run: Path, body: bytes, sig: bytes = b"") -> None:
    """Chain a hand-written body after the last line, as anybody can who may write to the folder."""
    link = _tail_link(run)
    line_hash = hashlib.sha256(b"%s%s\n%s" % (link.hash.encode(), link.sig.encode(), body)).hexdigest().encode()
    tail = b',"sig":"%s"' % sig if sig else b""
    with _journal(run).open("ab") as file:
        file.write(b'{"body":%s,"hash":"%s"%s}\n' % (body, line_hash, tail))


def _body(run: Path, extra: bytes) -> bytes:
    return b'{"at":"2026-11-22T02:00:00.000Z",%s,"seq":%d}' % (extra, _tail_link(run).seq + 1)


def _a_name_twice(run: Path) -> None:
    _append(run, _body(run, b'"kind":"note","kind":"act"'))


def _seq_is_a_float(run: Path) -> None:
    _append(run, _body(run, b'"kind":"note"').replace(b"}", b".0}"))


def _no_number(run: Path) -> None:
    _append(run, _body(run, b'"kind":"note","facts":NaN'))


def _deeply_nested(run: Path) -> None:
    _append(run, _body(run, b'"kind":"note","facts":' + b"[" * 100_000 + b"]" * 100_000))


def _broken_utf8(run: Path) -> None:
    _append(run, _body(run, b'"kind":"note","what":"\xff\xfe"'))


def _another_clock_format(run: Path) -> None:
    body = _body(run, b'"kind":"note"').replace(b"2026-11-22T02:00:00.000Z", "２０２６-11-22T02:00:00.000Z".encode())
    _append(run, body)


def _leads_out_of_the_folder(run: Path) -> None:
    name = b'"kind":"file","name":"/../../keys/x","sha256":"%s"' % (b"0" * 64)
    _append(run, _body(run, name))


def _a_picture_that_is_no_digest(run: Path) -> None:
    _append(run, _body(run, b'"kind":"picture","shot":9,"sha256":"../../journal"'))


def _an_endless_line(run: Path) -> None:
    with _journal(run).open("ab") as file:
        file.write(b"x" * (LONGEST_LINE + 10))


def _a_false_end(run: Path) -> None:
    _append(run, _body(run, b'"kind":"end","outcome":"done"'), base64.b64encode(b"s" * 64))


def _an_unsigned_end(run: Path) -> None:
    _append(run, _body(run, b'"kind":"end","outcome":"done"'))


def _a_foreign_signature_in_the_tail(run: Path) -> None:
    old = next(json.loads(raw)["sig"] for raw in _journal(run).read_bytes().splitlines() if b'"sig"' in raw)
    _append(run, _body(run, b'"kind":"step_end"'), old.encode())


def _picture_lines_taken_out(run: Path) -> None:
    lines = _journal(run).read_bytes().splitlines(keepends=True)
    _journal(run).write_bytes(b"".join(line for line in lines if b'"kind":"picture"' not in line))


def _a_link_for_a_picture(run: Path) -> None:
    picture = next(run.glob("pictures/*"))
    aside = run.parent.parent / "aside.webp"
    picture.rename(aside)
    picture.symlink_to(aside)


def _a_link_for_the_journal(run: Path) -> None:
    aside = run.parent.parent / "aside.jsonl"
    _journal(run).rename(aside)
    _journal(run).symlink_to(aside)


def _a_link_for_the_folder(run: Path) -> None:
    aside = run.parent.parent / "aside"
    (run / "pictures").rename(aside)
    (run / "pictures").symlink_to(aside)


def _a_folder_for_a_picture(run: Path) -> None:
    picture = next(run.glob("pictures/*"))
    picture.unlink()
    picture.mkdir()


def _renamed_kept_file(run: Path) -> None:
    kept = next(run.glob("files/*"))
    kept.rename(kept.with_name(kept.name + ".bak"))


def _a_removal_without_a_key(run: Path) -> None:
    next(run.glob("pictures/*")).unlink()
    forger = SigningKey(private=Ed25519PrivateKey.generate())
    _remove_all(run, forger)


def _remove_all(run: Path, key: SigningKey) -> None:
    names = tuple(f"pictures/{path.name}" for path in run.glob("pictures/*"))
    removal = Removal(kind="prune", who="x", why="y", names=names, head=(_tail_link(run).seq, _tail_link(run).hash))
    record_removal(run, removal, key=key, ring={}, now=SteppingClock().now())


OF_A_CRASHED_RUN: list[tuple[Trick, str]] = [
    (_a_name_twice, "garbled"),
    (_seq_is_a_float, "garbled"),
    (_no_number, "garbled"),
    (_deeply_nested, "garbled"),
    (_broken_utf8, "garbled"),
    (_another_clock_format, "garbled"),
    (_leads_out_of_the_folder, "garbled"),
    (_a_picture_that_is_no_digest, "garbled"),
    (_an_endless_line, "garbled"),
    (_a_false_end, "signature"),
    (_an_unsigned_end, "unsigned"),
    (_a_foreign_signature_in_the_tail, "signature"),
]
OF_ANY_RUN: list[tuple[Trick, str]] = [
    (_picture_lines_taken_out, "order"),
    (_a_link_for_a_picture, "picture_missing"),
    (_a_link_for_the_journal, "strange"),
    (_a_link_for_the_folder, "strange"),
    (_a_folder_for_a_picture, "picture_missing"),
    (_renamed_kept_file, "file_missing"),
    (_a_removal_without_a_key, "removal"),
]
OF_AN_ENDED_RUN: list[tuple[Trick, str]] = [
    (lambda run: (run / "journal.jsonl.bak").write_bytes(b""), "stranger"),
    (lambda run: (run / "notes").mkdir(), "stranger"),
    (lambda run: (run / "pictures" / ".hidden").write_bytes(b""), "picture_extra"),
]  # type: ignore[list-item]

CASES = [
    *[("run-2", trick, kind) for trick, kind in OF_A_CRASHED_RUN],
    *[(run, trick, kind) for trick, kind in OF_ANY_RUN for run in ("run-1", "run-2")],
    *[("run-1", trick, kind) for trick, kind in OF_AN_ENDED_RUN],
]


def _says(outside: ModuleType, where: Path, *given: Any) -> tuple[int, str]:
    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        status = outside.main(where, *given)
    return status, told.getvalue()


@pytest.mark.skipif(os.name == "nt", reason="making links needs a right on Windows")
@pytest.mark.parametrize(("run", "trick", "kind"), CASES, ids=lambda case: getattr(case, "__name__", str(case)))
def test_a_trick_is_seen_through(root: Path, outside: ModuleType, run: str, trick: Trick, kind: str) -> None:
    """Both verifiers pass the copy before the trick and refuse it after; the other run stays good."""
    logs = root / "logs"
    assert verify(logs).ok
    assert _says(outside, logs)[0] == 0
    trick(logs / run)
    faults = verify(logs).faults
    assert kind in {fault.kind for fault in faults}
    assert {fault.run for fault in faults} == {run}
    assert all("\n" not in fault.sentence() for fault in faults)
    status, told = _says(outside, logs)
    assert (status, told.count("ALTERED")) == (1, 1)


def test_every_signed_kind_is_missed_when_its_signature_goes(root: Path) -> None:
    """A line of each signed kind cannot pass as one that need not be signed."""
    run = root / "logs" / "run-1"
    lines = _journal(run).read_bytes().splitlines(keepends=True)
    for number, raw in enumerate(lines):
        kind = json.loads(raw)["body"]["kind"]
        if kind in SIGNED_KINDS:
            stripped = raw.partition(b',"sig"')[0] + b"}\n"
            _journal(run).write_bytes(b"".join([*lines[:number], stripped, *lines[number + 1 :]]))
            fault = verify(run).faults[0]
            assert (fault.kind, fault.line) == ("unsigned", number + 1)


def test_hostile_names_cannot_move_the_terminal(tmp_path: Path, outside: ModuleType) -> None:
    """Control characters, turned writing direction and half characters of a forged run come out as text."""
    short_run(tmp_path)
    run = tmp_path / "logs" / "run-1"
    for number, name in enumerate(("\\u001b[2J", "\\u202etxt", "\\ud800")):
        raw, _ = forge(START, {"kind": "begin", "run": "R", "at": "2026-11-22T02:00:00.000Z"}, lambda m: b"s" * 64)
        _journal(run).write_bytes(b"")
        body = raw[len(b'{"body":') : raw.index(b',"hash"')].replace(b'"R"', b'"%s"' % name.encode())
        line_hash = hashlib.sha256(b"nightclerk-journal/1\n" + body).hexdigest().encode()
        sig = base64.b64encode(b"s" * 64)
        _journal(run).write_bytes(b'{"body":%s,"hash":"%s","sig":"%s"}\n' % (body, line_hash, sig))
        with language("en"):
            told = "".join(verify(run).sentences())
        assert told.isprintable(), number
        assert _says(outside, run)[1].strip().isprintable()


# -------------------------------------------------------------------------------- no false alarm


def test_cut_at_every_single_byte_a_crashed_run_is_open(tmp_path: Path, outside: ModuleType) -> None:
    """Whatever byte the power failed at: "open" and nothing else, from both verifiers; and the run goes on."""
    film = new_film(tmp_path)
    film.begin({"bot": "导出"})
    film.step("Read")
    film.step_end("ok", frame=None)
    film.close()
    data = _journal(film.folder).read_bytes()
    for cut in range(len(data) + 1):
        _journal(film.folder).write_bytes(data[:cut])
        report = verify(film.folder)
        assert (report.ok, report.runs[0].state) == (True, "open"), report.sentences()
        assert report.runs[0].torn_bytes == len(data[:cut].rpartition(b"\n")[2])
        assert "ALTERED" not in _says(outside, film.folder)[1]


def test_a_run_that_went_on_says_what_it_took_over(tmp_path: Path, outside: ModuleType) -> None:
    """Lines that no signature covered during a crash are counted for ever, by both verifiers."""
    film = new_film(tmp_path)
    film.begin({})
    film.step("One")
    film.act(act("x"))
    film.close()
    again = new_film(tmp_path)
    again.begin({})
    again.end("done", {})
    report = verify(again.folder).runs[0]
    assert (report.state, report.adopted) == ("sealed", 2)
    with language("en"):
        assert "took over lines that no signature covered yet (2)" in "".join(verify(again.folder).sentences())
    assert "2 lines were unsealed in a crash" in _says(outside, again.folder)[1]


def test_a_machine_that_took_over_vouches_for_the_one_before(tmp_path: Path) -> None:
    """The film of the second machine notes how far the first had come: a tail cut off there shows."""
    first = short_run(tmp_path, "run-1", end=False)
    seq, head = verify(first.folder).runs[0].head
    second = new_film(tmp_path, "run-1+2")
    second.begin({"bot": "export", "continues": {"film": "run-1", "seq": seq, "head": head}})
    second.end("done", {})
    assert verify(tmp_path / "logs").ok
    lines = _journal(first.folder).read_bytes().splitlines(keepends=True)
    _journal(first.folder).write_bytes(b"".join(lines[:10]))
    shutil.rmtree(first.folder / "files")
    report = verify(tmp_path / "logs")
    assert [(fault.kind, fault.run, fault.facts["source"]) for fault in report.faults] == [
        ("cut_off", "run-1", "run-1+2")
    ]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_random_edits_never_pass(root: Path, outside: ModuleType, honest: Path, data: st.DataObject) -> None:
    """Overwrite, insert or delete any bytes anywhere in a sealed journal: both verifiers refuse it."""
    run = root / "logs" / "run-1"
    whole = _journal(honest / "logs" / "run-1").read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    length, new = data.draw(st.integers(0, 300)), data.draw(st.binary(max_size=40))
    changed = whole[:at] + new + whole[at + length :]
    _journal(run).write_bytes(changed)
    if changed == whole:
        return
    ours, theirs = verify(run), _says(outside, run)
    if whole.startswith(changed[: changed.rfind(b"\n") + 1]):  # a cut-off tail is for the anchors to tell
        heads = {"run-1": verify(honest / "logs" / "run-1").runs[0].head}
        assert {fault.kind for fault in verify(run, anchors=heads.get).faults} & {"cut_off", "replaced"}
    else:
        assert not ours.ok
        assert theirs[0] == 1


# ------------------------------------------------------------------------------------- the keys


def test_signing_anew_with_another_key_shows(root: Path, outside: ModuleType) -> None:
    """All re-chained under a forger's key that lies beside the runs: with the real keys both verifiers refuse it."""
    logs, forger = root / "logs", SigningKey(private=Ed25519PrivateKey.generate())
    publish(forger.public, logs / "keys")
    run, link, rewritten = logs / "run-1", START, []
    for raw in _journal(run).read_bytes().splitlines():
        body = json.loads(raw)["body"] | ({"key": forger.name} if not rewritten else {})
        new, link = forge(link, body, forger.sign if body["kind"] in SIGNED_KINDS else None)
        rewritten.append(new)
    _journal(run).write_bytes(b"".join(rewritten))
    assert [fault.kind for fault in verify(logs, trusted_keys(root / "data/keys")).faults] == ["other_key"]
    assert _says(outside, logs, root / "data/keys/public")[0] == 1


def test_runs_of_two_keys_verify_side_by_side(tmp_path: Path, outside: ModuleType) -> None:
    """Before and after a change of keys, and from another machine: each run verifies with the key that it names."""
    short_run(tmp_path, "run-1")
    (tmp_path / "data/keys/evidence.key").unlink()
    short_run(tmp_path, "run-2")
    keys = trusted_keys(tmp_path / "data/keys")
    assert keys is not None
    assert len(keys) == 2
    assert verify(tmp_path / "logs", keys).ok
    assert verify(tmp_path / "logs", tmp_path / "data/keys/public").ok
    assert _says(outside, tmp_path / "logs", tmp_path / "data/keys/public")[0] == 0


def test_the_private_key_is_in_no_log(tmp_path: Path) -> None:
    """Neither its PEM nor its raw bytes, in any spelling, can be read back from what lies under logs."""
    short_run(tmp_path)
    raw = open_key(tmp_path / "data/keys").private.private_bytes_raw()
    spellings = [raw, raw.hex().encode(), base64.b64encode(raw)[:40], b"PRIVATE KEY"]
    written = b"".join(path.read_bytes() for path in (tmp_path / "logs").rglob("*") if path.is_file())
    assert [spelling for spelling in spellings if spelling in written] == []


def test_a_line_that_is_too_long_is_refused_when_written() -> None:
    """No writer makes a line that a verifier would have to refuse."""
    with pytest.raises(LineTooLong, match="as a file"), language("en"):
        forge(START, {"kind": "note", "facts": "x" * LONGEST_LINE})


def test_the_salt_is_committed_to(tmp_path: Path) -> None:
    """The first line says which salt the digests are under, so that another one cannot be put in its place."""
    film = short_run(tmp_path)
    opening = json.loads(_journal(film.folder).read_bytes().splitlines()[0])["body"]
    salt = (tmp_path / "data/salts/run-1.salt").read_bytes()
    assert opening["salt"] == salt_digest(salt)
    assert salt.hex() not in opening["salt"]
