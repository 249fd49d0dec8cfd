"""The one place that picks implementations: builds apps, films, stores and engines out of a workspace."""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from loguru import logger

from nightclerk import __name__ as package
from nightclerk.desktop import open_desktop
from nightclerk.domain.items import RunRecord, RunState
from nightclerk.errors import ApplicationError, MissingPart, NightClerkError, WorkspaceError
from nightclerk.evidence import Budget, RunFilm, open_film
from nightclerk.flow import Flow, load_flow, load_name, parse_value
from nightclerk.gate import CommitGate
from nightclerk.locate.files import selector_set
from nightclerk.perform import Performer
from nightclerk.ports import Account, Frame, Surface
from nightclerk.run import Backstage
from nightclerk.screens import App, Session
from nightclerk.vault import FileVault
from nightclerk.web import open_web
from nightclerk.work.store import SqlStore, open_store
from nightclerk.workspace import Bot, Workspace

ACCOUNT_LEASE_S = 60.0
ACCOUNT_PATIENCE_S = 600.0


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


def starter_root() -> Path | None:
    """The starter that ships with the wheel; None in a checkout, whose root is the starter itself."""
    folder = Path(__file__).parent / "starter"
    return folder if folder.is_dir() else None


def vault_of(workspace: Workspace) -> FileVault:
    return FileVault(workspace.data / "vault")


def store_of(workspace: Workspace) -> SqlStore:
    return open_store(workspace.database_url)


def business_day(workspace: Workspace) -> date:
    """The day a shift works on: the one fixed in settings, else today in the workspace's time zone."""
    return workspace.settings.day or datetime.now(ZoneInfo(workspace.settings.timezone)).date()


class RunApps:
    """The apps of one run: opened and signed in when first needed, closed after trouble, accounts held meanwhile."""

    def __init__(
        self,
        *,
        workspace: Workspace,
        bot: Bot,
        flow: Flow,
        store: SqlStore,
        film: RunFilm,
        clock: SystemClock,
        run: str,
    ) -> None:
        self.workspace, self.bot, self.store, self.film, self.clock, self.run = workspace, bot, store, film, clock, run
        self.kinds = app_kinds(flow, bot)
        self.vault = vault_of(workspace)
        self.files = workspace.data / "files" / run / "downloads"
        self._open: dict[str, App] = {}
        self._held: dict[str, int] = {}

    def open(self) -> dict[str, App]:
        """Every app of the flow by parameter name, signed in."""
        for name, kind in self.kinds.items():
            if name not in self._open:
                app = kind(self._session(kind))
                self._open[name] = app
                app.sign_in()
        return self._open

    def close(self) -> None:
        for app in self._open.values():
            try:
                app.session.surface.close()
            except Exception as error:  # a surface that died must not hide what went wrong before
                logger.warning("closing {}: {}", app.selectors, error)
        self._open.clear()
        for account in list(self._held):
            self.store.release(account, holder=self.run)
            del self._held[account]

    def gates(self) -> list[CommitGate]:
        return [app.session.gate for app in self._open.values()]

    def frame(self) -> Frame | None:
        """The picture of the app that was worked last, else of the one that was opened last."""
        worked_last = sorted(self._open.values(), key=lambda app: app.selectors == self.film.last_app)
        for app in reversed(worked_last):
            try:
                return app.session.surface.frame()
            except Exception as error:
                logger.warning("no picture of {}: {}", app.selectors, error)
        return None

    def beat(self) -> bool:
        """Renew the accounts' leases; False when one was lost."""
        now = self.clock.now()
        return all(
            self.store.take(name, holder=self.run, lease_s=ACCOUNT_LEASE_S, now=now) is not None for name in self._held
        )

    def _session(self, kind: type[App]) -> Session:
        settings = self.workspace.app(kind.selectors)
        account = self.workspace.account_for(self.bot, kind.selectors)
        self._hold(account)
        if account is not None and account.secret:
            self.film.hide(self.vault.get(account.secret).reveal())
        self.files.mkdir(parents=True, exist_ok=True)
        return Session(
            surface=self._surface(kind, account), film=self.film, gate=CommitGate(), clock=self.clock, account=account,
            vault=self.vault, settings=settings, files=self.files,
        )  # fmt: skip

    def _surface(self, kind: type[App], account: Account | None) -> Surface:
        selectors = selector_set(kind.selectors, workspace=self.workspace.root, starter=starter_root())
        settings = self.workspace.app(kind.selectors)
        if kind.kind == "desktop":
            return open_desktop(selectors=selectors, settings=settings, clock=self.clock, folder=self.files)
        profile = self.workspace.data / "profiles" / (account.name if account else f"{kind.selectors}-{self.run}")
        return open_web(selectors=selectors, settings=settings, profile=profile, downloads=self.files, clock=self.clock)

    def _hold(self, account: Account | None) -> None:
        """One session an account, on all machines: wait for its lease, and keep it while the app is open."""
        if account is None:
            return
        name, deadline = f"account:{account.name}", self.clock.monotonic() + ACCOUNT_PATIENCE_S
        while True:
            fence = self.store.take(name, holder=self.run, lease_s=ACCOUNT_LEASE_S, now=self.clock.now())
            if fence is not None:
                self._held[name] = fence
                return
            if self.clock.monotonic() > deadline:
                raise ApplicationError(f"the account {account.name} has been in use for {ACCOUNT_PATIENCE_S:g} s")
            threading.Event().wait(0.5)


def app_kinds(flow: Flow, bot: Bot) -> dict[str, type[App]]:
    """Which app class each of the flow's parameters gets: the bot file's word, else the annotation."""
    kinds: dict[str, type[App]] = {}
    for name, kind in flow.hints().items():
        if not (isinstance(kind, type) and issubclass(kind, App)):
            continue
        chosen = load_name(bot.apps[name]) if name in bot.apps else kind
        if not chosen.selectors:
            raise WorkspaceError(
                where=bot.where, expected=f"which app class {name!r} is",
                remedy=f"Add apps: {{{name}: flows.apps.MODULE:CLASS}}",
            )  # fmt: skip
        kinds[name] = chosen
    return kinds


def bind(flow: Flow, bot: Bot, given: Mapping[str, Any], day: date) -> dict[str, Any]:
    """The flow's plain parameters by type, from the bot file and `given`. WorkspaceError before anything opens."""
    known = {parameter.name: parameter for parameter in flow.parameters()}
    for name in given:
        if name not in known:
            raise WorkspaceError(
                where=f"--set {name}", expected=f"a parameter of {flow.name}",
                remedy="Known: " + (", ".join(known) or "none"),
            )  # fmt: skip
    values = {**bot.parameters, **given}
    bound: dict[str, Any] = {}
    for name, parameter in known.items():
        if name in values:
            bound[name] = parse_value(parameter.kind, values[name], name=name, day=day)
        elif parameter.required:
            raise WorkspaceError(where=bot.where, expected=f"a value for {name!r}", remedy=f"Set it: --set {name}=…")
        else:
            bound[name] = parameter.default
    return bound


def perform_run(workspace: Workspace, run: str) -> RunState:
    """Perform one queued run from beginning to end in this process. Every ending is filed in the books."""
    store, clock = store_of(workspace), SystemClock()
    record = store.run(run)
    if record is None:
        raise WorkspaceError(where=f"run {run}", expected="a run that was queued", remedy="nightclerk run BOT")
    try:
        return _perform(workspace, store, clock, record)
    except Exception as error:
        if not isinstance(error, NightClerkError):
            logger.opt(exception=error).error("run {} ended by an unexpected error", run)
        started = None if isinstance(error, WorkspaceError | MissingPart) else record.started_at
        store.update_run(run, state=RunState.FAILED, reason=str(error), ended_at=clock.now(), started_at=started)
        return RunState.FAILED
    finally:
        store.close()


def _perform(workspace: Workspace, store: SqlStore, clock: SystemClock, record: RunRecord) -> RunState:
    bot, day = workspace.bot(record.bot), business_day(workspace)
    flow = load_flow(bot.flow)
    parameters = bind(flow, bot, record.parameters, day)
    budget = Budget(size_bytes=workspace.settings.pictures_mb_per_run * 1_000_000)
    film = open_film(logs=workspace.logs, data=workspace.data, run=record.run, clock=clock, budget=budget)
    if record.state is RunState.RUNNING:  # the process that had it is dead; what it held goes on here
        store.abandon(record.run, now=clock.now())
    store.update_run(record.run, state=RunState.RUNNING, started_at=record.started_at or clock.now())
    film.begin(_opening(record, bot, flow, day))
    apps = RunApps(workspace=workspace, bot=bot, flow=flow, store=store, film=film, clock=clock, run=record.run)
    files = workspace.data / "files" / record.run / "made"
    files.mkdir(parents=True, exist_ok=True)
    stage = Backstage(
        record=record, workspace=workspace, store=store, film=film, clock=clock, day=day, files=files,
        wait=_wait, gates=apps.gates, frame=apps.frame,
    )  # fmt: skip
    performer = Performer(flow, stage, apps, parameters, attempts=bot.attempts)
    with _AccountsBeating(apps):
        state = performer.perform()
    last = performer.last
    result = last.result if flow.each is None and last else ""
    reason = performer.blocked or (last.reason if flow.each is None and last else "")
    blocked: dict[str, Any] = {"started_at": None} if performer.blocked else {}
    film.end(state.value, {"counts": stage.counts, "result": result})
    seq, head = film.head()
    store.anchor(record.run, seq=seq, head=head, now=clock.now())
    store.update_run(
        record.run,
        state=state,
        ended_at=clock.now(),
        counts=stage.counts,
        result=result,
        reason=reason,
        step="",
        **blocked,
    )
    return state


def _opening(record: RunRecord, bot: Bot, flow: Flow, day: date) -> dict[str, Any]:
    from importlib.metadata import version

    return {
        "bot": bot.name, "flow": flow.name, "started_by": record.started_by, "slot": record.slot_id,
        "shift": record.shift, "rehearse": record.rehearse, "parameters": dict(record.parameters),
        "accounts": list(bot.accounts), "day": day.isoformat(), "machine": socket.gethostname(), "pid": os.getpid(),
        "python": sys.version.split()[0], "nightclerk": version(package.split(".")[0]),
    }  # fmt: skip


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
            if not self._apps.beat():
                logger.error("an account's lease was lost")
