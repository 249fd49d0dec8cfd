"""What a bot needs before it begins: a browser or a desktop, room on the disk, its secrets. Each lack has a code."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from nightclerk.app import vault_of
from nightclerk.errors import MissingPart
from nightclerk.office.doctor import (
    Check,
    Patient,
    disconnected_session,
    disk_low,
    locked_session,
    no_browser,
    no_display,
    wrong_dpi,
)
from nightclerk.office.machine import SystemFacts, this_machine
from nightclerk.ports import Account
from nightclerk.screens import App
from nightclerk.texts import say
from nightclerk.workspace import Bot, Workspace

_LOOKS: dict[str, tuple[Callable[[Patient], Check | None], ...]] = {
    "web": (no_browser,),
    "desktop": (no_display, locked_session, disconnected_session, wrong_dpi),
}


def preflight(workspace: Workspace, bot: Bot, kinds: Iterable[type[App]], facts: SystemFacts | None = None) -> None:
    """Raise MissingPart with the first code that keeps a bot from its work; nothing is opened and nothing written."""
    fault = next(lacks(workspace, bot, kinds, facts), None)
    if fault is not None:
        raise fault


def lacks(
    workspace: Workspace, bot: Bot, kinds: Iterable[type[App]], facts: SystemFacts | None = None
) -> Iterator[MissingPart]:
    """Everything that keeps a bot from its work on this machine, by code."""
    kinds = tuple(kinds)
    patient = Patient(facts=facts or this_machine(), root=_existing(workspace.root))
    looks = [disk_low, *dict.fromkeys(look for kind in kinds for look in _LOOKS.get(kind.kind, ()))]
    for check in filter(None, (look(patient) for look in looks)):
        if check.needed and not check.ok:
            part = f"{say(f'doctor.{check.code}.part')} ({check.found})"
            yield MissingPart(code=check.code, part=part, remedy=check.remedy)
    yield from _secrets(workspace, bot, kinds)


def _secrets(workspace: Workspace, bot: Bot, kinds: Iterable[type[App]]) -> Iterator[MissingPart]:
    accounts = {account.name: account for kind in kinds if (account := workspace.account_for(bot, kind.selectors))}
    needed = {secret: account for account in accounts.values() for secret in _secrets_of(account)}
    known = vault_of(workspace).names() if needed else []
    for secret, account in needed.items():
        if secret not in known:
            remedy = say("preflight.no_secret_remedy", secret=secret)
            yield MissingPart(
                code=f"NO_SECRET {account.name}", part=say("preflight.no_secret", secret=secret), remedy=remedy
            )


def _secrets_of(account: Account) -> list[str]:
    return [secret for secret in (account.secret, account.otp) if secret]


def _existing(folder: Path) -> Path:
    return next(path for path in (folder, *folder.parents) if path.exists())
