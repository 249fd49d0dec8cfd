"""What the words of the command line share: the workspace, JSON output, tables."""

from __future__ import annotations

import contextlib
import getpass
import json
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from nightclerk.app import store_of
from nightclerk.errors import WorkspaceError
from nightclerk.records import dump
from nightclerk.speech import log_as
from nightclerk.texts import say
from nightclerk.work.store import SqlStore
from nightclerk.workspace import Workspace, find_root, load_workspace

WorkspaceOption = Annotated[Path | None, typer.Option("--workspace", help="工作区文件夹 / the workspace folder")]
JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON / print JSON")]
OfficeOnlyOption = Annotated[
    bool, typer.Option("--office-only", help="只派活，由其他工作进程执行 / leave all runs to workers")
]
screen = Console(stderr=True)


def the_workspace(folder: Path | None) -> Workspace:
    """The workspace of a command: the one named, else the one around the current folder. Its logs speak its way."""
    home = load_workspace(find_root(folder))
    if home.settings.logs == "json":
        log_as("json")
    return home


def the_workspace_on_duty(folder: Path | None) -> Workspace:
    """The workspace of a process that works unattended: what it writes into the books and says is in the workspace's
    language, whatever the machine's locale is (NIGHTCLERK_LANG goes above it). Programs that it starts follow."""
    home = the_workspace(folder)
    os.environ.setdefault("NIGHTCLERK_LANG", home.settings.language)
    return home


@contextlib.contextmanager
def the_store(folder: Path | None) -> Iterator[SqlStore]:
    store = store_of(the_workspace(folder))
    try:
        yield store
    finally:
        store.close()


def person() -> str:
    """Who is at the keyboard, for the books."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "operator"


def tell(sentence: str, *, as_json: bool, **facts: Any) -> None:
    """What was done: its facts for a script, a sentence for a person."""
    if as_json:
        print_json(facts)
    else:
        print(sentence)


def print_json(value: Any) -> None:
    print(json.dumps(dump(value), ensure_ascii=False, indent=2))


def print_table(title: str, headers: list[str], rows: list[list[Any]]) -> None:
    """A table on standard output; a line that says so where it would have no rows."""
    if not rows:
        print(say("cli.no_rows", title=title))
        return
    table = Table(title=title, title_justify="left")
    for header in headers:
        table.add_column(header, overflow="fold")
    for row in rows:
        table.add_row(*(str(cell) for cell in row))
    Console().print(table)


def assignments(pairs: list[str]) -> dict[str, str]:
    """`--set name=value` options as a mapping."""
    found: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name.strip():
            raise WorkspaceError(where=f"--set {pair}", expected="name=value", remedy="Write --set paid_on=2026-11-20")
        found[name.strip()] = value
    return found


def told_to_stop() -> threading.Event:
    """Set by Ctrl+C or SIGTERM from now on: whoever is told while still starting up ends as cleanly as later."""
    told = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: told.set())
    return told


def wait_for(told: threading.Event) -> None:
    """Wait until it is set, awake often enough that a signal is heard on every system."""
    while not told.wait(1.0):
        continue
