"""Words for people: tasks, answer, vault."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from nightclerk.app import SystemClock, vault_of
from nightclerk.cli.common import JsonOption, WorkspaceOption, person, print_json, print_table, the_store, the_workspace
from nightclerk.texts import say
from nightclerk.work.answers import Answers


def register(app: typer.Typer) -> None:
    app.command("tasks", help="等人处理的事 / what waits for people")(tasks)
    app.command("answer", help="回答一个问题 / answer a task")(answer)
    vault = typer.Typer(no_args_is_help=True, help="保险库 / the vault")
    vault.command("set", help="存入或更换一个密码 / store a secret")(vault_set)
    vault.command("list", help="只列名字 / names only")(vault_list)
    app.add_typer(vault, name="vault")


def tasks(as_json: JsonOption = False, workspace: WorkspaceOption = None) -> None:
    """List the questions that wait for an answer."""
    with the_store(workspace) as store:
        waiting = store.tasks(limit=1000)
    if as_json:
        print_json(waiting)
        return
    rows = [[t.task, t.kind, t.question, " | ".join(t.choices)] for t in waiting]
    print_table(say("cli.tasks"), [say("cli.task"), say("cli.kind"), say("cli.question"), say("cli.choices")], rows)


def answer(task: str, answer: str, workspace: WorkspaceOption = None) -> None:
    """Answer a task; its item goes on with the next run of its bot."""
    with the_store(workspace) as store:
        Answers(store=store, clock=SystemClock()).answer(task, answer, who=person())
    print(say("cli.answered", task=task, answer=answer))


def vault_set(
    name: str,
    from_file: Annotated[Path | None, typer.Option(help="从文件读取 / read it from a file")] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Store a secret: typed unseen, from a file, or from standard input. Never from the command line."""
    if from_file is not None:
        value = from_file.read_text(encoding="utf-8").rstrip("\n")
    elif sys.stdin.isatty():
        value = typer.prompt(name, hide_input=True)
    else:
        value = sys.stdin.readline().rstrip("\n")
    vault_of(the_workspace(workspace)).set(name, value)
    print(say("cli.vault_set", name=name))


def vault_list(workspace: WorkspaceOption = None) -> None:
    """List the names of the secrets."""
    for name in vault_of(the_workspace(workspace)).names():
        print(name)
