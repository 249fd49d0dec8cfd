"""Work items, their states, and the pure decisions about what happens to one after an attempt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any


class State(StrEnum):
    """Where a work item stands. See DESIGN's glossary; `ENDED` are final without a person."""

    NEW = "new"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    REJECTED = "rejected"
    FAILED = "failed"
    IN_DOUBT = "in_doubt"
    WAITING = "waiting"
    ABANDONED = "abandoned"


#: States that a person has to look at.
FOR_A_PERSON = frozenset({State.REJECTED, State.FAILED, State.IN_DOUBT, State.WAITING})
#: States that a worker may draw from (failed only when its retry time has come, abandoned at once).
DRAWABLE = frozenset({State.NEW, State.ABANDONED})


@dataclass(frozen=True, kw_only=True)
class WorkItem:
    """One unit of work. `key` is unique in `queue`; `fence` grows with every draw; `version` with every write."""

    queue: str
    key: str
    payload: Mapping[str, Any]
    state: State = State.NEW
    attempts: int = 0
    fence: int = 0
    version: int = 0
    run: str = ""
    lease_until: datetime | None = None
    not_before: datetime | None = None
    result: str = ""
    reason: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    created_at: datetime | None = None
    updated_at: datetime | None = None

    @property
    def hands_at(self) -> datetime | None:
        """When a person last worked the screen in the middle of this item; None when nobody did."""
        at = self.details.get("hands_at")
        return datetime.fromisoformat(at) if at else None


@dataclass(frozen=True, kw_only=True)
class Retry:
    """Try the item again after `after`."""

    after: timedelta


@dataclass(frozen=True, kw_only=True)
class GiveUp:
    """No further attempt; the item ends in `state`."""

    state: State


def after_application_error(
    attempts: int, *, max_attempts: int = 3, base_s: float = 1.0, ceiling_s: float = 300.0
) -> Retry | GiveUp:
    """Decide about an item whose attempt number `attempts` (from 1) met an ApplicationError."""
    if attempts >= max_attempts:
        return GiveUp(state=State.FAILED)
    return Retry(after=timedelta(seconds=min(ceiling_s, base_s * 4 ** (attempts - 1))))


class EffectState(StrEnum):
    """Where one irreversible effect on another system stands."""

    INTENT = "intent"  # nothing clicked yet
    SUBMITTING = "submitting"  # the click is allowed from here on; after a crash: uncertain
    CONFIRMED = "confirmed"  # seen on the other side, `reference` is its number there
    IN_DOUBT = "in_doubt"  # a person decides
    WITHDRAWN = "withdrawn"  # the target refused, or a person said that it is not there


@dataclass(frozen=True, kw_only=True)
class Effect:
    """One row of the ledger: an effect `name` on the system `target` for one business `key`."""

    target: str
    name: str
    key: str
    state: EffectState = EffectState.INTENT
    reference: str = ""
    fence: int = 0
    run: str = ""
    why: str = ""
    updated_at: datetime | None = None
    #: Grows with every write; a write that names an older one is refused.
    version: int = 0
    #: Who was allowed to click, and until when; None when no click of anybody can be under way.
    holder: str = ""
    permit_until: datetime | None = None


class Outcome(StrEnum):
    """How one planned slot ended; `planned` and `running` are the two that are still open."""

    PLANNED = "planned"
    RUNNING = "running"
    RAN = "ran"
    LATE = "late"
    MISSED = "missed"
    SKIPPED = "skipped"
    BLOCKED = "blocked"


@dataclass(frozen=True, kw_only=True)
class Slot:
    """One planned start of a bot. `slot_id` = "<bot>@" and the UTC time, the shift, or event:…, file:…, answer:…"""

    slot_id: str
    bot: str
    planned_for: datetime
    shift: str = ""
    outcome: Outcome = Outcome.PLANNED
    why: str = ""
    run: str = ""
    #: What started it where that was no clock: {"event": …, "key": …}, {"file": …}, {"answer": task}.
    facts: Mapping[str, Any] = field(default_factory=dict)


class RunState(StrEnum):
    """Where one execution of a bot stands."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"  # by a person; `ended_at` says since when its process holds nothing any more
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    CRASHED = "crashed"


@dataclass(frozen=True, kw_only=True)
class RunRecord:
    """One execution of a bot. `counts` maps item states to numbers; `parameters` are JSON values.

    `needs`: what a worker must have; `version`: the flows it was launched with; `turn` grows when a paused run goes on;
    `stint` grows with every process that takes it up, and a process whose stint is over may do nothing more.
    `worker`, `place`, `pid`, `pid_started` name that process; `film` its evidence's folder.
    """

    run: str
    bot: str
    flow: str
    state: RunState = RunState.QUEUED
    started_by: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    rehearse: bool = False
    first: int | None = None
    slot_id: str = ""
    shift: str = ""
    queued_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    step: str = ""
    item: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    reason: str = ""
    result: str = ""
    needs: str = "web"
    version: str = ""
    turn: int = 0
    stint: int = 0
    worker: str = ""
    place: str = ""
    pid: int = 0
    pid_started: str = ""
    film: str = ""
    #: When a step was last begun or an item last filed, and by when the run should have ended.
    moved_at: datetime | None = None
    due_at: datetime | None = None
    #: The earlier run of a flow without items that this one goes on with, once its question was answered.
    origin: str = ""


@dataclass(frozen=True, kw_only=True)
class Task:
    """A question put to a person. `kind`: question | in_doubt | review | popup | login | first_items."""

    task: str
    kind: str
    question: str
    choices: tuple[str, ...] = ()
    run: str = ""
    queue: str = ""
    key: str = ""
    picture: str = ""  # sha256 of a picture under logs/<run>/pictures/
    details: Mapping[str, Any] = field(default_factory=dict)
    deadline: datetime | None = None
    asked_at: datetime | None = None
    answer: str = ""
    answered_by: str = ""
    answered_at: datetime | None = None
    #: The answer that is taken when nobody has given one by the deadline; "" for none.
    fallback: str = ""
