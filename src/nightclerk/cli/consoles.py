"""Words for the browser: console, and the console that a shift or a demo serves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from nightclerk.app import links_key, vault_of
from nightclerk.cli.access_book import book_of
from nightclerk.cli.common import OfficeOnlyOption, WorkspaceOption, screen, the_workspace, told_to_stop, wait_for
from nightclerk.cli.evidence import verified
from nightclerk.cli.evidence_keeping import trusted_by
from nightclerk.console.oidc import oidc_of
from nightclerk.console.serve import ConsoleHandle, start_console
from nightclerk.console.services import BotInfo, Parameter, Services
from nightclerk.documents.payment_rules import load_approval_rules
from nightclerk.evidence.pack import Packed, make_pack
from nightclerk.evidence.replay import load_run
from nightclerk.flow import load_flow
from nightclerk.live import open_live
from nightclerk.office.office import Office
from nightclerk.texts import say
from nightclerk.workspace import Bot


def register(app: typer.Typer) -> None:
    app.command("console", help="打开控制台 / serve the console")(console)


def console(
    port: Annotated[int, typer.Option(help="端口 / port")] = 8750,
    code: Annotated[
        bool, typer.Option("--code", help="给管理员一个新的一次性登录码 / a new code for the admin")
    ] = False,
    office_only: OfficeOnlyOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Serve the console (and work off what is launched from it) until Ctrl+C. Nothing starts by itself."""
    told = told_to_stop()
    office = Office(the_workspace(workspace), cans=() if office_only else None, gathers=True)
    handle = console_of(office, port=port, code=code)
    try:
        wait_for(told)
    finally:
        handle.stop()
        office.close()


def console_of(office: Office, *, port: int = 0, code: bool = False) -> ConsoleHandle:
    """Serve the console over an office, and say on the terminal where it is; with a one-time code as long as the
    admin has no password, or when asked for (`code`)."""
    home = office.workspace
    services = Services(
        store=office.store,
        workspace=home.root,
        logs=home.logs,
        launcher=OfficeLauncher(office),
        load_run=load_run,
        verify=lambda folder: verified(home, folder),
        language=home.settings.language,
        timezone=home.settings.timezone,
        accesses=book_of(home, office.store),
        pack=lambda folder, out: _packed(office, folder, out),
        secrets=lambda: vault_of(home).names(),
        link_key=lambda: links_key(home),
        two_person_from=load_approval_rules(home.root).general_manager_from,
        live=open_live(home.data),
        oidc=oidc_of(home.settings.oidc, lambda name: vault_of(home).get(name).reveal()),
    )
    handle = start_console(services, port=port)
    screen.print(say("cli.console_at", url=handle.new_sign_in_url() if code else handle.sign_in_url), soft_wrap=True)
    return handle


def _packed(office: Office, folder: Path, out: Path) -> Packed:
    """An evidence pack with the keys that this workspace trusts and the head that its books know."""
    ring = trusted_by(office.workspace, office.store) or {}
    return make_pack(folder, out, ring=ring, anchors=office.store.anchored)


class OfficeLauncher:
    """The console's way to start and stop bots."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def bots(self) -> Sequence[BotInfo]:
        return [_info(bot) for bot in self._office.workspace.bots.values()]

    def launch(
        self, bot: str, parameters: Mapping[str, Any], *, by: str, rehearse: bool = False, first: int | None = None
    ) -> str:
        return self._office.launch(bot, parameters, by=by, rehearse=rehearse, first=first)

    def cancel(self, run: str, by: str) -> None:
        self._office.cancel(run, by)

    def pause(self, run: str, by: str) -> None:
        self._office.pause(run, by)

    def resume(self, run: str, by: str) -> None:
        self._office.resume(run, by)

    def next_starts(self, bot: str, n: int = 5) -> list[datetime]:
        return self._office.next_starts(bot, n)


def _info(bot: Bot) -> BotInfo:
    flow = load_flow(bot.flow)
    parameters = tuple(
        Parameter(
            name=p.name,
            type="Enum" if p.choices else p.kind.__name__,
            default=bot.parameters.get(p.name, p.default),
            required=p.required and p.name not in bot.parameters,
            choices=p.choices,
        )
        for p in flow.parameters()
    )
    schedule = str(bot.schedule.get("cron") or bot.schedule.get("every") or "")
    return BotInfo(
        name=bot.name, title=bot.titles, flow=bot.flow, parameters=parameters, after=bot.after, schedule=schedule,
        account=", ".join(bot.accounts), queue=flow.each.name if flow.each else "", needs=bot.needs,
    )  # fmt: skip
