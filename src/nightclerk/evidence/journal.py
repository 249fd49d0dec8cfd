"""The journal file under a running run: append, flush, sync, one writer at a time, go on after a crash."""

from __future__ import annotations

import contextlib
import hashlib
import os
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from nightclerk.evidence.chain import SIGNED_KINDS, START, Line, Link, forge, walk
from nightclerk.evidence.errors import EvidenceError, JournalBusy, JournalLost, KeyChanged, SignatureBad
from nightclerk.evidence.keys import SigningKey, signature_is_good
from nightclerk.locks import hold

JOURNAL = "journal.jsonl"


@dataclass(frozen=True, kw_only=True)
class Left:
    """What an earlier process left of this journal."""

    lines: tuple[Line, ...] = ()
    torn: bytes = b""

    def facts(self) -> dict[str, Any]:
        """What the resuming line tells: how many lines no signature covers yet, and the half line cut off."""
        sealed = next((line.seq for line in reversed(self.lines) if line.sig), 0)
        facts: dict[str, Any] = {"unsealed": len(self.lines) - sealed, "torn_bytes": len(self.torn)}
        if self.torn:
            facts["torn_sha256"] = hashlib.sha256(self.torn).hexdigest()
        return facts


class JournalWriter:
    """Appends chained lines. Each is with the system at once, so that a killed process loses none of them; `sync`
    brings them to the disk itself, and any thread may call it.
    """

    def __init__(self, path: Path, *, key: SigningKey) -> None:
        self.path = path
        self._key = key
        self._lock = threading.Lock()
        self._broken = ""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("a+b")
        _claim(self._file, path)
        try:
            self.left = self._pick_up()
        except EvidenceError:
            self._file.close()
            raise
        self._on_disk = START
        self.link: Link = self.left.lines[-1].link if self.left.lines else START

    def append(self, kind: str, body: Mapping[str, Any]) -> Link:
        """Write one line; kinds in SIGNED_KINDS are signed. JournalLost when it did not get through."""
        with self._lock:
            if self._broken:
                raise JournalLost(run=self.path.parent.name, cause=self._broken)
            sign = self._key.sign if kind in SIGNED_KINDS else None
            raw, link = forge(self.link, {**body, "kind": kind}, sign)
            try:
                self._file.write(raw)
                self._file.flush()
            except (OSError, ValueError) as error:
                self._broken = str(error)
                raise JournalLost(run=self.path.parent.name, cause=self._broken) from error
            self.link = link
            return link

    def sync(self) -> Link:
        """Bring all lines written so far to the disk itself; returns the link of the last of them."""
        link = self.link
        if link != self._on_disk:
            try:
                os.fsync(self._file.fileno())
            except (OSError, ValueError) as error:
                self._broken = str(error)
                raise JournalLost(run=self.path.parent.name, cause=self._broken) from error
            self._on_disk = link
        return link

    def close(self) -> None:
        self._file.close()

    def _pick_up(self) -> Left:
        """Read what is there, check its chain and seal, and cut off the half line that a crash left."""
        self._file.seek(0)
        *raws, torn = self._file.read().split(b"\n")
        lines = tuple(walk(raws))
        self._check_seal(lines)
        if torn:
            self._file.truncate(self._file.seek(0, os.SEEK_END) - len(torn))
        return Left(lines=lines, torn=torn)

    def _check_seal(self, lines: tuple[Line, ...]) -> None:
        """Never sign over what somebody else changed: the last signature there must be this key's."""
        if not lines:
            return
        if lines[0].body.get("key") != self._key.name:
            raise KeyChanged(run=self.path.parent.name, found=lines[0].body.get("key"), given=self._key.name)
        last = next(line for line in reversed(lines) if line.sig)
        if not signature_is_good(self._key.public, last.hash, last.sig):
            raise SignatureBad(line=last.seq)


@contextlib.contextmanager
def claim(path: Path) -> Iterator[None]:
    """Keep writers away from a journal that is there. JournalBusy while one is at work."""
    with path.open("r+b") as file:
        _claim(file, path)
        yield


def _claim(file: BinaryIO, path: Path) -> None:
    """Hold the file against other writers until this process ends, however it ends."""
    try:
        hold(file, wait=False)
    except OSError as error:
        file.close()
        raise JournalBusy(run=path.parent.name) from error
