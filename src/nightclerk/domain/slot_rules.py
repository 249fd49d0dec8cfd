"""What becomes of a slot before it runs: the pure rules by which a planned start is missed or skipped, each by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from nightclerk.domain.items import Outcome

#: A slot that starts within this time is on time.
GRACE = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class SlotRules:
    """A bot's rules for its starts. `late_until`: how late it may still start; `coalesce`: of several starts that were
    missed only the last is made up for; `skip_if_running`: no second run beside one that is under way.
    """

    late_until: timedelta = timedelta(hours=2)
    coalesce: bool = True
    skip_if_running: bool = False


@dataclass(frozen=True, kw_only=True)
class SlotFacts:
    """What the rules look at. `day_rule`: the word of only_on or not_on that forbids the day; `blackout`: the closed
    hours that it falls in; `later`: a later slot of the bot that is due too; `running`: a run of the bot under way;
    `idle`: the bots that it waits for were all skipped; `was`: the schedule that planned it and has been changed since.
    """

    planned_for: datetime
    now: datetime
    day_rule: str = ""
    blackout: str = ""
    later: str = ""
    running: str = ""
    idle: str = ""
    was: str = ""


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Why a slot does not run: its outcome and "rule: subject"."""

    outcome: Outcome
    why: str


def refusal(facts: SlotFacts, rules: SlotRules) -> Refusal | None:
    """The first rule that keeps a slot from running, None when it is to run now."""
    behind = facts.now - facts.planned_for
    if facts.day_rule:
        return Refusal(outcome=Outcome.SKIPPED, why=facts.day_rule)
    if facts.was:
        return Refusal(outcome=Outcome.MISSED, why=f"schedule: {facts.was}")
    if facts.idle:
        return Refusal(outcome=Outcome.SKIPPED, why=f"after: {facts.idle}")
    if facts.blackout:
        return Refusal(outcome=Outcome.SKIPPED, why=f"blackout: {facts.blackout}")
    if rules.coalesce and facts.later and behind > GRACE:
        return Refusal(outcome=Outcome.SKIPPED, why=f"coalesce: {facts.later}")
    if behind > max(rules.late_until, GRACE):
        return Refusal(outcome=Outcome.MISSED, why=f"late_until: {_span(rules.late_until)}")
    if rules.skip_if_running and facts.running:
        return Refusal(outcome=Outcome.SKIPPED, why=f"if_running: {facts.running}")
    return None


def lateness(planned_for: datetime, started_at: datetime) -> str:
    """By how much a run started late ("7 min"), "" when it was on time."""
    behind = started_at - planned_for
    return _span(behind) if behind > GRACE else ""


def held_up(outcomes: Sequence[tuple[str, Outcome]]) -> str:
    """The bots that a bot waits for, where rules skipped every slot of theirs: it has nothing to do then. Else ""."""
    if outcomes and all(outcome is Outcome.SKIPPED for _, outcome in outcomes):
        return ", ".join(sorted(bot for bot, _ in outcomes))
    return ""


def _span(span: timedelta) -> str:
    minutes = round(span.total_seconds() / 60)
    if minutes < 1:
        return f"{span.total_seconds():g} s"
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min".removesuffix(" 0 min")
