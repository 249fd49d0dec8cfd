"""What the lines of one journal amount to, gathered in one pass that keeps no line in memory."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from nightclerk.evidence.chain import FORMAT, LONGEST_LINE, Line, walk
from nightclerk.evidence.errors import ChainBroken, LineAfterEnd
from nightclerk.evidence.verdict import Fault

_SHA256 = re.compile(r"[0-9a-f]{64}")
_NO_NAME = re.compile(r'[\x00-\x1f<>:"/\\|?*]')


@dataclass(frozen=True, kw_only=True)
class Anchor:
    """One line of a journal as somebody else has noted it down. `source` says where, for the sentences."""

    seq: int
    head: str
    source: str


@dataclass(kw_only=True)
class Reading:
    """One journal, read. `fault` is the first line that does not fit; what follows it was not read."""

    folder: Path
    wanted: frozenset[int] = frozenset()  # the lines whose hashes somebody has noted down
    found: dict[int, str] = field(default_factory=dict)
    seq: int = 0
    hash: str = ""
    opening: Mapping[str, Any] = field(default_factory=dict)
    last_signed: tuple[int, str, str] | None = None
    last_at: str = ""
    pictures: dict[str, int] = field(default_factory=dict)  # file name -> the first line that names it
    files: dict[str, int] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)  # kept file -> what it is (download, invoice …)
    pending: set[int] = field(default_factory=set)  # shots whose picture line was not read yet
    early: set[int] = field(default_factory=set)  # picture lines whose shot was not read yet
    lost: int = 0
    steps: int = 0
    adopted: int = 0  # lines that no signature covered when a crashed run went on
    torn_bytes: int = 0
    ended: bool = False
    fault: Fault | None = None

    @property
    def run(self) -> str:
        return self.folder.name

    @property
    def key(self) -> str:
        """The fingerprint of the key that the journal says it was signed with."""
        return str(self.opening.get("key", ""))

    def take(self, line: Line) -> None:
        seq, kind, body, line_hash, sig = line
        if self.ended and kind != "resume":
            raise LineAfterEnd(line=seq)
        self.seq, self.hash, self.ended = seq, line_hash, kind == "end"
        if seq == 1:
            self.opening = body
        if seq in self.wanted:
            self.found[seq] = line_hash
        if sig:
            self._signed(line)
        if kind == "picture":
            self._picture(seq, body)
        elif "shot" in body:
            _pair(body["shot"], self.pending, self.early)  # its picture line may stand before or after it
        if kind == "file":
            self._file(seq, body)
        elif kind == "step":
            self.steps += 1

    def _signed(self, line: Line) -> None:
        if line.kind == "resume":
            self.adopted += line.seq - 1 - (self.last_signed[0] if self.last_signed else 0)
        self.last_signed, self.last_at = (line.seq, line.hash, line.sig), str(line.body.get("at", ""))

    def _picture(self, seq: int, body: Mapping[str, Any]) -> None:
        _pair(body["shot"], self.early, self.pending)
        if "sha256" in body:
            self.pictures.setdefault(f"{_digest_text(body['sha256'])}.webp", seq)
        else:
            self.lost += 1

    def _file(self, seq: int, body: Mapping[str, Any]) -> None:
        name = f"{_digest_text(body['sha256'])}-{_plain_name(body['name'])}"
        self.files.setdefault(name, seq)
        self.kinds[name] = str(body.get("what", ""))


def read_journal(path: Path, anchors: Iterable[Anchor] = ()) -> Reading:
    """Read a journal to its end or to the first line that does not fit. Checks hashes, not signatures."""
    reading = Reading(folder=path.parent, wanted=frozenset(anchor.seq for anchor in anchors))
    if path.is_symlink() or not path.is_file():
        kind = "strange" if path.exists() else "no_journal"
        reading.fault = Fault(kind=kind, run=reading.run, facts={"name": path.name})
        return reading
    try:
        with path.open("rb") as file:
            for line in walk(_whole_lines(file, reading)):
                reading.take(line)
    except ChainBroken as broken:
        found = {"found": broken.facts.get("found", "")}
        reading.fault = Fault(kind=broken.kind, run=reading.run, line=broken.line, facts=found)
    except (KeyError, TypeError):  # a field is missing, or of a type that no writer writes
        reading.fault = Fault(kind="garbled", run=reading.run, line=reading.seq)
    return reading


def signed_lines(path: Path) -> Iterator[tuple[int, str, str]]:
    """(number, hash, signature) of every signed line: the second look, when the last signature was not good."""
    with path.open("rb") as file:
        for line in walk(_whole_lines(file, Reading(folder=path.parent))):
            if line.sig:
                yield line.seq, line.hash, line.sig


def _whole_lines(file: BinaryIO, reading: Reading) -> Iterator[bytes]:
    """Lines without line feeds. A last one that has none is a crash's remainder, counted and left out; one that is
    longer than any writer writes comes cut, so that it is seen to be no journal line."""
    while raw := file.readline(LONGEST_LINE + 1):
        if raw.endswith(b"\n"):
            yield raw[:-1]
        elif len(raw) <= LONGEST_LINE:
            reading.torn_bytes = len(raw)
        else:
            yield raw
            return


def opening_fault(reading: Reading) -> Fault | None:
    """What is wrong with the first line, if anything."""
    if not reading.opening:
        return None
    if reading.opening.get("kind") != "begin" or reading.opening.get("format") != FORMAT:
        return Fault(kind="no_begin", run=reading.run, line=1)
    if reading.opening.get("run") != reading.run:
        return Fault(kind="other_run", run=reading.run, line=1, facts={"found": reading.opening.get("run")})
    return None


def _pair(shot: int, mine: set[int], other: set[int]) -> None:
    if shot in other:
        other.discard(shot)
    else:
        mine.add(shot)


def _digest_text(value: str) -> str:
    if _SHA256.fullmatch(value) is None:
        raise TypeError(f"{value!r} is no SHA-256")
    return value


def _plain_name(value: str) -> str:
    """A file name as the film writes them: it cannot lead out of its folder."""
    if _NO_NAME.search(value):
        raise TypeError(f"{value!r} is no plain name")
    return value
