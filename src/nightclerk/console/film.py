"""A run's story as the replay page walks through it: one flat list of moments, cut into pages, filtered, captioned."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from nightclerk.console.rendering import shown, words
from nightclerk.evidence.replay import Event, RunStory, StepStory
from nightclerk.ports import Box

MOMENTS_A_PAGE = 200
GOOD_ENDS = frozenset({"", "ok", "done", "adopted"})
#: Notes whose mere existence means that a person should look.
ALARMING = frozenset({"once.in_doubt", "once.answer_lost", "act_failed"})
#: Which fact of a note says the most, so that it stands in the timeline.
TELLING = {
    "note": "text", "expect": "otherwise", "answer": "answer", "task": "question", "popup_closed": "popup",
    "once.confirmed": "reference", "once.adopted": "reference", "once.in_doubt": "why", "once.answer_lost": "why",
    "act_failed": "element", "after_commit": "element",
}  # fmt: skip
_OF_THE_LINE = frozenset({"verb", "class", "app", "element", "way", "where", "value", "shot", "what", "facts"})


@dataclass(frozen=True, kw_only=True)
class Moment:
    """One thing that happened, with its picture when it has one. `number` counts from 1 and is the deep link."""

    number: int = 0
    kind: str  # step, act, note, file, resume
    at: datetime
    order: int
    depth: int
    step: str
    item: str
    title: str
    value: str | None = None
    picture: str = ""
    box: Box | None = None
    failed: bool = False
    outcome: str = ""
    reason: str = ""
    took_ms: int | None = None
    facts: Mapping[str, Any] | None = None
    what: str = ""  # of a note: its name


def told(event: Event) -> str:
    """What an event was, in the current language: "clicked orders.export", "received file orders.csv"."""
    facts = event.facts
    if event.kind == "act":
        verb = words(f"console.verb.{facts.get('verb', '')}", str(facts.get("verb", "")))
        return f"{verb} {facts.get('element') or facts.get('where') or ''}".strip()
    if event.kind == "file":
        return f"{words('console.verb.keep_file', 'file')} {facts.get('name', '')}".strip()
    if event.kind == "note":
        what = str(facts.get("what", ""))
        return words(f"console.note.{what}", what)
    return words(f"console.note.{event.kind}", event.kind)


def value_of(event: Event) -> str | None:
    """What was typed or read; masked values come masked from the journal."""
    value = event.facts.get("value")
    if event.kind == "note":
        value = _inner(event).get(TELLING.get(str(event.facts.get("what")), ""))
    return None if value is None else shown(value)


def _inner(event: Event) -> Mapping[str, Any]:
    facts = event.facts.get("facts")
    return facts if isinstance(facts, Mapping) else {}


def alarming(event: Event) -> bool:
    """Whether an event is one that a person should look at."""
    what = event.facts.get("what")
    return event.kind == "note" and (what in ALARMING or (what == "expect" and not _inner(event).get("holds")))


def moments(story: RunStory) -> list[Moment]:
    """Everything that happened, in order, numbered."""
    depths = _depths(story.steps)
    found = [_of_step(step, depths[step.number] - 1) for step in story.steps]
    for step in story.steps:
        found += [_of_event(event, step.name, depths[step.number]) for event in step.events]
    found += [_of_event(event, "", 0) for event in story.outside]
    found.sort(key=lambda moment: (moment.at, moment.order))
    return [replace(moment, number=number) for number, moment in enumerate(found, start=1)]


def _depths(steps: Iterable[StepStory]) -> dict[int, int]:
    depths = {0: 0}
    for step in steps:
        depths[step.number] = depths.get(step.parent, 0) + 1
    return depths


def _of_step(step: StepStory, depth: int) -> Moment:
    return Moment(
        kind="step", at=step.began_at, order=step.number - 1_000_000, depth=depth, step=step.name, item=step.item,
        title=step.name, picture=step.picture, failed=step.outcome not in GOOD_ENDS, outcome=step.outcome,
        reason=step.reason, took_ms=step.took_ms,
    )  # fmt: skip


def _of_event(event: Event, step: str, depth: int) -> Moment:
    facts = event.facts
    extra = {name: value for name, value in facts.items() if name not in _OF_THE_LINE} | dict(_inner(event))
    picture = event.picture or str(extra.pop("picture", ""))
    if event.kind == "act":
        extra = {name: facts[name] for name in ("app", "element", "way", "where") if facts.get(name)} | extra
    return Moment(
        kind=event.kind, at=event.at, order=event.seq, depth=depth, step=step, item=event.item,
        title=told(event), value=value_of(event), picture=picture, box=event.box, failed=alarming(event),
        outcome="commit" if facts.get("class") == "commit" else "", facts=extra, what=str(facts.get("what", "")),
    )  # fmt: skip


#: A step of a run that took this many times its run's median is slow.
SLOW_TIMES, SLOW_LEAST_MS = 4, 2000
_OF_A_PERSON = frozenset({"answer", "task", "waiting"})


def chosen(all_moments: Sequence[Moment], *, only: str = "", key: str = "") -> list[Moment]:
    """The moments that pass the filters: failed, healed, person (somebody was asked) or slow; and of one work item."""
    kept = [moment for moment in all_moments if not key or moment.item == key]
    slow_ms = _slow_ms(all_moments) if only == "slow" else 0
    tests: dict[str, Callable[[Moment], bool]] = {
        "failed": lambda moment: moment.failed,
        "healed": lambda moment: moment.what in {"healed", "not_healed"},
        "person": lambda moment: moment.what in _OF_A_PERSON or moment.outcome == "waiting",
        "slow": lambda moment: (moment.took_ms or 0) >= slow_ms,
    }
    return [moment for moment in kept if tests[only](moment)] if only in tests else kept


def _slow_ms(all_moments: Sequence[Moment]) -> float:
    took = sorted(moment.took_ms for moment in all_moments if moment.took_ms is not None)
    return max(SLOW_LEAST_MS, took[len(took) // 2] * SLOW_TIMES) if took else SLOW_LEAST_MS


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """One top-level step as a piece of the coloured bar; `start` and `width` are in seconds of the run."""

    name: str
    start: float
    width: float
    tone: str
    number: int


def stretches(story: RunStory, all_moments: Sequence[Moment]) -> list[Stretch]:
    """The bar over the timeline: width is duration, the tone says how it ended."""
    if story.began_at is None:
        return []
    tops = [moment for moment in all_moments if moment.kind == "step" and moment.depth == 0]
    return [
        Stretch(
            name=moment.title,
            start=(moment.at - story.began_at).total_seconds(),
            width=max((moment.took_ms or 0) / 1000, 0.05),
            tone="bad" if moment.failed else "good",
            number=moment.number,
        )
        for moment in tops
    ]
