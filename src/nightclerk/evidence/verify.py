"""Verify a run's evidence, or a whole `logs/` folder: chain, signatures, pictures, kept files, anchors."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from nightclerk.evidence.chain import FORMAT, Line, walk
from nightclerk.evidence.errors import ChainBroken, LineAfterEnd, NoEvidence
from nightclerk.evidence.journal import JOURNAL
from nightclerk.evidence.keys import fingerprint, read_public, signature_is_good
from nightclerk.evidence.verdict import Fault, Report, RunReport

Anchors = Callable[[str], tuple[int, str] | None]

_SHA256 = re.compile(r"[0-9a-f]{64}")
_KEY_NAME = re.compile(r"[0-9a-f]{16}")

#: What tells that a folder is, or was, a run's.
MARKS_OF_A_RUN = (JOURNAL, "pictures", "files")


def verify(
    path: Path,
    public_key: Ed25519PublicKey | Path | None = None,
    anchors: Anchors | None = None,
    *,
    known_runs: Iterable[str] = (),
) -> Report:
    """Verify one run's folder or a `logs/` folder with many.

    Without `public_key` the key beside the runs (`keys/<fingerprint>.pub`) is believed, which proves only
    that nothing was changed *without* re-signing it all; the report says so. `anchors` answers a run's
    (sequence number, hash) from the database; `known_runs` are the runs that must be there.
    """
    key = read_public(public_key) if isinstance(public_key, Path) else public_key
    if not path.is_dir():
        raise NoEvidence(path=path)
    path = path.resolve()  # a run is told by its folder's name, which "." does not give
    if (path / JOURNAL).exists():
        return Report(runs=(_verify_run(path, key, anchors),))
    known = set(known_runs)
    folders = [child for child in sorted(path.iterdir()) if child.name in known or _is_run(child)]
    there = {folder.name for folder in folders}
    missing = tuple(Fault(kind="run_missing", run=run) for run in sorted(known - there))
    return Report(runs=tuple(_verify_run(folder, key, anchors) for folder in folders), missing=missing)


def _is_run(folder: Path) -> bool:
    return any((folder / mark).exists() for mark in MARKS_OF_A_RUN)


# ------------------------------------------------------------------------------------------- one run


class _Reading:
    """What the lines of one journal amount to, gathered in one pass that keeps no line in memory."""

    def __init__(self, anchor: tuple[int, str] | None) -> None:
        self.anchor = anchor
        self.seq, self.hash = 0, ""
        self.opening: Mapping[str, Any] = {}
        self.signed: list[tuple[int, str, str]] = []
        self.pictures: set[str] = set()
        self.files: set[str] = set()
        self.pending: set[int] = set()
        self.early: set[int] = set()
        self.lost = self.steps = self.torn_bytes = 0
        self.ended = False
        self.fault: Fault | None = None
        self.anchor_hash: str | None = None

    def take(self, line: Line) -> None:
        body = line.body
        if self.ended and line.kind != "resume":
            raise LineAfterEnd(line=line.seq)
        self.seq, self.hash, self.ended = line.seq, line.hash, line.kind == "end"
        self.opening = self.opening or body
        if self.anchor and line.seq == self.anchor[0]:
            self.anchor_hash = line.hash
        if line.sig:
            self.signed.append((line.seq, line.hash, line.sig))
        if line.kind == "picture":
            self._picture(body)
        elif line.kind == "file":
            self.files.add(f"{_digest_text(body['sha256'])}-{body['name']}")
        elif line.kind == "step":
            self.steps += 1
        if line.kind != "picture" and "shot" in body:
            self._match(body["shot"], self.pending, self.early)

    def _picture(self, body: Mapping[str, Any]) -> None:
        self._match(body["shot"], self.early, self.pending)
        if "sha256" in body:
            self.pictures.add(f"{_digest_text(body['sha256'])}.webp")
        else:
            self.lost += 1

    @staticmethod
    def _match(shot: int, mine: set[int], other: set[int]) -> None:
        """A shot's picture line may stand before or after the line that it belongs to."""
        if shot in other:
            other.discard(shot)
        else:
            mine.add(shot)


def _digest_text(value: str) -> str:
    if _SHA256.fullmatch(value) is None:
        raise TypeError(f"{value!r} is no SHA-256")
    return value


def _verify_run(folder: Path, key: Ed25519PublicKey | None, anchors: Anchors | None) -> RunReport:
    run = folder.name
    anchor = anchors(run) if anchors else None
    reading = _read(folder, anchor)
    named = str(reading.opening.get("key", ""))
    public = key or _key_beside(folder, named)
    faults = [fault for fault in (reading.fault,) if fault]
    faults += _opening_faults(run, reading)
    faults += _signature_faults(run, reading, public, named)
    faults += _anchor_faults(run, reading)
    if reading.fault is None:
        faults += _content_faults(folder / "pictures", run, reading.pictures, reading.ended, "picture")
        faults += _content_faults(folder / "files", run, reading.files, reading.ended, "file")
    return _report(run, reading, named, faults, key_given=key is not None)


def _report(run: str, reading: _Reading, named: str, faults: list[Fault], *, key_given: bool) -> RunReport:
    last_signed = reading.signed[-1][0] if reading.signed else 0
    return RunReport(
        run=run,
        ended=reading.ended,
        lines=reading.seq,
        steps=reading.steps,
        pictures=len(reading.pictures),
        files=len(reading.files),
        lost_pictures=reading.lost + len(reading.pending if reading.ended else ()),
        unsealed=reading.seq - last_signed,
        torn_bytes=reading.torn_bytes,
        head=(reading.seq, reading.hash),
        key=named,
        key_given=key_given,
        anchored=reading.anchor is not None,
        faults=tuple(faults),
    )


def _read(folder: Path, anchor: tuple[int, str] | None) -> _Reading:
    reading = _Reading(anchor)
    path = folder / JOURNAL
    if not path.exists():
        reading.fault = Fault(kind="no_journal", run=folder.name)
        return reading
    try:
        for line in walk(_whole_lines(path, reading)):
            reading.take(line)
    except ChainBroken as broken:
        found = {"found": broken.facts.get("found", "")}
        reading.fault = Fault(kind=broken.kind, run=folder.name, line=broken.line, facts=found)
    except (KeyError, TypeError):
        reading.fault = Fault(kind="garbled", run=folder.name, line=reading.seq)
    return reading


def _whole_lines(path: Path, reading: _Reading) -> Iterator[bytes]:
    """The journal's lines; a last one without its line feed is a crash's remainder, counted and left out."""
    with path.open("rb") as file:
        for raw in file:
            if raw.endswith(b"\n"):
                yield raw[:-1]
            else:
                reading.torn_bytes = len(raw)


def _key_beside(folder: Path, named: str) -> Ed25519PublicKey | None:
    if _KEY_NAME.fullmatch(named) is None:
        return None
    for candidate in (folder.parent / "keys" / f"{named}.pub", folder / f"{named}.pub"):
        if candidate.exists():
            return read_public(candidate)
    return None


def _opening_faults(run: str, reading: _Reading) -> list[Fault]:
    if not reading.opening:
        return []
    opening = reading.opening
    if opening.get("kind") != "begin" or opening.get("format") != FORMAT:
        return [Fault(kind="no_begin", run=run, line=1)]
    if opening.get("run") != run:
        return [Fault(kind="other_run", run=run, line=1, facts={"found": opening.get("run")})]
    return []


def _signature_faults(run: str, reading: _Reading, public: Ed25519PublicKey | None, named: str) -> list[Fault]:
    """The last signature vouches for all lines before it; only if it is bad are the earlier ones tried."""
    if not reading.signed:
        return []
    if public is None:
        return [Fault(kind="no_key", run=run, line=1, facts={"name": named})]
    if fingerprint(public) != named:
        return [Fault(kind="other_key", run=run, line=1, facts={"found": named, "given": fingerprint(public)})]
    _, last_hash, last_sig = reading.signed[-1]
    if signature_is_good(public, last_hash, last_sig):
        return []
    bad = next(seq for seq, line_hash, sig in reading.signed if not signature_is_good(public, line_hash, sig))
    return [Fault(kind="signature", run=run, line=bad)]


def _anchor_faults(run: str, reading: _Reading) -> list[Fault]:
    if reading.anchor is None or reading.fault is not None:
        return []
    seq, head = reading.anchor
    if reading.seq < seq:
        return [Fault(kind="cut_off", run=run, line=reading.seq, facts={"anchored": seq})]
    if reading.anchor_hash != head:
        return [Fault(kind="replaced", run=run, line=seq)]
    return []


def _content_faults(folder: Path, run: str, named: set[str], ended: bool, what: str) -> list[Fault]:
    """Every file that the journal names is there and has the content its name says, and (after the end of
    the run) no other file is there. Pictures a crash left without their line are no fault."""
    faults: list[Fault] = []
    for name in sorted(named):
        path = folder / name
        if not path.is_file():
            faults.append(Fault(kind=f"{what}_missing", run=run, facts={"name": name}))
        elif _sha256(path) != name[:64]:
            faults.append(Fault(kind=f"{what}_changed", run=run, facts={"name": name}))
    if ended and folder.is_dir():
        extra = sorted({path.name for path in folder.iterdir()} - named)
        faults += [Fault(kind=f"{what}_extra", run=run, facts={"name": name}) for name in extra]
    return faults


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
