"""The word rehearse: what would break tonight, found out read-only while somebody is still awake."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Annotated

import typer

from nightclerk.app import store_of
from nightclerk.calendars import load_calendar
from nightclerk.cli.common import JsonOption, WorkspaceOption, print_json, print_table, the_workspace
from nightclerk.clocks import clock_of
from nightclerk.rehearsal import Finding, due_bots
from nightclerk.rehearsal import rehearse as look_over
from nightclerk.texts import say
from nightclerk.work.agenda import Agenda
from nightclerk.work.memory import MemoryStore
from nightclerk.work.store import SqlStore
from nightclerk.workspace import Workspace


def register(app: typer.Typer) -> None:
    app.command("rehearse", help="班前只读检查：今晚哪里会出错 / what would break tonight, read-only")(rehearse)


def rehearse(
    bots: Annotated[list[str] | None, typer.Argument(help="默认全部 / all by default")] = None,
    shift: Annotated[bool, typer.Option("--shift", help="只查今晚要运行的 / those due within a day")] = False,
    screens: Annotated[bool, typer.Option(help="登录并查看页面 / sign in and look at the pages")] = True,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Check machine, versions, logins, pages, elements and export columns; exit status 1 if something would break."""
    home = the_workspace(workspace)
    with _books(home) as store:
        agenda = Agenda(workspace=home, calendar=load_calendar(home.root)[0], store=store)
        names = bots or (due_bots(agenda, clock_of(home, store).now()) if shift else list(home.bots))
        found = list(look_over(home, store, names, screens=screens))
    _tell(found, names, as_json=as_json)
    raise typer.Exit(1 if any(one.state == "broken" for one in found) else 0)


@contextlib.contextmanager
def _books(home: Workspace) -> Iterator[SqlStore]:
    """The books as they are; where there are none yet, empty ones in memory: a rehearsal makes no file."""
    fresh = not home.settings.database and not (home.data / "books.db").exists()
    store = MemoryStore() if fresh else store_of(home)
    try:
        yield store
    finally:
        store.close()


def _tell(found: list[Finding], names: list[str], *, as_json: bool) -> None:
    broken = sum(one.state == "broken" for one in found)
    if as_json:
        print_json({"ok": not broken, "bots": names, "findings": found})
        return
    if not names:
        print(say("rehearse.nothing"))
        return
    headers = [say("cli.demo_bot"), say("rehearse.code"), say("cli.state"), say("rehearse.found_out")]
    print_table(say("rehearse.title"), headers, _rows(found))
    print(say("rehearse.broken", n=broken) if broken else say("rehearse.fine", n=len(names)))


def _rows(found: list[Finding]) -> list[list[str]]:
    """What is found for several bots stands once, with all their names; the code is not said again in its sentence."""
    bots: dict[tuple[str, str, str], list[str]] = {}
    for one in found:
        bots.setdefault((one.code, one.state, one.what.removeprefix(one.code).lstrip(":： ")), []).append(one.bot)
    return [
        [", ".join(names), code, say(f"rehearse.state.{state}"), what] for (code, state, what), names in bots.items()
    ]
