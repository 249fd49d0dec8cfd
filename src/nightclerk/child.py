"""Perform one queued run from beginning to end in this process, which a worker has started for it."""

from __future__ import annotations

import os
import socket
import sys
import threading
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from loguru import logger

from nightclerk.app import RunApps, app_kinds, bind, business_day, program_version, store_of
from nightclerk.board import Board
from nightclerk.clocks import SystemClock, clock_of
from nightclerk.domain.heads import LastPicture
from nightclerk.domain.items import RunRecord, RunState
from nightclerk.errors import MissingPart, NightClerkError, StoreUnreachable, WorkspaceError
from nightclerk.evidence import Budget, RunFilm, open_film
from nightclerk.evidence.commits import filled_form
from nightclerk.evidence.heads import head_of
from nightclerk.evidence.last_picture import last_picture
from nightclerk.flow import Flow, load_flow
from nightclerk.hush import clean
from nightclerk.live.run_side import RunSide
from nightclerk.live.shown import committing
from nightclerk.office.clients import client_builds
from nightclerk.office.preflight import preflight
from nightclerk.office.sign_in import signed_in_by_person
from nightclerk.once import Holders
from nightclerk.perform import Performer
from nightclerk.run import Backstage
from nightclerk.work.holder import proven_dead, this_process
from nightclerk.work.process import started, this_place
from nightclerk.work.pulse import GUARD
from nightclerk.work.store import SqlStore
from nightclerk.workspace import Bot, Workspace

ACCOUNT_LEASE_S = 60.0
#: The states in which a process leaves a run without an end: it goes on later, here or elsewhere.
GOES_ON = (RunState.PAUSED, RunState.QUEUED)


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What a process performs its run with. `record` is the run as this process took it up."""

    workspace: Workspace
    store: SqlStore
    clock: SystemClock
    record: RunRecord


def perform_run(workspace: Workspace, run: str, *, worker: str = "") -> RunState:
    """Perform one queued run in this process; returns where it stands then. Every ending is filed in the books.

    Raises StoreUnreachable when the books cannot be reached: nothing is filed then, and the run is taken up again.
    """
    store = store_of(workspace)
    try:
        clock = clock_of(workspace, store)
        known = store.run(run)
        if known is None:
            raise WorkspaceError(where=f"run {run}", expected="a run that was queued", remedy="nightclerk run BOT")
        logger.configure(extra={"run": run, "bot": known.bot})
        film, pid = film_name(workspace, known), os.getpid()
        record = store.begin_run(
            run, now=clock.now(), worker=worker, place=this_place(), pid=pid, pid_started=started(pid), film=film
        )
        if record is None:
            return known.state
        return _whatever_happens(Desk(workspace=workspace, store=store, clock=clock, record=record), known)
    finally:
        store.close()


def _whatever_happens(desk: Desk, known: RunRecord) -> RunState:
    """Perform the run and file its end, that of a fault of ours included."""
    store, record = desk.store, desk.record
    try:
        return _perform(desk, known)
    except StoreUnreachable:
        raise
    except Exception as error:
        if not isinstance(error, NightClerkError):
            logger.opt(exception=error).error("run {} ended by an unexpected error", record.run)
        never_began = {"started_at": None} if isinstance(error, WorkspaceError | MissingPart) else {}
        now = desk.clock.now()
        return store.end_run(
            record.run, stint=record.stint, state=RunState.FAILED, now=now, reason=clean(str(error)), **never_began
        )


def film_name(workspace: Workspace, record: RunRecord) -> str:
    """The folder of a run's evidence on this machine.

    The first machine's is called like the run. Another machine that takes the run over begins a film of its own,
    signed with its own key: <run>+2, +3 …
    """
    last = record.film
    if not last:
        return record.run
    if (workspace.data / "salts" / f"{last}.salt").exists():  # made here: nobody else has its salt
        return last
    part = last.removeprefix(record.run).removeprefix("+")
    return f"{record.run}+{int(part or 1) + 1}"


def _perform(desk: Desk, known: RunRecord) -> RunState:
    workspace, store, clock, record = desk.workspace, desk.store, desk.clock, desk.record
    bot, day = workspace.bot(record.bot), business_day(workspace)
    flow = load_flow(bot.flow)
    parameters = bind(flow, bot, record.parameters, day)
    if record.stint > 1:  # the process that had it is dead; what it held goes on here
        store.abandon(record.run, now=clock.now())
        store.release_all(record.run)
    preflight(workspace, bot, app_kinds(flow, bot).values())
    film = _film(desk)
    film.begin(_opening(workspace, record, bot, flow, day) | _continued(store, known, record))
    apps = RunApps(
        workspace=workspace, bot=bot, flow=flow, store=store, film=film, clock=clock, run=record.run,
        holder=f"{record.run}/{record.stint}", stopped=lambda: stage.stopped(),
        due_at=record.due_at,
    )  # fmt: skip
    stage = _backstage(desk, film, apps, day)
    apps.healings.counts = stage.counts
    performer = Performer(flow, stage, apps, parameters, attempts=bot.attempts, item_timeout_s=bot.item_timeout_s)
    GUARD.on_strike = partial(performer.strike, whole_run=True)
    live = RunSide(
        data=workspace.data, run=record.run, film=film, screen=apps.shown, stopped=stage.stopped,
        committing=lambda: committing(apps.gates()), time_out=performer.time_out,
        item=lambda: performer.item.key if performer.item else "", touched=performer.hands_on,
    )  # fmt: skip
    stage.safe_point = apps.safe_point = live.safe_point
    apps.signed_in_by_person = partial(signed_in_by_person, stage, live.safe_point)
    with _AccountsBeating(apps), live, Board(stage.write) as board:
        stage.later = board.post
        state = performer.perform()
    stage.later = None
    return _file(desk, film, performer, state)


def _film(desk: Desk) -> RunFilm:
    workspace = desk.workspace
    budget = Budget(size_bytes=workspace.settings.pictures_mb_per_run * 1_000_000)
    return open_film(
        logs=workspace.logs, data=workspace.data, run=desk.record.film, clock=desk.clock, budget=budget
    )  # fmt: skip


def _backstage(desk: Desk, film: RunFilm, apps: RunApps, day: date) -> Backstage:
    workspace, store, record = desk.workspace, desk.store, desk.record
    files = workspace.data / "files" / record.run / "made"
    files.mkdir(parents=True, exist_ok=True)
    return Backstage(
        record=record, workspace=workspace, store=store, film=film, clock=desk.clock, day=day, files=files,
        wait=_wait, gates=apps.gates, frame=apps.frame, still=apps.still, counts=dict(record.counts),
        holders=Holders(ourselves=this_process(), proven_dead=proven_dead),
        filled=lambda effect: filled_form(workspace.logs / effect.run, effect.key),
        head=lambda run: head_of(workspace.logs / run, store.anchored(run)),
        told_to_stop=GUARD.told_to_stop.is_set, healers=apps.healings.all,
        last_picture=partial(_last_picture, film),
    )  # fmt: skip


def _last_picture(film: RunFilm) -> LastPicture | None:
    film.head()  # brings to the disk what is written behind
    return last_picture(film.folder)


def _file(desk: Desk, film: RunFilm, performer: Performer, state: RunState) -> RunState:
    """Close the film and file where the run stands now."""
    store, record, stage = desk.store, desk.record, performer.stage
    last = performer.last if performer.flow.each is None else None
    result = last.result if last else ""
    if state in GOES_ON:
        film.note("let_go", {"state": state.value, "counts": stage.counts})
        seq, head = film.head()
        film.close()
    else:
        film.end(state.value, {"counts": stage.counts, "result": result})
        seq, head = film.head()
    now = desk.clock.now()
    store.anchor(record.film, seq=seq, head=head, now=now)
    if state is RunState.QUEUED:
        return state
    facts: dict[str, Any] = {"counts": stage.counts, "result": result, "step": ""}
    facts["reason"] = performer.blocked or (last.reason if last else "")
    if performer.blocked:
        facts["started_at"] = None
    return store.end_run(record.run, stint=record.stint, state=state, now=now, **facts)


def _opening(workspace: Workspace, record: RunRecord, bot: Bot, flow: Flow, day: date) -> dict[str, Any]:
    return {
        "bot": bot.name, "flow": flow.name, "started_by": record.started_by, "slot": record.slot_id,
        "shift": record.shift, "rehearse": record.rehearse, "parameters": dict(record.parameters),
        "accounts": list(bot.accounts), "day": day.isoformat(), "machine": socket.gethostname(), "pid": os.getpid(),
        "python": sys.version.split()[0], "nightclerk": program_version(), "worker": record.worker,
        "flows": record.version, "stint": record.stint,
        "clients": client_builds(workspace, app_kinds(flow, bot).values()),
    }  # fmt: skip


def _continued(store: SqlStore, known: RunRecord, record: RunRecord) -> dict[str, Any]:
    """Where the film of another machine left off, as the database knows it."""
    if known.film in ("", record.film):
        return {}
    seq, head = store.anchored(known.film) or (0, "")
    return {"continues": {"film": known.film, "seq": seq, "head": head}}


def _wait(seconds: float) -> None:
    threading.Event().wait(seconds)


class _AccountsBeating:
    """Keep the run's account leases alive while it works."""

    def __init__(self, apps: RunApps) -> None:
        self._apps, self._stop = apps, threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _beat(self) -> None:
        while not self._stop.wait(ACCOUNT_LEASE_S / 3):
            try:
                held = self._apps.beat()
            except StoreUnreachable as error:
                logger.warning("the accounts could not be kept: {}", error)
                continue
            if not held:
                logger.error("another run has an account of ours: this process ends before it acts again")
                GUARD.leave()
