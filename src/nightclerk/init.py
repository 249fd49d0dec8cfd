"""`nightclerk init DIR`: a new workspace of one's own, copied from the starter that comes with the package."""

from __future__ import annotations

import shutil
from pathlib import Path

from nightclerk.errors import WorkspaceError
from nightclerk.texts import say

#: The folders that make a workspace; the root of our own repository has them too.
PARTS = ("bots", "flows", "selectors", "config")
_GITIGNORE = "/logs/\n/data/\n__pycache__/\n.venv/\n"


def create_workspace(folder: Path) -> Path:
    """Copy the starter into `folder`, which must be empty or not there yet; returns it resolved."""
    folder = folder.resolve()
    _refuse_occupied(folder)
    starter = starter_folder()
    folder.mkdir(parents=True, exist_ok=True)
    for part in PARTS:
        shutil.copytree(starter / part, folder / part, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
    (folder / ".gitignore").write_text(_GITIGNORE, encoding="utf-8")
    (folder / "README.md").write_text(say("init.readme", name=folder.name), encoding="utf-8")
    return folder


def _refuse_occupied(folder: Path) -> None:
    if folder.is_file():
        raise WorkspaceError(
            where=str(folder), expected=say("init.is_file"), remedy=say("init.choose_another")
        )  # fmt: skip
    if folder.is_dir() and any(folder.iterdir()):
        raise WorkspaceError(
            where=str(folder), expected=say("init.not_empty"), remedy=say("init.choose_another")
        )  # fmt: skip


def starter_folder() -> Path:
    """Where the starter is: inside the installed package, or, in a checkout, the root of the repository."""
    package = Path(__file__).resolve().parent
    for folder in (package / "starter", package.parents[1]):
        if all((folder / part).is_dir() for part in PARTS):
            return folder
    raise WorkspaceError(
        where=str(package), expected=say("init.no_starter"), remedy=say("init.reinstall")
    )  # fmt: skip
