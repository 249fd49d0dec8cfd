"""The questions that bots put to people: the picture, the choices, the deadline, and the answer in one click."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import Response

from nightclerk.console.approvals import PAYS_NOTHING, amount_of, answers_of, ask_about_answer, needs_second
from nightclerk.console.pages.common import (
    back_to,
    bots_by_name,
    must,
    page_of,
    people_of,
    renderer_of,
    services_of,
    user_of,
    window,
)
from nightclerk.console.pages.runs import watchable
from nightclerk.console.pages.screen import take_over as ask_for_screen
from nightclerk.console.pages.tonight import for_whom
from nightclerk.console.pledges import PledgeKind
from nightclerk.console.rights import Right
from nightclerk.domain.items import RunState
from nightclerk.work.answers import AnsweredAlready, NoSuchChoice, NoSuchTask

router = APIRouter()
TASK_ROWS = 10
GOING_ON = (RunState.RUNNING, RunState.QUEUED)


@router.get("/tasks")
def tasks_page(request: Request, show: str = "open", task: str = "") -> Response:
    return _show(request, show=show, only=task)


def _show(request: Request, *, show: str, only: str, taken: str = "", status: int = 200) -> Response:
    services = services_of(request)
    store = services.store
    if only:
        one = store.task(only)
        if one is None:
            raise HTTPException(404)
        found = [one]
    else:
        found = store.tasks(open_only=show != "all", **window(request, TASK_ROWS))
    taken_by = store.task(taken) if taken else None
    runs = {task.run: store.run(task.run) for task in found if task.run}
    return renderer_of(request).page(
        request,
        "tasks.html",
        status=status,
        page=page_of(request, found, TASK_ROWS),
        show=show,
        only=only,
        taken=taken_by,
        runs=runs,
        bots=bots_by_name(services),
        for_whom=for_whom,
        seconds={
            one.subject: one
            for one in people_of(request).open_pledges(now=services.now())
            if one.kind is PledgeKind.ANSWER
        },
        going_on=GOING_ON,
    )


@router.post("/tasks/answer")
def answer(request: Request, task: Annotated[str, Form()], answer: Annotated[str, Form()] = "") -> Response:
    """Keep an answer. Somebody who comes second is told who answered what; large amounts wait for a second person."""
    if not answer.strip():
        raise HTTPException(400, "console.refused.answer")
    try:
        kept = answer_task(request, task, answer.strip())
    except AnsweredAlready:
        return _show(request, show="open", only="", taken=task, status=409)
    return back_to("/tasks", "answered" if kept else "asked_second")


def answer_task(request: Request, name: str, answer: str) -> bool:
    """Answer under the rules of this console; False when a second person has to agree first. AnsweredAlready."""
    task = services_of(request).store.task(name)
    if task is None:
        raise HTTPException(404)
    if for_whom(task) == "finance":
        must(request, Right.REVIEW_INVOICES)
        if task.answered_at is None and answer not in PAYS_NOTHING and needs_second(request, amount_of(task)):
            if task.choices and answer not in task.choices:
                raise HTTPException(400, "console.refused.answer")
            ask_about_answer(request, task, answer)
            return False
    try:
        answers_of(request).answer(name, answer, who=user_of(request))
    except NoSuchTask as error:
        raise HTTPException(404) from error
    except NoSuchChoice as error:
        raise HTTPException(400, "console.refused.answer") from error
    return True


@router.post("/tasks/take-over")
def take_over(request: Request, run: Annotated[str, Form()]) -> Response:
    """Give a person the run's screen: here, where it is at work on this machine, else where it stands, on hold."""
    if watchable(request, run):
        return ask_for_screen(request, run)
    services = services_of(request)
    record = services.store.run(run)
    if record is None:
        raise HTTPException(404)
    if record.state in GOING_ON:
        services.launcher.pause(run, user_of(request))
    return back_to(f"/runs/{run}", "taken_over")
