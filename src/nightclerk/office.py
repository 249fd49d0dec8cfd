"""One workspace at work in one process: its books, its engine, its shift and, unattended, its clock."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from secrets import token_hex
from typing import Any
from zoneinfo import ZoneInfo

from loguru import logger

from nightclerk.app import bind, business_day, evidence_key, gather_evidence, program_version, share_of, store_of
from nightclerk.clocks import clock_of
from nightclerk.domain.items import RunRecord, RunState
from nightclerk.domain.workers import BEAT_S, USUAL_CANS, Worker
from nightclerk.errors import StoreUnreachable
from nightclerk.flow import load_flow
from nightclerk.work import process
from nightclerk.work.clockwork import clockwork, missed_starts, next_starts
from nightclerk.work.controls import Controls, NotThere
from nightclerk.work.engine import Engine
from nightclerk.work.presence import Presence
from nightclerk.work.reaper import REAP_S, Reaper
from nightclerk.work.rounds import Rounds
from nightclerk.work.shift import Shift
from nightclerk.work.urls import database_urls
from nightclerk.work.versions import flows_version
from nightclerk.work.worker import ENDED, Hands
from nightclerk.workspace import Workspace

#: How far back a scheduler that starts looks for starts that nobody planned.
BACKFILL = timedelta(days=2)
#: How long the engine remembers a run that has ended; its record, its evidence and the ledger stay.
REMEMBERED = timedelta(days=30)
PARALLEL = {"web": 3, "desktop": 1, "files": 2}
#: How long a process that is told to stop may go on with the item in its hands.
GOODBYE_S = 20.0
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
        self.shift = Shift(
            workspace=workspace, store=self.store, clock=self.clock, fire=self._fire, version=self.flows_version
        )
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
        self.engine.fire(run, needs=needs, version=record.version if record else "")

    def _perform(self, run: str) -> str:
        record = self.store.run(run)
        timeout_s = self.workspace.bot(record.bot).timeout_s if record else 3600.0
        self._performing.add(run)
        try:
            state = self.hands.perform(run, timeout_s=timeout_s)
        finally:
            self._performing.discard(run)
            self.shift.run_ended(run)
        return state.value

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
            self.engine.fire(record.run, needs=record.needs, turn=record.turn, version=record.version)
        elif record.state is not RunState.RUNNING and record.started_at is None:
            self.engine.cancel(record.run, turn=record.turn)
        if record.state is RunState.CANCELLED and record.run not in self._performing:
            self.shift.run_ended(record.run)

    def next_starts(self, bot: str, n: int = 5) -> list[datetime]:
        found, timezone = self.workspace.bot(bot), self.workspace.settings.timezone
        return next_starts(found, timezone=timezone, now=self.clock.now(), n=n)

    def keep_time(self) -> None:
        """Start the clock: plan what was missed since the last slot, then every start as it comes."""
        bots = self.workspace.bots.values()
        for bot in bots:
            last = next(iter(self.store.slots(bot=bot.name, limit=1)), None)
            since = last.planned_for if last else self.clock.now()
            since = max(since, self.clock.now() - BACKFILL)
            timezone = self.workspace.settings.timezone
            for planned_for in missed_starts(bot, timezone=timezone, since=since, now=self.clock.now()):
                self._start(bot.name, planned_for)
        self._scheduler = clockwork(bots, self._start, timezone=self.workspace.settings.timezone)
        self._scheduler.start()

    def _start(self, bot: str, planned_for: datetime) -> None:
        zone = ZoneInfo(self.workspace.settings.timezone)
        night = (planned_for.astimezone(zone) - timedelta(hours=12)).date()
        self.shift.start_slot(self.workspace.bots[bot], planned_for.astimezone(UTC), shift=f"night-{night}")

    def close(self) -> None:
        """End in order: what is being performed is given back, and goes on elsewhere or with the next start."""
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=False)
        self._rounds.close()
        self.hands.close(patience_s=GOODBYE_S)
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
