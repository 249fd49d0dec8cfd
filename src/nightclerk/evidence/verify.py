"""Verify a run's evidence, or a whole `logs/` folder: chain, signatures, pictures, kept files, removals, anchors."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from nightclerk.evidence.errors import NoEvidence
from nightclerk.evidence.heads import first_of, opening_of
from nightclerk.evidence.journal import JOURNAL
from nightclerk.evidence.keys import KeyRing, read_public, read_ring, ring, signature_is_good
from nightclerk.evidence.reading import Anchor, Reading, opening_fault, read_journal, signed_lines
from nightclerk.evidence.removed import RECEIPTS, REMOVED, Removals, read_removals, removal_fault
from nightclerk.evidence.side_chain import check
from nightclerk.evidence.verdict import Fault, Report, RunReport
from nightclerk.texts import say

Anchors = Callable[[str], tuple[int, str] | None]
Heads = Mapping[str, tuple[int, str]]
Keys = Ed25519PublicKey | Path | KeyRing

ACCESS = "access"
ACCESS_FORMAT = "nightclerk-access/1"
_KEY_NAME = re.compile(r"[0-9a-f]{16}")

#: What tells that a folder is, or was, a run's.
MARKS_OF_A_RUN = (JOURNAL, REMOVED, "pictures", "files")


def verify(
    path: Path,
    keys: Keys | None = None,
    anchors: Anchors | None = None,
    *,
    known_runs: Iterable[str] = (),
    reported: Mapping[str, Heads] | None = None,
) -> Report:
    """Verify one run's folder or a `logs/` folder with many.

    `keys`: a public key, a file or folder of them, or several by name. Without it the key beside the runs
    (`keys/<fingerprint>.pub`) is believed, which proves only that nothing was changed *without* re-signing it all; the
    report says so. `anchors` answers a run's (sequence number, hash) from the database; `known_runs` must
    be there. `reported`: the heads that stand in shift reports, by the report's name; their runs must be there too.
    """
    if not path.is_dir():
        raise NoEvidence(path=path)
    path = path.resolve()  # a run is told by its folder's name, which "." does not give
    single = any((path / mark).is_file() for mark in (JOURNAL, REMOVED))
    looker = _Looker(logs=path.parent if single else path, given=_ring(keys), anchors=anchors, reported=reported or {})
    if single:
        return Report(runs=(looker.run(path),))
    looker.note_continued()
    before = (name for name in looker.continued if name.startswith(f"{ACCESS}/"))
    known = {*known_runs, *(run for heads in looker.reported.values() for run in heads), *before}
    return looker.folder(known)


def _ring(keys: Keys | None) -> KeyRing | None:
    if isinstance(keys, Path):
        return read_ring(keys)
    return ring([keys]) if isinstance(keys, Ed25519PublicKey) else keys


@dataclass(frozen=True, kw_only=True)
class _Looker:
    """Everything that is known beforehand about one `logs/` folder."""

    logs: Path
    given: KeyRing | None
    anchors: Anchors | None
    reported: Mapping[str, Heads] = field(default_factory=dict)
    continued: dict[str, Anchor] = field(default_factory=dict)

    def note_continued(self) -> None:
        """What the evidence itself notes down of other parts of it: a machine that took over another one's run began
        with how far the first one had come, an access journal with the last line of the month before."""
        for folder in sorted(self.logs.iterdir()):
            noted = opening_of(folder).get("facts", {}).get("continues") if folder.is_dir() else None
            if isinstance(noted, dict) and type(noted.get("seq")) is int and noted["seq"] > 0:
                film, head = str(noted.get("film")), str(noted.get("head"))
                self.continued[film] = Anchor(seq=noted["seq"], head=head, source=folder.name)
        for path in sorted((self.logs / ACCESS).glob("*.jsonl")):
            before = first_of(path).get("before")
            if isinstance(before, dict) and type(before.get("seq")) is int:
                stem = str(before.get("file")).removesuffix(".jsonl")
                anchor = Anchor(seq=before["seq"], head=str(before.get("hash")), source=f"{ACCESS}/{path.stem}")
                self.continued[f"{ACCESS}/{stem}"] = anchor

    def folder(self, known: set[str]) -> Report:
        """All runs and access journals of the folder, and those that should be there and are not."""
        folders = [child for child in sorted(self.logs.iterdir()) if child.name in known or _is_run(child)]
        journals = sorted((self.logs / ACCESS).glob("*.jsonl"))
        there = {folder.name for folder in folders} | {f"{ACCESS}/{path.stem}" for path in journals}
        there |= {f"{ACCESS}/{stem}" for path in journals for stem in access_removed(path, self.ring_for)}
        known = {name.removeprefix(f"{RECEIPTS}/") for name in known}
        missing = tuple(
            Fault(kind="access_missing" if run.startswith(f"{ACCESS}/") else "run_missing", run=run)
            for run in sorted(known - there)
        )
        reports = (*(self.run(folder) for folder in folders), *(self.access(path) for path in journals))
        return Report(runs=reports, missing=missing)

    def ring_for(self, name: str) -> KeyRing:
        """The keys among which a named one is looked up: those given, else the one that lies beside the runs."""
        if self.given is not None:
            return self.given
        beside = self.logs / "keys" / f"{name}.pub"
        return ring([read_public(beside)]) if _KEY_NAME.fullmatch(name) and beside.is_file() else {}

    def anchors_of(self, run: str) -> Iterator[Anchor]:
        """Every line of this run that somebody outside of its folder has noted down."""
        anchored = self.anchors(run) if self.anchors else None
        if anchored:
            yield Anchor(seq=anchored[0], head=anchored[1], source=say("evidence.source.database"))
        if run in self.continued:
            yield self.continued[run]
        for report, heads in self.reported.items():
            if run in heads:
                yield Anchor(seq=heads[run][0], head=heads[run][1], source=report)

    def run(self, folder: Path) -> RunReport:
        removals = read_removals(folder, self.ring_for)
        noted = [record.head for record in removals.records if record.head[0]]
        anchors = [*self.anchors_of(folder.name), *(Anchor(seq=n, head=h, source=REMOVED) for n, h in noted)]
        if (gone := removals.journal_gone) and not (folder / JOURNAL).exists():
            reading = Reading(folder=folder, seq=gone.head[0], hash=gone.head[1], found=dict([gone.head]), ended=True)
            faults = [*_anchor_faults(reading, anchors), *_content_faults(reading, removals)]
        else:
            reading = read_journal(folder / JOURNAL, anchors)
            faults = list(self._faults(reading, removals, anchors))
        faults[:0] = removals.faults or self._receipt_faults(folder, removals)
        return _report(reading, removals, faults, key_given=self.given is not None, anchored=len(anchors) > len(noted))

    def access(self, path: Path) -> RunReport:
        """One access journal: every line signed, and not cut off since it was last anchored."""
        run = f"{ACCESS}/{path.stem}"
        lines, faults = check(path, form=ACCESS_FORMAT, run=run, ring=self.ring_for)
        anchors = list(self.anchors_of(run))
        reading = Reading(folder=path, found={line.seq: line.hash for line in lines}, ended=True)
        if lines:
            reading.seq, reading.hash, reading.opening = lines[-1].seq, lines[-1].hash, lines[-1].body
        faults += [] if faults else [_named(fault, run) for fault in _anchor_faults(reading, anchors)]
        given = self.given is not None
        return RunReport(
            run=run, ended=True, lines=len(lines), head=(reading.seq, reading.hash), key=reading.key, key_given=given,
            anchored=bool(anchors), faults=tuple(faults), access=True,
        )  # fmt: skip

    def _receipt_faults(self, folder: Path, removals: Removals) -> list[Fault]:
        """Records of removal that were signed, anchored and are not there any more."""
        seen = Reading(folder=folder / REMOVED, seq=max(removals.hashes, default=0), found=dict(removals.hashes))
        anchors = self.anchors_of(f"{RECEIPTS}/{folder.name}")
        return [removal_fault(fault, folder.name) for fault in _anchor_faults(seen, anchors)]

    def _faults(self, reading: Reading, removals: Removals, anchors: list[Anchor]) -> Iterator[Fault]:
        if reading.fault:
            yield reading.fault
        if fault := opening_fault(reading):
            yield fault
        yield from self._signature_faults(reading)
        if reading.fault is None:
            yield from _anchor_faults(reading, anchors)
            yield from _content_faults(reading, removals)

    def _signature_faults(self, reading: Reading) -> Iterator[Fault]:
        """The last signature vouches for all lines before it; only if it is bad are the earlier ones tried."""
        if reading.last_signed is None:
            return
        keys = self.ring_for(reading.key)
        public = keys.get(reading.key)
        if public is None:
            kind = "other_key" if keys else "no_key"
            facts = {"name": reading.key, "found": reading.key, "given": ", ".join(sorted(keys))}
            yield Fault(kind=kind, run=reading.run, line=1, facts=facts)
            return
        _, last_hash, last_sig = reading.last_signed
        if not signature_is_good(public, last_hash, last_sig):
            tried = signed_lines(reading.folder / JOURNAL)
            bad = next(seq for seq, line_hash, sig in tried if not signature_is_good(public, line_hash, sig))
            yield Fault(kind="signature", run=reading.run, line=bad)


def access_removed(path: Path, ring: Callable[[str], KeyRing]) -> Iterator[str]:
    """The older access journals that this one tells were removed when they were due."""
    for line in check(path, form=ACCESS_FORMAT, run=ACCESS, ring=ring)[0]:
        facts = line.body.get("facts")
        if line.body.get("what") == "prune" and isinstance(facts, dict):
            yield from (stem for stem in facts.get("access", ()) if isinstance(stem, str))


def _is_run(folder: Path) -> bool:
    return folder.is_dir() and any((folder / mark).exists() for mark in MARKS_OF_A_RUN)


def _named(fault: Fault, run: str) -> Fault:
    return Fault(kind=fault.kind, run=run, line=fault.line, facts=fault.facts)


def _report(reading: Reading, removals: Removals, faults: list[Fault], *, key_given: bool, anchored: bool) -> RunReport:
    last_signed = reading.last_signed[0] if reading.last_signed else 0
    return RunReport(
        run=reading.run,
        ended=reading.ended,
        lines=reading.seq,
        steps=reading.steps,
        pictures=len(reading.pictures),
        files=len(reading.files),
        lost_pictures=reading.lost + len(reading.pending if reading.ended else ()),
        unsealed=0 if removals.journal_gone else reading.seq - last_signed,
        adopted=reading.adopted,
        torn_bytes=reading.torn_bytes,
        head=(reading.seq, reading.hash),
        key=reading.key,
        key_given=key_given,
        anchored=anchored,
        removed=removals.records,
        faults=tuple(faults),
    )


def _anchor_faults(reading: Reading, anchors: Iterable[Anchor]) -> Iterator[Fault]:
    for anchor in anchors:
        facts = {"anchored": anchor.seq, "source": anchor.source}
        if reading.seq < anchor.seq:
            yield Fault(kind="cut_off", run=reading.run, line=reading.seq, facts=facts)
        elif reading.found.get(anchor.seq) != anchor.head:
            yield Fault(kind="replaced", run=reading.run, line=anchor.seq, facts=facts)


# ------------------------------------------------------------------------- pictures and kept files


def _content_faults(reading: Reading, removals: Removals) -> Iterator[Fault]:
    """Every file that the journal names is there and has the content its name says, unless a signed record took it
    out, and (after the end of the run) nothing else is there. What a crash left without its line is no fault."""
    gone = removals.names
    for what, named in (("picture", reading.pictures), ("file", reading.files)):
        folder = reading.folder / f"{what}s"
        if folder.is_symlink():
            yield Fault(kind="strange", run=reading.run, facts={"name": folder.name})
        for name, line in named.items():
            kind = _content_fault(folder / name, removed=f"{what}s/{name}" in gone)
            if kind:
                yield Fault(kind=f"{what}_{kind}", run=reading.run, line=line, facts={"name": name})
        if reading.ended and folder.is_dir():
            extra = sorted({path.name for path in folder.iterdir()} - named.keys())
            for name in extra:
                yield Fault(kind=f"{what}_extra", run=reading.run, facts={"name": name})
    yield from _strangers(reading)


def _content_fault(path: Path, *, removed: bool) -> str:
    """What is wrong with one file: "missing", "changed", or nothing. A link is not the file, wherever it leads."""
    if path.is_symlink() or not path.is_file():
        return "" if removed and not path.exists() and not path.is_symlink() else "missing"
    with path.open("rb") as file:
        return "" if hashlib.file_digest(file, "sha256").hexdigest() == path.name[:64] else "changed"


def _strangers(reading: Reading) -> Iterator[Fault]:
    """After the end a run's folder holds what the format names, and nothing else."""
    if reading.ended and reading.folder.is_dir():
        for name in sorted({path.name for path in reading.folder.iterdir()} - set(MARKS_OF_A_RUN)):
            yield Fault(kind="stranger", run=reading.run, facts={"name": name})
