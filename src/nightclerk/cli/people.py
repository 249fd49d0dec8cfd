"""Words for people: tasks (what waits for them), task (one, with its link), answer."""

from __future__ import annotations

from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from nightclerk.app import links_key
from nightclerk.cli.common import JsonOption, WorkspaceOption, person, print_json, print_table, the_store, the_workspace
from nightclerk.clocks import SystemClock, clock_of
from nightclerk.domain.items import Task
from nightclerk.office.postroom import LINK_LASTS
from nightclerk.records import dump
from nightclerk.texts import say
from nightclerk.work.answers import Answers, NoSuchTask
from nightclerk.work.links import sign_link
from nightclerk.workspace import Workspace

TaskArgument = Annotated[str, typer.Argument(help="任务，见 nightclerk tasks / a task, see nightclerk tasks")]


def register(app: typer.Typer) -> None:
    app.command("tasks", help="等人处理的事 / what waits for people")(tasks)
    app.command("task", help="一个问题的全部 / one question in full")(task)
    app.command("answer", help="回答一个问题 / answer a task")(answer)


def tasks(
    all_: Annotated[bool, typer.Option("--all", help="也列已回答的 / answered ones, too")] = False,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """List the questions that wait for an answer, the newest first, with their deadlines."""
    home = the_workspace(workspace)
    with the_store(workspace) as store:
        found = store.tasks(open_only=not all_, limit=1000)
    if as_json:
        print_json(found)
        return
    zone = ZoneInfo(home.settings.timezone)
    names = ("task", "kind", "question", "choices", "deadline", *(("answer",) if all_ else ()))
    rows = [_row(one, zone)[: len(names)] for one in found]
    print_table(say("cli.tasks"), [say(f"cli.{name}") for name in names], rows)


def _row(task: Task, zone: ZoneInfo) -> list[str]:
    until = f"{task.deadline.astimezone(zone):%m-%d %H:%M}" if task.deadline else ""
    otherwise = f" → {task.fallback}" if task.fallback else ""
    answered = f"{task.answer} ({task.answered_by})" if task.answered_at else ""
    return [task.task, task.kind, task.question, " | ".join(task.choices), until + otherwise, answered]


def task(
    name: TaskArgument,
    link: Annotated[bool, typer.Option("--link", help="签发一次性链接 / sign a link that answers it once")] = False,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Show one question with its picture's file, and sign a single-use link to it."""
    home = the_workspace(workspace)
    with the_store(workspace) as store:
        found = store.task(name)
    if found is None:
        raise NoSuchTask(task=name)
    facts = {**dump(found), "picture_file": _picture(home, found)}
    if link:
        until = found.deadline or SystemClock().now() + LINK_LASTS
        facts["token"] = sign_link(found.task, links_key(home), until)
        facts["path"] = f"/t/{facts['token']}"
    if as_json:
        print_json(facts)
        return
    print_table(name, [say("cli.field"), say("cli.value")], [[key, value] for key, value in facts.items() if value])


def _picture(home: Workspace, task: Task) -> str:
    """The file of the picture that was taken when the question was put, "" where there is none."""
    files = sorted((home.logs / task.run / "pictures").glob(f"{task.picture}*")) if task.picture else []
    return str(files[0]) if files else ""


def answer(
    task: TaskArgument,
    answer: Annotated[str, typer.Argument(help="回答，或选项之一 / the answer, or one of the choices")],
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Answer a task; a shift on duty starts its bot again at once, otherwise the item goes with its next run."""
    home = the_workspace(workspace)
    with the_store(workspace) as store:
        Answers(store=store, clock=clock_of(home, store)).answer(task, answer, who=person())
        kept = store.task(task)
    if as_json:
        print_json(kept)
    else:
        print(say("cli.answered", task=task, answer=answer))
