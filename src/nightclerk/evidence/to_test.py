"""Make a test out of a failed act: its page, its selectors, what was tried and what came of it; and a pytest beside."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from string import Template
from typing import Any

from ruamel.yaml import YAML

from nightclerk.errors import WorkspaceError
from nightclerk.evidence.replay import Event, RunStory, StepStory
from nightclerk.texts import say

#: The class of the desktop's surface, as a failed act's note names it.
DESKTOP = "Desktop"
_TEMPLATE = Path(__file__).parent / "to_test.py.txt"
_LABEL = re.compile(r"(?P<name>[^()]+)(?:\((?P<values>.*)\))?", re.S)
_NOT_A_NAME = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, kw_only=True)
class FailedAct:
    """One act that failed in a step, with the page that was kept of it."""

    run: str
    step: StepStory
    app: str
    element: str
    verb: str
    error: str
    reason: str
    still: Path
    surface: str  # web or desktop
    where: str = ""
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def slug(self) -> str:
        """A name for files and functions."""
        return _NOT_A_NAME.sub("_", f"{self.app} {self.element} {self.run[-4:]} {self.step.number}".lower()).strip("_")


def failed_act(story: RunStory, step: str) -> FailedAct:
    """The last failed act of a step (by number or name) whose page was kept; WorkspaceError says what there is."""
    chosen = [one for one in story.steps if step in (str(one.number), one.name)]
    if not chosen:
        failed = ", ".join(f"{one.number} {one.name}" for one in story.steps if one.outcome == "failed")
        raise _fault(story.run, "no_step", step=step, failed=failed or "–")
    for one in reversed(chosen):
        for event in reversed(one.events):
            if event.kind == "note" and event.facts.get("what") == "act_failed":
                return _failed_act(story, one, event)
    raise _fault(story.run, "no_act", step=step)


def _failed_act(story: RunStory, step: StepStory, event: Event) -> FailedAct:
    facts: Mapping[str, Any] = event.facts.get("facts") or {}
    surface, still = _still(story, facts)
    if still is None:
        raise _fault(story.run, "no_page", step=step.name)
    if not still.is_file():
        raise _fault(story.run, "page_gone", step=step.name)
    match = _LABEL.fullmatch(str(facts["element"]))
    assert match is not None  # the label is never empty
    return FailedAct(
        run=story.run, step=step, app=str(facts.get("app", "")), element=match["name"], verb=str(facts.get("verb", "")),
        error=str(facts.get("error", "")), reason=str(facts.get("reason", "")), still=still, surface=surface,
        where=str(facts.get("where", "")),
        values=_values(match["values"] or ""),
    )  # fmt: skip


def _still(story: RunStory, facts: Mapping[str, Any]) -> tuple[str, Path | None]:
    """The kind of surface, and the page or the masked picture that was kept of it."""
    page = next((file.path for file in story.files if file.sha256 == facts.get("page")), None)
    if page is not None:
        return "web", page
    if facts.get("surface") == DESKTOP and facts.get("picture"):
        return "desktop", story.folder / "pictures" / f"{facts['picture']}.webp"
    return "", None


def _values(text: str) -> dict[str, str]:
    """`order=123, row=2` of an element's label as a mapping; a value may hold commas, a name may not."""
    pieces = re.split(r", (?=\w+=)", text) if text else []
    return {name: value for name, _, value in (piece.partition("=") for piece in pieces)}


def write_test(act: FailedAct, *, selectors: Path, out: Path) -> Sequence[Path]:
    """Write `out`/<slug>/ (the case) and `out`/test_<slug>.py; returns both. Nothing that is there is overwritten."""
    case, test = out / act.slug, out / f"test_{act.slug}.py"
    for path in (case, test):
        if path.exists():
            raise _fault(str(path), "there_already")
    (case / "selectors").mkdir(parents=True)
    shutil.copytree(selectors, case / "selectors" / act.app)
    shutil.copy2(act.still, case / ("page.html" if act.surface == "web" else "screen.webp"))
    said = {
        "run": act.run, "step": act.step.number, "step_name": act.step.name, "app": act.app, "element": act.element,
        "values": dict(act.values), "verb": act.verb, "where": act.where, "outcome": act.error, "reason": act.reason,
    }  # fmt: skip
    with (case / "case.yaml").open("w", encoding="utf-8") as file:
        writer = YAML()
        writer.allow_unicode = True
        writer.dump(said, file)
    test.write_text(_test_source(act), encoding="utf-8")
    return (test, case)


def _test_source(act: FailedAct) -> str:
    """The pytest. What stands in it as text is written so that no value of a journal can end a string."""
    facts = {"run": act.run, "step": act.step.number, "element": act.element, "verb": act.verb, "outcome": act.error}
    safe = {name: re.sub(r"[^\w .:+=-]", "_", str(fact)) for name, fact in facts.items()}
    return Template(_TEMPLATE.read_text(encoding="utf-8")).substitute(
        safe, slug=act.slug, app=act.app, surface=act.surface
    )


def _fault(where: str, key: str, **facts: Any) -> WorkspaceError:
    return WorkspaceError(
        where=where, expected=say(f"to_test.{key}", **facts), remedy=say(f"to_test.{key}_remedy", **facts)
    )
