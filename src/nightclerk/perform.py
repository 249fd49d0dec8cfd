"""Perform one run: draw its items one by one, call the flow, and file what became of each."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from loguru import logger

from nightclerk.domain.items import GiveUp, Retry, RunState, State, WorkItem, after_application_error
from nightclerk.errors import (
    ApplicationError,
    BusinessError,
    GuardError,
    HandedBack,
    InDoubt,
    ItemTimeout,
    LeaseLost,
    MissingPart,
    NeedsPerson,
    NightClerkError,
    RehearsalCommit,
    StoreUnreachable,
    UnknownPopup,
    WorkspaceError,
)
from nightclerk.flow import Flow
from nightclerk.hush import clean
from nightclerk.limit import Limit, limited
from nightclerk.records import dump
from nightclerk.run import IN_DOUBT, LEASE_S, Backstage, Run, Transaction, facts_of
from nightclerk.texts import say

#: Opening the apps may take so much longer than an item: a login is waited for while another run has the account.
OPENING_S = 660.0
#: After a person's hands were on the screen the item rests so long; `once` then waits for what they may have saved.
SETTLE_S = 10.0
#: A retry that is due within this time is waited for in the run; a later one is left to the next run.
PATIENCE_S = 90.0


class Blocked(NightClerkError):
    """The run cannot go on: its apps cannot be opened. The sentence is that of the cause."""


class Apps(Protocol):
    """The apps of a run, opened when first needed and again after trouble."""

    def open(self) -> dict[str, Any]: ...
    def close(self) -> None: ...
    def kill(self) -> None:
        """End their programs from another thread, so that a call that hangs in one of them fails."""


@dataclass(frozen=True, kw_only=True)
class Ended:
    """What became of one attempt."""

    state: State
    result: str = ""
    reason: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    retry: Retry | None = None
    task: tuple[str, str, tuple[str, ...]] | None = None  # kind, question, choices
    reopen: bool = False
    counts: bool = True  # whether the attempt counts as one


def ending(error: BaseException, attempts: int, *, max_attempts: int, base_s: float) -> Ended:
    """Decide, purely, what an attempt that raised `error` comes to."""
    reason = clean(str(error))
    if isinstance(error, InDoubt):
        return Ended(state=State.IN_DOUBT, reason=reason, details=facts_of(error), task=("in_doubt", reason, IN_DOUBT))
    if isinstance(error, NeedsPerson):
        kind = str(error.facts.get("kind", "question"))
        return Ended(state=State.WAITING, reason=reason, details=facts_of(error), task=(kind, reason, error.choices))
    if isinstance(error, BusinessError):
        return Ended(state=State.REJECTED, reason=reason, details=facts_of(error))
    if isinstance(error, HandedBack):
        retry = Retry(after=timedelta(seconds=SETTLE_S))
        return Ended(state=State.NEW, reason=reason, retry=retry, reopen=True, counts=False)
    if isinstance(error, GuardError):
        return Ended(state=State.FAILED, reason=reason, details=facts_of(error), reopen=True)
    if not isinstance(error, ApplicationError):
        reason = f"{type(error).__name__}: {reason}"
    decision = after_application_error(attempts, max_attempts=max_attempts, base_s=base_s)
    task = ("popup", reason, ("seen",)) if isinstance(error, UnknownPopup) else None
    if isinstance(decision, GiveUp):
        return Ended(state=decision.state, reason=reason, task=task, reopen=True)
    return Ended(state=State.NEW, reason=reason, retry=decision, task=task, reopen=True)


class Performer:
    """Runs one flow over its items (or once, for a flow without `each`)."""

    def __init__(
        self, flow: Flow, backstage: Backstage, apps: Apps, parameters: Mapping[str, Any], *, attempts: int,
        item_timeout_s: float = 300.0, leave: Callable[[int], object] = os._exit,
    ) -> None:  # fmt: skip
        self.item_timeout_s, self.leave = item_timeout_s, leave
        self.flow, self.stage, self.apps = flow, backstage, apps
        self.parameters, self.attempts = dict(parameters), attempts
        self.queue = flow.each.name if flow.each else f"run:{backstage.record.bot}"
        self.whole = backstage.record.origin or backstage.record.run  # the item of a flow without items
        self.last: Ended | None = None
        self.limit: Limit | None = None
        self.item: WorkItem | None = None  # that is worked now
        self.hands_at: datetime | None = None  # when a person worked the screen in the middle of it
        self.blocked = ""
        self.seen: set[str] = set()
        self.stuck = ""  # which picture there is of a screen that hung

    def perform(self) -> RunState:
        """Work until nothing is due. Returns how the run ended; items carry their own states.

        Where the apps cannot be opened at all (a refused login, no browser) the run fails at once and `blocked`
        says why: no further item would fare better, and a login must not be tried again and again.
        """
        try:
            self._loop()
        except Blocked as blocked:
            self.blocked = str(blocked)
            return RunState.FAILED
        finally:
            self.apps.close()
        stopped = self.stage.stopped()
        if stopped is not None and not self._finished():
            return stopped
        if self.flow.each is None and self.last is not None and self.last.state is State.FAILED:
            return RunState.FAILED
        return RunState.DONE

    def _finished(self) -> bool:
        """Whether a run without items has come to its end, whatever was said meanwhile."""
        return self.flow.each is None and self.last is not None and self.last.retry is None

    def _loop(self) -> None:
        store, record = self.stage.store, self.stage.record
        if self.flow.each is None:
            store.put(self.queue, self.whole, {}, now=self.stage.clock.now())
        taken = 0
        while self.stage.stopped() is None:
            item = self._next()
            if item is None:
                return
            if record.first is not None and taken >= record.first and item.attempts <= 1:
                self._give_back(item)
                self._ask_to_go_on(taken)
                return
            taken += item.attempts <= 1
            self._attempt(item)

    def _next(self) -> WorkItem | None:
        if self.stage.record.rehearse:
            return self._next_for_rehearsal()
        store, record, clock = self.stage.store, self.stage.record, self.stage.clock
        key = "" if self.flow.each else self.whole
        deadline = clock.monotonic() + PATIENCE_S
        while True:
            item = store.draw(self.queue, run=record.run, lease_s=LEASE_S, now=clock.now(), key=key)
            if item is not None or self.stage.stopped() or clock.monotonic() > deadline:
                return item
            due = [i.not_before for i in store.items(self.queue, states=[State.NEW]) if i.not_before]
            soonest = min(due, default=None)
            if soonest is None or soonest > clock.now() + timedelta(seconds=PATIENCE_S):
                return None
            self.stage.wait(min(1.0, max(0.05, (soonest - clock.now()).total_seconds())))

    def _next_for_rehearsal(self) -> WorkItem | None:
        """Rehearsals claim nothing: they walk over what is there."""
        if self.flow.each is None:
            fresh = WorkItem(queue=self.queue, key=self.whole, payload={})
            known = [] if fresh.key in self.seen else [fresh]
        else:
            known = [i for i in self.stage.store.items(self.queue, states=[State.NEW]) if i.key not in self.seen]
        if not known:
            return None
        self.seen.add(known[-1].key)
        return replace(known[-1], attempts=1)

    def _attempt(self, item: WorkItem) -> None:
        film = self.stage.film
        self.item, self.hands_at = item, item.hands_at
        film.item(item.key, attempt=item.attempts)
        transaction = Transaction(self.stage, item)
        with self._heartbeat(item):
            ended = self._call(transaction, item)
        self.last = ended
        if ended.task is not None and not self.stage.record.rehearse:
            transaction.put_task(ended.task[0], ended.task[1], ended.task[2], ended.details)
        self._file(item, ended)
        film.item(None, outcome=ended.state.value)
        self.stage.show(anchor=True)
        if ended.reopen:
            self.apps.close()

    def _open_apps(self, item: WorkItem) -> None:
        """Open what the flow works with; what stops every item stops the run, and this item is given back."""
        try:
            self.apps.open()
        except (NeedsPerson, MissingPart, WorkspaceError) as error:
            if self.flow.each is None:
                self._file(item, Ended(state=State.FAILED, reason=str(error)))
            else:
                self._give_back(item)
            self.stage.film.item(None, outcome="blocked")
            if isinstance(error, NeedsPerson) and not self.stage.record.rehearse:
                Run(self.stage).put_task("login", str(error), ("done",), {"bot": self.stage.record.bot})
            raise Blocked(_blocked_by(error)) from error

    def _call(self, transaction: Transaction, item: WorkItem) -> Ended:
        try:
            with self._limited() as limit:
                self._open_apps(item)
                limit.restart(self.item_timeout_s)
                returned = self.flow.function(**self._arguments(transaction, item))
        except RehearsalCommit as stop:
            return Ended(state=State.DONE, result=str(stop))
        except LeaseLost as lost:
            return Ended(state=State.ABANDONED, reason=str(lost), reopen=True)
        except (Blocked, StoreUnreachable):
            raise
        except Exception as error:
            if not isinstance(error, NightClerkError):
                logger.opt(exception=error).error("{} met an unexpected error", item.key)
            base_s = self.stage.workspace.settings.retry_base_s
            return ending(error, item.attempts, max_attempts=self.attempts, base_s=base_s)
        return Ended(state=State.DONE, result=_result(returned))

    @contextmanager
    def _limited(self) -> Iterator[Limit]:
        """Give the item its time; what a killed app raises then is told as what it is, unless it decides the item."""
        with limited(self.item_timeout_s + OPENING_S, kill=self.strike, leave=self.leave) as limit:
            self.limit = limit
            try:
                yield limit
            except (BusinessError, InDoubt, NeedsPerson, GuardError, StoreUnreachable):
                raise
            except Exception as error:
                if limit.struck:
                    raise ItemTimeout(limit_s=limit.limit_s, seen=self.stuck) from error
                raise

    def hands_on(self) -> None:
        """A person is about to work the screen: the books know it first, and the next look waits for what they save."""
        if self.item is not None and not self.stage.record.rehearse:
            self.hands_at = self.stage.clock.now()
            self.stage.store.hands_on(self.item, now=self.hands_at)

    def time_out(self) -> AbstractContextManager[None]:
        """The item's time stands still meanwhile."""
        return self.limit.held() if self.limit is not None else nullcontext()

    def strike(self, *, whole_run: bool = False) -> None:
        """From another thread, when the run hangs: keep what the screen shows, where it can tell, and end the apps.

        `whole_run`: the run's own time is up; what can be seen of its screen goes into the books for whoever ends it.
        """
        try:
            self.stuck = self._keep_screen()
            if whole_run:
                run = self.stage.record.run
                self.stage.store.change_run(run, expect=[RunState.RUNNING], reason=self.stuck)
        except Exception as error:  # a screen that cannot be pictured is ended all the same
            logger.warning("no picture of the screen that hangs: {}", error)
        self.apps.kill()

    def _keep_screen(self) -> str:
        """Picture the screen; where it gives none (a browser), note the last one. Which of them, in a sentence."""
        picture = self.stage.film.picture(self.stage.still())
        last = None if picture else self.stage.last_picture()
        if last is None:
            self.stage.film.note("stuck", {"picture": picture})
            return say("reasons.stuck_pictured" if picture else "reasons.stuck_unseen")
        self.stage.film.note("stuck", {"picture": last.sha256, "taken_at": last.at.isoformat(), "taken_in": last.step})
        at = last.at.astimezone(ZoneInfo(self.stage.workspace.settings.timezone))
        return say("reasons.stuck_last", at=f"{at:%H:%M:%S}", step=last.step)

    def _arguments(self, transaction: Transaction, item: WorkItem) -> dict[str, Any]:
        apps = self.apps.open()
        arguments: dict[str, Any] = {}
        for name, kind in self.flow.hints().items():
            if name in apps:
                arguments[name] = apps[name]
            elif isinstance(kind, type) and issubclass(kind, Run):
                arguments[name] = transaction
            elif self.flow.each is not None and kind is self.flow.each.of:
                arguments[name] = self.flow.each.load(item.payload)
            elif name in self.parameters:
                arguments[name] = self.parameters[name]
        return arguments

    def _file(self, item: WorkItem, ended: Ended) -> None:
        stage = self.stage
        counted = "retried" if ended.retry else ended.state.value
        stage.counts[counted] = stage.counts.get(counted, 0) + 1
        if not stage.record.rehearse and ended.state is not State.ABANDONED:
            now = stage.clock.now()
            stage.store.finish(
                item, ended.state, result=ended.result, reason=ended.reason, details=self._details(ended), now=now,
                not_before=now + ended.retry.after if ended.retry else None,
                attempts=None if ended.counts else item.attempts - 1,
            )  # fmt: skip
        stage.store.update_run(stage.record.run, counts=stage.counts, moved_at=stage.clock.now())

    def _details(self, ended: Ended) -> dict[str, Any]:
        """What the books keep of an attempt's end; that a person had the screen is kept until the item is done."""
        hands_at = self.hands_at if ended.state is not State.DONE else None
        return dict(ended.details) | ({"hands_at": hands_at.isoformat()} if hands_at else {})

    def _give_back(self, item: WorkItem) -> None:
        if not self.stage.record.rehearse:
            now = self.stage.clock.now()
            self.stage.store.finish(item, State.NEW, attempts=item.attempts - 1, details=item.details, now=now)

    def _ask_to_go_on(self, taken: int) -> None:
        run = Run(self.stage)
        left = self.stage.store.counts(self.queue).get(State.NEW, 0)
        run.put_task(
            "first_items",
            say("run.first_items", bot=self.stage.record.bot, done=taken, left=left),
            ("go_on", "stop"),
            {"bot": self.stage.record.bot, "parameters": self.stage.record.parameters, "left": left},
        )  # fmt: skip

    @contextmanager
    def _heartbeat(self, item: WorkItem) -> Any:
        """Renew the lease while the flow works on the item; a lost lease stops the renewing, `once` stops the act."""
        if self.stage.record.rehearse:
            yield
            return
        stop = threading.Event()
        thread = threading.Thread(target=self._beat, args=(item, stop.wait), daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    def _beat(self, item: WorkItem, stopped: Callable[[float], bool]) -> None:
        stage = self.stage
        while not stopped(LEASE_S / 3):
            if not stage.store.renew(item, lease_s=LEASE_S, now=stage.clock.now()):
                return


def _blocked_by(error: NightClerkError) -> str:
    """Why a run is blocked, by a code: LOGIN and the account, a part of the machine, or the file at fault."""
    login = error.facts.get("login", "")
    return f"LOGIN {login}: {error}" if isinstance(error, NeedsPerson) and login else str(error)


def _result(returned: Any) -> str:
    if returned is None or isinstance(returned, str):
        return returned or ""
    return json.dumps(dump(returned), ensure_ascii=False)
