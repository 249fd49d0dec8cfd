"""Elements that were found again after a page changed: before and after, the change in YAML, accept or refuse."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from nightclerk.console.pages.common import (
    PAGE_ROWS,
    back_to,
    page_number,
    page_of,
    renderer_of,
    services_of,
    told,
    user_of,
)
from nightclerk.console.services import Services
from nightclerk.errors import NightClerkError
from nightclerk.locate.healer import reason_words
from nightclerk.locate.proposals import STATES, Proposal, Proposals, UnknownProposal
from nightclerk.reviews.healings import settle_answers, tell_answer

router = APIRouter()


@router.get("/healings")
def healings_page(request: Request, state: str = "") -> Response:
    services = services_of(request)
    found = proposals(services, state=state if state in STATES else "")
    start = (page_number(request) - 1) * PAGE_ROWS
    return renderer_of(request).page(
        request, "healings.html", page=page_of(request, found[start : start + PAGE_ROWS + 1]), state=state,
        states=STATES,
    )  # fmt: skip


def proposals(services: Services, *, state: str = "") -> list[Proposal]:
    """Newest first, after what people answered to their tasks has been carried over."""
    settle_answers(services.workspace, services.store)
    return sorted(Proposals(services.workspace).all(state=state), key=lambda one: one.at, reverse=True)


@router.get("/healings/{name}")
def healing_page(request: Request, name: str) -> Response:
    return _show(request, name)


def _show(request: Request, name: str, *, error: str = "", status: int = 200) -> Response:
    services = services_of(request)
    settle_answers(services.workspace, services.store)
    try:
        one = Proposals(services.workspace).get(name)
    except UnknownProposal as unknown:
        return renderer_of(request).page(request, "refused.html", status=404, code=404, sentence=unknown.sentence())
    return renderer_of(request).page(
        request, "healing.html", status=status, one=one, error=error, reasons=[reason_words(r) for r in one.reasons],
        diff=[(line[:1] if line[:1] in "+-@" else " ", line) for line in one.diff.splitlines()],
    )  # fmt: skip


@router.post("/healings/{name}")
def decide(request: Request, name: str, decision: Annotated[str, Form()] = "") -> Response:
    try:
        decided = decide_healing(request, name, decision)
    except NightClerkError as error:
        return _show(request, name, error=error.sentence(), status=409)
    return back_to(f"/healings/{decided.proposal}", "healed" if decision == "accept" else "healing_refused")


def decide_healing(request: Request, name: str, decision: str) -> Proposal:
    """Accept or refuse once, and answer the task that asked. UnknownProposal, AlreadyDecided, NothingToAccept."""
    services, who, now = services_of(request), user_of(request), services_of(request).now()
    settle_answers(services.workspace, services.store)
    known = Proposals(services.workspace)
    settle = known.accept if decision == "accept" else known.refuse
    decided = settle(name, who=who, at=now.isoformat(timespec="seconds"))
    tell_answer(services.workspace, decided)
    services.store.answer(f"healing/{decided.proposal}", answer=decision, who=who, now=now)
    told(request, "healing", proposal=decided.proposal, decision=decision)
    return decided
