"""What a run leaves behind for auditors: one film a run, every call a line of the chained journal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from nightclerk.ports.surface import ActClass, Box, Frame


@dataclass(frozen=True, kw_only=True)
class Act:
    """One act for the journal. `value` is the text typed or read, or None; a secret's is always None."""

    verb: str  # click, fill, press, choose, check, upload, download, read, look, open, wait …
    act_class: ActClass
    app: str
    element: str = ""
    way: str = ""
    box: Box | None = None
    value: str | None = None
    private: bool = False
    where: str = ""


class Film(Protocol):
    """What a run leaves behind for auditors. One film a run; every call appends to the chained journal."""

    folder: Path

    def begin(self, facts: Mapping[str, Any]) -> None:
        """The run's opening line: bot, flow, who started it, versions, machine, parameters (masked)."""

    def item(self, key: str | None, *, attempt: int = 0, outcome: str = "") -> None:
        """A work item is taken up (`key`), or let go (`key=None` with the outcome)."""

    def step(self, name: str) -> None: ...
    def step_end(self, outcome: str, *, frame: Frame | None, reason: str = "") -> None:
        """Ends the innermost step ("ok", "failed", "waiting"…), with the picture of that moment."""

    def act(self, act: Act, *, frame: Frame | None = None) -> None:
        """A commit's line is on the disk when this returns."""

    def note(self, kind: str, facts: Mapping[str, Any], *, frame: Frame | None = None) -> None:
        """Anything else worth proof: once-intent, adopted, popup closed, file received, task asked, answer."""

    def keep_file(self, path: Path, *, kind: str = "download") -> str:
        """Copy a file into the run's `files/` (content-addressed index in the journal); returns its sha256."""

    def picture(self, frame: Frame | None) -> str:
        """Mask, store and return the sha256 of a picture ("" when none may be kept). Waits for it; an act need not."""

    def end(self, outcome: str, facts: Mapping[str, Any]) -> None:
        """The closing line and the signed head."""

    def head(self) -> tuple[int, str]:
        """(sequence number, hash) of the last line; anchored in the store."""
