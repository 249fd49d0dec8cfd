"""Chains that several processes add a line to now and then, each line signed: the access journal, removal records.

The line format is the journal's own with another first link, so that no line of one kind of chain fits another.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from nightclerk.evidence.chain import LONGEST_LINE, Line, Link, canonical, forge, link_hash, parse_line, walk
from nightclerk.evidence.errors import ChainBroken, SideChainBroken
from nightclerk.evidence.keys import KeyRing, SigningKey, signature_is_good
from nightclerk.evidence.verdict import Fault
from nightclerk.locks import hold

#: How much of a chain's end is read before a line is added; more only when its last line is longer.
TAIL_BYTES = 1 << 16
Entry = tuple[str, Mapping[str, Any]]


def append(
    path: Path, entries: Sequence[Entry], *, form: str, key: SigningKey, ring: KeyRing, now: datetime
) -> tuple[int, str]:
    """Add signed lines, on the disk when this returns; gives the number and hash of the last one.

    Before that the last line there must be whole and its signature good under a key of `ring`: what somebody
    else rewrote is never signed over (SideChainBroken). A half line that a crash left is cut off and told of.
    """
    try:
        return _append(path, entries, form=form, key=key, ring=ring, now=now)
    except OSError as error:
        raise SideChainBroken(file=path.name, cause=error.strerror or str(error)) from error


def _append(
    path: Path, entries: Sequence[Entry], *, form: str, key: SigningKey, ring: KeyRing, now: datetime
) -> tuple[int, str]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        hold(file, wait=True)  # for the few milliseconds that it takes to add to it
        link, torn = _last_link(file, path, form=form, ring={**ring, key.name: key.public})
        at = now.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        raws = []
        for number, (kind, body) in enumerate(entries):
            facts = {"torn_bytes": len(torn), "torn_sha256": hashlib.sha256(torn).hexdigest()} if torn else {}
            told = {**body, **(facts if number == 0 else {}), "kind": kind, "at": at, "key": key.name}
            raw, link = forge(link, told, key.sign, form=form)
            raws.append(raw)
        if torn:
            file.truncate(file.seek(0, os.SEEK_END) - len(torn))
        file.write(b"".join(raws))
        file.flush()
        os.fsync(file.fileno())
    return link.seq, link.hash


def lines_of(path: Path, *, form: str) -> Iterator[Line]:
    """The lines of a side chain; a kind of `ChainBroken` at the first that does not fit. A half line is left out."""
    with path.open("rb") as file:
        yield from walk(_whole(file), form=form, signed_kinds=None)


def check(path: Path, *, form: str, run: str, ring: Callable[[str], KeyRing]) -> tuple[list[Line], list[Fault]]:
    """The lines of a side chain and what is wrong with it; `ring` answers the keys among which a name is looked up.

    Each line is signed by the key that it names: several machines, and keys of several years, may have added to it.
    """
    lines: list[Line] = []
    if path.is_symlink() or not path.is_file():
        return lines, [Fault(kind="strange", run=run, facts={"name": path.name})]
    try:
        for line in lines_of(path, form=form):
            fault = _signature_fault(line, form=form, run=run, ring=ring)
            if fault:
                return lines, [fault]
            lines.append(line)
    except ChainBroken as broken:
        return lines, [
            Fault(kind=broken.kind, run=run, line=broken.line, facts={"found": broken.facts.get("found", "")})
        ]
    return lines, []


def _signature_fault(line: Line, *, form: str, run: str, ring: Callable[[str], KeyRing]) -> Fault | None:
    named = str(line.body.get("key", ""))
    public = ring(named).get(named)
    if public is None:
        return Fault(kind="no_key", run=run, line=line.seq, facts={"name": named})
    good = signature_is_good(public, line.hash, line.sig, form)
    return None if good else Fault(kind="signature", run=run, line=line.seq)


def _whole(file: BinaryIO) -> Iterator[bytes]:
    while raw := file.readline(LONGEST_LINE + 1):
        if raw.endswith(b"\n"):
            yield raw[:-1]
        elif len(raw) > LONGEST_LINE:
            yield raw
            return


def _last_link(file: BinaryIO, path: Path, *, form: str, ring: KeyRing) -> tuple[Link, bytes]:
    """The link of the last whole line, and the half line after it."""
    raws, torn = _tail(file, TAIL_BYTES)
    if len(raws) < 2:  # the one line there is may be cut
        raws, torn = _tail(file, 2 * LONGEST_LINE)
    if not raws:
        return Link(hash=form), torn
    line = parse_line(raws[-1])
    if line is None:
        raise SideChainBroken(file=path.name, cause="its last line is no journal line")
    before = parse_line(raws[-2]) if len(raws) > 1 else None
    if link_hash(before.link if before else Link(hash=form), canonical(line.body)) != line.hash:
        raise SideChainBroken(file=path.name, cause=f"line {line.seq} is not what was written")
    public = ring.get(str(line.body.get("key", "")))
    if public is None or not signature_is_good(public, line.hash, line.sig, form):
        raise SideChainBroken(file=path.name, cause=f"line {line.seq} has no good signature of a trusted key")
    return line.link, torn


def _tail(file: BinaryIO, size: int) -> tuple[list[bytes], bytes]:
    file.seek(max(0, file.seek(0, os.SEEK_END) - size))
    *raws, torn = file.read().split(b"\n")
    return raws, torn
