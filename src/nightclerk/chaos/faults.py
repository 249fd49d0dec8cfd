"""What chaos does and in which order: kinds of faults, the moments they strike at, and a plan drawn from a seed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

T = TypeVar("T")


class Partner(StrEnum):
    """Whose books are counted."""

    WEB = "web"
    DESKTOP = "desktop"


class Kind(StrEnum):
    """What happens."""

    KILL = "kill"  # SIGKILL to the process that performs the run
    KILL_WORKER = "kill_worker"  # SIGKILL to the worker; what it started has to notice by itself
    POWER_CUT = "power_cut"  # SIGKILL to the worker and all that it started, at once
    KILL_PROGRAM = "kill_program"  # SIGKILL to the desktop program that is worked
    FREEZE = "freeze"  # SIGSTOP until after the take-over, then SIGCONT
    FREEZE_PROGRAM = "freeze_program"  # SIGSTOP to the desktop program for three seconds
    HANG_PROGRAM = "hang_program"  # SIGSTOP to the desktop program for good: the time of the item runs out
    DROP_BEFORE = "drop_before"  # connection cut before the partner wrote anything
    DROP_AFTER = "drop_after"  # connection cut after the partner committed
    FAIL_AFTER = "fail_after"  # 502 after the partner committed
    LATE_ANSWER = "late_answer"  # the answer comes after the bot's patience
    LATE_LANDING = "late_landing"  # the request is a second and a half under way
    EXPIRE = "expire"  # all sessions forgotten
    SLOT_TWICE = "slot_twice"  # the same slot fired by two more schedulers at once
    SECOND_SCHEDULER = "second_scheduler"  # a second `nightclerk shift` in the same workspace
    DISK_FULL = "disk_full"  # nothing of ours can grow a file for two seconds
    CLOCK_FORWARD = "clock_forward"  # the clock jumps two minutes ahead, and back
    CLOCK_BACK = "clock_back"  # the clock jumps two minutes back, and again
    LOCK_DATABASE = "lock_database"  # SQLite: somebody else holds the write lock
    STOP_DATABASE = "stop_database"  # PostgreSQL: stopped hard, and started again


class Moment(StrEnum):
    """When it happens, seen in the run's journal, in the ledger, or by the partner."""

    START = "start"  # a process takes the run up
    ITEM = "item"  # an item was drawn
    STEP = "step"  # a step begins
    EDIT = "edit"  # during prepare: a field was filled
    SUBMITTING = "submitting"  # the permission is being written
    CLAIMED = "claimed"  # the permission stands in the ledger
    CLICK = "click"  # the commit element was found, the click comes
    CLICKED = "clicked"  # the click is done
    CONFIRMED = "confirmed"  # the look has found it
    STEP_END = "step_end"  # a step ended; the last one: filing
    FILED = "filed"  # the item was filed
    # only the web partner can hold a request still:
    LOOK = "look"  # the search has reached the partner
    FORM = "form"  # the form was asked for
    ARRIVED = "arrived"  # the save has reached the partner and lands after the strike
    COMMITTED = "committed"  # the order stands in the partner's books, unanswered


HELD = (Moment.LOOK, Moment.FORM, Moment.ARRIVED, Moment.COMMITTED)
SEEN = tuple(moment for moment in Moment if moment not in HELD)
#: Between the permission and what can be seen of its effect: where only a look can tell.
AROUND_THE_CLICK = (Moment.SUBMITTING, Moment.CLAIMED, Moment.CLICK, Moment.CLICKED, Moment.ARRIVED)


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One planned fault. `moment` is None where it does not matter; `jitter_s` is waited after the moment."""

    kind: Kind
    moment: Moment | None = None
    jitter_s: float = 0.0


#: How often each kind comes among the faults that are not kills. Freezes take a minute and a quarter each.
_WEB = {
    Kind.DROP_BEFORE: 3, Kind.DROP_AFTER: 6, Kind.FAIL_AFTER: 4, Kind.LATE_ANSWER: 4, Kind.LATE_LANDING: 4,
    Kind.EXPIRE: 4,
}  # fmt: skip
_DESKTOP = {Kind.KILL_PROGRAM: 6, Kind.FREEZE_PROGRAM: 4, Kind.HANG_PROGRAM: 1}
_ALWAYS = {
    Kind.FREEZE: 1, Kind.SLOT_TWICE: 2, Kind.SECOND_SCHEDULER: 1, Kind.DISK_FULL: 2, Kind.CLOCK_FORWARD: 1,
    Kind.CLOCK_BACK: 1,
}  # fmt: skip
_FROZEN_AT = (Moment.CLICK, Moment.CLAIMED, Moment.SUBMITTING, Moment.EDIT)
_PROGRAM_AT = (Moment.CLICK, Moment.EDIT, Moment.CLICKED, Moment.CLAIMED)


def plan(*, seed: int, kills: int, faults: int, partner: Partner, postgres: bool) -> tuple[Fault, ...]:
    """The same faults in the same order for the same arguments; every kill moment comes as often as any other."""
    dice = random.Random(f"{seed}/{partner}/{postgres}")
    moments = SEEN + (HELD if partner is Partner.WEB else ())
    planned = [_kill(n, moment, dice) for n, moment in enumerate(_rounds(moments, kills, dice))]
    kinds = [kind for kind, weight in _weights(partner, postgres).items() for _ in range(weight)]
    planned += [_fault(kind, dice) for kind in _rounds(kinds, faults, dice)]
    dice.shuffle(planned)
    return tuple(planned)


def _weights(partner: Partner, postgres: bool) -> dict[Kind, int]:
    database = {Kind.STOP_DATABASE: 2} if postgres else {Kind.LOCK_DATABASE: 2}
    return {**(_WEB if partner is Partner.WEB else _DESKTOP), **_ALWAYS, **database}


def _rounds(values: Sequence[T], count: int, dice: random.Random) -> list[T]:
    """`count` of the values: each round has every value once, in an order of its own."""
    taken: list[T] = []
    while len(taken) < count:
        taken += dice.sample(list(values), len(values))
    return taken[:count]


def _kill(n: int, moment: Moment, dice: random.Random) -> Fault:
    """Every eighth kill takes the worker with it, every eighth all that the worker started."""
    kind = {3: Kind.KILL_WORKER, 7: Kind.POWER_CUT}.get(n % 8, Kind.KILL)
    return Fault(kind=kind, moment=moment, jitter_s=dice.choice((0.0, 0.005, 0.02, 0.06)))


def _fault(kind: Kind, dice: random.Random) -> Fault:
    moment = None
    if kind is Kind.FREEZE:
        moment = dice.choice(_FROZEN_AT)
    elif kind in _DESKTOP:
        moment = dice.choice(_PROGRAM_AT)
    return Fault(kind=kind, moment=moment, jitter_s=dice.choice((0.0, 0.005, 0.02)))
