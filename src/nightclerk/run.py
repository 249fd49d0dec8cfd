"""What a flow holds while it runs: `Run` for the whole run, `Transaction` for one work item of it."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from nightclerk.domain.items import EffectState, RunRecord, State, Task, WorkItem
from nightclerk.errors import ApplicationError, GuardError, NeedsPerson
from nightclerk.flow import Queue
from nightclerk.once import Gate, Once
from nightclerk.ports import Clock, Film, Frame, Store
from nightclerk.records import dump
from nightclerk.workspace import Workspace

T = TypeVar("T")
LEASE_S = 60.0


@dataclass(kw_only=True)
class Backstage:
    """What the engine hands to a run: the books, the film, the clock, and the ways to see the screen."""

    record: RunRecord
    workspace: Workspace
    store: Store
    film: Film
    clock: Clock
    day: date
    files: Path
    wait: Callable[[float], None]
    gates: Callable[[], Sequence[Gate]] = list
    frame: Callable[[], Frame | None] = lambda: None
    counts: dict[str, int] = field(default_factory=dict)


class Run:
    """One execution of a bot, as its flow sees it."""

    def __init__(self, backstage: Backstage, item: WorkItem | None = None) -> None:
        self._backstage = backstage
        self.item = item

    @property
    def id(self) -> str:
        return self._backstage.record.run

    @property
    def day(self) -> date:
        """The business day that this run works on."""
        return self._backstage.day

    @property
    def files(self) -> Path:
        """The folder of this run's own files (downloads, workbooks)."""
        return self._backstage.files

    @property
    def workspace(self) -> Path:
        return self._backstage.workspace.root

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """A named stretch with evidence: a journal line and a picture at its end, whatever the end."""
        stage = self._backstage
        stage.store.update_run(self.id, step=name, item=self.item.key if self.item else "")
        stage.film.step(name)
        try:
            yield
        except BaseException as error:
            stage.film.step_end(_ending(error), frame=stage.frame(), reason=str(error))
            self._anchor()
            raise
        stage.film.step_end("ok", frame=stage.frame())
        self._anchor()

    def expect(self, holds: bool, otherwise: str) -> None:
        """Raise ApplicationError(`otherwise`) unless it holds: what the screen says is not what was asked for."""
        self._backstage.film.note("expect", {"holds": bool(holds), "otherwise": otherwise})
        if not holds:
            raise ApplicationError(otherwise)

    def note(self, text: str, **facts: Any) -> None:
        """A line for the journal."""
        self._backstage.film.note("note", {"text": text, **dump(facts)})

    def keep(self, path: Path, kind: str = "file") -> str:
        """Keep a file as evidence; returns its sha256."""
        return self._backstage.film.keep_file(path, kind=kind)

    def put(self, queue: Queue[T], record: T) -> bool:
        """Add a record to a queue; False when its key is there already (an order in two exports, a second run)."""
        stage = self._backstage
        if stage.record.rehearse:
            return False
        return stage.store.put(queue.name, queue.key(record), queue.dump(record), now=stage.clock.now())

    def settle(
        self, queue: Queue[T], record: T, state: State, *, result: str = "", reason: str = "",
        details: Mapping[str, Any] | None = None,
    ) -> bool:  # fmt: skip
        """File a record together with its outcome. False when an earlier run has settled it already."""
        stage = self._backstage
        if stage.record.rehearse:
            return False
        key, now = queue.key(record), stage.clock.now()
        facts: dict[str, Any] = {"result": result, "reason": reason, "details": details}
        if stage.store.put(queue.name, key, queue.dump(record), state=state, now=now, **facts):
            return True
        item = stage.store.draw(queue.name, run=self.id, lease_s=LEASE_S, now=now, key=key)
        return item is not None and stage.store.finish(item, state, now=now, **facts)

    def items(self, queue: Queue[Any] | str, *, states: Iterable[State] = ()) -> list[WorkItem]:
        """The items of a queue, newest first."""
        name = queue if isinstance(queue, str) else queue.name
        return self._backstage.store.items(name, states=states, limit=100_000)

    def queues(self) -> list[str]:
        return self._backstage.store.queues()

    def runs(self) -> list[RunRecord]:
        """The runs of this shift, oldest first (only this run when it was started by hand)."""
        record = self._backstage.record
        if not record.shift:
            return [record]
        return self._backstage.store.runs(shift=record.shift, limit=10_000)[::-1]

    def effects(self) -> list[Any]:
        """The ledger's effects, latest first."""
        return self._backstage.store.effects(limit=100_000)

    def tasks(self) -> list[Task]:
        """What waits for people."""
        return self._backstage.store.tasks(limit=10_000)

    def ask(self, question: str, choices: tuple[str, ...] = (), *, kind: str = "question", **details: Any) -> str:
        """A person's answer. Not there yet: the question is put once and this item waits (NeedsPerson).

        Nothing is held while it waits; after the answer the item is drawn again and comes past here with it.
        """
        stage, name = self._backstage, self._task_name(question)
        known = stage.store.task(name)
        if known is not None and known.answered_at is not None:
            stage.film.note("answer", {"question": question, "answer": known.answer, "by": known.answered_by})
            return known.answer
        raise NeedsPerson(question, choices=choices, kind=kind, **details)

    def put_task(self, kind: str, question: str, choices: tuple[str, ...], details: Mapping[str, Any]) -> Task:
        """Put a question to people without waiting for it."""
        stage, item = self._backstage, self.item
        task = Task(
            task=self._task_name(question), kind=kind, question=question, choices=choices, run=self.id,
            queue=item.queue if item else "", key=item.key if item else "",
            picture=stage.film.picture(stage.frame()), details=dump(dict(details)), asked_at=stage.clock.now(),
        )  # fmt: skip
        stage.store.ask(task)
        stage.film.note("task", {"task": task.task, "kind": kind, "question": question})
        return task

    def _task_name(self, question: str) -> str:
        owner = f"{self.item.queue}/{self.item.key}" if self.item else self.id
        return f"{owner}#{hashlib.sha256(question.encode()).hexdigest()[:10]}"

    def _anchor(self) -> None:
        seq, head = self._backstage.film.head()
        self._backstage.store.anchor(self.id, seq=seq, head=head, now=self._backstage.clock.now())


class Transaction(Run):
    """One attempt at one work item."""

    def once(
        self, *, look: Callable[[], str | None], prepare: Callable[[], Any], commit: Callable[[], Any],
        name: str = "", key: str = "", target: str = "",
    ) -> str:  # fmt: skip
        """Enter this item's record exactly once and return its reference on the other side. See `once.py`.

        look: its reference, or None. prepare: repeatable, leaves the form filled. commit: the one irreversible act.
        It holds only if the target can be searched by a key that we put in, and one worker holds the lease.
        """
        stage, verb = self._backstage, _verb(commit)
        owner = getattr(verb, "__self__", None)
        effect, system = name or getattr(verb, "__name__", ""), target or getattr(owner, "selectors", "")
        if not effect or effect == "<lambda>" or not system:
            raise GuardError("tx.once needs a verb of an app as commit, or both name= and target=")
        item = self.item
        once = Once(
            ledger=stage.store, film=stage.film, clock=stage.clock, gates=stage.gates, run=self.id, item=item,
            still_ours=self._still_ours, wait=stage.wait, picture=stage.frame, rehearse=stage.record.rehearse,
        )  # fmt: skip
        business_key = key or (item.key if item else self.id)
        return once(target=system, name=effect, key=business_key, look=look, prepare=prepare, commit=commit)

    def _still_ours(self) -> bool:
        stage = self._backstage
        if self.item is None:
            return True
        return stage.store.renew(self.item, lease_s=LEASE_S, now=stage.clock.now())

    def entered(self, target: str, name: str, key: str = "") -> bool:
        """Whether the ledger knows an effect as standing on the other side."""
        effect = self._backstage.store.effect(target, name, key or (self.item.key if self.item else self.id))
        return effect is not None and effect.state is EffectState.CONFIRMED


def _verb(commit: Callable[..., Any]) -> Callable[..., Any]:
    while isinstance(commit, functools.partial):
        commit = commit.func
    return commit


def _ending(error: BaseException) -> str:
    return "waiting" if isinstance(error, NeedsPerson) else "failed"
