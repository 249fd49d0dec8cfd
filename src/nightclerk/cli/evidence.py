"""Words for auditors: evidence verify, access, pack, to-test; those that remove and sign are in `evidence_keeping`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from nightclerk.app import gather_evidence, store_of
from nightclerk.cli import evidence_keeping
from nightclerk.cli.access_book import book_of, here, noted
from nightclerk.cli.common import (
    JsonOption,
    WorkspaceOption,
    person,
    print_json,
    print_table,
    screen,
    the_workspace,
)
from nightclerk.documents.report_heads import heads_in
from nightclerk.errors import EvidenceError, WorkspaceError
from nightclerk.evidence.access import Access, accesses_in
from nightclerk.evidence.errors import NoEvidence
from nightclerk.evidence.pack import make_pack
from nightclerk.evidence.replay import load_run
from nightclerk.evidence.to_test import failed_act, write_test
from nightclerk.evidence.verdict import Report
from nightclerk.evidence.verify import Heads, verify
from nightclerk.texts import say
from nightclerk.workspace import Workspace, find_root, nearest

ReportOption = Annotated[
    list[Path] | None,
    typer.Option("--report", help="夜班报告，核对其中的链头 / shift report, to compare its heads"),
]


def register(app: typer.Typer) -> None:
    help_text = "证据：核验、导出、保留、擦除 / evidence: verify, pack, keep, erase"
    group = typer.Typer(no_args_is_help=True, help=help_text)
    group.callback()(lambda: None)
    group.command("verify", help="核验证据链与图片 / verify chain and pictures")(verify_path)
    group.command("pack", help="给审计的证据包：离线回放、原始记录、核验程序 / evidence pack for an auditor")(pack)
    group.command("to-test", help="把失败的一步变成测试 / turn a failed step into a test")(to_test)
    group.command("access", help="谁看过哪些证据 / who looked at which evidence")(access)
    evidence_keeping.register(group)
    app.add_typer(group, name="evidence")


def verify_path(
    path: Annotated[Path | None, typer.Argument(help="一次运行或 logs 文件夹 / a run's folder or logs/")] = None,
    key: Annotated[Path | None, typer.Option(help="公钥文件或文件夹 / public key file or folder")] = None,
    report: ReportOption = None,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Verify one run or all. Inside a workspace the heads kept in the database are compared too."""
    home = _home(workspace, path)
    reported: dict[str, Heads] = {file.name: heads_in(file) for file in report or ()}
    if home and key is None:
        found = verified(home, path, reported=reported)
        run = path.resolve().name if path and path.resolve() != home.logs else ""
        try:
            noted(home, Access(who=person(), what="verify", run=run, place=here(), facts={"ok": found.ok}))
        except EvidenceError as error:  # a verdict is given all the same: it may be the very journal that was changed
            screen.print(error.sentence())
    else:
        found = verify(path or Path("logs"), key, reported=reported)
    if path is not None and not found.runs and not found.missing:  # a wrong folder must not pass for good evidence
        raise NoEvidence(path=path)
    if as_json:
        print_json(found.as_json())
    else:
        print("\n".join(found.sentences()))
    raise typer.Exit(0 if found.ok else 1)


def verified(home: Workspace, path: Path | None = None, *, reported: dict[str, Heads] | None = None) -> Report:
    """Verify a workspace's logs (or one run of it) with the keys that it trusts and the heads in its database."""
    gather_evidence(home)
    store = store_of(home)
    try:
        whole = path is None or path.resolve() == home.logs
        runs = store.anchors() if whole else {}
        keys = evidence_keeping.trusted_by(home, store)
        return verify(path or home.logs, keys, store.anchored, known_runs=runs, reported=reported)
    finally:
        store.close()


def pack(
    run: Annotated[str, typer.Argument(help="运行编号或文件夹 / run or its folder")],
    out: Annotated[Path | None, typer.Option(help="文件夹或 .zip / folder or .zip")] = None,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """One folder or zip: a replay that opens offline, the raw run, the verifier, the public keys, a README."""
    home = the_workspace(workspace)
    folder = folder_of(home, run)
    target = out or Path(f"{folder.name}-evidence.zip")
    if target.exists():
        raise WorkspaceError(
            where=str(target), expected=say("pack.there_already"), remedy=say("pack.there_already_remedy")
        )
    store = store_of(home)
    try:
        facts = {"to": target.name}
        book_of(home, store).record(Access(who=person(), what="pack", run=folder.name, place=here(), facts=facts))
        ring = evidence_keeping.trusted_by(home, store) or {}
        packed = make_pack(folder, target, ring=ring, anchors=store.anchored)
    finally:
        store.close()
    if as_json:
        print_json(packed)
    else:
        made = say("pack.made", path=packed.path, kb=packed.size_bytes // 1024, state=say(f"pack.state_{packed.state}"))
        print("\n".join([made, *packed.sentences]))


def to_test(
    run: Annotated[str, typer.Argument(help="运行编号或文件夹 / run or its folder")],
    step: Annotated[str, typer.Argument(help="步骤编号或名称 / number or name of the step")],
    out: Annotated[Path, typer.Option(help="写到哪里 / where to write it")] = Path("tests/evidence"),
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Write a fixture (masked page, selectors, what was tried) and a pytest that replays it without network."""
    home = the_workspace(workspace)
    folder = folder_of(home, run)
    act = failed_act(load_run(folder), step)
    noted(home, Access(who=person(), what="to_test", run=folder.name, place=here(), facts={"step": act.step.number}))
    test, case = write_test(act, selectors=home.root / "selectors" / act.app, out=out)
    if as_json:
        print_json({"test": test, "case": case, "element": act.element, "outcome": act.error})
    else:
        print(say("to_test.done", test=test, case=case))


def folder_of(home: Workspace, run: str) -> Path:
    """The evidence of a run, by its name or its folder; WorkspaceError names the nearest run."""
    folder = Path(run).resolve() if Path(run).is_dir() else home.logs / run
    if folder.parent == home.logs and folder.is_dir():
        return folder
    known = [child.name for child in home.logs.iterdir()] if home.logs.is_dir() else []
    raise WorkspaceError(where=f"logs/{run}", expected=say("evidence.no_run"), remedy=nearest(Path(run).name, known))


def access(
    run: Annotated[str, typer.Option(help="只看这次运行 / of this run only")] = "",
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Who looked at, exported or removed which evidence, oldest first."""
    home = the_workspace(workspace)
    rows = list(accesses_in(home.logs, run=run))
    if as_json:
        print_json(rows)
        return
    headers = [say(f"access.{name}") for name in ("at", "who", "what", "run", "place", "facts")]
    cells = [[row["at"], row.get("who", ""), _what(row), row.get("run", ""), row.get("place", ""), _facts(row)]
             for row in rows]  # fmt: skip
    print_table(say("access.title", n=len(rows)), headers, cells)


def _what(row: Any) -> str:
    key = f"access.what.{row.get('what', '')}"
    try:
        return say(key)
    except KeyError:
        return str(row.get("what", ""))


def _facts(row: Any) -> str:
    facts = {name: len(fact) if isinstance(fact, list) else fact for name, fact in row.get("facts", {}).items()}
    return " ".join(f"{name}={fact}" for name, fact in facts.items() if fact not in ("", {}, 0, False))


def _home(workspace: Path | None, path: Path | None) -> Workspace | None:
    """The workspace that the path belongs to; a folder that was copied away has none."""
    try:
        home = the_workspace(workspace or find_root(path))
    except WorkspaceError:
        return None
    inside = path is None or home.logs in (path.resolve(), *path.resolve().parents)
    return home if inside else None
