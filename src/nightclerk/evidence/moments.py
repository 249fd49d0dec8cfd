"""A run's story as one flat list of moments, as plain values for a page that is read without NightClerk (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from nightclerk.evidence.replay import Event, KeptFile, RunStory, StepStory
from nightclerk.texts import LANGUAGES, catalogue

GOOD_ENDS = frozenset({"", "ok", "done", "adopted"})
#: Notes whose mere existence means that a person should look.
ALARMING = frozenset({"once.in_doubt", "once.answer_lost", "act_failed"})
#: Which fact of a note says the most.
TELLING = {
    "note": "text", "expect": "otherwise", "answer": "answer", "task": "question", "popup_closed": "popup",
    "once.confirmed": "reference", "once.adopted": "reference", "once.in_doubt": "why", "once.answer_lost": "why",
    "act_failed": "reason", "after_commit": "element",
}  # fmt: skip
_SHOWN_APART = frozenset({"verb", "class", "element", "value", "shot", "what", "facts", "sha256", "name"})


def moments(story: RunStory) -> list[dict[str, Any]]:
    """Everything that happened, in order: a step before what happened in it. Empty fields are left out."""
    depths = _depths(story.steps)
    found = [(step.began_at, step.number - 1_000_000, _of_step(step, depths[step.number] - 1)) for step in story.steps]
    for step in story.steps:
        found += [(event.at, event.seq, _of_event(event, step.name, depths[step.number])) for event in step.events]
    found += [(event.at, event.seq, _of_event(event, "", 0)) for event in story.outside]
    found.sort(key=lambda moment: moment[:2])
    return [{name: value for name, value in one.items() if value not in ("", None, {}, False)} for _, _, one in found]


def _depths(steps: Iterable[StepStory]) -> dict[int, int]:
    depths = {0: 0}
    for step in steps:
        depths[step.number] = depths.get(step.parent, 0) + 1
    return depths


def _of_step(step: StepStory, depth: int) -> dict[str, Any]:
    return {
        "kind": "step", "at": step.began_at.isoformat(), "depth": depth, "title": step.name, "item": step.item,
        "picture": step.picture, "bad": step.outcome not in GOOD_ENDS, "outcome": step.outcome, "ms": step.took_ms,
        "facts": {"reason": step.reason} if step.reason else {},
    }  # fmt: skip


def _of_event(event: Event, step: str, depth: int) -> dict[str, Any]:
    facts, inner = event.facts, _inner(event)
    more = {name: value for name, value in facts.items() if name not in _SHOWN_APART} | dict(inner)
    picture = event.picture if event.kind != "file" else ""
    picture = picture or str(more.pop("picture", "") or "")
    what = str(facts.get("what", ""))
    value = facts.get("value") if event.kind != "note" else inner.get(TELLING.get(what, ""))
    return {
        "kind": event.kind, "at": event.at.isoformat(), "depth": depth, "step": step, "item": event.item,
        "verb": facts.get("verb", "keep_file" if event.kind == "file" else ""), "what": what,
        "title": _title(event), "value": None if value is None else str(value), "picture": picture,
        "box": [event.box.x, event.box.y, event.box.width, event.box.height] if event.box else None,
        "bad": alarming(event), "commit": facts.get("class") == "commit", "sha256": facts.get("sha256", ""),
        "facts": {name: value for name, value in more.items() if value not in ("", None)},
    }  # fmt: skip


def _title(event: Event) -> str:
    facts = event.facts
    if event.kind == "act":
        return str(facts.get("element") or facts.get("where") or "")
    return str(facts.get("name", "")) if event.kind == "file" else ""


def _inner(event: Event) -> Mapping[str, Any]:
    facts = event.facts.get("facts")
    return facts if isinstance(facts, Mapping) else {}


def alarming(event: Event) -> bool:
    """Whether an event is one that a person should look at."""
    what = event.facts.get("what")
    return event.kind == "note" and (what in ALARMING or (what == "expect" and not _inner(event).get("holds")))


def kept(file: KeptFile) -> dict[str, Any]:
    """A kept file for the page; `there` is false when it was pruned or erased."""
    return {
        "name": file.name, "sha256": file.sha256, "bytes": file.size_bytes, "kind": file.kind,
        "at": file.at.isoformat(), "path": file.path.name, "there": file.path.is_file(),
    }  # fmt: skip


def words_for(found: Iterable[Mapping[str, Any]], files: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    """Texts by language for everything that a page of these moments may have to say, by the catalogue's own keys."""
    wanted = {key for key in catalogue() if key.startswith("pack.")}
    for moment in found:
        wanted |= {f"console.verb.{moment.get('verb', '')}", f"console.note.{moment.get('what', '')}"}
        wanted |= {f"console.outcome_of_step.{moment.get('outcome', '')}", f"console.note.{moment['kind']}"}
        wanted |= {f"console.fact.{name}" for name in moment.get("facts", {})}
    wanted |= {f"console.file.{file['kind']}" for file in files}
    wanted |= {key for key in catalogue() if key.startswith(("console.state.", "console.run_state."))}
    known = {key: texts for key, texts in catalogue().items() if key in wanted}
    return {code: {key: texts[code] for key, texts in known.items()} for code in LANGUAGES}
