"""The healings of one run: proposals with pictures, a task for a person once, counts, and what was learned, kept."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from nightclerk.domain.items import Task
from nightclerk.evidence.journal import JOURNAL
from nightclerk.locate.fingerprint import Fingerprint
from nightclerk.locate.healer import Doubt, Healer, Healing
from nightclerk.locate.prints import learned_folder, load_prints, save_prints
from nightclerk.locate.proposals import Proposal, Proposals, proposal_of
from nightclerk.ports import Clock, Film, Frame, Tasks
from nightclerk.records import dump
from nightclerk.texts import say

#: How many runs back the picture of an element before it moved is looked for.
RUNS_TO_SEARCH = 20


class RunHealings:
    """One healer for each app of a run, and where what they tell goes."""

    def __init__(
        self,
        *,
        root: Path,
        starter: Path | None,
        run: str,
        film: Film,
        store: Tasks,
        clock: Clock,
        frame: Callable[[], Frame | None],
        before: Callable[[str, str], Mapping[str, Any]] = lambda app, element: {},
    ) -> None:
        self._root, self._starter, self._run = root, starter, run
        self._film, self._store, self._clock, self._frame, self._before = film, store, clock, frame, before
        settle_answers(root, store)
        self._proposals = Proposals(root)
        self._healers: dict[str, Healer] = {}
        self.counts: dict[str, int] = {}

    def healer(self, app: str) -> Healer:
        """The healer of an app; the same one when the app is opened again after trouble."""
        if app not in self._healers:
            prints: dict[str, Fingerprint] = load_prints(app, workspace=self._root, starter=self._starter)
            told = partial(self._told, app)
            self._healers[app] = Healer(app=app, prints=prints, refused=self._proposals.refused(app), report=told)
        return self._healers[app]

    def all(self) -> list[Healer]:
        return list(self._healers.values())

    def close(self) -> None:
        """Keep the fingerprints that good uses have refreshed."""
        for app, healer in self._healers.items():
            fresh = healer.take_learned()
            if fresh:
                save_prints(learned_folder(self._root, app), fresh)

    def _told(self, app: str, told: Healing | Doubt) -> None:
        """A healing or a doubt: in the journal, as a proposal with both pictures, and once as a task."""
        picture = self._film.picture(self._frame())
        facts = {**self._before(app, told.element), "after_picture": picture}
        at = self._clock.now().isoformat(timespec="seconds")
        proposal = proposal_of(told, app=app, run=self._run, at=at, **facts)
        kind = "healed" if isinstance(told, Healing) else "not_healed"
        self.counts[kind] = self.counts.get(kind, 0) + 1
        self._film.note(kind, _facts(proposal))
        if self._proposals.put(proposal):
            self._store.ask(self._task(proposal))

    def _task(self, proposal: Proposal) -> Task:
        healed = proposal.state == "open"
        words = {"app": proposal.app, "element": proposal.element, "best": proposal.best}
        question = say("locate.healing_question" if healed else "locate.unsure_question", **words)
        return Task(
            task=f"healing/{proposal.proposal}", kind="healing", question=question,
            choices=("accept", "refuse") if healed else ("seen",), run=self._run, picture=proposal.after_picture,
            details=dump(_facts(proposal)), asked_at=self._clock.now(),
        )  # fmt: skip


def last_seen(logs: Path, app: str, element: str, *, but: str) -> dict[str, Any]:
    """The newest other run that used an element, and the picture of that moment: `before_run`, `before_picture`.

    Looks through the last few runs on this machine; {} when none of them used it.
    """
    runs = sorted(logs.glob(f"*/{JOURNAL}"), key=lambda file: file.stat().st_mtime, reverse=True)
    for journal in [file for file in runs if not file.parent.name.startswith(but)][:RUNS_TO_SEARCH]:
        picture = _picture_of(journal, app, element)
        if picture is not None:
            return {"before_run": journal.parent.name, "before_picture": picture}
    return {}


def _picture_of(journal: Path, app: str, element: str) -> str | None:
    """The sha256 of the first picture taken at or after an unhealed act on an element ("" none; None: no such act)."""
    shot, pictures = None, {}
    for line in journal.read_text(encoding="utf-8", errors="replace").splitlines():
        with contextlib.suppress(ValueError, AttributeError):
            told = json.loads(line)
            body = told.get("body", told)
            if body.get("app") == app and str(body.get("element", "")).split("(")[0] == element:
                shot = -1 if not str(body.get("way", "")).startswith("healed") else shot
            if shot == -1 and "shot" in body and "sha256" not in body:
                shot = int(body["shot"])
            if "sha256" in body and "shot" in body:
                pictures[int(body["shot"])] = str(body["sha256"])
    return None if shot is None else pictures.get(shot, "")


def settle_answers(root: Path, store: Tasks) -> list[Proposal]:
    """Carry over what people answered to the questions of healings; returns the proposals that this decided."""
    proposals, decided = Proposals(root), []
    for one in proposals.all(state="open"):
        task = store.task(f"healing/{one.proposal}")
        if task is None or task.answered_at is None:
            continue
        settle = proposals.accept if task.answer == "accept" else proposals.refuse
        at = task.answered_at.isoformat(timespec="seconds")
        decided.append(settle(one.proposal, who=task.answered_by, at=at))
        tell_answer(root, decided[-1])
    return decided


def tell_answer(root: Path, proposal: Proposal) -> None:
    """An accepted element is known by its new fingerprint from now on."""
    if proposal.state == "accepted":
        save_prints(learned_folder(root, proposal.app), {proposal.element: proposal.fingerprint})


def _facts(proposal: Proposal) -> dict[str, Any]:
    """What the journal and the task say of a proposal."""
    return {
        "proposal": proposal.proposal, "app": proposal.app, "element": proposal.element, "best": proposal.best,
        "second": proposal.second, "probability": proposal.probability, "margin": proposal.margin,
        "reasons": list(proposal.reasons), "trust": proposal.trust, "diff": proposal.diff,
        "before_box": list(proposal.before_box), "after_box": list(proposal.after_box),
        "before_picture": proposal.before_picture, "after_picture": proposal.after_picture,
    }  # fmt: skip
