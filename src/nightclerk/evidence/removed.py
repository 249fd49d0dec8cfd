"""What was taken out of a run's evidence, by whom, when and why: signed records beside its journal.

The journal is never rewritten: it goes on naming the SHA-256 of what is gone, and the record vouches that it was
taken out, not lost. A record also notes the journal's last line, so that even a run whose journal was due leaves proof
of what it was. Why this and no key shredding: docs/decisions/evidence-removal-records.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from nightclerk.evidence.chain import Line
from nightclerk.evidence.keys import KeyRing, SigningKey
from nightclerk.evidence.side_chain import append, check
from nightclerk.evidence.verdict import Fault

REMOVED = "removed.jsonl"
#: The last record of a run is anchored in the database like its journal's head, under this word and the run's name.
RECEIPTS = "removed"
FORMAT = "nightclerk-removed/1"
#: A record of this many names stays far below the longest line.
NAMES_A_LINE = 10_000
_NAME = re.compile(r"(pictures/[0-9a-f]{64}\.webp|files/[0-9a-f]{64}-[^/\\\x00-\x1f]+)")


@dataclass(frozen=True, kw_only=True)
class Removal:
    """One record: `names` are relative to the run's folder, `journal` means that the journal itself is gone.

    `kind`: "prune" (it was due) or "erase" (a person's data). `head` is the journal's last line at that time.
    """

    kind: str
    who: str
    why: str
    names: tuple[str, ...] = ()
    journal: bool = False
    salt: bool = False
    at: str = ""
    head: tuple[int, str] = (0, "")

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind, "at": self.at, "who": self.who, "why": self.why, "removed": len(self.names),
            "journal": self.journal, "salt": self.salt,
        }  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Removals:
    """All records of one run; `hashes` of their lines by number."""

    records: tuple[Removal, ...] = ()
    faults: tuple[Fault, ...] = ()
    hashes: Mapping[int, str] = field(default_factory=dict)

    @property
    def names(self) -> frozenset[str]:
        return frozenset(name for record in self.records for name in record.names)

    @property
    def journal_gone(self) -> Removal | None:
        return next((record for record in self.records if record.journal), None)


def record_removal(folder: Path, removal: Removal, *, key: SigningKey, ring: KeyRing, now: datetime) -> tuple[int, str]:
    """Sign and append the record; only after this may anything be deleted."""
    said = {"run": folder.name, "who": removal.who, "why": removal.why, "head": list(removal.head)}
    flags = {name: True for name in ("journal", "salt") if getattr(removal, name)}
    names = list(removal.names)
    parts: Sequence[list[str]] = [names[n : n + NAMES_A_LINE] for n in range(0, max(1, len(names)), NAMES_A_LINE)]
    entries = [(removal.kind, {**said, **flags, "names": part}) for part in parts]
    return append(folder / REMOVED, entries, form=FORMAT, key=key, ring=ring, now=now)


def read_removals(folder: Path, ring: Callable[[str], KeyRing]) -> Removals:
    """The records of a run's folder, their chain and signatures checked; none is no fault."""
    path = folder / REMOVED
    if not path.exists() and not path.is_symlink():
        return Removals()
    lines, faults = check(path, form=FORMAT, run=folder.name, ring=ring)
    records = []
    for line in lines:
        record = _record(line, folder.name)
        if record is None:
            faults.append(Fault(kind="removal_garbled", run=folder.name, line=line.seq))
            break
        records.append(record)
    told = tuple(removal_fault(fault, folder.name) for fault in faults)
    return Removals(records=tuple(records), faults=told, hashes={line.seq: line.hash for line in lines})


def removal_fault(fault: Fault, run: str) -> Fault:
    """What is wrong with the records, told as a fault of the run whose files they excuse."""
    return Fault(kind="removal", run=run, line=fault.line, facts={"why": fault.sentence()})


def _record(line: Line, run: str) -> Removal | None:
    body = line.body
    names = list(_names(body))
    if body.get("run") != run or line.kind not in ("prune", "erase") or None in names:
        return None
    head = body.get("head")
    if not (isinstance(head, list) and len(head) == 2 and type(head[0]) is int and isinstance(head[1], str)):
        return None
    return Removal(
        kind=line.kind, who=str(body.get("who", "")), why=str(body.get("why", "")), at=str(body.get("at", "")),
        names=tuple(str(name) for name in names), head=(head[0], head[1]),
        journal=body.get("journal") is True, salt=body.get("salt") is True,
    )  # fmt: skip


def _names(body: Mapping[str, Any]) -> Iterator[str | None]:
    found = body.get("names")
    for name in found if isinstance(found, list) else [None]:
        yield name if isinstance(name, str) and _NAME.fullmatch(name) else None
