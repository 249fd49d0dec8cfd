"""Erase one person's data from the evidence: by item key, or by a value whose keyed digest a journal holds.

What is removed: the pictures taken for the item, the files kept for it, files that contain the value, and the salts
that make the digests mean something. The journal itself stays: it holds masked values and keyed digests, which say
nothing once the salt is gone. Originals of accounting stay too, as the law has it; they are named with the reason.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nightclerk.evidence.chain import Line, parse_line
from nightclerk.evidence.errors import JournalBusy
from nightclerk.evidence.journal import JOURNAL, claim
from nightclerk.evidence.prune import Remover, take_out
from nightclerk.evidence.reading import read_journal
from nightclerk.evidence.removed import Removal, read_removals
from nightclerk.evidence.scrub import keyed_digest, salt_digest
from nightclerk.evidence.verify import verify
from nightclerk.texts import say

#: Texts are looked for in these encodings; exports of seller centers are GBK as often as not.
ENCODINGS = ("utf-8", "gb18030", "utf-16-le")
_MOST_UNZIPPED = 256 << 20


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Whose data: `key` of a work item, `text` a private value (a phone number, an address) as it was on the screen."""

    key: str = ""
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Erased:
    """What was (or would be) erased of one run, or of what lies beside the evidence."""

    run: str
    names: tuple[str, ...] = ()
    salt: bool = False
    kept: tuple[str, ...] = ()  # originals of accounting, which stay
    skipped: str = ""

    def sentences(self) -> Iterator[str]:
        if self.skipped:
            yield say(f"prune.skipped.{self.skipped}", run=self.run)
        else:
            yield say("erase.run", run=self.run, n=len(self.names), salt=say("erase.salt") if self.salt else "")
        for name in self.kept:
            yield say("erase.kept", run=self.run, name=name)

    def as_json(self) -> dict[str, Any]:
        return {
            "run": self.run, "erased": list(self.names), "salt": self.salt, "kept": list(self.kept),
            "skipped": self.skipped,
        }  # fmt: skip


@dataclass(kw_only=True)
class _Traces:
    """Where a person stands in one run's journal."""

    items: set[str] = field(default_factory=set)
    steps: set[int] = field(default_factory=set)  # of lines with the digest that belong to no item
    digest_found: bool = False
    shots: dict[int, str] = field(default_factory=dict)
    pictures: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)


@dataclass(frozen=True, kw_only=True)
class Eraser(Remover):
    """Erases in one workspace; `why` stands in the record."""

    why: str

    def erase(self, wanted: Wanted) -> Iterator[Erased]:
        """Go through all runs; yields those in which the person stood."""
        for folder in sorted(self.logs.iterdir()):
            erased = self._run(folder, wanted) if (folder / JOURNAL).is_file() else None
            if erased is not None:
                yield erased
        yield from self._beside(wanted)

    def _run(self, folder: Path, wanted: Wanted) -> Erased | None:
        traces, salt = self._traces(folder, wanted), self._salt(folder)
        names, kept = self._names(folder, traces, wanted)
        shred = salt is not None and traces.digest_found
        if not names and not kept and not shred:
            return None
        if self.dry_run:
            return Erased(run=folder.name, names=names, salt=shred, kept=kept)
        if not verify(folder, self.ring, self.anchored).ok:
            return Erased(run=folder.name, skipped="broken", kept=kept)
        return self._remove(folder, Erased(run=folder.name, names=names, salt=shred, kept=kept))

    def _remove(self, folder: Path, erased: Erased) -> Erased:
        if not erased.names and not erased.salt:
            return erased
        try:
            with claim(folder / JOURNAL):
                reading = read_journal(folder / JOURNAL)
                removal = Removal(
                    kind="erase", who=self.who, why=self.why, names=erased.names, salt=erased.salt,
                    head=(reading.seq, reading.hash),
                )  # fmt: skip
                self.tell(folder.name, {"erased": len(erased.names), "salt": erased.salt, "kept": list(erased.kept)})
                self.sign_for(folder, removal)
        except JournalBusy:
            return Erased(run=folder.name, skipped="busy", kept=erased.kept)
        take_out(folder, removal, salt=self.data / "salts" / f"{folder.name}.salt")
        return erased

    def _names(self, folder: Path, traces: _Traces, wanted: Wanted) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What goes and what stays, of what is still there."""
        kinds = read_journal(folder / JOURNAL).kinds
        bearing = {name for name in kinds if wanted.text and contains(folder / "files" / name, wanted.text)}
        files = traces.files | bearing
        kept = tuple(sorted(f"files/{n}" for n in files if self.policy.class_of(kinds.get(n, "")) == "accounting"))
        names = {f"pictures/{name}" for name in traces.pictures} | {f"files/{name}" for name in files}
        gone = read_removals(folder, lambda name: self.ring).names
        return tuple(sorted(n for n in names - set(kept) if n not in gone or (folder / n).exists())), kept

    def _salt(self, folder: Path) -> bytes | None:
        path = self.data / "salts" / f"{folder.name}.salt"
        return path.read_bytes() if path.is_file() else None

    def _traces(self, folder: Path, wanted: Wanted) -> _Traces:
        """Two looks at the journal: first which items and steps bear the person, then what was kept for them."""
        traces, salt = _Traces(), self._salt(folder)
        digest = keyed_digest(salt, wanted.text) if salt and wanted.text else ""
        for line in _lines(folder):
            item, body = str(line.body.get("item", "")), line.body
            if wanted.key and item == wanted.key:
                traces.items.add(item)
                traces.digest_found = traces.digest_found or "digest" in body
            if digest and body.get("digest") == digest:
                traces.digest_found = True
                traces.items.add(item) if item else traces.steps.add(int(body.get("step", 0)))
        if traces.items or traces.steps:
            for line in _lines(folder):
                _gather(line, traces)
        return traces

    def _beside(self, wanted: Wanted) -> Iterator[Erased]:
        """Logs of workers and the runs' working copies that contain the value (or, in logs, the key)."""
        for text in filter(None, (wanted.text, wanted.key)):
            places = [*(self.data / "workers").glob("*.log")]
            places += (self.data / "files").rglob("*") if text == wanted.text else ()
            found = [path for path in sorted(places) if path.is_file() and contains(path, text)]
            names = tuple(path.relative_to(self.data).as_posix() for path in found)
            if names and not self.dry_run:
                self.tell("", {"erased": len(names)})
                for path in found:
                    path.unlink()
            if names:
                yield Erased(run="data/", names=names)


def _lines(folder: Path) -> Iterator[Line]:
    with (folder / JOURNAL).open("rb") as file:
        for raw in file:
            line = parse_line(raw.rstrip(b"\n"))
            if line is not None:
                yield line


def _gather(line: Line, traces: _Traces) -> None:
    """Pictures and files of the lines that belong to the person; a picture line may stand before or after its shot."""
    body = line.body
    if line.kind == "picture":
        _pair(traces, int(body["shot"]), f"{body['sha256']}.webp" if "sha256" in body else "")
        return
    theirs = body.get("item", "") in traces.items or body.get("step", 0) in traces.steps
    if "shot" in body:
        _pair(traces, int(body["shot"]), "theirs" if theirs else "")
    if theirs and line.kind == "file":
        traces.files.add(f"{body['sha256']}-{body['name']}")
    facts = body.get("facts")
    if theirs and isinstance(facts, Mapping) and isinstance(facts.get("picture"), str) and facts["picture"]:
        traces.pictures.add(f"{facts['picture']}.webp")


def _pair(traces: _Traces, shot: int, half: str) -> None:
    """Put the two halves of a shot together: whose it is, and which file it became."""
    other = traces.shots.pop(shot, None)
    if other is None:
        traces.shots[shot] = half
    elif "theirs" in (half, other):
        picture = half if other == "theirs" else other
        if picture:
            traces.pictures.add(picture)


def salt_is_the_runs(folder: Path, salt: bytes) -> bool:
    """Whether this salt is the one under which the run was written (older journals do not say)."""
    opening = next(_lines(folder), None)
    said = opening.body.get("salt") if opening else None
    return said is None or said == salt_digest(salt)


def contains(path: Path, text: str) -> bool:
    """Whether a file bears a text, as it lies there or inside a zip container (xlsx, docx, ofd)."""
    if not path.is_file():
        return False
    needles = [text.encode(encoding, "ignore") for encoding in ENCODINGS]
    if zipfile.is_zipfile(path):
        return _in_zip(path, needles)
    data = path.read_bytes()
    return any(needle and needle in data for needle in needles)


def _in_zip(path: Path, needles: list[bytes]) -> bool:
    with zipfile.ZipFile(path) as container:
        for member in container.infolist():
            if member.file_size > _MOST_UNZIPPED or member.flag_bits & 1:
                return True  # cannot be looked into: taken for bearing it
            data = container.read(member)
            if any(needle and needle in data for needle in needles):
                return True
    return False
