"""How far a run has come and how long it will take, and how its bot has done lately: pure sums over the books."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from nightclerk.domain.items import DRAWABLE, FOR_A_PERSON, RunRecord, RunState, State

#: Fewer items say nothing about how long the rest will take.
LEAST_FOR_A_GUESS = 3
_OVER = frozenset({State.DONE, *FOR_A_PERSON})
_ENDED = frozenset({RunState.DONE, RunState.FAILED, RunState.CRASHED, RunState.CANCELLED})


@dataclass(frozen=True, kw_only=True)
class Progress:
    """`done` items of `total`; `left_s` is a guess from the pace so far, None while there is nothing to guess from."""

    done: int
    total: int
    left_s: float | None = None

    @property
    def share(self) -> float:
        return self.done / self.total if self.total else 0.0


def progress_of(run: RunRecord, waiting: Mapping[State, int], now: datetime) -> Progress | None:
    """Where a run stands; `waiting` counts its queue's items by state. None for a run that has no items."""
    done = sum(run.counts.get(state.value, 0) for state in _OVER)
    ahead = sum(waiting.get(state, 0) for state in (*DRAWABLE, State.IN_PROGRESS))
    if run.first is not None:
        ahead = max(0, min(ahead, run.first - done))
    if not done and not ahead:
        return None
    spent_s = (now - run.started_at).total_seconds() if run.started_at else 0.0
    left_s = spent_s / done * ahead if done >= LEAST_FOR_A_GUESS and ahead else None
    return Progress(done=done, total=done + ahead, left_s=left_s)


@dataclass(frozen=True, kw_only=True)
class Record:
    """How a bot has done in its latest runs. Rates are 0 to 1, None where there is nothing to divide by."""

    runs: int = 0
    well: int = 0
    items: int = 0
    done: int = 0
    to_person: int = 0
    usual_s: float | None = None

    @property
    def success(self) -> float | None:
        return self.well / self.runs if self.runs else None

    @property
    def person(self) -> float | None:
        return self.to_person / self.items if self.items else None


def record_of(runs: Iterable[RunRecord]) -> Record:
    """What the ended ones of these runs come to; rehearsals and runs that a person cancelled do not count."""
    ended = [run for run in runs if run.state in _ENDED and run.state is not RunState.CANCELLED and not run.rehearse]
    to_person = sum(run.counts.get(state.value, 0) for run in ended for state in FOR_A_PERSON)
    done = sum(run.counts.get(State.DONE.value, 0) for run in ended)
    took = sorted((run.ended_at - run.started_at).total_seconds() for run in ended if run.ended_at and run.started_at)
    return Record(
        runs=len(ended), well=sum(run.state is RunState.DONE for run in ended), items=done + to_person, done=done,
        to_person=to_person, usual_s=took[len(took) // 2] if took else None,
    )  # fmt: skip
