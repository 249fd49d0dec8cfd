"""The signed link of a message: whoever has it answers that one task, once, on a page that a phone shows well."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from nightclerk.console.approvals import amount_of, answers_of, needs_second
from nightclerk.console.pages.common import renderer_of, services_of
from nightclerk.console.pages.tonight import for_whom
from nightclerk.domain.items import Task
from nightclerk.errors import NightClerkError
from nightclerk.texts import say
from nightclerk.work.links import Opened, open_link

router = APIRouter()


@router.get("/t/{token}")
def link_page(request: Request, token: str) -> Response:
    """Show the question. Looking uses nothing up: messengers fetch links to preview them."""
    try:
        opened, task = _open(request, token)
    except NightClerkError as error:
        return _over(request, error.sentence())
    if services_of(request).store.link_used(opened.link) or task.answered_at is not None:
        return _over(request, say("console.link.answered"), task)
    if _two(request, task):
        return _over(request, say("console.link.two"), task)
    return _page(request, task=task, open=True)


@router.post("/t/{token}")
def link_answer(request: Request, token: str, answer: Annotated[str, Form()] = "") -> Response:
    """Spend the link and keep the answer; an answer that was refused gives the link back."""
    services = services_of(request)
    try:
        _, task = _open(request, token)
        if _two(request, task):
            return _over(request, say("console.link.two"), task)
        if not answer.strip():
            return _page(request, task=task, open=True, error=say("console.refused.answer"), status=400)
        kept = answers_of(request).answer_by_link(
            token, services.link_key(), answer.strip(), links=services.store, who=say("console.link.who")
        )
    except NightClerkError as error:
        return _over(request, error.sentence())
    return _page(request, task=kept, done=True)


def _open(request: Request, token: str) -> tuple[Opened, Task]:
    services = services_of(request)
    opened = open_link(token, services.link_key(), services.now())
    task = services.store.task(opened.task)
    if task is None:
        raise NightClerkError(say("console.refused.404"))
    return opened, task


def _two(request: Request, task: Task) -> bool:
    return for_whom(task) == "finance" and needs_second(request, amount_of(task))


def _over(request: Request, sentence: str, task: Task | None = None) -> Response:
    return _page(request, task=task, error=sentence, status=410 if task is None else 409)


def _page(
    request: Request, *, task: Task | None, open: bool = False, done: bool = False, error: str = "", status: int = 200
) -> Response:
    return renderer_of(request).page(
        request, "link.html", status=status, task=task, open=open, done=done, error=error
    )  # fmt: skip
