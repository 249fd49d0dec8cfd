"""Record a person's work in a browser and write it down as a flow that runs at once."""

from __future__ import annotations

import contextlib
import json
import re
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from types import FunctionType
from typing import Any

from playwright.sync_api import BrowserContext
from playwright.sync_api import Error as PlaywrightError

from nightclerk.errors import WorkspaceError
from nightclerk.locate.files import app_names, load_selectors
from nightclerk.ports import SelectorSet
from nightclerk.record.events import Event
from nightclerk.record.known import classes_of
from nightclerk.record.leading import Leader
from nightclerk.record.limits import AWAY_AFTER_S, STUCK_AFTER_S, Guard, RecordingStuck, ScriptFailed, own_profile
from nightclerk.record.live import Live
from nightclerk.record.owners import base_of, name_of_site, owners_of, same_site
from nightclerk.record.plan import AppFacts, Plan
from nightclerk.record.planner import Planner
from nightclerk.record.proof import Proof, offline_browser
from nightclerk.record.questions import Prepared
from nightclerk.record.script import Person
from nightclerk.record.sheets import read_sheet
from nightclerk.record.steps import Step, merge
from nightclerk.record.writing import Writing, Written
from nightclerk.texts import say
from nightclerk.web.browser import browser_or_fault, end_browser, launch_options
from nightclerk.web.driver import shared_playwright
from nightclerk.workspace import Workspace, nearest

POLL_MS = 100
#: The folder of the browser's profile within the one of the recording.
PROFILE = "profile"


@dataclass(frozen=True, kw_only=True)
class GoingOn:
    """A recording that goes on from the middle of a flow: `leader` brings the screen there."""

    file: Path
    function: str
    leader: Leader


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is to be recorded: `target` is an address or an app of the workspace; `person` replaces a real one."""

    target: str
    flow: str
    workspace: Workspace
    starter: Path | None = None
    sheet: Path | None = None
    headless: bool = False
    person: Callable[[Person], None] | None = None
    answers: Mapping[str, Any] = field(default_factory=dict)
    opened: Callable[[], None] = lambda: None
    ask: Callable[[str, str, Sequence[str], int], int] | None = None
    going_on: GoingOn | None = None


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of a recording."""

    plan: Plan
    written: Written
    steps: tuple[Step, ...]


def record(request: Request) -> Outcome:
    """Open a browser, watch until the person is done, and write the flow. WorkspaceError says what is missing."""
    if request.going_on is None:
        check_name(request)
    main, url = start_of(request)
    sheet = read_sheet(request.sheet) if request.sheet else None
    with shared_playwright(), watched(request, url) as (live, asker):
        steps = merge(live.events)
        main = main or name_of_site(url, live.events[0].title if live.events else "", [*request.workspace.apps])
        if not any(step.facts for step in steps):
            raise WorkspaceError(
                where=request.target, expected=say("record.nothing"), remedy=say("record.nothing_remedy")
            )
        bases = {name: request.workspace.app(name).url for name in _web_apps(request.workspace)} | {
            main: _base(request, main, url)
        }
        owners, known = owners_of(steps, main, bases)
        facts = {name: app_facts(request, name, known[name]) for name in dict.fromkeys([main, *owners])}
        with offline_browser() as browser:
            planner = Planner(request.flow, facts, proof=Proof(browser), asks=asker, sheet=sheet)
            if request.going_on is not None:
                planner.go_on(request.going_on.leader, request.going_on.file, request.going_on.function)
            plan = planner.build(steps, owners)
            day = date.today().isoformat()  # noqa: DTZ011  the person's own day, for a comment
            writing = Writing(root=request.workspace.root, plan=plan, day=day, uploads=live.files)
            written = writing.join(request.going_on) if request.going_on else writing.write()
            written.hints += live.hints
    return Outcome(plan=plan, written=written, steps=tuple(steps))


def check_name(request: Request) -> None:
    """The flow's name must be one that Python takes, and free."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", request.flow):
        raise WorkspaceError(
            where=f"--flow {request.flow}", expected=say("record.bad_name"), remedy=say("record.taken_remedy")
        )
    file = request.workspace.root / "flows" / f"{request.flow}.py"
    if file.exists():
        where = f"flows/{request.flow}.py"
        raise WorkspaceError(where=where, expected=say("record.taken", file=where), remedy=say("record.taken_remedy"))


def start_of(request: Request) -> tuple[str, str]:
    """The name of the app that is recorded, and the address to begin at."""
    workspace, target = request.workspace, request.target
    if target in workspace.apps:
        return target, workspace.app(target).url
    if not re.match(r"https?://", target):
        expected = say("record.no_app", name=target)
        raise WorkspaceError(where=target, expected=expected, remedy=nearest(target, workspace.apps))
    for name in _web_apps(workspace):
        with contextlib.suppress(WorkspaceError):
            if same_site(target, workspace.app(name).url):
                return name, target
    return "", target


def _base(request: Request, main: str, url: str) -> str:
    return request.workspace.app(main).url if main in request.workspace.apps else base_of(url)


def _web_apps(workspace: Workspace) -> Iterator[str]:
    for name in workspace.apps:
        with contextlib.suppress(WorkspaceError):
            if workspace.app(name).url:
                yield name


#: The browser's own offers (to keep the password, to translate) would lie over the page, and what they keep is lost.
QUIET = {
    "credentials_enable_service": False, "profile": {"password_manager_enabled": False},
    "translate": {"enabled": False},
}  # fmt: skip


@contextlib.contextmanager
def recording_browser(*, headless: bool, folder: Path | None = None) -> Iterator[BrowserContext]:
    """A browser with an empty profile (in `folder`, or one of its own), visible unless told otherwise."""
    if folder is None:
        with own_profile() as made, recording_browser(headless=headless, folder=made) as context:
            yield context
        return
    with shared_playwright() as playwright:
        executable = browser_or_fault(playwright.chromium.executable_path)
        options = launch_options(executable=executable, downloads=folder / "files")
        options |= {"headless": headless} | ({} if headless else {"no_viewport": True, "viewport": None})
        if not headless:
            options.pop("viewport")
        profile = folder / PROFILE
        (profile / "Default").mkdir(parents=True)
        (profile / "Default" / "Preferences").write_text(json.dumps(QUIET), encoding="utf-8")
        context = playwright.chromium.launch_persistent_context(str(profile), **options)
        try:
            yield context
        finally:
            with contextlib.suppress(PlaywrightError):
                context.close()


@contextlib.contextmanager
def watched(request: Request, url: str) -> Iterator[tuple[Live, Prepared]]:
    """Let the person work; what was seen, and who answers the questions that come up while the browser is open."""
    with own_profile() as folder, recording_browser(headless=request.headless, folder=folder) as context:
        guard = Guard(partial(end_browser, folder / PROFILE), after_s=STUCK_AFTER_S)
        live = Live(context, beat=guard.beat)
        if request.going_on is not None:
            request.going_on.leader.lead(context)
            _close_aside(context)
            live.hints += [say("record.before_commit_hint")] if request.going_on.leader.before_commit else []
        live.start()
        page = next(page for page in reversed(context.pages) if not page.is_closed())
        if request.going_on is None:
            page.goto(url, wait_until="domcontentloaded")
            live.pump()
            live.events[:] = [Event(kind="open", url=url, title=page.title(), value=url)]
        request.opened()
        asker = Prepared(answers=request.answers, otherwise=_asking(live, guard, request))
        with guard.watching(waits=live.in_dialog):
            if request.person is not None:
                _perform(request.person, Person(live, page), guard)
            else:
                _watch(live, context)
            live.pump()
        if guard.tripped:
            live.hints.append(say("record.stuck_hint", seconds=guard.after_s))
        yield live, asker


def _close_aside(context: BrowserContext) -> None:
    """Close the browser's own page that leading may have opened for commits: the person works in the site's tabs."""
    for page in context.pages:
        if page.url.startswith("chrome://") and len(context.pages) > 1:
            page.close()


def _perform(script: Callable[[Person], None], person: Person, guard: Guard) -> None:
    try:
        script(person)
    except PlaywrightError as error:
        if guard.tripped:
            raise RecordingStuck(waited_s=guard.after_s) from error
        raise ScriptFailed(where=_line_of(script, error), said=error.message.splitlines()[0].rstrip(".")) from error


def _line_of(script: Callable[[Person], None], error: Exception) -> str:
    """The line of the person's script that the error came out of, as `file:line`."""
    file = script.__code__.co_filename if isinstance(script, FunctionType) else ""
    lines = [at.lineno for at in traceback.extract_tb(error.__traceback__) if at.filename == file]
    return f"{Path(file).name}:{lines[-1]}" if lines else "--script"


def _asking(live: Live, guard: Guard, request: Request) -> Callable[[str, str, Sequence[str], int], int] | None:
    """Questions go to the bar while there is a window with it, else to the terminal, else the likely answer holds."""
    if request.person is not None or request.headless:
        return request.ask

    def ask(name: str, question: str, choices: Sequence[str], likely: int) -> int:
        with guard.watching(waits=live.in_dialog):
            answer = live.ask(name, question, list(choices), likely)
        if answer is not None:
            return answer
        return request.ask(name, question, choices, likely) if request.ask else likely

    return ask


def _watch(live: Live, context: BrowserContext) -> None:
    """Until the person presses "done", closes the browser, or has gone away."""
    live.heard_at = time.monotonic()
    with contextlib.suppress(PlaywrightError, KeyboardInterrupt):
        while not live.stopped and any(not page.is_closed() for page in context.pages):
            page = next(page for page in context.pages if not page.is_closed())
            page.wait_for_timeout(POLL_MS)
            live.pump()
            if time.monotonic() - live.heard_at > AWAY_AFTER_S:
                live.hints.append(say("record.away_hint", minutes=round(AWAY_AFTER_S / 60)))
                return


def app_facts(request: Request, name: str, url: str) -> AppFacts:
    """What the workspace says of an app already."""
    workspace = request.workspace
    known = SelectorSet(app=name)
    if name in app_names(workspace.root, request.starter):
        known = load_selectors(name, workspace=workspace.root, starter=request.starter).selectors
    found = classes_of(workspace.root).get(name)
    account = next((one for one in workspace.accounts.values() if one.app == name), None)
    if found is None:
        return AppFacts(name=name, url=url, known=known, account=account)
    return AppFacts(
        name=name,
        url=url,
        known=known,
        class_name=found.class_name,
        module=found.module,
        verbs=found.verbs,
        account=account,
    )


__all__ = ["GoingOn", "Outcome", "Request", "record"]
