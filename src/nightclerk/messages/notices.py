"""What people have to be told, read from the books: each thing under its own name, so that it is told once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from nightclerk.domain.items import Outcome, RunRecord, RunState, Slot, Task
from nightclerk.hush import clean
from nightclerk.texts import LANGUAGES, language, say
from nightclerk.work.messages import Message
from nightclerk.work.store import SqlStore
from nightclerk.work.watch import hanging
from nightclerk.workspace import Workspace

#: What happened longer ago is not told any more: a channel that is set up today is not flooded with the past.
LOOK_BACK = timedelta(hours=24)
_BROKEN = (RunState.FAILED, RunState.CRASHED)


@dataclass(frozen=True, kw_only=True)
class Notices:
    """`link(task)`: the address at which the task can be answered, "" for none."""

    store: SqlStore
    workspace: Workspace
    link: Callable[[Task], str]

    def news(self, now: datetime) -> Iterator[Message]:
        """Everything that somebody should know and has no message yet. What is open is told however old it is."""
        for about, key, kind, facts in self._things(now):
            name = about[:240]
            if not self.store.told(name):
                yield Message(about=name, kind=kind, text=in_both(f"messages.{key}", **_clean(facts())), at=now)

    def _things(self, now: datetime) -> Iterator[tuple[str, str, str, Callable[[], dict[str, Any]]]]:
        """What there is to tell: its name, its text's key, its kind, and the facts (made only when they are needed)."""
        since = now - LOOK_BACK
        for task in reversed(self.store.tasks(limit=10_000)):
            yield f"task:{task.task}", "person_needed", "person_needed", partial(self._task, task)
        for task in self.store.overdue(now):
            yield f"overdue:{task.task}", "overdue", "person_needed", partial(self._task, task)
        for slot in self.store.slots_between(since, now):
            if slot.outcome in (Outcome.MISSED, Outcome.BLOCKED):
                yield f"slot:{slot.slot_id}", f"slot_{slot.outcome.value}", "slot_missed", partial(self._slot, slot)
        for run in reversed(self.store.runs(states=_BROKEN, limit=200)):
            if run.ended_at and run.ended_at >= since and not (run.slot_id and run.started_at is None):
                yield f"run:{run.run}", "bot_failed", "bot_failed", partial(self._run, run, reason=run.reason)
        for run in hanging(self.store, self.workspace, now):
            moved = run.moved_at or run.started_at or now
            minutes = int((now - moved).total_seconds() // 60)
            facts = partial(self._run, run, step=run.step, minutes=minutes)
            yield f"hang:{run.run}:{moved:%Y%m%dT%H%M%S}", "bot_hangs", "bot_hangs", facts

    def _task(self, task: Task) -> dict[str, Any]:
        until = f"{task.deadline.astimezone(self._zone):%m-%d %H:%M}" if task.deadline else "–"
        choices = " | ".join(task.choices) or "–"
        return {
            "question": task.question, "choices": choices, "deadline": until, "task": task.task, "link": self.link(task)
        }  # fmt: skip

    def _slot(self, slot: Slot) -> dict[str, Any]:
        at = f"{slot.planned_for.astimezone(self._zone):%m-%d %H:%M}"
        return {"bot": self._title(slot.bot), "at": at, "why": slot.why}

    def _run(self, run: RunRecord, **facts: Any) -> dict[str, Any]:
        return {"bot": self._title(run.bot), "run": run.run, **facts}

    def _title(self, bot: str) -> str:
        known = self.workspace.bots.get(bot)
        titles = known.titles if known else {}
        return f"{titles.get(self.workspace.settings.language, bot)} ({bot})" if titles else bot

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.workspace.settings.timezone)


def _clean(facts: dict[str, Any]) -> dict[str, Any]:
    """The facts without secrets and people's data; a link is meant to be used, and stays whole."""
    return {name: clean(fact) if isinstance(fact, str) and name != "link" else fact for name, fact in facts.items()}


def in_both(key: str, **facts: Any) -> dict[str, str]:
    """A text of the catalogue in both languages."""
    found = {}
    for code in LANGUAGES:
        with language(code):
            found[code] = say(key, **facts).strip()
    return found
