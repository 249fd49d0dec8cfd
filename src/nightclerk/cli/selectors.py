"""Words for selectors: show which layer wins, test them on the live page, diff them against it."""

from __future__ import annotations

import contextlib
import importlib
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urljoin

import typer

from nightclerk.app import SystemClock, starter_root, vault_of
from nightclerk.cli.common import (
    JsonOption,
    WorkspaceOption,
    assignments,
    print_json,
    print_table,
    the_workspace,
)
from nightclerk.cli.common import screen as stderr
from nightclerk.cli.sandbox import Sandbox
from nightclerk.gate import CommitGate
from nightclerk.locate import show
from nightclerk.locate.files import selector_set
from nightclerk.locate.fingerprint import Fingerprint, learned
from nightclerk.locate.healer import Healer
from nightclerk.locate.prints import load_prints, save_prints, written_folder
from nightclerk.locate.trial import Tried, changes, try_elements
from nightclerk.ports import AppSettings, WebSurface
from nightclerk.screens import App, Session, WebApp
from nightclerk.texts import say
from nightclerk.web import describe, open_web
from nightclerk.workspace import Workspace

UrlOption = Annotated[str, typer.Option("--url", help="打开这个页面，不登录 / open this page, not signed in")]
SandboxOption = Annotated[bool, typer.Option("--sandbox", help="先启动沙箱 / start the sandbox first")]
PathOption = Annotated[str, typer.Option("--path", help="登录后打开的页面 / the page to open after signing in")]
PathsOption = Annotated[
    list[str] | None, typer.Option("--path", help="要记录的页面，可重复 / a page to look at; may be repeated")
]
ScreenOption = Annotated[str, typer.Option("--screen", help="只看这个画面 / this screen only")]
SetOption = Annotated[list[str] | None, typer.Option("--set", help="占位符 name=value / values for placeholders")]
LearnOption = Annotated[bool, typer.Option("--learn", help="记录找到元素的指纹 / keep fingerprints of what is found")]


def register(app: typer.Typer) -> None:
    group = typer.Typer(no_args_is_help=True, help="元素定位 / selectors")
    group.command("show", help="某个元素用哪一层定位 / which layer wins")(selectors_show)
    group.command("test", help="在真实页面上逐个查找，只读 / resolve each element on the page")(selectors_test)
    group.command("record", help="记录各画面元素的指纹 / keep fingerprints of an app's screens")(selectors_record)
    group.command("diff", help="与页面比较，哪些特征变了 / what changed since it was learned")(selectors_diff)
    app.add_typer(group, name="selectors")


def selectors_show(
    name: Annotated[str, typer.Argument(help="app.screen.element")],
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Show how an element is found, and which file says so."""
    app, _, element = name.partition(".")
    shown = show.show_element(app, element, workspace=the_workspace(workspace).root, starter=starter_root())
    if as_json:
        print_json(shown)
        return
    print_table(name, [say("cli.field"), say("cli.value")], [[k, v] for k, v in shown.items()])


def selectors_test(
    app: str,
    url: UrlOption = "",
    path: PathOption = "",
    sandbox: SandboxOption = False,
    screen: ScreenOption = "",
    values: SetOption = None,
    learn: LearnOption = False,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Open the app and look for every element; nothing is clicked or typed beyond signing in."""
    home = the_workspace(workspace)
    with _opened(home, app, url=url, path=path, sandbox=sandbox) as surface:
        tried = list(try_elements(surface, screen=screen, values=assignments(values or [])))
        if learn:
            _learn(home, app, tried, assignments(values or []))
    if as_json:
        print_json([{"element": one.element, "state": one.state, "how": one.how} for one in tried])
    else:
        rows = [[one.element, say(f"cli.tried.{one.state}"), one.how] for one in tried]
        print_table(app, [say("cli.element"), say("cli.state"), say("cli.how")], rows)
    raise typer.Exit(1 if any(one.state in ("ambiguous", "unsure", "faulty", "out_of_reach") for one in tried) else 0)


def selectors_record(
    app: str,
    url: UrlOption = "",
    path: PathsOption = None,
    sandbox: SandboxOption = False,
    screen: ScreenOption = "",
    values: SetOption = None,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Refresh the fingerprints in selectors/APP/prints: from each page named, and from what runs have learned since.

    Reading only: elements that show after a click (dialogs) come from the runs that used them.
    """
    home = the_workspace(workspace)
    chosen, (first, *others) = assignments(values or []), path or [""]
    elements = selector_set(app, workspace=home.root, starter=starter_root()).elements
    kept = {name: one for name, one in load_prints(app, workspace=home.root).items() if name in elements}
    from_runs = len(kept)
    with _opened(home, app, url=url, path=first, sandbox=sandbox) as surface:
        for turn in ("", *others):
            if turn:
                surface.goto(urljoin(home.app(app).url.rstrip("/") + "/", turn), timeout_s=home.app(app).timeout_s)
            kept |= _prints_of(list(try_elements(surface, screen=screen, values=chosen)), chosen)
    save_prints(written_folder(home.root, app), kept)
    lacking = sorted(set(elements) - set(kept))
    if as_json:
        print_json({"kept": sorted(kept), "from_runs": from_runs, "without": lacking})
        return
    stderr.print(say("cli.learned", n=len(kept)))
    if lacking:
        stderr.print(say("cli.not_learned", names=", ".join(lacking)))


def selectors_diff(
    app: str,
    url: UrlOption = "",
    path: PathOption = "",
    sandbox: SandboxOption = False,
    screen: ScreenOption = "",
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Compare what was learned of the app's elements with the page as it is now."""
    home = the_workspace(workspace)
    stored = load_prints(app, workspace=home.root, starter=starter_root())
    with _opened(home, app, url=url, path=path, sandbox=sandbox) as surface:
        tried = [one for one in try_elements(surface, screen=screen) if one.element in stored]
        told = [_differences(stored[one.element], one) for one in tried]
    if as_json:
        print_json(told)
        return
    rows = [
        [one["element"], say(f"cli.tried.{one['state']}"), *change]
        for one in told
        for change in one["changes"] or [["–", "", ""]]
    ]
    headers = [say("cli.element"), say("cli.state"), say("cli.field"), say("cli.then"), say("cli.now")]
    print_table(app, headers, rows)


def _differences(stored: Fingerprint, tried: Tried) -> dict[str, Any]:
    changed: list[list[Any]] = []
    if tried.found is not None:
        now = learned(describe(tried.found))
        changed = [[name, str(then), str(is_now)] for name, then, is_now in changes(stored, now)]
    return {"element": tried.element, "state": tried.state, "how": tried.how, "changes": changed}


def _learn(home: Workspace, app: str, tried: list[Tried], values: Mapping[str, str]) -> None:
    """Put the fingerprints of what its own ways hit beside the selectors."""
    prints = _prints_of(tried, values)
    save_prints(written_folder(home.root, app), prints)
    stderr.print(say("cli.learned", n=len(prints)))


def _prints_of(tried: list[Tried], values: Mapping[str, str]) -> dict[str, Fingerprint]:
    """What its own ways hit, as it may be kept; the values of placeholders do not stay in it."""
    prints = {}
    for one in tried:
        if one.state == "found" and one.found is not None:
            selector = one.found.selector
            open_text = not (selector.private or selector.secret)
            prints[one.element] = learned(describe(one.found, thorough=True), values=values, keep_text=open_text)
    return prints


@contextlib.contextmanager
def _opened(home: Workspace, app: str, *, url: str, path: str, sandbox: bool) -> Iterator[WebSurface]:
    """A browser on the page that was asked for, or on the app after signing in."""
    with contextlib.ExitStack() as stack:
        if sandbox:
            stack.enter_context(Sandbox(home))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="nightclerk-")))
        settings = AppSettings(name=app, url=url) if url else home.app(app)
        clock = SystemClock()
        surface = open_web(
            selectors=selector_set(app, workspace=home.root, starter=starter_root()), settings=settings,
            profile=folder / "profile", downloads=folder, clock=clock,
            healer=Healer(app=app, prints=load_prints(app, workspace=home.root, starter=starter_root())),
        )  # fmt: skip
        stack.callback(surface.close)
        if url:
            surface.goto(url, timeout_s=settings.timeout_s)
        else:
            _sign_in(home, app, surface, settings, path)
        yield surface


def _sign_in(home: Workspace, app: str, surface: WebSurface, settings: AppSettings, path: str) -> None:
    for file in sorted((home.root / "flows" / "apps").glob("*.py")):
        importlib.import_module(f"flows.apps.{file.stem}")
    kind = App.classes.get(app, WebApp)
    account = next((one for one in home.accounts.values() if one.app == app), None)
    session = Session(
        surface=surface, film=NoFilm(), gate=CommitGate(), clock=SystemClock(), account=account,
        vault=vault_of(home), settings=settings,
    )  # fmt: skip
    opened = kind(session)
    opened.sign_in()
    if path and isinstance(opened, WebApp):
        opened.open(path)


class NoFilm:
    """A film that keeps nothing: looking at selectors is no run."""

    folder = Path()

    def __getattr__(self, name: str) -> Any:
        return lambda *positional, **named: ""
