"""The questions that bots put to people: the picture, the choices, the deadline, and the answer in one click."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import Response

from nightclerk.console.pages.common import (
    back_to,
    bots_by_name,
    page_of,
    renderer_of,
    services_of,
    user_of,
    window,
)
from nightclerk.console.pages.tonight import for_whom
from nightclerk.console.services import Services
from nightclerk.work.answers import AnsweredAlready, Answers, NoSuchChoice, NoSuchTask

router = APIRouter()
TASK_ROWS = 10


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
    )


@router.post("/tasks/answer")
def answer(request: Request, task: Annotated[str, Form()], answer: Annotated[str, Form()] = "") -> Response:
    """Keep an answer. Somebody who comes second is told who answered what."""
    services = services_of(request)
    if not answer.strip():
        raise HTTPException(400, "console.refused.answer")
    try:
        Answers(store=services.store, clock=services, launch=_launch(services)).answer(
            task, answer.strip(), who=user_of(request)
        )
    except NoSuchTask as error:
        raise HTTPException(404) from error
    except NoSuchChoice as error:
        raise HTTPException(400, "console.refused.answer") from error
    except AnsweredAlready:
        return _show(request, show="open", only="", taken=task, status=409)
    return back_to("/tasks", "answered")


def _launch(services: Services) -> Callable[[str, Mapping[str, Any], str], object]:
    return lambda bot, parameters, who: services.launcher.launch(bot, parameters, by=who)
