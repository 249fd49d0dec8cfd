"""What verifying found, for people (sentences in zh and en) and for scripts (JSON)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from nightclerk.texts import say


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing that is not as it was written. `line` is the journal's line where there is one."""

    kind: str
    run: str
    line: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    def sentence(self) -> str:
        return say(f"evidence.fault.{self.kind}", run=self.run, line=self.line, **self.facts)

    def as_json(self) -> dict[str, Any]:
        return {"kind": self.kind, "run": self.run, "line": self.line, "facts": dict(self.facts)}


@dataclass(frozen=True, kw_only=True)
class RunReport:
    """What one run's folder showed.

    `state`: "sealed" (it ended and all is as written), "open" (it runs or crashed: what stands before the
    last signature is as written, `unsealed` lines after it prove nothing yet), "broken" (see `faults`).
    """

    run: str
    ended: bool = False
    lines: int = 0
    steps: int = 0
    pictures: int = 0
    files: int = 0
    lost_pictures: int = 0
    unsealed: int = 0
    torn_bytes: int = 0
    head: tuple[int, str] = (0, "")
    key: str = ""
    key_given: bool = False
    anchored: bool = False
    faults: tuple[Fault, ...] = ()

    @property
    def state(self) -> str:
        if self.faults:
            return "broken"
        return "sealed" if self.ended else "open"

    def sentence(self) -> str:
        facts = {name: getattr(self, name) for name in ("run", "lines", "steps", "pictures", "files", "unsealed")}
        return say(f"evidence.run.{self.state}", **facts, faults=len(self.faults))

    def as_json(self) -> dict[str, Any]:
        names = ("run", "state", "lines", "steps", "pictures", "files", "lost_pictures", "unsealed", "torn_bytes")
        more = ("key", "key_given", "anchored")
        shown = {name: getattr(self, name) for name in (*names, *more)}
        head = {"seq": self.head[0], "hash": self.head[1]}
        return {**shown, "head": head, "faults": [fault.as_json() for fault in self.faults]}


@dataclass(frozen=True, kw_only=True)
class Report:
    """The verdict on a path: one report a run, and what is wrong with the folder as a whole."""

    runs: tuple[RunReport, ...]
    missing: tuple[Fault, ...] = ()

    @property
    def faults(self) -> tuple[Fault, ...]:
        return (*self.missing, *(fault for run in self.runs for fault in run.faults))

    @property
    def ok(self) -> bool:
        return not self.faults

    def sentences(self) -> list[str]:
        """The verdict for people, first sentence first, in the current language."""
        key = "evidence.verdict.good" if self.ok else "evidence.verdict.bad"
        verdict = say(key, runs=len(self.runs), faults=len(self.faults))
        told = [sentence for run in self.runs for sentence in (run.sentence(), *_remarks(run))]
        keys = sorted({run.key for run in self.runs if run.key and not run.key_given})
        believed = [say("evidence.remark.key_beside", name=key) for key in keys]
        return [verdict, *told, *believed, *(fault.sentence() for fault in self.faults)]

    def as_json(self) -> dict[str, Any]:
        return {
            "ok": self.ok,
            "runs": [run.as_json() for run in self.runs],
            "missing": [fault.as_json() for fault in self.missing],
            "sentences": self.sentences(),
        }


def _remarks(run: RunReport) -> Iterator[str]:
    if run.torn_bytes:
        yield say("evidence.remark.torn", run=run.run, bytes=run.torn_bytes)
    if run.lost_pictures:
        yield say("evidence.remark.lost_pictures", run=run.run, n=run.lost_pictures)
