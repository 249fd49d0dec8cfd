"""Words for auditors: evidence verify."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nightclerk.app import store_of
from nightclerk.cli.common import JsonOption, WorkspaceOption, print_json, the_workspace
from nightclerk.errors import WorkspaceError
from nightclerk.evidence import trusted_public
from nightclerk.evidence.verdict import Report
from nightclerk.evidence.verify import verify
from nightclerk.workspace import Workspace, find_root


def register(app: typer.Typer) -> None:
    group = typer.Typer(no_args_is_help=True, help="证据：核验 / evidence: verify")
    group.callback()(lambda: None)
    group.command("verify", help="核验证据链与图片 / verify chain and pictures")(verify_path)
    app.add_typer(group, name="evidence")


def verify_path(
    path: Annotated[Path | None, typer.Argument(help="一次运行或 logs 文件夹 / a run's folder or logs/")] = None,
    key: Annotated[Path | None, typer.Option(help="公钥文件 / public key file")] = None,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Verify one run or all. Inside a workspace the heads kept in the database are compared too."""
    home = _home(workspace, path)
    report = verified(home, path) if home and key is None else verify(path or Path("logs"), key)
    if as_json:
        print_json(report.as_json())
    else:
        print("\n".join(report.sentences()))
    raise typer.Exit(0 if report.ok else 1)


def verified(home: Workspace, path: Path | None = None) -> Report:
    """Verify a workspace's logs (or one run of it) with its own key and the heads in its database."""
    store = store_of(home)
    try:
        whole = path is None or path.resolve() == home.logs
        runs = store.anchors() if whole else {}
        return verify(path or home.logs, trusted_public(home.data / "keys"), store.anchored, known_runs=runs)
    finally:
        store.close()


def _home(workspace: Path | None, path: Path | None) -> Workspace | None:
    """The workspace that the path belongs to; a folder that was copied away has none."""
    try:
        home = the_workspace(workspace or find_root(path))
    except WorkspaceError:
        return None
    inside = path is None or home.logs in (path.resolve(), *path.resolve().parents)
    return home if inside else None
