"""What verifying found, for people (sentences in zh and en) and for scripts (JSON)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nightclerk.texts import say

if TYPE_CHECKING:
    from nightclerk.evidence.removed import Removal

#: How much of what stands in hostile evidence is repeated in a sentence.
LONGEST_SHOWN = 120


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing that is not as it was written. `line` is the journal's line where there is one."""

    kind: str
    run: str
    line: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    def sentence(self) -> str:
        place = {"run": shown(self.run), "line": "–" if self.line is None else self.line}
        return say(f"evidence.fault.{self.kind}", **place, **{name: shown(fact) for name, fact in self.facts.items()})

    def as_json(self) -> dict[str, Any]:
        facts = {name: fact if type(fact) is int else shown(fact) for name, fact in self.facts.items()}
        return {"kind": self.kind, "run": shown(self.run), "line": self.line, "facts": facts}


def shown(fact: Any) -> str:
    """What stands in evidence, fit for a terminal: no control, no turned writing direction, no half character."""
    text = "".join(letter if letter.isprintable() else f"\\u{ord(letter):04x}" for letter in str(fact))
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


@dataclass(frozen=True, kw_only=True)
class RunReport:
    """What one run's folder showed.

    `state`: "sealed" (it ended and all is as written), "open" (it runs or crashed: what stands before the
    last signature is as written, `unsealed` lines after it prove nothing yet), "removed" (its time was up; only the
    signed record of that is left), "broken" (see `faults`). `adopted`: lines that no signature covered when a crashed
    run went on. `access`: this is an access journal, not a run.
    """

    run: str
    ended: bool = False
    lines: int = 0
    steps: int = 0
    pictures: int = 0
    files: int = 0
    lost_pictures: int = 0
    unsealed: int = 0
    adopted: int = 0
    torn_bytes: int = 0
    head: tuple[int, str] = (0, "")
    key: str = ""
    key_given: bool = False
    anchored: bool = False
    access: bool = False
    removed: tuple[Removal, ...] = ()
    faults: tuple[Fault, ...] = ()

    @property
    def state(self) -> str:
        if self.faults:
            return "broken"
        if any(record.journal for record in self.removed):
            return "removed"
        return "sealed" if self.ended else "open"

    def sentence(self) -> str:
        facts = {name: getattr(self, name) for name in ("lines", "steps", "pictures", "files", "unsealed")}
        key = f"evidence.access.{self.state}" if self.access else f"evidence.run.{self.state}"
        return say(key, run=shown(self.run), **facts, faults=len(self.faults))

    def as_json(self) -> dict[str, Any]:
        names = ("run", "state", "lines", "steps", "pictures", "files", "lost_pictures", "unsealed", "torn_bytes")
        more = ("adopted", "key", "key_given", "anchored")
        told = {name: getattr(self, name) for name in (*names, *more)}
        return {
            **told, "head": {"seq": self.head[0], "hash": self.head[1]},
            "removed": [record.as_json() for record in self.removed],
            "faults": [fault.as_json() for fault in self.faults],
        }  # fmt: skip


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
        verdict = say(key, runs=sum(not run.access for run in self.runs), faults=len(self.faults))
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
    name = shown(run.run)
    if run.torn_bytes:
        yield say("evidence.remark.torn", run=name, bytes=run.torn_bytes)
    if run.lost_pictures:
        yield say("evidence.remark.lost_pictures", run=name, n=run.lost_pictures)
    if run.adopted:
        yield say("evidence.remark.adopted", run=name, n=run.adopted)
    for record in run.removed:
        facts = {"who": shown(record.who), "why": shown(record.why), "at": record.at, "n": len(record.names)}
        yield say(f"evidence.remark.{record.kind}", run=name, **facts)
