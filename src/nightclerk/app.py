"""The one place that picks implementations: builds apps, films, stores and engines out of a workspace."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from secrets import token_urlsafe
from typing import Any
from zoneinfo import ZoneInfo

from loguru import logger

from nightclerk import __name__ as package
from nightclerk.clocks import CHAOS_CLOCK as CHAOS_CLOCK
from nightclerk.clocks import SystemClock as SystemClock
from nightclerk.desktop import open_desktop
from nightclerk.desktop.session import own_desktop
from nightclerk.errors import ApplicationError, NeedsPerson, WorkspaceError
from nightclerk.evidence import RunFilm
from nightclerk.evidence.keys import open_key, publish
from nightclerk.evidence.share import Share
from nightclerk.flow import Flow, load_name, parse_value
from nightclerk.gate import CommitGate
from nightclerk.live.looking import Subject
from nightclerk.live.shown import ShownApp
from nightclerk.locate.files import selector_set
from nightclerk.ports import Account, Frame, Surface
from nightclerk.reviews.healings import RunHealings, last_seen
from nightclerk.screens import App, Session
from nightclerk.terminal import open_terminal
from nightclerk.texts import say
from nightclerk.vault import FileVault, KeyringVault, open_vault
from nightclerk.web import open_web
from nightclerk.work.pulse import GUARD
from nightclerk.work.store import SqlStore, open_store
from nightclerk.work.urls import database_urls
from nightclerk.workspace import Bot, Workspace

LINKS_SECRET = "task-links"
ACCOUNT_LEASE_S = 60.0
ACCOUNT_PATIENCE_S = 600.0
#: Whoever has no deadline comes after all who have one.
LAST = datetime(9999, 1, 1, tzinfo=UTC)


def starter_root() -> Path | None:
    """The starter that ships with the wheel; None in a checkout, whose root is the starter itself."""
    folder = Path(__file__).parent / "starter"
    return folder if folder.is_dir() else None


def vault_of(workspace: Workspace) -> FileVault | KeyringVault:
    return open_vault(workspace.data / "vault", kind=workspace.settings.vault)


def links_key(workspace: Workspace) -> bytes:
    """The key with which links into people's messages are signed; made on first use. See `work/links.py`."""
    vault = vault_of(workspace)
    if LINKS_SECRET not in vault.names():
        vault.set(LINKS_SECRET, token_urlsafe(32))
    return vault.get(LINKS_SECRET).reveal().encode()


def store_of(workspace: Workspace) -> SqlStore:
    return open_store(database_urls(workspace.settings.database, workspace.data).books)


def share_of(workspace: Workspace) -> Share:
    """Where the evidence of all machines comes together."""
    return Share(workspace.settings.evidence)


def gather_evidence(workspace: Workspace) -> int:
    """Fetch into `logs/` what other machines have on film, where `evidence:` names a place; how many files came."""
    if not workspace.settings.evidence:
        return 0
    ours = {file.stem for file in (workspace.data / "salts").glob("*.salt")}  # nobody else has the salt of our films
    return share_of(workspace).gather(workspace.logs, but=ours)


def evidence_key(workspace: Workspace) -> str:
    """The public half (PEM) of the key with which this machine signs, made on first use."""
    key = open_key(workspace.data / "keys", logs=workspace.logs)
    return publish(key.public, workspace.logs / "keys").read_text(encoding="utf-8")


def program_version() -> str:
    return version(package.split(".")[0])


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
        holder: str = "",
        stopped: Callable[[], object] = lambda: None,
        due_at: datetime | None = None,
    ) -> None:
        self.workspace, self.bot, self.store, self.film, self.clock, self.run = workspace, bot, store, film, clock, run
        self.holder, self._stopped, self.due_at = holder or run, stopped, due_at
        self.kinds = app_kinds(flow, bot)
        self.vault = vault_of(workspace)
        self.files = workspace.data / "files" / run / "downloads"
        self._open: dict[str, App] = {}
        self._held: dict[str, int] = {}
        #: See live/: where a person may have the screen, and whether one has signed in where the bot cannot.
        self.safe_point: Callable[[], object] = lambda: None
        self.signed_in_by_person: Callable[[str, NeedsPerson, float], bool] = lambda app, error, wait_s: False
        self.healings = RunHealings(
            root=workspace.root, starter=starter_root(), run=run, film=film, store=store, clock=clock, frame=self.frame,
            before=partial(last_seen, workspace.logs, but=run),
        )  # fmt: skip

    def open(self) -> dict[str, App]:
        """Every app of the flow by parameter name, signed in."""
        for name, kind in self.kinds.items():
            if name not in self._open:
                app = kind(self._session(kind))
                self._open[name] = app
                self._sign_in(app)
        return self._open

    def _sign_in(self, app: App) -> None:
        try:
            app.sign_in()
        except NeedsPerson as error:
            error.facts["login"] = app.session.account.name if app.session.account else app.selectors
            wait_s = float(app.session.settings.facts.get("wait_for_person_s", 0))
            if not (wait_s and self.signed_in_by_person(app.selectors, error, wait_s)):
                raise
            app.sign_in()

    def close(self) -> None:
        for app in self._open.values():
            try:
                app.session.surface.close()
            except Exception as error:  # a surface that died must not hide what went wrong before
                logger.warning("closing {}: {}", app.selectors, error)
        self._open.clear()
        self.healings.close()
        for account in list(self._held):
            self.store.release(account, holder=self.holder)
            del self._held[account]

    def kill(self) -> None:
        """End the programs of all apps, from another thread: what hangs in one of them fails. `close` tidies up."""
        for app in list(self._open.values()):
            app.session.surface.kill()

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

    def shown(self) -> ShownApp | None:
        """The app that shows on the screen: the one worked last, else the one opened last. Any thread may ask."""
        worked_last = sorted(self._open.copy().values(), key=lambda app: app.selectors == self.film.last_app)
        if not worked_last:
            return None
        app = worked_last[-1]
        masks = app.session.settings.facts.get("masks", "")
        subject = Subject(app=app.selectors, root=self.workspace.root, starter=starter_root(), masks=masks)
        return ShownApp(surface=app.session.surface, subject=subject)

    def still(self) -> Frame | None:
        """The picture of a desktop or terminal, from beside a run that hangs; a browser answers to its thread only."""
        for app in list(self._open.values()):
            if app.kind != "web":
                return app.session.surface.frame()
        return None

    def beat(self) -> bool:
        """Renew the accounts' leases; False when one was lost."""
        now = self.clock.now()
        return all(
            self.store.take(name, holder=self.holder, lease_s=ACCOUNT_LEASE_S, now=now) is not None
            for name in list(self._held)
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
            vault=self.vault, settings=settings, files=self.files, alive=GUARD.check,
            healer=self.healings.healer(kind.selectors), safe_point=lambda: self.safe_point(),
        )  # fmt: skip

    def _surface(self, kind: type[App], account: Account | None) -> Surface:
        selectors = selector_set(kind.selectors, workspace=self.workspace.root, starter=starter_root())
        settings = self.workspace.app(kind.selectors)
        if kind.kind == "desktop":
            if not own_desktop():  # one mouse and one keyboard for all that run on this machine
                self._hold_named(f"desktop:{socket.gethostname()}", say("reasons.this_desktop"))
            return open_desktop(
                selectors=selectors, settings=settings, clock=self.clock, folder=self.files,
                healer=self.healings.healer(kind.selectors),
            )  # fmt: skip
        if kind.kind == "terminal":
            return open_terminal(selectors=selectors, settings=settings, clock=self.clock)
        profile = self.workspace.data / "profiles" / (account.name if account else f"{kind.selectors}-{self.run}")
        return open_web(
            selectors=selectors, settings=settings, profile=profile, downloads=self.files, clock=self.clock,
            healer=self.healings.healer(kind.selectors),
        )  # fmt: skip

    def _hold(self, account: Account | None) -> None:
        """One session an account, on all machines: keep its lease while the app is open."""
        if account is not None:
            self._hold_named(f"account:{account.name}", say("reasons.the_account", name=account.name))

    def _hold_named(self, name: str, what: str) -> None:
        """Wait for a locked resource and keep it. Of those who wait, the one with the earliest deadline gets it."""
        deadline = self.clock.monotonic() + ACCOUNT_PATIENCE_S
        try:
            while True:
                now = self.clock.now()
                if self.store.my_turn(name, holder=self.holder, due_at=self.due_at or LAST, now=now):
                    fence = self.store.take(name, holder=self.holder, lease_s=ACCOUNT_LEASE_S, now=now)
                    if fence is not None:
                        self._held[name] = fence
                        return
                if self._stopped() is not None:
                    raise ApplicationError(say("reasons.stopped_waiting", what=what))
                if self.clock.monotonic() > deadline:
                    raise ApplicationError(say("reasons.in_use", what=what, seconds=f"{ACCOUNT_PATIENCE_S:g}"))
                threading.Event().wait(0.5)
        finally:
            self.store.leave_turn(name, holder=self.holder)


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
