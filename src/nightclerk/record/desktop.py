"""Record a person's work in a desktop program, and write it down as a flow that runs at once."""

from __future__ import annotations

import functools
import os
import re
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from nightclerk.desktop.clipboard import open_clipboard, wait_until
from nightclerk.desktop.listen import Listener
from nightclerk.desktop.screen import Screen
from nightclerk.desktop.view import View
from nightclerk.desktop.windows import Window, open_windows
from nightclerk.errors import WorkspaceError
from nightclerk.ports import AppSettings
from nightclerk.record.desktop_plan import DesktopPlanner, DesktopWriting, begun
from nightclerk.record.desktop_watch import DesktopWatch
from nightclerk.record.questions import Prepared
from nightclerk.record.recorder import Outcome, Request, app_facts, check_name
from nightclerk.record.sheets import read_sheet
from nightclerk.record.steps import Step
from nightclerk.texts import say

_START_S = 60.0
_END_S = 5.0
_LOGIN = re.compile(r"登录|登陆|口令|密码|log ?in|sign ?on|sign ?in|password", re.I)


def is_desktop(request: Request) -> bool:
    """Whether the target is a program of config/apps.yaml with a command and windows."""
    target, workspace = request.target, request.workspace
    return target in workspace.apps and bool(workspace.app(target).command and workspace.app(target).window)


def record_desktop(request: Request, *, over: Callable[[], bool] = lambda: False) -> Outcome:
    """Start the program on this display, watch until the person is done, write the flow. WorkspaceError, MissingPart.

    The person works at the screen that DISPLAY names; Alt+Shift+S ends the recording, as do the program's end and
    `over()`.
    """
    check_name(request)
    sheet = read_sheet(request.sheet) if request.sheet else None
    with watched(request) as (watch, program):
        watch.run(lambda: over() or program.poll() is not None)
    if not watch.steps:
        raise WorkspaceError(where=request.target, expected=say("record.nothing"), remedy=say("record.nothing_remedy"))
    asker = Prepared(answers=request.answers, otherwise=request.ask)
    steps = begun(with_password(watch.steps, asker))
    facts = replace(app_facts(request, request.target, ""), base="DesktopApp")
    proof: Any = None  # ways were proven on the live screen
    planner = DesktopPlanner(request.flow, {request.target: facts}, proof=proof, asks=asker, sheet=sheet)
    plan = planner.build(steps, [request.target] * len(steps))
    day = date.today().isoformat()  # noqa: DTZ011  the person's own day, for a comment
    written = DesktopWriting(root=request.workspace.root, plan=plan, day=day).write()
    return Outcome(plan=plan, written=written, steps=tuple(steps))


def with_password(steps: Sequence[Step], asker: Prepared) -> list[Step]:
    """The same, with the password's field known: by its role, else, of a login window, as the person says."""
    typed = [n for n, step in enumerate(steps) if step.verb == "fill" and _LOGIN.search(step.title)]
    if not typed or any(step.secret for step in steps):
        return list(steps)
    choices = [*(f"{n}. {steps[place].title[:30]}" for n, place in enumerate(typed, 1)), say("record.no_password")]
    answer = asker.ask("password", say("record.ask_password"), choices, len(typed) - 1)
    if answer >= len(typed):
        return list(steps)
    hidden = typed[answer]
    return [replace(step, secret="password", value="") if n == hidden else step for n, step in enumerate(steps)]


@contextmanager
def watched(request: Request) -> Iterator[tuple[DesktopWatch, subprocess.Popen[bytes]]]:
    """The program running, and who hears what is done in it; both end with the block."""
    settings = request.workspace.app(request.target)
    view = View(windows=open_windows(), screen=Screen())
    before = view.system.named()
    listener, clipboard = Listener(), open_clipboard()
    program = subprocess.Popen(settings.command, env=_environment(), cwd=Path.cwd(), stdout=subprocess.DEVNULL)
    try:
        _wait_for_window(view, program, settings)
        request.opened()
        ours = functools.partial(_is_new, before)
        yield DesktopWatch(view=view, strokes=listener.strokes, ours=ours, clipboard=clipboard.held), program
    finally:
        listener.close()
        clipboard.close()
        view.close()
        program.terminate()
        try:
            program.wait(timeout=_END_S)
        except subprocess.TimeoutExpired:
            program.kill()
            program.wait()


def _is_new(before: set[int], window: Window) -> bool:
    """Whether a window came after the recording began: others of this desktop are nobody's business."""
    return window.handle not in before


def _wait_for_window(view: View, program: subprocess.Popen[bytes], settings: AppSettings) -> None:
    def shows() -> bool:
        return any(re.search(settings.window, window.title) for window in view.system.windows())

    wait_until(lambda: shows() or program.poll() is not None, timeout_s=_START_S, poll_s=0.05)
    if not shows():
        raise WorkspaceError(
            where=f"config/apps.yaml: {settings.name}", expected=say("record.no_window", window=settings.window),
            remedy=say("record.no_window_remedy"),
        )  # fmt: skip


def _environment() -> Mapping[str, str]:
    """Programs of older toolkits show their tree only when they are asked to."""
    shown = {name: value for name, value in os.environ.items() if name != "NO_AT_BRIDGE"}
    return {**shown, "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1"}
