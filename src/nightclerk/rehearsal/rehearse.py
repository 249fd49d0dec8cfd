"""Rehearse the shift without doing anything: machine, versions, logins, pages, elements, export columns, bot by bot.

Read-only: no run is queued, no item drawn, no lease taken, no evidence written, and nothing is clicked or typed on the
other side but the login and elements whose selectors say that they only lead on (`opens: true`). Pages and elements are
those of the bot's last good run; what lies behind another click is counted and named as not known.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from nightclerk.app import app_kinds, bind, business_day, program_version, starter_root
from nightclerk.clocks import clock_of
from nightclerk.desktop.session import own_desktop
from nightclerk.documents import load_layout, read_table
from nightclerk.domain.items import RunState
from nightclerk.errors import DocumentError, EvidenceError, NeedsPerson, NightClerkError, WorkspaceError
from nightclerk.evidence.replay import Event, follow, load_run
from nightclerk.flow import Flow, load_flow
from nightclerk.locate.files import selector_set
from nightclerk.office.clients import client_builds
from nightclerk.office.preflight import lacks
from nightclerk.rehearsal.pages import Page, pages_of, used
from nightclerk.rehearsal.screens import opened
from nightclerk.rehearsal.visit import Looked, Visit
from nightclerk.screens import App
from nightclerk.texts import say
from nightclerk.work.agenda import Agenda
from nightclerk.work.store import SqlStore
from nightclerk.work.versions import flows_version
from nightclerk.workspace import Bot, Workspace

OK, BROKEN, UNKNOWN = "ok", "broken", "unknown"
_TABLES = (".csv", ".xlsx", ".xls", ".zip")
#: What an element's state means for the night.
_VERDICTS = {"found": OK, "healed": OK, "needs_values": UNKNOWN}


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that was looked at for one bot. `code` says which kind of thing; `state`: ok, broken or unknown."""

    bot: str
    code: str
    state: str
    what: str


def due_bots(agenda: Agenda, now: datetime, *, within: timedelta = timedelta(hours=24)) -> list[str]:
    """The bots of the coming shift: those whose clock rings within a day, those that wait for them, and those that an
    event or a file may start at any time."""
    bots = agenda.workspace.bots
    due = {
        name for name, bot in bots.items()
        if {"event", "file"} & set(bot.schedule)
        or any(not run.rule and run.at <= now + within for run in agenda.next_runs(name, 1, now=now))
    }  # fmt: skip
    while more := {name for name, bot in bots.items() if name not in due and set(bot.after) & due}:
        due |= more
    return [name for name in bots if name in due]


def rehearse(workspace: Workspace, store: SqlStore, bots: Iterable[str], *, screens: bool = True) -> Iterator[Finding]:
    """Everything that was found out about some bots, in their order. `screens`: open their apps too."""
    yield from _versions(workspace, store)
    for name in bots:
        bot = workspace.bot(name)
        try:
            flow = load_flow(bot.flow)
            kinds = app_kinds(flow, bot)
            bind(flow, bot, bot.parameters, business_day(workspace))
        except WorkspaceError as error:
            yield Finding(bot=name, code="WORKSPACE", state=BROKEN, what=str(error))
            continue
        yield from _bot(workspace, store, bot, flow, list(dict.fromkeys(kinds.values())), screens=screens)


def _versions(workspace: Workspace, store: SqlStore) -> Iterator[Finding]:
    """This program's version, and whether workers that are up have the flows that would be launched."""
    ours = flows_version(workspace) if workspace.settings.database else ""
    others = [w for w in store.workers() if ours and w.version != ours]
    names = ", ".join(worker.name for worker in others)
    what = say("rehearse.other_flows", workers=names) if others else say("rehearse.version", version=program_version())
    yield Finding(bot="", code="VERSIONS", state=BROKEN if others else OK, what=what)


def _bot(
    workspace: Workspace, store: SqlStore, bot: Bot, flow: Flow, kinds: list[type[App]], *, screens: bool
) -> Iterator[Finding]:
    faults = _lacks(workspace, bot, kinds)
    yield from faults or [Finding(bot=bot.name, code="MACHINE", state=OK, what=say("rehearse.machine"))]
    film = _last_film(workspace, store, bot)
    events = follow(film, 0) if film is not None else []
    if film is not None:
        yield from _clients(workspace, bot, kinds, events)
        yield from _exports(workspace, bot, film)
    if screens and not faults:
        for kind in kinds:
            yield from _app(workspace, store, bot, kind, events)


def _clients(workspace: Workspace, bot: Bot, kinds: list[type[App]], events: list[Event]) -> Iterator[Finding]:
    """Programs and browsers whose build is another than in the last good run."""
    openings = (event.facts.get("facts", {}) for event in events if event.kind in ("begin", "resume"))
    known: dict[str, str] = next((facts["clients"] for facts in openings if "clients" in facts), {})
    for name, now in client_builds(workspace, kinds).items():
        then = known.get(name, "")
        if then and then != now:
            what = say("rehearse.client_changed", then=then, now=now or "–")
            yield Finding(bot=bot.name, code=f"CLIENT {name}", state=UNKNOWN, what=what)


def _lacks(workspace: Workspace, bot: Bot, kinds: list[type[App]]) -> list[Finding]:
    try:
        lacking = [(str(part.facts["code"]), str(part)) for part in lacks(workspace, bot, kinds)]
    except WorkspaceError as error:
        lacking = [("VAULT", str(error))]  # it cannot be opened
    return [Finding(bot=bot.name, code=code, state=BROKEN, what=what) for code, what in lacking]


def _last_film(workspace: Workspace, store: SqlStore, bot: Bot) -> Path | None:
    """The evidence of the bot's last run that ended well and is on this machine."""
    for run in store.runs(bot=bot.name, states=[RunState.DONE], limit=20):
        folder = workspace.logs / (run.film or run.run)
        if (folder / "journal.jsonl").is_file() and not run.rehearse:
            return folder
    return None


# ------------------------------------------------------------------------------------------- screens


def _app(workspace: Workspace, store: SqlStore, bot: Bot, kind: type[App], events: list[Event]) -> Iterator[Finding]:
    """Sign in and look at the pages of one app."""
    name = kind.selectors
    account = workspace.account_for(bot, name)
    login = account.name if account else name
    held = _in_use(workspace, store, kind, login)
    if held:
        yield Finding(bot=bot.name, code=f"LOGIN {login}", state=UNKNOWN, what=held)
        return
    elements = selector_set(name, workspace=workspace.root, starter=starter_root()).elements
    harmless = {(name, element) for element, selector in elements.items() if selector.opens}
    programs = () if kind.kind == "web" else (name,)
    found = pages_of(events, programs=programs, opens=lambda app, element: (app, element) in harmless)
    pages, seen = [page for page in found if page.app == name], list[Page]()
    try:
        with opened(workspace, kind, account) as app:
            yield Finding(bot=bot.name, code=f"LOGIN {login}", state=OK, what=say("rehearse.signed_in", login=login))
            for looked in Visit(app).look_at(pages):
                seen.append(looked.page)
                yield _page(bot, looked)
    except NeedsPerson as error:
        yield Finding(bot=bot.name, code=f"LOGIN {login}", state=BROKEN, what=str(error))
    except NightClerkError as error:
        yield Finding(bot=bot.name, code=f"APP {name}", state=BROKEN, what=str(error))
    yield from _not_looked_at(bot, name, seen, used(events, name))


def _in_use(workspace: Workspace, store: SqlStore, kind: type[App], login: str) -> str:
    """Who works with the account, or at the one mouse of this machine, in a sentence; "" when both are free."""
    now = clock_of(workspace, store).now()
    holder = store.held_by(f"account:{login}", now=now)
    if holder:
        return say("rehearse.in_use", login=login, holder=holder)
    holder = (
        "" if kind.kind != "desktop" or own_desktop() else store.held_by(f"desktop:{socket.gethostname()}", now=now)
    )
    return say("rehearse.mouse_in_use", holder=holder) if holder else ""


def _not_looked_at(bot: Bot, app: str, pages: list[Page], known: set[str]) -> Iterator[Finding]:
    """What only a click, a key or an item leads to: a rehearsal does neither, and says so."""
    behind = known - {element for page in pages for element in page.elements}
    if not known:
        what = say("rehearse.no_film", app=app)
        yield Finding(bot=bot.name, code=f"PAGES {app}", state=UNKNOWN, what=what)
    elif behind:
        what = say("rehearse.behind", n=len(behind), elements=", ".join(sorted(behind)[:3]))
        yield Finding(bot=bot.name, code=f"PAGES {app}", state=UNKNOWN, what=what)


def _page(bot: Bot, looked: Looked) -> Finding:
    """What one page comes to: its worst element."""
    page = looked.page
    code = " › ".join([f"PAGE {page.app} {page.path}".rstrip(), *(move.element for move in page.moves)])
    sent = say("rehearse.stopped", asked=", ".join(looked.stopped[:3])) if looked.stopped else ""
    bad = UNKNOWN if sent or not looked.sure else BROKEN
    if looked.fault:
        return Finding(bot=bot.name, code=code, state=bad, what=f"{looked.fault} {sent}".rstrip())
    lost = [one for one in looked.tried if _VERDICTS.get(one.state, BROKEN) == BROKEN]
    if lost:
        named = "; ".join(f"{one.element} ({say(f'cli.tried.{one.state}')})" for one in lost)
        what = f"{say('rehearse.lost', elements=named)} {sent}".rstrip()
        return Finding(bot=bot.name, code=code, state=bad, what=what)
    healed = [one.element for one in looked.tried if one.state == "healed"]
    seen = sum(one.state in ("found", "healed") for one in looked.tried)
    what = say("rehearse.healed" if healed else "rehearse.found", n=seen, elements=", ".join(healed))
    return Finding(bot=bot.name, code=code, state=OK, what=what)


# ------------------------------------------------------------------------------------------- exports


def _exports(workspace: Workspace, bot: Bot, film: Path) -> Iterator[Finding]:
    """The files that the last run received, read by the layouts as they are now."""
    try:
        files = [file for file in load_run(film).files if file.kind == "download"]
    except EvidenceError:
        return
    for file in files:
        if Path(file.name).suffix.lower() in _TABLES and file.path.is_file():
            yield _export(workspace, bot, file.path, file.name)


def _export(workspace: Workspace, bot: Bot, path: Path, name: str) -> Finding:
    reasons: list[str] = []
    for layout in sorted((workspace.root / "config" / "layouts").glob("*.yaml")):
        try:
            read_table(path, load_layout(layout))
        except NightClerkError as error:
            reasons += [str(error)] if isinstance(error, DocumentError) and "column" in error.facts else []
        else:
            what = say("rehearse.columns", file=name, layout=layout.stem)
            return Finding(bot=bot.name, code="EXPORT_COLUMNS", state=OK, what=what)
    state, what = (BROKEN, reasons[0]) if reasons else (UNKNOWN, say("rehearse.unread", file=name))
    return Finding(bot=bot.name, code="EXPORT_COLUMNS", state=state, what=what)
