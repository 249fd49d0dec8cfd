"""Words for the vault: set, list, rotate, check, remove, new-key. No secret is printed, or taken as an argument."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from cryptography.fernet import Fernet

from nightclerk.app import LINKS_SECRET, vault_of
from nightclerk.cli.common import JsonOption, WorkspaceOption, print_json, print_table, the_workspace
from nightclerk.errors import NightClerkError, WorkspaceError
from nightclerk.messages import load_messaging
from nightclerk.messages.files import secrets_of
from nightclerk.texts import say
from nightclerk.vault.totp import seed_of
from nightclerk.workspace import Workspace, nearest

FileOption = Annotated[Path | None, typer.Option("--from-file", help="从文件读取 / read it from a file")]
NameArgument = Annotated[str, typer.Argument(help="密码的名字 / the secret's name")]
#: A password that has stood for longer is pointed out.
OLD_DAYS = 365


def register(app: typer.Typer) -> None:
    group = typer.Typer(no_args_is_help=True, help="保险库 / the vault")
    group.command("set", help="存入一个密码 / store a secret")(set_)
    group.command("list", help="只列名字 / names only")(list_)
    group.command("rotate", help="换密钥，或更换一个密码 / replace the vault's key, or one secret")(rotate)
    group.command("check", help="检查是否齐全、可读 / is all there that is needed, and readable")(check)
    group.command("remove", help="删除一个密码 / remove a secret")(remove)
    group.command("new-key", help="生成一个密钥 / make a key for NIGHTCLERK_VAULT_KEY")(new_key)
    app.add_typer(group, name="vault")


def set_(
    name: NameArgument,
    from_file: FileOption = None,
    totp: Annotated[bool, typer.Option("--totp", help="动态码种子 / the seed of one-time codes")] = False,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Store a secret: typed unseen, from a file, or from standard input. Never from the command line."""
    value = _given(name, from_file)
    vault_of(the_workspace(workspace)).set(name, seed_of(value, name=name) if totp else value)
    _said(say("vault.set", name=name), as_json, {"name": name, "stored": True})


def list_(as_json: JsonOption = False, workspace: WorkspaceOption = None) -> None:
    """List the names of the secrets, and when each was set."""
    vault = vault_of(the_workspace(workspace))
    found = [{"name": name, "set_at": vault.set_at(name)} for name in vault.names()]
    if as_json:
        print_json(found)
        return
    print_table(say("vault.title"), [say("vault.name"), say("vault.at")], [list(one.values()) for one in found])


def rotate(
    name: Annotated[str, typer.Argument(help="不写则更换保险库的密钥 / leave out to replace the vault's key")] = "",
    from_file: FileOption = None,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Without a name: encrypt all secrets under a fresh key. With one: put a new value in place of a known secret."""
    vault = vault_of(the_workspace(workspace))
    if not name:
        vault.rotate()
        _said(say("vault.rotated"), as_json, {"rotated": "key", "secrets": len(vault.names())})
        return
    _known(name, vault.names())
    vault.set(name, _given(name, from_file))
    _said(say("vault.replaced", name=name), as_json, {"rotated": name})


def remove(name: NameArgument, as_json: JsonOption = False, workspace: WorkspaceOption = None) -> None:
    """Remove a secret."""
    vault = vault_of(the_workspace(workspace))
    _known(name, vault.names())
    vault.remove(name)
    _said(say("vault.removed", name=name), as_json, {"name": name, "removed": True})


def new_key(as_json: JsonOption = False) -> None:
    """Print a fresh key. It is not stored anywhere."""
    key = Fernet.generate_key().decode()
    _said(key, as_json, {"key": key})


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One secret as `check` found it. `state`: ok, missing, unused, old or unreadable."""

    name: str
    used_by: tuple[str, ...]
    state: str
    set_at: str
    sentence: str

    @property
    def problem(self) -> bool:
        return self.state in ("missing", "unreadable")


def check(as_json: JsonOption = False, workspace: WorkspaceOption = None) -> None:
    """Every secret that accounts and channels name is there and can be read; exit status 1 where one is not."""
    home = the_workspace(workspace)
    vault = vault_of(home)
    found = list(_findings(home, vault))
    problems = sum(one.problem for one in found)
    if as_json:
        rows = [{"name": f.name, "used_by": f.used_by, "state": f.state, "set_at": f.set_at} for f in found]
        print_json({"ok": not problems, "kind": vault.kind, "secrets": rows})
    else:
        headers = [say(f"vault.{name}") for name in ("name", "used_by", "state", "at")]
        rows_ = [[f.name, ", ".join(f.used_by), f.sentence, f.set_at] for f in found]
        print_table(say("vault.title"), headers, rows_)
        print(say("vault.broken", n=problems) if problems else say("vault.fine", kind=vault.kind, n=len(vault.names())))
    raise typer.Exit(1 if problems else 0)


def _findings(home: Workspace, vault: Any) -> Iterator[Finding]:
    uses, known = _uses(home), vault.names()
    for name in sorted({*uses, *known}):
        at = vault.set_at(name) if name in known else ""
        state, facts = _state(vault, name, at, used=name in uses, known=name in known)
        sentence = say(f"vault.state.{state}", **{"name": name, **facts})
        yield Finding(name=name, used_by=tuple(uses.get(name, ())), state=state, set_at=at, sentence=sentence)


def _state(vault: Any, name: str, at: str, *, used: bool, known: bool) -> tuple[str, dict[str, Any]]:
    if not known:
        return "missing", {}
    try:
        vault.get(name).reveal()
    except NightClerkError as error:
        return "unreadable", {"why": error.sentence()}
    if not used:
        return "unused", {}
    days = (datetime.now(UTC) - datetime.fromisoformat(at)).days if at else 0
    return ("old", {"days": days}) if days > OLD_DAYS else ("ok", {})


def _uses(home: Workspace) -> dict[str, list[str]]:
    """What each secret is for."""
    uses: dict[str, list[str]] = {}
    for account in home.accounts.values():
        for secret, key in ((account.secret, "account"), (account.otp, "code")):
            if secret:
                uses.setdefault(secret, []).append(say(f"vault.use.{key}", name=account.name))
    messaging, _ = load_messaging(home.root)
    for channel, secret in secrets_of(messaging):
        uses.setdefault(secret, []).append(say("vault.use.channel", name=channel))
    if LINKS_SECRET in vault_of(home).names():
        uses.setdefault(LINKS_SECRET, []).append(say("vault.use.links"))
    return uses


def _known(name: str, names: list[str]) -> None:
    if name not in names:
        raise WorkspaceError(where=name, expected=say("vault.unknown"), remedy=nearest(name, names))


def _given(name: str, from_file: Path | None) -> str:
    if from_file is not None:
        return from_file.read_text(encoding="utf-8").rstrip("\n")
    if sys.stdin.isatty():
        return str(typer.prompt(name, hide_input=True))
    return sys.stdin.readline().rstrip("\n")


def _said(sentence: str, as_json: bool, facts: dict[str, Any]) -> None:
    print_json(facts) if as_json else print(sentence)
