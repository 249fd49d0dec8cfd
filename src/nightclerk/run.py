"""What a flow holds while it runs: `Run` for the whole run, `Transaction` for one work item of it."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TypeVar

from nightclerk.domain.heads import Head, LastPicture
from nightclerk.domain.items import Effect, EffectState, RunRecord, RunState, State, Task, WorkItem
from nightclerk.errors import ApplicationError, GuardError, NeedsPerson, NightClerkError
from nightclerk.flow import Queue
from nightclerk.hush import clean, hushed
from nightclerk.locate.healer import Healer
from nightclerk.once import Gate, Holders, Once, Seen
from nightclerk.once_file import Entered, OnceFile
from nightclerk.ports import Clock, Film, Frame, Store
from nightclerk.records import dump
from nightclerk.workspace import Workspace

T = TypeVar("T")
Kind = TypeVar("Kind", bound=Once)
LEASE_S = 60.0
#: An effect in one of these may stand on the other side.
MAY_STAND = frozenset({EffectState.SUBMITTING, EffectState.CONFIRMED, EffectState.IN_DOUBT})
#: What a person may answer about an effect in doubt.
IN_DOUBT = ("it_is_there", "it_is_not_there")


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
    head: Callable[[str], Head | None] = lambda run: None
    healers: Callable[[], Sequence[Healer]] = list
    counts: dict[str, int] = field(default_factory=dict)
    told_to_stop: Callable[[], bool] = lambda: False

    def stopped(self) -> RunState | None:
        """Why this process may take up nothing further, None while it may: a person's word (cancelled, paused), or
        QUEUED: its worker leaves, or another process has taken the run over."""
        record = self.store.run(self.record.run)
        if record is not None and record.state in (RunState.CANCELLED, RunState.PAUSED):
            return record.state
        taken_over = record is None or record.stint != self.record.stint
        return RunState.QUEUED if taken_over or self.told_to_stop() else None

    holders: Holders = field(default_factory=Holders)
    filled: Callable[[Effect], str] = lambda effect: ""
    still: Callable[[], Frame | None] = lambda: None  # what the screen shows, asked from beside a run that hangs
    last_picture: Callable[[], LastPicture | None] = lambda: None  # the film's, for a screen that gives none any more
    #: Nothing is half done: a person may have the screen (`expected`: the flow waits for what they do). See live/.
    safe_point: Callable[..., int] = lambda **how: 0
    later: Callable[..., None] | None = None  # a `Board` that writes what is shown behind the run's back

    def show(self, **facts: Any) -> None:
        """Let the books show where the run is, and (`anchor`) how far its film has come."""
        if self.later is not None:
            self.later(**facts)
        else:
            self.write(facts)

    def write(self, facts: dict[str, Any]) -> None:
        """Write to the books what `show` was told, now."""
        if facts.pop("anchor", False):
            seq, head = self.film.head()
            self.store.anchor(self.film.folder.name or self.record.run, seq=seq, head=head, now=self.clock.now())
        if facts:
            self.store.update_run(self.record.run, **facts, moved_at=self.clock.now())


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
        stage.show(step=clean(name), item=self.item.key if self.item else "")
        stage.film.step(name)
        try:
            yield
            for healer in stage.healers():
                healer.step_held(name)
        except BaseException as error:
            for healer in stage.healers():
                healer.step_failed()
            stage.film.step_end(_ending(error), frame=stage.frame(), reason=str(error))
            stage.show(anchor=True)
            raise
        stage.film.step_end("ok", frame=stage.frame())
        stage.show(anchor=True)

    def expect(self, holds: bool, otherwise: str) -> None:
        """Raise ApplicationError(`otherwise`) unless it holds: what the screen says is not what was asked for."""
        self._backstage.film.note("expect", {"holds": bool(holds), "otherwise": otherwise})
        if not holds:
            raise ApplicationError(otherwise)
        for healer in self._backstage.healers():
            healer.witness()

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

    def refresh(self, queue: Queue[T], record: T) -> bool:
        """Bring a record that waits in a queue up to date; False when it is as it was, unknown, or no longer waits.

        Only an item that nobody has begun is changed: what is in somebody's hands, or may stand on the other side
        already, keeps the data that it was entered with.
        """
        payload = queue.dump(record)
        return self._amend(queue.name, queue.key(record), State.NEW, "refreshed", payload=payload)

    def withdraw(self, queue: Queue[T], record: T, reason: str) -> bool:
        """Take a record that waits in a queue out of it, with the reason: it turned out that it must not be entered.

        False when it does not wait there any more: it is in somebody's hands, or it may stand on the other side.
        """
        return self._amend(queue.name, queue.key(record), State.REJECTED, reason)

    def _amend(self, queue: str, key: str, state: State, why: str, payload: Mapping[str, Any] | None = None) -> bool:
        stage = self._backstage
        item = None if stage.record.rehearse else stage.store.item(queue, key)
        if item is None or item.state is not State.NEW or item.payload == payload:
            return False
        if any(effect.key == key and effect.state in MAY_STAND for effect in stage.store.effects(key=key)):
            return False
        now, who = stage.clock.now(), stage.record.bot
        return stage.store.decide(
            queue, key, version=item.version, state=state, who=who, why=why, payload=payload, now=now
        )

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

    def heads(self) -> list[Head]:
        """The evidence heads of all runs since this bot ran last (that run's too, and those that ended meanwhile)."""
        stage = self._backstage
        others = [record for record in stage.store.runs(limit=10_000) if record.run != self.id]
        last = next((n for n, one in enumerate(others) if _ended_well(one, stage.record.bot)), len(others))
        since = others[last].started_at if last < len(others) else None
        late = [one for one in others[last + 1 :] if since and one.ended_at and one.ended_at >= since]
        films = [film for one in (*others[: last + 1], *late) for film in reversed(films_of(one))]
        return [head for film in reversed(films) if (head := stage.head(film))]

    def effects(self) -> list[Any]:
        """The ledger's effects, latest first."""
        return self._backstage.store.effects(limit=100_000)

    def tasks(self) -> list[Task]:
        """What waits for people."""
        return self._backstage.store.tasks(limit=10_000)

    def ask(
        self, question: str, choices: tuple[str, ...] = (), *, kind: str = "question", within: timedelta | None = None,
        fallback: str = "", hold_s: float = 0.0, **details: Any,
    ) -> str:  # fmt: skip
        """A person's answer. Not there yet: the question is put once and this item waits (NeedsPerson).

        Nothing is held while it waits; after the answer the item is drawn again and comes past here with it. `within`:
        the deadline; after it `fallback` is the answer, where one is stated. `hold_s`: stay here with everything open
        for so long first (a login code, a captcha in the browser's window); this counts as the item's own time.
        The same words get the same answer for as long as the item lives: ask for a second code in other words.
        """
        stage, name = self._backstage, self._task_name(question)
        if fallback and choices and fallback not in choices:
            raise GuardError(f"the fallback {fallback!r} is none of the choices of {question!r}")
        if within is not None:
            details |= {"within_s": within.total_seconds(), "fallback": fallback}
        if hold_s and not stage.record.rehearse:
            self._hold(name, kind, question, choices, details, hold_s)
        known = stage.store.task(name)
        if known is not None and known.answered_at is not None:
            stage.film.note("answer", {"question": question, "answer": known.answer, "by": known.answered_by})
            return known.answer
        raise NeedsPerson(question, choices=choices, kind=kind, **details)

    def _hold(
        self, name: str, kind: str, question: str, choices: tuple[str, ...], details: Mapping[str, Any], hold_s: float
    ) -> None:
        """Put the question, and wait here for a while until it is answered."""
        stage = self._backstage
        if stage.store.task(name) is None:
            self.put_task(kind, question, choices, details)
        until = stage.clock.monotonic() + hold_s
        while stage.clock.monotonic() < until and stage.stopped() is None:
            task = stage.store.task(name)
            if task is not None and task.answered_at is not None:
                return
            stage.safe_point(expected=True)
            stage.wait(0.5)

    def put_task(self, kind: str, question: str, choices: tuple[str, ...], details: Mapping[str, Any]) -> Task:
        """Put a question to people without waiting for it."""
        stage, item, now = self._backstage, self.item, self._backstage.clock.now()
        within_s = details.get("within_s")
        task = Task(
            task=self._task_name(question), kind=kind, question=question, choices=choices, run=self.id,
            queue=item.queue if item else "", key=item.key if item else "",
            picture=str(details.get("picture") or stage.film.picture(stage.frame())), details=dump(dict(details)),
            asked_at=now, deadline=now + timedelta(seconds=within_s) if within_s else None,
            fallback=str(details.get("fallback") or ""),
        )  # fmt: skip
        stage.store.ask(task)
        stage.film.note("task", {"task": task.task, "kind": kind, "question": question})
        return task

    def _task_name(self, question: str) -> str:
        owner = f"{self.item.queue}/{self.item.key}" if self.item else self.id
        return f"{owner}#{hashlib.sha256(question.encode()).hexdigest()[:10]}"


class Transaction(Run):
    """One attempt at one work item."""

    def once(
        self, *, look: Callable[[], Seen], prepare: Callable[[], Any], commit: Callable[[], Any],
        name: str = "", key: str = "", target: str = "",
    ) -> str:  # fmt: skip
        """Enter this item's record exactly once and return its reference on the other side. See `once.py`.

        look: its reference, or None; several references are put to a person. prepare: repeatable, leaves the form
        filled. commit: the one irreversible act.
        It holds only if the target can be searched by a key that we put in, and one worker holds the lease.
        """
        effect, system = _effect_of(commit, name=name, target=target)
        business_key = key or (self.item.key if self.item else self.id)
        return self._once(Once)(target=system, name=effect, key=business_key, look=look, prepare=prepare, commit=commit)

    def once_file(
        self, rows: Mapping[str, T], *, look: Callable[[T], Seen], prepare: Callable[[Sequence[T]], Any],
        commit: Callable[[], Mapping[str, str] | None], name: str = "", target: str = "", most: int = 500,
    ) -> Entered:  # fmt: skip
        """Enter many records by import files, each record exactly once. `rows` by business key. See `once_file.py`.

        look(row): its reference, or None. prepare(rows): leaves the file of these rows ready to be sent. commit: sends
        it; it may return what the target said no to, {key: reason}. A row in doubt becomes a task of its own.
        """
        effect, system = _effect_of(commit, name=name, target=target)
        once = self._once(OnceFile, most=most)
        entered = once.enter(rows, target=system, name=effect, look=look, prepare=prepare, commit=commit)
        for doubt in entered.in_doubt.values():
            self.put_task("in_doubt", str(doubt), IN_DOUBT, facts_of(doubt))
        return entered

    def _once(self, kind: type[Kind], **more: Any) -> Kind:
        stage = self._backstage
        return kind(
            ledger=stage.store, film=stage.film, clock=stage.clock, gates=stage.gates, run=self.id, item=self.item,
            still_ours=self._still_ours, wait=stage.wait, picture=stage.frame, rehearse=stage.record.rehearse,
            holders=stage.holders, filled=stage.filled, **more,
        )  # fmt: skip

    def _still_ours(self) -> bool:
        stage = self._backstage
        if self.item is None:
            return True
        return stage.store.renew(self.item, lease_s=LEASE_S, now=stage.clock.now())

    def entered(self, target: str, name: str, key: str = "") -> bool:
        """Whether the ledger knows an effect as standing on the other side."""
        effect = self._backstage.store.effect(target, name, key or (self.item.key if self.item else self.id))
        return effect is not None and effect.state is EffectState.CONFIRMED


def _effect_of(commit: Callable[..., Any], *, name: str, target: str) -> tuple[str, str]:
    """What a commit is called in the ledger and on which system, by its verb unless they are given."""
    verb = commit
    while isinstance(verb, functools.partial):
        verb = verb.func
    owner = getattr(verb, "__self__", None)
    effect, system = name or getattr(verb, "__name__", ""), target or getattr(owner, "selectors", "")
    if not effect or effect == "<lambda>" or not system:
        raise GuardError("tx.once needs a verb of an app as commit, or both name= and target=")
    return effect, system


def films_of(record: RunRecord) -> list[str]:
    """The folders of a run's evidence, oldest first: one, or one more for each machine that took it over."""
    parts = int(record.film.removeprefix(record.run).removeprefix("+") or 1)
    return [record.run, *(f"{record.run}+{part}" for part in range(2, parts + 1))]


def _ended_well(record: RunRecord, bot: str) -> bool:
    return record.bot == bot and record.state is RunState.DONE


def facts_of(error: NightClerkError) -> dict[str, Any]:
    """What an error carries beyond its sentence, its kind and its choices; secrets are taken out of its texts."""
    kept = {name: value for name, value in error.facts.items() if name not in ("message", "choices", "kind")}
    return {name: hushed(value) if isinstance(value, str) else value for name, value in kept.items()}


def _ending(error: BaseException) -> str:
    return "waiting" if isinstance(error, NeedsPerson) else "failed"
