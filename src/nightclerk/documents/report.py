"""The shift report: what ran, what was entered with its number there, what waits for whom; as data, Excel and HTML.

`ShiftReport.sections()` decides what stands in it; the writers only draw. Reasons and questions are masked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from nightclerk.documents.plain_cells import banded_sheet, put_text
from nightclerk.domain.heads import Head
from nightclerk.domain.items import FOR_A_PERSON, Effect, EffectState, RunRecord, RunState, State, Task, WorkItem
from nightclerk.domain.privacy import mask
from nightclerk.texts import catalogue

#: Queues whose items finance looks at; all others are the back office's.
FINANCE_QUEUES = ("invoices", "payments")


@dataclass(frozen=True, kw_only=True)
class Label:
    """One text in both languages."""

    zh: str
    en: str

    def __str__(self) -> str:
        return self.zh if self.zh == self.en else f"{self.zh} {self.en}"


@dataclass(frozen=True, kw_only=True)
class Section:
    """One table of the report. `tones` colours a row: good, bad, wait or none."""

    title: Label
    headers: tuple[Label, ...]
    rows: tuple[tuple[str, ...], ...]
    tones: tuple[str, ...]
    widths: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class ShiftReport:
    """Everything that a shift left behind, as records."""

    day: date
    made_at: datetime
    runs: Sequence[RunRecord]
    items: Sequence[WorkItem]
    effects: Sequence[Effect]
    tasks: Sequence[Task]
    heads: Sequence[Head] = ()
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))

    def sections(self) -> tuple[Section, ...]:
        """The five tables."""
        return (self._what_ran(), self._queues(), self._entered(), self._waiting(), self._evidence())

    def figures(self) -> tuple[tuple[Label, int, str], ...]:
        """The four numbers on top: label, number, tone."""
        well = sum(1 for run in self.runs if run.state is RunState.DONE)
        entered, waiting = len(self._confirmed()), len(self._waiting().rows)
        badly = len([run for run in self.runs if run.state in _ENDED_BADLY])
        return (
            (label("ran_well"), well, "good"),
            (label("ran_badly"), badly, "bad" if badly else ""),
            (label("entered_count"), entered, "good"),
            (label("waiting_count"), waiting, "wait" if waiting else ""),
        )

    # ------------------------------------------------------------------------------------ tables

    def _what_ran(self) -> Section:
        rows = [
            (
                run.bot,
                str(state_label(run.state)),
                self.local(run.started_at),
                _took(run),
                counts_text(run.counts),
                mask(run.reason),
                run.run,
            )
            for run in self.runs
        ]
        tones = tuple("bad" if run.state in _ENDED_BADLY else "good" for run in self.runs)
        names = ("bot", "outcome", "started", "took", "counts", "reason", "run")
        return _section("runs", names, rows, tones, (22, 16, 20, 10, 40, 40, 34))

    def _queues(self) -> Section:
        found: dict[str, Counter[State]] = {}
        for item in self.items:
            found.setdefault(item.queue, Counter())[item.state] += 1
        rows = [(queue, str(states.total()), counts_text(states)) for queue, states in sorted(found.items())]
        return _section("queues", ("queue", "total", "counts"), rows, ("",) * len(rows), (24, 10, 60))

    def _confirmed(self) -> list[Effect]:
        return [effect for effect in self.effects if effect.state is EffectState.CONFIRMED]

    def _entered(self) -> Section:
        rows = [(e.target, e.name, e.key, e.reference, self.local(e.updated_at)) for e in reversed(self._confirmed())]
        names = ("system", "effect", "key", "reference", "when")
        return _section("entered", names, rows, ("good",) * len(rows), (16, 20, 44, 26, 20))

    def _waiting(self) -> Section:
        rows = sorted([*self._waiting_items(), *self._waiting_tasks()])
        names = ("whom", "queue", "key", "outcome", "why", "since")
        return _section("waiting", names, rows, ("wait",) * len(rows), (22, 20, 44, 18, 70, 20))

    def _waiting_items(self) -> Iterator[tuple[str, ...]]:
        for item in self.items:
            if item.state in FOR_A_PERSON:
                state, since = str(state_label(item.state)), self.local(item.updated_at)
                yield whom(item.queue), item.queue, item.key, state, mask(item.reason), since

    def _waiting_tasks(self) -> Iterator[tuple[str, ...]]:
        """Questions that do not belong to an item that is listed already."""
        listed = {(item.queue, item.key) for item in self.items if item.state in FOR_A_PERSON}
        for task in self.tasks:
            if task.answered_at is None and (task.queue, task.key) not in listed:
                state, since = str(label("state.task")), self.local(task.asked_at)
                yield whom(task.queue), task.queue, task.key or task.run, state, mask(task.question), since

    def _evidence(self) -> Section:
        """The heads of the journals: whoever keeps this report can tell later that none was cut off or replaced."""
        rows = [(head.run, str(head.lines), head.hash, head.key or str(label("not_signed"))) for head in self.heads]
        tones = tuple("good" if head.key else "wait" for head in self.heads)
        return _section("heads", ("run", "lines", "head", "signed"), rows, tones, (44, 12, 70, 24))

    def local(self, moment: datetime | None) -> str:
        """A moment in the report's time zone."""
        return f"{moment.astimezone(self.zone):%Y-%m-%d %H:%M:%S}" if moment else ""


_ENDED_BADLY = frozenset({RunState.FAILED, RunState.CRASHED, RunState.CANCELLED})


def _section(
    name: str, names: Sequence[str], rows: Sequence[tuple[str, ...]], tones: tuple[str, ...], widths: tuple[int, ...]
) -> Section:
    headers = tuple(label(one) for one in names)
    return Section(title=label(name), headers=headers, rows=tuple(rows), tones=tones, widths=widths)


def label(key: str) -> Label:
    """A text of the report in both languages."""
    return Label(**catalogue()[f"report.{key}"])


def state_label(state: State | RunState) -> Label:
    """What a state is called."""
    return label(f"state.{state.value}")


def whom(queue: str) -> str:
    """Who looks at the items of a queue."""
    return str(label("person.finance" if queue in FINANCE_QUEUES else "person.back_office"))


def counts_text(counts: Mapping[Any, int]) -> str:
    """Such as "完成 done 28 · 等人 waiting 2"; words that are no states stand as they are."""
    known = catalogue()
    parts = []
    for name, number in counts.items():
        key = f"report.state.{name}"
        parts.append(f"{Label(**known[key]) if key in known else name} {number}")
    return " · ".join(parts)


def _took(run: RunRecord) -> str:
    if run.started_at is None or run.ended_at is None:
        return ""
    seconds = round((run.ended_at - run.started_at).total_seconds())
    return f"{seconds // 60}:{seconds % 60:02d}"


# ------------------------------------------------------------------------------------------- writers


def write_html(report: ShiftReport, path: Path) -> Path:
    """The report as one self-contained page."""
    loader = FileSystemLoader(Path(__file__).parent / "templates")
    pages = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    text = pages.get_template("shift_report.html").render(
        report=report, sections=report.sections(), figures=report.figures(), label=label
    )
    path.write_text(text, encoding="utf-8")
    return path


def write_xlsx(report: ShiftReport, path: Path) -> Path:
    """The report as a workbook: an overview, then one sheet a table. No cell is a formula."""
    book = Workbook()
    overview = book.active
    overview.title = str(label("overview"))
    _fill_overview(overview, report)
    for section in report.sections():
        sheet = book.create_sheet(str(section.title)[:31])
        banded_sheet(sheet, [str(header) for header in section.headers], section.rows, section.widths, section.tones)
    book.save(path)
    return path


def _fill_overview(sheet: Worksheet, report: ShiftReport) -> None:
    put_text(sheet, 1, 1, str(label("title")), size=18, bold=True)
    facts = (("day", str(report.day)), ("made_at", report.local(report.made_at)), ("zone", str(report.zone)))
    for row, (name, value) in enumerate(facts, start=3):
        put_text(sheet, row, 1, str(label(name)))
        put_text(sheet, row, 2, value, bold=True)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 46, 26
    sheet.sheet_view.showGridLines = False
    for row, (caption, number, tone) in enumerate(report.figures(), start=7):
        put_text(sheet, row, 1, str(caption))
        put_text(sheet, row, 2, number, bold=True, tone=tone)
