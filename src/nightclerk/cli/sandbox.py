"""Words for practice: sandbox up."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from nightclerk.app import vault_of
from nightclerk.cli.common import WorkspaceOption, screen, the_workspace
from nightclerk.errors import MissingPart
from nightclerk.sandbox import world
from nightclerk.sandbox.erp import rules
from nightclerk.sandbox.troubles import NAMES
from nightclerk.texts import say
from nightclerk.workspace import Workspace

START_TIMEOUT_S = 60.0
LOGINS = {**world.LOGINS, "legacy_erp": rules.LOGIN}


def register(app: typer.Typer) -> None:
    group = typer.Typer(no_args_is_help=True, help="练习用的系统 / systems to practise on")
    group.callback()(lambda: None)
    group.command("up", help="启动沙箱 / start the sandbox")(up)
    app.add_typer(group, name="sandbox")


def up(
    trouble: Annotated[
        list[str] | None, typer.Option(help=f"要注入的麻烦 / troubles to inject: {', '.join(NAMES)}, all")
    ] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Start the practice systems and keep them up until Ctrl+C."""
    home = the_workspace(workspace)
    troubles = list(NAMES) if "all" in (trouble or []) else list(trouble or [])
    with Sandbox(home, troubles) as sandbox:
        print_logins(sandbox.endpoints)
        screen.print(say("cli.sandbox_up"))
        sandbox.process.wait()


def print_logins(endpoints: Mapping[str, object]) -> None:
    """Where each system is and who signs in there, as it must be typed.

    On standard output, which nothing masks: these logins are made up, and one of them looks like somebody's address.
    """
    for name, facts in endpoints.items():
        if isinstance(facts, dict) and "url" in facts:
            user, password = LOGINS.get(name, ("", ""))
            print(f"{name:10}  {facts['url']}  {user}  {password}".rstrip(), flush=True)


class Sandbox:
    """The practice systems as a process of their own; its logins go into the workspace's vault."""

    def __init__(self, home: Workspace, troubles: Sequence[str] = ()) -> None:
        self.state = home.data / "sandbox"
        self.state.mkdir(parents=True, exist_ok=True)
        file = self.state / "endpoints.json"
        file.unlink(missing_ok=True)
        command = [sys.executable, "-m", "nightclerk.sandbox.server", "--state", str(self.state), "--with-parent"]
        for name in troubles:
            command += ["--trouble", name]
        with (self.state / "server.log").open("ab") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log, cwd=home.root)
        self.endpoints = self._wait_for(file)
        vault = vault_of(home)
        for account in home.accounts.values():
            if account.app in LOGINS:
                vault.set(account.secret, LOGINS[account.app][1])

    def _wait_for(self, file: Path) -> dict[str, object]:
        waiting = threading.Event()
        for _ in range(int(START_TIMEOUT_S / 0.1)):
            if file.exists():
                return dict(json.loads(file.read_text(encoding="utf-8")))
            if self.process.poll() is not None:
                break
            waiting.wait(0.1)
        self.close()
        raise MissingPart(code="NO_SANDBOX", part=say("cli.sandbox"), remedy=say("cli.see_log", file="server.log"))

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process that we started, and take its addresses away."""
        if self.process.stdin is not None:
            self.process.stdin.close()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        (self.state / "endpoints.json").unlink(missing_ok=True)
