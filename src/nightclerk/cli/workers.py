"""Words for workers and the runs they perform: worker, workers, runs, pause, resume, cancel."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

import typer
from loguru import logger

from nightclerk.app import store_of
from nightclerk.cli.common import (
    JsonOption,
    WorkspaceOption,
    person,
    print_json,
    print_table,
    screen,
    the_workspace,
    the_workspace_on_duty,
    told_to_stop,
)
from nightclerk.clocks import clock_of
from nightclerk.domain.items import RunRecord, RunState
from nightclerk.domain.workers import Worker, silent
from nightclerk.errors import WorkspaceError
from nightclerk.office.office import Office
from nightclerk.records import dump
from nightclerk.texts import say
from nightclerk.work.controls import Controls

#: How often a worker looks whether its flows have changed.
FLOWS_S = 10.0


RunArgument = Annotated[str, typer.Argument(help="运行，见 nightclerk runs / a run, see nightclerk runs")]


def register(app: typer.Typer) -> None:
    app.command("worker", help="在本机执行运行 / perform runs on this machine")(worker)
    app.command("workers", help="哪些工作进程在线 / which workers are up")(workers)
    app.command("runs", help="各次运行的状态 / where each run stands")(runs)
    app.command("pause", help="暂停：做完手头一条后让出 / let a run go after the item in its hands")(pause)
    app.command("resume", help="继续已暂停的运行 / go on with a paused run")(resume)
    app.command("cancel", help="取消运行 / stop a run for good")(cancel)


def worker(
    can: Annotated[
        list[str] | None, typer.Option(help="本机能做什么，可重复 / what this machine has, repeatable")
    ] = None,
    parallel: Annotated[
        list[str] | None, typer.Option(help="同时几个运行：4 或 web=4 / runs at once: 4, or web=4")
    ] = None,
    name: Annotated[str, typer.Option(help="名称，默认主机名 / name, by default the host's")] = "",
    workspace: WorkspaceOption = None,
) -> None:
    """Perform runs on this machine until Ctrl+C or SIGTERM; what is in hand is ended or given back then."""
    home, ended = the_workspace_on_duty(workspace), told_to_stop()
    anew: list[Callable[[], None]] = []

    def given_up() -> None:
        anew.append(_start_anew)
        ended.set()

    office = Office(home, cans=can or None, parallel=_parallel(parallel or [], can or []), name=name, given_up=given_up)
    screen.print(say("workers.started", name=office.me.name, cans=", ".join(office.me.cans)), soft_wrap=True)
    while not ended.wait(FLOWS_S):
        if office.flows_version() != office.me.version:
            screen.print(say("workers.flows_changed"))
            anew.append(_start_anew)
            break
    office.close()
    for start in anew:
        start()


def _start_anew() -> None:
    """Become a fresh process with the same words: under a new worker's id, with the flows as they are now."""
    logger.warning("the worker starts anew")
    os.execv(sys.executable, [sys.executable, "-m", "nightclerk", *sys.argv[1:]])


def _parallel(words: list[str], cans: list[str]) -> dict[str, int]:
    """`--parallel 4` and `--parallel web=4` as numbers by capability. A bare number leaves desktops at one."""
    found: dict[str, int] = {}
    for word in words:
        can, equals, number = word.rpartition("=")
        if not number.isdigit() or int(number) < 1 or (equals and not can):
            raise WorkspaceError(
                where=f"--parallel {word}", expected="a number such as 4, or web=4", remedy="One word each"
            )
        every = [one for one in cans or ("web", "files") if one.partition(":")[0] != "desktop"]
        found.update(dict.fromkeys([can] if can else every, int(number)))
    return found


def workers(
    ended: Annotated[bool, typer.Option("--ended", help="也列已退出的 / those that have gone, too")] = False,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """List the workers, what each can do, and when it was last heard of."""
    home = the_workspace(workspace)
    store = store_of(home)
    try:
        found, now = store.workers(ended_too=ended), store.time(clock_of(home, store).now())
    finally:
        store.close()
    rows = [{**dump(one), "state": _state(one, now)} for one in found]
    if as_json:
        print_json(rows)
        return
    headers = [say(f"workers.{key}") for key in ("name", "machine", "cans", "version", "beat", "state")]
    cells = [
        [one.name, one.machine, " ".join(one.cans), one.version, _ago(one, now), say(f"workers.{_state(one, now)}")]
        for one in found
    ]
    print_table(say("workers.title"), headers, cells)


def _state(one: Worker, now: datetime) -> str:
    return one.outcome or ("silent" if silent(one, now) else "up")


def _ago(one: Worker, now: datetime) -> str:
    return f"{(now - one.beat_at).total_seconds():.0f} s" if one.beat_at else ""


def runs(
    state: Annotated[list[RunState] | None, typer.Option(help="状态 / state")] = None,
    bot: Annotated[str, typer.Option(help="机器人 / bot")] = "",
    limit: Annotated[int, typer.Option(help="条数 / how many")] = 30,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """List runs, newest first: where each stands, on which worker, and why one waits."""
    store = store_of(the_workspace(workspace))
    try:
        found = store.runs(states=state or (), bot=bot, limit=limit)
    finally:
        store.close()
    if as_json:
        print_json(found)
        return
    headers = [say("workers.run"), say("workers.state"), say("workers.worker"), say("workers.step"), say("cli.reason")]
    rows = [[r.run, r.state, r.worker.partition("#")[0], f"{r.step} {r.item}", r.reason] for r in found]
    print_table(say("workers.runs"), headers, rows)


def pause(run: RunArgument, as_json: JsonOption = False, workspace: WorkspaceOption = None) -> None:
    """Let a run end the item in its hands and hold nothing until it is resumed."""
    _tell(workspace, as_json, "paused", lambda controls: controls.pause(run, person()))


def resume(run: RunArgument, as_json: JsonOption = False, workspace: WorkspaceOption = None) -> None:
    """Go on with a paused run, on whichever worker is free."""
    _tell(workspace, as_json, "resumed", lambda controls: controls.resume(run, person()))


def cancel(run: RunArgument, as_json: JsonOption = False, workspace: WorkspaceOption = None) -> None:
    """Stop a run after the item in its hands; a queued or paused one never starts."""
    _tell(workspace, as_json, "cancelled", lambda controls: controls.cancel(run, person()))


def _tell(workspace: Any, as_json: bool, done: str, word: Callable[[Controls], RunRecord]) -> None:
    home = the_workspace(workspace)
    store = store_of(home)
    try:
        record = word(Controls(store=store, clock=clock_of(home, store)))
    finally:
        store.close()
    if as_json:
        print_json(record)
    else:
        print(say(f"workers.{done}", run=record.run))
