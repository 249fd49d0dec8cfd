"""The day in figures: what `nightclerk report --day` prints, and what the morning message says of the night."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from nightclerk.domain.items import Outcome, Slot, Task
from nightclerk.figures.figures import Figures, Line, broken_slots, figures
from nightclerk.messages.notices import in_both
from nightclerk.records import dump
from nightclerk.texts import say
from nightclerk.work.messages import Message
from nightclerk.work.store import SqlStore
from nightclerk.workspace import Workspace

#: Reasons and questions that a message names; the rest is counted.
MOST_NAMED = 5


@dataclass(frozen=True, kw_only=True)
class Briefing:
    """One stretch of time, for people: its figures, the starts that did not run, and what still waits for an answer."""

    figures: Figures
    not_run: tuple[Slot, ...]
    waiting: tuple[Task, ...]

    def as_json(self) -> dict[str, Any]:
        """The same for a script; rates are null where nothing was done."""
        total = self.figures.total
        return {
            **dump(self.figures), "total": _with_rates(total),
            "bots": [_with_rates(line) for line in self.figures.bots],
            "not_run": dump(self.not_run), "waiting": [{"task": t.task, "question": t.question} for t in self.waiting],
        }  # fmt: skip


def of_day(store: SqlStore, workspace: Workspace, day: date) -> Briefing:
    """The briefing of one calendar day in the workspace's time zone, as far as it has passed."""
    zone = ZoneInfo(workspace.settings.timezone)
    start = datetime.combine(day, time(), tzinfo=zone)
    end = datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)
    return between(store, workspace, start, end)


def between(store: SqlStore, workspace: Workspace, since: datetime, until: datetime) -> Briefing:
    """The briefing of [since, until)."""
    return Briefing(
        figures=figures(store, since, until, workspace=workspace),
        not_run=tuple(broken_slots(store.slots_between(since, until))),
        waiting=tuple(store.tasks(limit=1000)),
    )


def morning_text(store: SqlStore, workspace: Workspace, now: datetime) -> dict[str, str]:
    """The morning message in both languages: the last 24 hours in a few lines."""
    found = between(store, workspace, now - timedelta(hours=24), now)
    total, slots = found.figures.total, found.figures.slots
    missed = [s for s in found.not_run if s.outcome is not Outcome.SKIPPED]
    return in_both(
        "briefing.morning", done=total.done, items=total.items, to_person=total.to_person,
        saved=_hours(total.minutes_saved), straight=percent(total.straight_through_rate),
        ran=slots.get("ran", 0) + slots.get("late", 0), not_run=len(missed), waiting=len(found.waiting),
        named="\n".join(f"  – {s.bot}: {s.outcome.value} {s.why}" for s in missed[:MOST_NAMED]) or "  –",
    )  # fmt: skip


def overdrawn(store: SqlStore, workspace: Workspace, now: datetime) -> Iterator[Message]:
    """One message a week for each bot whose items needed people more often than its error budget allows."""
    zone = ZoneInfo(workspace.settings.timezone)
    local = now.astimezone(zone)
    monday = datetime.combine(local.date() - timedelta(days=local.weekday()), time(), tzinfo=zone)
    for line in figures(store, monday, now, workspace=workspace).bots:
        if line.budget.overdrawn:
            year, week, _ = monday.isocalendar()
            text = in_both(
                "messages.budget_overdrawn", bot=line.bot, items=line.items, wrong=line.budget.wrong,
                allowed=percent(float(line.budget.allowed or 0)),
            )  # fmt: skip
            about = f"budget:{line.bot}:{year}-W{week:02}"
            yield Message(about=about, kind="budget_overdrawn", text=text, at=now)


def rows(found: Figures) -> list[list[str]]:
    """A table's rows: one a bot, the last one for all."""
    return [_row(line) for line in (*found.bots, found.total)]


def headers(currency: str) -> list[str]:
    """The headings of `rows`."""
    names = (
        "bot", "items", "done", "to_person", "straight", "person_rate", "healing", "saved", "waited", "cost", "budget",
    )  # fmt: skip
    return [say(f"briefing.{name}", currency=currency) for name in names]


def _row(line: Line) -> list[str]:
    used = line.budget.used
    return [
        line.bot or say("briefing.all"), str(line.items), str(line.done), str(line.to_person),
        percent(line.straight_through_rate), percent(line.person_rate), percent(line.healing_rate),
        _hours(line.minutes_saved), f"{line.waited_h:.1f}", f"{line.waiting_cost:,.2f}",
        "–" if used is None else percent(used),
    ]  # fmt: skip


def percent(rate: float | None) -> str:
    """A rate for people: "98.5 %", "–" where there is none."""
    return "–" if rate is None else f"{rate * 100:.1f} %"


def _hours(minutes: float) -> str:
    return f"{int(minutes) // 60}:{int(minutes) % 60:02}"


def _with_rates(line: Line) -> dict[str, Any]:
    rates = ("straight_through_rate", "person_rate", "healing_rate")
    return {**dump(line), **{name: getattr(line, name) for name in rates}, "budget_used": line.budget.used}
