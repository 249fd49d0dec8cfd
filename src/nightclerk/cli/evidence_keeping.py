"""Words that sign, remove and erase: evidence key show|new|trust, evidence prune, erase, seal."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from nightclerk.app import share_of, store_of
from nightclerk.cli.access_book import book_of, here
from nightclerk.cli.common import JsonOption, WorkspaceOption, person, print_json, tell, the_workspace
from nightclerk.domain.items import RunState
from nightclerk.errors import WorkspaceError
from nightclerk.evidence.access import Access, AccessBook
from nightclerk.evidence.erase import Eraser, Wanted
from nightclerk.evidence.keys import (
    TRUSTED,
    KeyRing,
    exchange_key,
    open_key,
    parse_public,
    publish,
    read_public,
    ring,
    trusted_keys,
)
from nightclerk.evidence.prune import Pruner
from nightclerk.evidence.removed import REMOVED, read_removals
from nightclerk.evidence.retention import Retention, load_retention
from nightclerk.office.seals import seal_all
from nightclerk.texts import say
from nightclerk.work.store import SqlStore
from nightclerk.workspace import Workspace

DryRunOption = Annotated[bool, typer.Option("--dry-run", help="只列出，不动手 / only tell, remove nothing")]
#: A run in one of these states may still add to its journal.
_MAY_GO_ON = (RunState.QUEUED, RunState.RUNNING, RunState.PAUSED)


def register(group: typer.Typer) -> None:
    group.command("prune", help="清除到期的证据 / remove what is due")(prune)
    group.command("erase", help="擦除某人的数据 / erase one person's data")(erase)
    group.command("seal", help="给进程已崩溃的运行封存记录 / end the films of runs whose processes died")(seal)
    keys = typer.Typer(no_args_is_help=True, help="签名密钥：查看、更换、信任 / the signing key: show, new, trust")
    keys.command("show", help="本机与受信任的公钥 / this machine's key and the trusted ones")(key_show)
    keys.command("new", help="更换签名密钥 / change the signing key")(key_new)
    keys.command("trust", help="信任另一台机器的公钥 / trust another machine's public key")(key_trust)
    group.add_typer(keys, name="key")


@dataclass(frozen=True, kw_only=True)
class _Desk:
    """What the words here share: the workspace, its books, its access journal."""

    home: Workspace
    store: SqlStore
    book: AccessBook

    def tools(self, what: str) -> dict[str, Any]:
        """What a pruner or eraser needs."""

        def tell(run: str, facts: dict[str, Any]) -> None:
            self.book.record(Access(who=person(), what=what, run=run, place=here(), facts=facts))

        def anchor(name: str, seq: int, head: str) -> None:
            self.store.anchor(name, seq=seq, head=head, now=datetime.now(UTC))

        folder = self.home.data / "keys"
        key = open_key(folder, logs=self.home.logs)
        return {
            "logs": self.home.logs, "data": self.home.data, "policy": policy_of(self.home), "key": key,
            "ring": trusted_by(self.home, self.store) or {}, "who": person(), "now": datetime.now(UTC), "tell": tell,
            "anchored": self.store.anchored, "anchor": anchor,
        }  # fmt: skip

    def remove_elsewhere(self, runs: Iterable[str]) -> None:
        """What was removed here goes from the place too where the evidence of all machines comes together."""
        if not self.home.settings.evidence:
            return
        share, keys = share_of(self.home), trusted_by(self.home, self.store) or {}
        for folder in (self.home.logs / run for run in runs):
            if (folder / REMOVED).is_file():
                removals = read_removals(folder, lambda name: keys)
                share.take_out(folder, removals.names, journal=removals.journal_gone is not None)


@contextlib.contextmanager
def _desk(workspace: Path | None) -> Iterator[_Desk]:
    home = the_workspace(workspace)
    home.logs.mkdir(parents=True, exist_ok=True)
    store = store_of(home)
    try:
        yield _Desk(home=home, store=store, book=book_of(home, store))
    finally:
        store.close()


def trusted_by(home: Workspace, store: SqlStore) -> KeyRing | None:
    """The keys of this workspace, and those that its workers on other machines have filed in the shared books."""
    own = trusted_keys(home.data / "keys")
    filed = ring(parse_public(pem, name=name) for pem, name in store.evidence_keys().items())
    return {**filed, **(own or {})} or None


def policy_of(home: Workspace) -> Retention:
    """The retention policy; WorkspaceError for its first fault: what is not understood removes nothing."""
    loaded = load_retention(home.root)
    if loaded.faults:
        raise loaded.faults[0]
    return loaded.policy


def prune(dry_run: DryRunOption = False, as_json: JsonOption = False, workspace: WorkspaceOption = None) -> None:
    """Remove what is due by config/retention.yaml; a signed record stays, and verification still passes."""
    with _desk(workspace) as desk:
        done = list(Pruner(**desk.tools("prune"), dry_run=dry_run).prune())
        desk.remove_elsewhere(one.run for one in done if not dry_run)
    if as_json:
        print_json({"dry_run": dry_run, "runs": [one.as_json() for one in done]})
        return
    size = sum(one.size_bytes for one in done) // 1024
    print("\n".join([say("prune.would" if dry_run else "prune.done", n=len(done), kb=size),
                     *(one.sentence() for one in done)]))  # fmt: skip


def erase(
    key: Annotated[str, typer.Option(help="业务编号 / item key")] = "",
    text: Annotated[str, typer.Option(help="私密值，- 为从标准输入读 / a private value, - reads it from stdin")] = "",
    why: Annotated[str, typer.Option(help="缘由，写入凭证 / the reason, for the record")] = "",
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Erase one person's pictures, files and digest salts; the chain stays whole. Accounting originals are kept."""
    wanted = Wanted(key=key, text=typer.get_text_stream("stdin").readline().strip() if text == "-" else text)
    if not wanted.key and not wanted.text:
        raise WorkspaceError(
            where="evidence erase", expected=say("erase.whose"), remedy="--key ORDER | --text VALUE | --text -"
        )
    with _desk(workspace) as desk:
        eraser = Eraser(**desk.tools("erase"), why=why or say("erase.default_why"), dry_run=dry_run)
        done = list(eraser.erase(wanted))
        desk.remove_elsewhere(one.run for one in done if not dry_run)
    if as_json:
        print_json({"dry_run": dry_run, "runs": [one.as_json() for one in done]})
        return
    heading = say("erase.would" if dry_run else "erase.done", n=len(done))
    print("\n".join([heading, *(sentence for one in done for sentence in one.sentences())]))


def seal(as_json: JsonOption = False, workspace: WorkspaceOption = None) -> None:
    """Give the journal of every run that is over its signed end, where its process died before it could."""
    with _desk(workspace) as desk:
        done = seal_all(desk.home, desk.store)
    if as_json:
        print_json({"sealed": [{"run": one.run, "seq": one.seq, "hash": one.hash} for one in done]})
        return
    lines = [say("seal.run", run=one.run, seq=one.seq) for one in done]
    print("\n".join([say("seal.done", n=len(done)), *lines]))


# ------------------------------------------------------------------------------------------ keys


def key_show(as_json: JsonOption = False, workspace: WorkspaceOption = None) -> None:
    """The public key that this machine signs with, and the keys that verifying here trusts. Never the private key."""
    with _desk(workspace) as desk:
        home = desk.home
        key = open_key(home.data / "keys", logs=home.logs)
        trusted = sorted(trusted_by(home, desk.store) or {})
    file = home.logs / "keys" / f"{key.name}.pub"
    if as_json:
        print_json({"key": key.name, "file": file, "trusted": trusted})
        return
    print("\n".join([say("key.now", name=key.name, file=file), *(say("key.trusted", name=name) for name in trusted)]))


def key_new(
    force: Annotated[bool, typer.Option(help="有未结束的运行也更换 / even while runs have not ended")] = False,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Change the signing key. The old private half is destroyed; what it signed stays verifiable."""
    with _desk(workspace) as desk:
        going_on = [run.run for run in desk.store.runs(states=_MAY_GO_ON, limit=1000)]
        if going_on and not force:
            raise WorkspaceError(
                where="evidence key new", expected=say("key.going_on", n=len(going_on), run=going_on[0]),
                remedy=say("key.going_on_remedy"),
            )  # fmt: skip
        access = Access(who=person(), what="key", place=here(), facts={"said": "key_changes"})
        desk.book.record(access)  # signed by the old key: whoever trusts that one sees that it was meant to end
        old, new = exchange_key(desk.home.data / "keys", logs=desk.home.logs)
        desk.book.record(Access(who=person(), what="key", place=here(), facts={"old": old.name, "new": new.name}))
    tell(say("key.changed", old=old.name, new=new.name), as_json=as_json, old=old.name, new=new.name)


def key_trust(
    file: Annotated[Path, typer.Argument(help="公钥文件 / public key file")],
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Trust another machine's public key when verifying here. Compare its name with that machine first."""
    with _desk(workspace) as desk:
        public = read_public(file)
        name = publish(public, desk.home.data / "keys" / TRUSTED).stem
        publish(public, desk.home.logs / "keys")
        desk.book.record(Access(who=person(), what="key", place=here(), facts={"trusted": name}))
    tell(say("key.trusted", name=name), as_json=as_json, trusted=name)
