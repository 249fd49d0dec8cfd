"""Bring the screen to where a flow stands after one of its steps, without any commit, to record on from there."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext

from nightclerk.documents import load_layout, read_table
from nightclerk.errors import ApplicationError, WorkspaceError
from nightclerk.flow import Flow, load_flow, parse_value
from nightclerk.gate import CommitGate
from nightclerk.ports import Account, Act, AppSettings, Clock, Frame, SelectorSet, Vault
from nightclerk.run import Transaction
from nightclerk.screens import App, Session, WebApp
from nightclerk.texts import say
from nightclerk.web.page import WebPage
from nightclerk.workspace import Workspace


class _Reached(Exception):
    """The step that was asked for is done, or a commit would be next."""


class _NoFilm:
    """Leading is no run: nothing of it is kept."""

    folder = Path()

    def act(self, act: Act, *, frame: Frame | None = None) -> None:
        return None

    def note(self, kind: str, facts: Mapping[str, Any], *, frame: Frame | None = None) -> None:
        return None

    def keep_file(self, path: Path, *, kind: str = "download") -> str:
        return ""

    def picture(self, frame: Frame | None) -> str:
        return ""


@dataclass(kw_only=True)
class Leader:
    """Leads one flow. `reached` is the title of the last step that was done; `record` what its item was.

    `before_commit`: whether it ended in front of a commit.
    """

    workspace: Workspace
    flow: Flow
    until: str
    vault: Vault
    clock: Clock
    selectors: Callable[[str], SelectorSet]
    reached: str = ""
    before_commit: bool = False
    record: Any = None
    parameters: dict[str, Any] = field(default_factory=dict)

    def lead(self, context: BrowserContext) -> None:
        """Do the flow's steps up to and with `until` ("" for all that need no commit)."""
        arguments = {name: self._argument(name, kind, context) for name, kind in self.flow.hints().items()}
        with contextlib.suppress(_Reached):
            self.flow.function(**arguments)
        if self.until and self.reached != self.until:
            raise WorkspaceError(
                where=self.flow.name, expected=say("record.no_step", flow=self.flow.name, step=self.until),
                remedy=say("record.taken_remedy"),
            )  # fmt: skip

    # The words of a run that a flow may say, without its books.

    @contextlib.contextmanager
    def step(self, name: str) -> Iterator[None]:
        """One step; the one that was asked for is the last."""
        yield
        self.reached = name
        if name == self.until:
            raise _Reached

    def once(self, *, prepare: Callable[[], Any], **_: Any) -> str:
        """Prepare, and stop in front of the commit."""
        prepare()
        self.before_commit = True
        raise _Reached

    def expect(self, holds: bool, otherwise: str) -> None:
        if not holds:
            raise ApplicationError(otherwise)

    def note(self, text: str, **facts: Any) -> None:
        """Nothing is kept of leading."""

    def keep(self, path: Path, kind: str = "file") -> str:
        return ""

    @property
    def root(self) -> Path:
        return self.workspace.root

    # ------------------------------------------------------------------------------------ arguments

    def _argument(self, name: str, kind: Any, context: BrowserContext) -> Any:
        if isinstance(kind, type) and issubclass(kind, WebApp):
            return self._app(kind, context)
        if isinstance(kind, type) and issubclass(kind, App):
            raise WorkspaceError(where=self.flow.name, expected=say("record.only_web"), remedy=say("check.mend"))
        if self.flow.each is not None and kind is self.flow.each.of:
            self.record = self._first_record()
            return self.record
        known = {parameter.name: parameter for parameter in self.flow.parameters()}
        if name in known:
            return self.parameters.setdefault(name, self._parameter(name, known[name].kind, known[name].default))
        return _Words(self)

    def _parameter(self, name: str, kind: type, default: Any) -> Any:
        bots = [bot for bot in self.workspace.bots.values() if bot.flow == self.flow.name]
        given = next((bot.parameters[name] for bot in bots if name in bot.parameters), default)
        day = self.workspace.settings.day or self.clock.now().date()
        return parse_value(kind, given, name=name, day=day)

    def _first_record(self) -> Any:
        """The first row of the sheet that the flow was recorded with."""
        assert self.flow.each is not None
        module = self.flow.name.partition(":")[0].rpartition(".")[2]
        layout = self.root / "config" / "layouts" / f"{module}.yaml"
        sheets = [
            f for f in sorted((self.root / "data" / "recordings" / module).glob("*")) if f.suffix in (".csv", ".xlsx")
        ]
        if not layout.is_file() or not sheets:
            where = f"data/recordings/{module}"
            raise WorkspaceError(where=where, expected=say("record.no_sheet"), remedy=say("record.no_sheet_remedy"))
        row = read_table(sheets[0], load_layout(layout))[0]
        fields = list(self.flow.each.of.__dataclass_fields__)
        return self.flow.each.of(**{name: row[name] for name in fields})

    def _app(self, kind: type[WebApp], context: BrowserContext) -> WebApp:
        settings: AppSettings = self.workspace.app(kind.selectors)
        accounts = [one for one in self.workspace.accounts.values() if one.app == kind.selectors]
        account: Account | None = accounts[0] if accounts else None
        page = WebPage(context, selectors=self.selectors(kind.selectors), settings=settings, clock=self.clock)
        film: Any = _NoFilm()
        session = Session(
            surface=page, film=film, gate=CommitGate(), clock=self.clock, account=account, vault=self.vault,
            settings=settings, files=self.root / "data" / "recordings" / "files",
        )  # fmt: skip
        app = kind(session)
        app.sign_in()
        return app


class _Words(Transaction):
    """What the flow holds as its run or transaction while it is led."""

    def __init__(self, leader: Leader) -> None:
        self._leader = leader
        self.item = None

    def __getattribute__(self, name: str) -> Any:
        if name == "_leader" or name.startswith("__"):
            return object.__getattribute__(self, name)
        leader = object.__getattribute__(self, "_leader")
        words = {
            "workspace": leader.root,
            "day": leader.workspace.settings.day,
            "files": leader.root / "data" / "recordings",
        }
        return words[name] if name in words else getattr(leader, name)


def flow_of(file: Path) -> tuple[Flow, str]:
    """The flow that `flows/x.py` holds, and its function's name: the one that works on an app."""
    module = file.stem
    names = [name for name in _functions(file) if name]
    for name in names:
        flow = load_flow(f"flows.{module}:{name}")
        if any(isinstance(kind, type) and issubclass(kind, App) for kind in flow.hints().values()):
            return flow, name
    raise WorkspaceError(where=f"flows/{file.name}", expected=say("record.no_flow"), remedy=say("check.mend"))


def _functions(file: Path) -> list[str]:
    import ast

    tree = ast.parse(file.read_text(encoding="utf-8"))
    return [node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.decorator_list]
