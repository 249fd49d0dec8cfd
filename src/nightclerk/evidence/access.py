"""Who looked at which evidence, took it out or removed it: an append-only, chained, signed journal of its own.

One file a machine and month, `logs/access/<machine>-<YYYYMM>.jsonl`, in the format of the journals with every line
signed; `verify` checks it with the same code, and its last line is anchored in the database like a run's. The first
line of a file names the head of the file before it.
"""

from __future__ import annotations

import queue
import re
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from loguru import logger

from nightclerk.evidence.keys import open_key, trusted_keys
from nightclerk.evidence.side_chain import append, lines_of
from nightclerk.evidence.verify import ACCESS, ACCESS_FORMAT

#: How long looks at pictures are gathered into one line. A crash loses what was gathered in this time, no more.
GATHER_S = 0.5
_NO_MACHINE = re.compile(r"[^A-Za-z0-9]+")

Anchor = Callable[[str, int, str], None]


@dataclass(frozen=True, kw_only=True)
class Access:
    """One look at evidence, or one export. `place`: where the person was (console and address, or the command line)."""

    who: str
    what: str  # view, picture, file, watch, verify, pack, prune, erase, to_test, key …
    run: str = ""
    place: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)

    def entry(self) -> tuple[str, dict[str, Any]]:
        """The access as a line's kind and fields; empty ones are left out."""
        said = {"who": self.who, "what": self.what, "run": self.run, "place": self.place, "facts": dict(self.facts)}
        return ("access", {name: value for name, value in said.items() if value})


class AccessBook:
    """Writes the access journal of one workspace on this machine. Any thread, any process."""

    def __init__(self, *, logs: Path, keys: Path, anchor: Anchor | None = None, machine: str = "") -> None:
        self._logs, self._keys, self._anchor = logs, keys, anchor
        self._machine = _NO_MACHINE.sub("-", machine or socket.gethostname()).strip("-") or "machine"
        self._waiting: queue.Queue[Access | None] = queue.Queue()
        self._thread: threading.Thread | None = None
        self._lock, self._starting = threading.Lock(), threading.Lock()

    def record(self, *accesses: Access) -> None:
        """Write them now; on the disk when this returns. An EvidenceError means that nothing may be handed out."""
        now = datetime.now(UTC)
        path = self._logs / ACCESS / f"{self._machine}-{now:%Y%m}.jsonl"
        entries = [access.entry() for access in accesses]
        key, ring = open_key(self._keys, logs=self._logs), trusted_keys(self._keys) or {}
        with self._lock:
            if not path.exists():
                entries.insert(0, ("open", {"machine": self._machine, "before": self._before(path)}))
            seq, head = append(path, entries, form=ACCESS_FORMAT, key=key, ring=ring, now=now)
        if self._anchor:
            self._anchor(f"{ACCESS}/{path.stem}", seq, head)

    def saw(self, *, who: str, what: str, run: str, place: str, facts: Mapping[str, Any]) -> None:
        """Like `later`, for whoever knows no `Access`."""
        self.later(Access(who=who, what=what, run=run, place=place, facts=facts))

    def later(self, access: Access) -> None:
        """Write it within `GATHER_S`, from a thread of its own: whoever looks waits for nothing."""
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._write, name="nightclerk-access", daemon=True)
                self._thread.start()
        self._waiting.put(access)

    def close(self) -> None:
        """Write what is still gathered."""
        if self._thread is not None:
            self._waiting.put(None)
            self._thread.join()
            self._thread = None

    def _before(self, path: Path) -> dict[str, Any]:
        """The file of the month before, and its last line: so a whole file that is gone is missed."""
        older = sorted(other for other in path.parent.glob(f"{self._machine}-*.jsonl") if other.stem < path.stem)
        if not older:
            return {}
        last = None
        for line in lines_of(older[-1], form=ACCESS_FORMAT):
            last = line
        return {"file": older[-1].name, "seq": last.seq, "hash": last.hash} if last else {"file": older[-1].name}

    def _write(self) -> None:
        while (access := self._waiting.get()) is not None:
            gathered = [access]
            ended = self._gather(gathered)
            try:
                self.record(*merged(gathered))
            except Exception as error:  # whatever it is, the next look must be written again
                logger.error("The access journal cannot be written: {}", error)
            if ended:
                return

    def _gather(self, gathered: list[Access]) -> bool:
        """Take what comes within GATHER_S; True when `close` was called meanwhile."""
        deadline = time.monotonic() + GATHER_S
        while (left_s := deadline - time.monotonic()) > 0:
            try:
                access = self._waiting.get(timeout=left_s)
            except queue.Empty:
                return False
            if access is None:
                return True
            gathered.append(access)
        return False


def merged(accesses: Iterable[Access]) -> list[Access]:
    """Looks at pictures of one run by one person as one access that lists them; the rest as it came."""
    rows: dict[tuple[str, ...], Access] = {}
    for number, access in enumerate(accesses):
        same = (access.who, access.what, access.run, access.place)
        place = same if access.what == "picture" else (*same, str(number))
        if (before := rows.get(place)) is not None:
            pictures = [*before.facts["pictures"], *access.facts["pictures"]]
            rows[place] = Access(
                who=access.who, what=access.what, run=access.run, place=access.place,
                facts={"pictures": list(dict.fromkeys(pictures))},
            )  # fmt: skip
        else:
            rows[place] = access
    return list(rows.values())


def accesses_in(logs: Path, *, run: str = "") -> Iterator[Mapping[str, Any]]:
    """The access lines of all files, oldest file first; `run` keeps those of one run. Checks hashes only."""
    paths: Sequence[Path] = sorted((logs / ACCESS).glob("*.jsonl"))
    for path in paths:
        for line in lines_of(path, form=ACCESS_FORMAT):
            if line.kind == "access" and run in ("", line.body.get("run")):
                yield line.body
