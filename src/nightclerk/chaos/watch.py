"""Watch what runs do, from outside: their journals as they are written, and the ledger between two lines."""

from __future__ import annotations

import json
import os
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nightclerk.chaos.faults import Moment

#: How often the journals are looked at, and how often the folder of runs.
GLANCE_S, LIST_S = 0.004, 0.25
#: A journal that has not grown for so long is looked at only now and then.
QUIET_S = 20.0


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One line of a run's journal. `pid` is the process that wrote it, `at` monotonic seconds."""

    run: str
    pid: int
    item: str
    body: Mapping[str, Any]
    at: float

    @property
    def kind(self) -> str:
        return str(self.body["kind"])

    @property
    def note(self) -> str:
        return str(self.body.get("what", "")) if self.kind == "note" else ""


#: How a moment looks in a journal. `claimed` is seen in the ledger, the held ones by the partner.
SIGHTS: Mapping[Moment, Callable[[Seen], bool]] = {
    Moment.START: lambda seen: seen.kind in ("begin", "resume"),
    Moment.ITEM: lambda seen: seen.kind == "item",
    Moment.STEP: lambda seen: seen.kind == "step",
    Moment.EDIT: lambda seen: seen.kind == "act" and seen.body.get("class") == "edit" and bool(seen.item),
    Moment.SUBMITTING: lambda seen: seen.note == "once.submitting",
    Moment.CLICK: lambda seen: seen.kind == "act" and seen.body.get("class") == "commit",
    Moment.CLICKED: lambda seen: seen.note == "after_commit",
    Moment.CONFIRMED: lambda seen: seen.note in ("once.confirmed", "once.adopted"),
    Moment.STEP_END: lambda seen: seen.kind == "step_end",
    Moment.FILED: lambda seen: seen.kind == "item_end",
}


@dataclass
class _Tail:
    """One journal that is being read."""

    path: Path
    offset: int = 0
    rest: bytes = b""
    pid: int = 0
    grew_at: float = field(default_factory=time.monotonic)

    def lines(self, now: float) -> Iterator[Mapping[str, Any]]:
        with suppress(FileNotFoundError):
            size = self.path.stat().st_size
            if size < self.offset:  # a torn half line was cut off
                self.offset, self.rest = size, b""
            if size == self.offset:
                return
            self.grew_at = now
            with self.path.open("rb") as file:
                file.seek(self.offset)
                raw = file.read()
            self.offset += len(raw)
            *whole, self.rest = (self.rest + raw).split(b"\n")
            for line in whole:
                with suppress(ValueError, KeyError):
                    yield json.loads(line)["body"]


class Watch:
    """Reads every journal under `logs` as it grows."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._tails: dict[str, _Tail] = {}
        self._listed_at = 0.0
        #: The last items that were drawn, and by whom.
        self.drawn: deque[Seen] = deque(maxlen=50)

    def news(self) -> list[Seen]:
        """The lines that were written since the last call."""
        now = time.monotonic()
        if now - self._listed_at >= LIST_S:
            self._list(now)
        found = []
        for run, tail in self._tails.items():
            if now - tail.grew_at > QUIET_S and now != self._listed_at:
                continue
            for body in tail.lines(now):
                if body.get("kind") in ("begin", "resume"):
                    tail.pid = int(body.get("facts", {}).get("pid", 0))
                seen = Seen(run=run, pid=tail.pid, item=str(body.get("item", "")), body=body, at=now)
                found.append(seen)
                if seen.kind == "item":
                    self.drawn.append(seen)
        return found

    def _list(self, now: float) -> None:
        self._listed_at = now
        with suppress(FileNotFoundError):
            for entry in os.scandir(self._logs):
                if entry.name not in self._tails:
                    self._tails[entry.name] = _Tail(Path(entry.path) / "journal.jsonl")
