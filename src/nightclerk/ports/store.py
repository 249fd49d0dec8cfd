"""The engine's own books: queues of work items, the ledger of effects, runs, slots, tasks for people, leases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from nightclerk.domain.items import (
    Effect,
    Outcome,
    RunRecord,
    RunState,
    Slot,
    State,
    Task,
    WorkItem,
)


class Queues(Protocol):
    """Work items under unique business keys. Every write is one conditional update."""

    def put(
        self,
        queue: str,
        key: str,
        payload: Mapping[str, Any],
        *,
        state: State = State.NEW,
        result: str = "",
        reason: str = "",
        details: Mapping[str, Any] | None = None,
        now: datetime | None = None,
    ) -> bool:
        """Add an item; False (and nothing changed) when the key is already there, whatever its state.

        Another `state` than new files a record together with its outcome: no worker ever sees it as work.
        """

    def draw(self, queue: str, *, run: str, lease_s: float, now: datetime, key: str = "") -> WorkItem | None:
        """Claim the oldest item that is due (or the one under `key`, if it is due).

        Due: new, abandoned, or in_progress with a lease that ran out.

        Two callers never get the same item. The claim sets in_progress, adds 1 to attempts and fence.
        """

    def renew(self, item: WorkItem, *, lease_s: float, now: datetime) -> bool:
        """Prolong the lease; False when the fence has moved on (somebody else holds the item)."""

    def hands_on(self, item: WorkItem, *, now: datetime) -> None:
        """Note, before it happens, that a person works the screen amid this item: see `WorkItem.hands_at`."""

    def finish(
        self,
        item: WorkItem,
        state: State,
        *,
        result: str = "",
        reason: str = "",
        details: Mapping[str, Any] | None = None,
        not_before: datetime | None = None,
        attempts: int | None = None,
        now: datetime,
    ) -> bool:
        """End an attempt. `state=NEW` with `not_before` is a retry; `attempts` corrects the count.

        False when the fence has moved on.
        """

    def abandon(self, run: str, *, now: datetime) -> int:
        """Let go of every item that `run` holds: its process has died. Returns how many."""

    def decide(
        self,
        queue: str,
        key: str,
        *,
        version: int,
        state: State,
        who: str,
        why: str,
        payload: Mapping[str, Any] | None = None,
        details: Mapping[str, Any] | None = None,
        now: datetime,
    ) -> bool:
        """A person's word about an item; False when `version` is stale (somebody was faster).

        `payload` and `details` replace what the item carries, where they are given.
        """

    def queue_again(
        self, items: Iterable[tuple[str, str, int, Mapping[str, Any]]], *, who: str, why: str, now: datetime
    ) -> tuple[str, ...]:
        """Put items (queue, key, version, payload) back as new, all in one transaction, or none.

        Returns the keys whose version is stale; () when all went back.
        """

    def item(self, queue: str, key: str) -> WorkItem | None: ...
    def items(
        self,
        queue: str | None = None,
        *,
        states: Iterable[State] = (),
        text: str = "",
        limit: int = 100,
        offset: int = 0,
    ) -> list[WorkItem]:
        """Newest first. `text` searches the key, the result and the reason."""

    def counts(self, queue: str) -> dict[State, int]: ...
    def queues(self) -> list[str]: ...


class Ledger(Protocol):
    """Irreversible effects, one row for each (target, name, key), for ever."""

    def effect(self, target: str, name: str, key: str) -> Effect | None: ...
    def intend(self, target: str, name: str, key: str, *, run: str, now: datetime) -> Effect:
        """Insert the row as `intent` or return the one that is there."""

    # Every write below is one conditional update: None, and nothing changed, when the row is no longer the `effect`
    # that the caller has read (its version), so that a stale holder never overwrites. Else the row as it is now.

    def submit(
        self,
        effect: Effect,
        *,
        item: WorkItem | None,
        run: str,
        now: datetime,
        holder: str = "",
        permit_until: datetime | None = None,
    ) -> Effect | None:
        """intent/withdrawn -> submitting, in one transaction with the check that `item`'s fence still holds.

        `holder` may click until `permit_until`.
        """

    def submit_all(
        self,
        effects: Sequence[Effect],
        *,
        item: WorkItem | None,
        run: str,
        now: datetime,
        holder: str = "",
        permit_until: datetime | None = None,
    ) -> list[Effect] | None:
        """`submit` for the rows of one import file: all of them in one transaction, or none."""

    def confirm(self, effect: Effect, *, reference: str, run: str, now: datetime) -> Effect | None:
        """Seen on the other side."""

    def withdraw(self, effect: Effect, *, why: str, run: str, now: datetime) -> Effect | None:
        """Not there: refused, proven absent, or a person said so."""

    def doubt(self, effect: Effect, *, why: str, run: str, now: datetime) -> Effect | None:
        """A person has to decide."""

    def reopen(self, effect: Effect, *, why: str, run: str, now: datetime) -> Effect | None:
        """submitting -> intent: it is known that nothing was clicked."""

    def clicked(self, effect: Effect, *, why: str, run: str, now: datetime) -> Effect | None:
        """Still submitting, but the holder's click is over: nobody has to wait for its permit."""

    def effects(
        self, *, target: str = "", run: str = "", key: str = "", limit: int = 1000, offset: int = 0
    ) -> list[Effect]:
        """Latest first; `key` searches within the business key."""


class Runs(Protocol):
    """Executions of bots, and the last signed head of each run's evidence."""

    def add_run(self, run: RunRecord) -> bool: ...
    def run(self, run: str) -> RunRecord | None: ...
    def runs(
        self,
        *,
        bot: str = "",
        shift: str = "",
        states: Iterable[RunState] = (),
        limit: int = 50,
        offset: int = 0,
    ) -> list[RunRecord]:
        """Newest first."""

    def update_run(self, run: str, **changes: Any) -> None: ...
    def begin_run(self, run: str, *, now: datetime, **process: Any) -> RunRecord | None:
        """A process takes a queued or running run up: its stint begins, every earlier one is over. None: nothing to do.

        `process`: worker, place, pid, pid_started, film.
        """

    def end_run(self, run: str, *, stint: int, state: RunState, now: datetime, **changes: Any) -> RunState:
        """A process files how a run ended, if its stint still is the run's; returns where the run stands then."""

    def change_run(self, run: str, *, expect: Iterable[RunState], **changes: Any) -> bool:
        """Change a run that is in one of the states `expect`; False, and nothing changed, otherwise."""

    def anchor(self, run: str, *, seq: int, head: str, now: datetime) -> None: ...
    def anchored(self, run: str) -> tuple[int, str] | None: ...
    def anchors(self) -> dict[str, tuple[int, str]]:
        """Every anchored run, so that one which was dropped as a whole shows."""


class Slots(Protocol):
    """Planned starts and their outcomes."""

    def plan(self, slot: Slot) -> bool:
        """Insert; False when the slot is already known."""

    def settle(self, slot_id: str, outcome: Outcome, *, why: str = "", run: str = "") -> bool:
        """planned -> running or an end, running -> an end; False when the slot is no longer open for that."""

    def slots(
        self,
        *,
        bot: str = "",
        shift: str = "",
        outcomes: Iterable[Outcome] = (),
        limit: int = 100,
        offset: int = 0,
    ) -> list[Slot]:
        """Newest planned time first."""


class Tasks(Protocol):
    """Questions put to people, and their answers."""

    def ask(self, task: Task) -> bool:
        """Insert; False when a task with this id is already there (a retry asks the same question once)."""

    def task(self, task: str) -> Task | None: ...
    def tasks(self, *, open_only: bool = True, run: str = "", limit: int = 100, offset: int = 0) -> list[Task]: ...
    def overdue(self, now: datetime) -> list[Task]:
        """Open tasks whose deadline has passed."""

    def answer(self, task: str, *, answer: str, who: str, now: datetime) -> bool:
        """False when somebody has answered already."""


class Leases(Protocol):
    """Named exclusive resources (an account, a mouse) with a fencing number."""

    def take(self, name: str, *, holder: str, lease_s: float, now: datetime) -> int | None:
        """The new fence, or None while another holder's lease runs. The same holder may take it again."""

    def release(self, name: str, *, holder: str) -> None: ...
    def release_all(self, run: str) -> int:
        """Let go of all that the (dead) processes of a run hold; holders are called "<run>/<stint>"."""


class Store(Queues, Ledger, Runs, Slots, Tasks, Leases, Protocol):
    """All of the engine's own books behind one object."""

    def close(self) -> None: ...
