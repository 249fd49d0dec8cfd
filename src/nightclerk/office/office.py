"""One workspace at work in one process: its books, its engine, its shift and, unattended, its clock."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any

from loguru import logger

from nightclerk.app import bind, business_day, evidence_key, gather_evidence, program_version, share_of, store_of
from nightclerk.calendars import load_calendar
from nightclerk.clocks import clock_of
from nightclerk.domain.items import RunRecord, RunState, Slot
from nightclerk.domain.workers import BEAT_S, USUAL_CANS, Worker
from nightclerk.errors import StoreUnreachable
from nightclerk.flow import load_flow
from nightclerk.office.postroom import post_of
from nightclerk.office.seals import seal_run
from nightclerk.work import process
from nightclerk.work.agenda import Agenda, NextRun
from nightclerk.work.answers import Answers
from nightclerk.work.clockwork import clockwork
from nightclerk.work.controls import Controls, NotThere
from nightclerk.work.engine import Engine
from nightclerk.work.planner import Planner
from nightclerk.work.presence import Presence
from nightclerk.work.reaper import REAP_S, Reaper
from nightclerk.work.rounds import Rounds
from nightclerk.work.shift import Shift
from nightclerk.work.urls import database_urls
from nightclerk.work.versions import flows_version
from nightclerk.work.watch import Watch
from nightclerk.work.worker import ENDED, Hands
from nightclerk.workspace import Workspace

#: How often the scheduler looks for starts, events, files and answers, besides being rung by its clock.
LOOK_S = 5.0
POST_S = 15.0
#: How long the engine remembers a run that has ended; its record, its evidence and the ledger stay.
REMEMBERED = timedelta(days=30)
#: How long the process of a run may take whose bot is not there any more.
UNKNOWN_BOT_S = 3600.0
PARALLEL = {"web": 3, "desktop": 1, "files": 2}
MEND_S, SHARE_S, PRUNE_S = 10.0, 20.0, 3600.0


class Office:
    """Opens everything that works on a workspace, and closes it again.

    `cans`: what runs it performs itself; () only fires them and leaves them to workers. `given_up` is called when the
    others took this process for dead; what it performed has been ended by then. `gathers`: it fetches what other
    machines have on film, for a console beside it.
    """

    def __init__(
        self, workspace: Workspace, *, parallel: Mapping[str, int] | None = None, cans: Sequence[str] | None = None,
        name: str = "", given_up: Callable[[], None] = lambda: None, gathers: bool = False,
    ) -> None:  # fmt: skip
        self.workspace = workspace
        self._urls = database_urls(workspace.settings.database, workspace.data)
        self._performing: set[str] = set()
        self._given_up = given_up
        self.store = store_of(workspace)
        self.clock = clock_of(workspace, self.store)
        self.calendar = load_calendar(workspace.root)[0]
        self.shift = Shift(
            workspace=workspace, store=self.store, clock=self.clock, fire=self._fire, version=self.flows_version,
            calendar=self.calendar,
        )  # fmt: skip
        self.agenda = Agenda(workspace=workspace, calendar=self.calendar, store=self.store)
        self.answers = Answers(store=self.store, clock=self.clock)
        self.planner = Planner(shift=self.shift, agenda=self.agenda, clock=self.clock)
        self._controls = Controls(store=self.store, clock=self.clock)
        self.me = self._enlisted(name, self._cans(cans))
        self.hands = Hands(root=workspace.root, store=self.store, clock=self.clock, worker=self.me.worker)
        at_once = {**PARALLEL, **workspace.settings.parallel, **(parallel or {})}
        if self._urls.shared:  # what it performs needs its pulse from the first moment
            self._presence = self._present()
            self.engine = self._engine(at_once)
        else:  # the engine's lock makes sure that nobody else works here
            self.engine = self._engine(at_once)
            self._alone()
            self._presence = self._present()
        self.reaper = Reaper(
            store=self.store, engine=self.engine, clock=self.clock, me=self.me, calm_s=self._presence.calm_s,
            alone=not self._urls.shared,
        )  # fmt: skip
        self._rounds = Rounds(self._duties(gathers))
        self._scheduler: Any = None
        self._unattended: list[Rounds] = []

    def _cans(self, cans: Sequence[str] | None) -> tuple[str, ...]:
        """What this process takes runs for. Alone on its database it takes whatever the workspace's bots need."""
        if cans is not None:
            return tuple(cans)
        if self.workspace.settings.can:
            return self.workspace.settings.can
        needed = () if self._urls.shared else tuple(bot.needs for bot in self.workspace.bots.values())
        return tuple(dict.fromkeys((*USUAL_CANS, *needed)))

    def _enlisted(self, name: str, cans: tuple[str, ...]) -> Worker:
        machine, pid = socket.gethostname(), os.getpid()
        return Worker(
            worker=f"{name or machine}#{token_hex(4)}", name=name or machine, machine=machine, pid=pid,
            place=process.this_place(), pid_started=process.started(pid), cans=cans, program=program_version(),
            version=self.flows_version(),
        )  # fmt: skip

    def _engine(self, at_once: Mapping[str, int]) -> Engine:
        shared = self._urls.shared
        return Engine(
            self._urls.engine, runner=self._perform, folder=None if shared else self.workspace.data,
            executor=self.me.worker if shared else "main", parallel=at_once, cans=self.me.cans, version=self.me.version,
        )  # fmt: skip

    def _present(self) -> Presence:
        shared = self._urls.shared
        return Presence(
            store=self.store, clock=self.clock, worker=self.me, beats=self.hands.beats if shared else None,
            given_up=self._buried, evidence_key=evidence_key(self.workspace), every_s=BEAT_S if shared else 5 * BEAT_S,
        )  # fmt: skip

    def _alone(self) -> None:
        """On the embedded database nobody else performs runs: whoever is still in the roll has died."""
        for worker in self.store.workers():
            self.store.bury(worker, by=self.me.worker, now=self.clock.now())

    def _duties(self, gathers: bool) -> list[tuple[float, Callable[[], object]]]:
        duties: list[tuple[float, Callable[[], object]]] = [
            (REAP_S, self.reaper.tick), (MEND_S, self.shift.mend), (PRUNE_S, self.prune),
        ]  # fmt: skip
        if self._urls.shared:
            duties.append((SHARE_S, self.clock.adjust))
        if self.workspace.settings.evidence:
            duties.append((SHARE_S, self.share_evidence))
            if gathers:
                duties.append((SHARE_S, lambda: gather_evidence(self.workspace)))
        return duties

    def flows_version(self) -> str:
        """The flows that are in this workspace now; "" on the embedded database, where there are no others."""
        return flows_version(self.workspace) if self._urls.shared else ""

    def prune(self) -> int:
        """Let the engine forget runs that ended long ago."""
        return self.engine.prune(self.clock.now() - REMEMBERED)

    def share_evidence(self) -> None:
        """Bring the films of the runs in hand, and of those just ended, to where all machines' evidence lies."""
        share = share_of(self.workspace)
        share.push_keys(self.workspace.logs)
        for run in self._performing | {r.run for r in self.store.runs(states=ENDED, limit=50)}:
            for film in self.workspace.logs.glob(f"{run}*"):
                if (self.workspace.data / "salts" / f"{film.name}.salt").exists():  # made on this machine
                    share.push(film)

    def _buried(self) -> None:
        self.hands.close()
        self._given_up()

    def _fire(self, run: str, needs: str) -> None:
        record = self.store.run(run)
        version, due_at = (record.version, record.due_at) if record else ("", None)
        self.engine.fire(run, needs=needs, version=version, due_at=due_at)

    def _perform(self, run: str) -> str:
        record = self.store.run(run)
        bot = self.workspace.bots.get(record.bot) if record else None
        timeout_s = bot.timeout_s if bot else UNKNOWN_BOT_S  # its process files that the bot is gone or broken
        self._performing.add(run)
        try:
            state = self.hands.perform(run, timeout_s=timeout_s)
            if state in (RunState.FAILED, RunState.CRASHED):  # nothing of a run that was ended stays locked
                self.reaper.free(run)
                self._seal(run)
        finally:
            self._performing.discard(run)
            self.shift.run_ended(run)
        return state.value

    def _seal(self, run: str) -> None:
        """Give the film of a run that is over its end, where its process died before it could."""
        record = self.store.run(run)
        for made in seal_run(self.workspace, self.store, record) if record else ():
            logger.info("sealed the film {} at line {}", made.run, made.seq)

    def over(self, run: str) -> bool:
        """Whether a run has ended (or is paused) and its process is gone."""
        record = self.store.run(run)
        ended = record is not None and record.state not in (RunState.QUEUED, RunState.RUNNING)
        return ended and run not in self._performing

    def launch(
        self, bot: str, parameters: Mapping[str, Any], *, by: str, rehearse: bool = False, first: int | None = None
    ) -> str:
        """Check the parameters against the flow, then queue a run; returns its id."""
        found = self.workspace.bot(bot)
        bind(load_flow(found.flow), found, parameters, business_day(self.workspace))
        return self.shift.launch(found, dict(parameters), by=by, rehearse=rehearse, first=first)

    def cancel(self, run: str, by: str) -> None:
        """Stop a run after the item in its hands; one that is still queued or paused never starts."""
        with contextlib.suppress(NotThere):  # it has ended already: nothing is left to be stopped
            self._heed(self._controls.cancel(run, by))

    def pause(self, run: str, by: str) -> None:
        """Let a run finish the item in its hands, then hold nothing; `resume` goes on. See `Controls`."""
        self._heed(self._controls.pause(run, by))

    def resume(self, run: str, by: str) -> None:
        """Go on with a paused run, on whichever worker is free. See `Controls`."""
        self._heed(self._controls.resume(run, by))

    def _heed(self, record: RunRecord) -> None:
        """Bring the engine into line with a person's word at once; from other processes the reaper does it later."""
        if record.state is RunState.QUEUED:
            self.engine.fire(
                record.run, needs=record.needs, turn=record.turn, version=record.version, due_at=record.due_at
            )
        elif record.state is not RunState.RUNNING and record.started_at is None:
            self.engine.cancel(record.run, turn=record.turn)
        if record.state is RunState.CANCELLED and record.run not in self._performing:
            self.shift.run_ended(record.run)

    def next_starts(self, bot: str, n: int = 5) -> list[datetime]:
        """The next `n` starts of a bot that no rule skips (UTC)."""
        return [one.at for one in self.next_runs(bot, n) if not one.rule]

    def next_runs(self, bot: str, n: int = 5) -> list[NextRun]:
        """The next starts of a bot, those that a rule will skip among them. See `Agenda`."""
        return self.agenda.next_runs(bot, n, now=self.clock.now())

    def missed_since(self, moment: datetime) -> list[Slot]:
        """Planned starts since a moment that did not run, with the reason. See `Agenda`."""
        return self.agenda.missed_since(moment, now=self.clock.now())

    def keep_time(self) -> None:
        """Start the clock: plan what was missed since the last look, then every start as it comes."""
        self.planner.look()
        post = post_of(self.workspace, self.store, self.clock)
        watch = Watch(store=self.store, workspace=self.workspace, clock=self.clock)
        people = [(LOOK_S, self.answers.fall_back), (POST_S, watch.look), (POST_S, post.round)]
        self._unattended = [Rounds([(LOOK_S, self.planner.look)]), Rounds(people)]  # a slow channel delays no start
        bots = self.workspace.bots.values()
        self._scheduler = clockwork(bots, self._rang, timezone=self.workspace.settings.timezone)
        self._scheduler.start()

    def _rang(self, bot: str, planned_for: datetime) -> None:
        self.planner.look()

    def close(self) -> None:
        """End in order: what is being performed is given back, and goes on elsewhere or with the next start."""
        self.hands.stop()  # at once: what follows may take a while, and no item should be begun meanwhile
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=False)
        for rounds in self._unattended:
            rounds.close()
        self._rounds.close()
        self.hands.close(patience_s=self.workspace.settings.goodbye_s)
        self.engine.stop()
        try:
            self.reaper.hand_over()
            self._presence.leave()
        except StoreUnreachable as error:  # the others find out by themselves
            logger.warning("{} could not sign off: {}", self.me.name, error)
        self.engine.close()
        self.store.close()


def wait_for_run(office: Office, run: str, *, tick: Callable[[], None], timeout_s: float) -> RunState:
    """Wait until a run has ended or is paused; `tick` about twice a second."""
    deadline = office.clock.monotonic() + timeout_s
    while not office.over(run) and office.clock.monotonic() < deadline:
        tick()
        office.shift.pause(0.5)
    record = office.store.run(run)
    return record.state if record is not None and office.over(run) else RunState.CRASHED
