"""Words that set things up and look things over: init, check, doctor."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from nightclerk import check as checking
from nightclerk.cli.common import JsonOption, WorkspaceOption, print_json
from nightclerk.errors import WorkspaceError
from nightclerk.init import create_workspace
from nightclerk.office import doctor as doctoring
from nightclerk.texts import say
from nightclerk.workspace import find_root


def register(app: typer.Typer) -> None:
    app.command("init", help="新建工作区 / make a workspace")(init)
    app.command("check", help="检查整个工作区 / check the whole workspace")(check)
    app.command("doctor", help="检查这台机器 / what this machine has and lacks")(doctor)


def init(folder: Annotated[Path, typer.Argument(help="新文件夹 / a new folder")], as_json: JsonOption = False) -> None:
    """Make a new workspace with the starter's bots, flows, selectors and config."""
    made = create_workspace(folder)
    if as_json:
        print_json({"workspace": str(made.resolve()), "made": True})
    else:
        print(say("cli.init_done", folder=folder))


def check(as_json: JsonOption = False, workspace: WorkspaceOption = None) -> None:
    """Read flows, apps, selectors, bots and config together; report every fault at once."""
    report = checking.check_workspace(find_root(workspace))
    if as_json:
        print_json(report.as_json())
    else:
        print("\n".join(report.sentences()))
    raise typer.Exit(0 if report.ok else 1)


def doctor(as_json: JsonOption = False, workspace: WorkspaceOption = None) -> None:
    """Check this machine; every lack has a code and a remedy."""
    checks = doctoring.examine(_root_or_here(workspace))
    if as_json:
        print_json(doctoring.as_json(checks))
    else:
        Console().print(doctoring.as_table(checks))
    raise typer.Exit(0 if doctoring.is_fit(checks) else 1)


def _root_or_here(workspace: Path | None) -> Path:
    """The workspace, or the current folder: a new user may ask before there is one."""
    try:
        return find_root(workspace)
    except WorkspaceError:
        return Path.cwd()
