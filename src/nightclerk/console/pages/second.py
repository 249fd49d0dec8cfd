"""What waits for a second person: approvals above the limit, and requests to see private values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import Response

from nightclerk.console import approvals
from nightclerk.console.pages.common import back_to, must, people_of, renderer_of, services_of, told, user_of
from nightclerk.console.pledges import Pledge, PledgeKind
from nightclerk.console.rights import Right
from nightclerk.errors import NightClerkError

router = APIRouter()
#: What the second person must hold besides AGREE: what the first one needed, or for private values the auditor's.
ALSO = {
    PledgeKind.INVOICE: Right.REVIEW_INVOICES,
    PledgeKind.ANSWER: Right.REVIEW_INVOICES,
    PledgeKind.UNMASK: Right.AUDIT,
}
_CARRY_OUT: dict[PledgeKind, Callable[[Request, Pledge], None]] = {
    PledgeKind.INVOICE: approvals.carry_out_invoice,
    PledgeKind.ANSWER: approvals.carry_out_answer,
}


@router.get("/second")
def second_page(request: Request) -> Response:
    return _show(request)


def _show(request: Request, *, error: str = "", status: int = 200) -> Response:
    waiting = people_of(request).open_pledges(now=services_of(request).now())
    return renderer_of(request).page(
        request, "second.html", status=status, pledges=waiting, error=error, also=ALSO,
        limit=services_of(request).two_person_from,
    )  # fmt: skip


@router.post("/second/{pledge}")
def settle(request: Request, pledge: str, agreed: Annotated[bool, Form()]) -> Response:
    """Agree or refuse, and show what else waits."""
    try:
        settle_pledge(request, pledge, agreed=agreed)
    except NightClerkError as error:
        return _show(request, error=error.sentence(), status=409)
    return back_to("/second", "agreed" if agreed else "refused")


def settle_pledge(request: Request, pledge: str, *, agreed: bool) -> None:
    """Agree (somebody else than the asker) or refuse; what was asked for then happens at once, or never.

    SamePerson, SettledAlready, and what carrying it out raises.
    """
    people = people_of(request)
    known = people.pledge(pledge)
    if known is None:
        raise HTTPException(404)
    if agreed or known.asked_by != user_of(request):
        must(request, Right.AGREE)
        must(request, ALSO[known.kind])
    settled = people.settle_pledge(pledge, agreed=agreed, who=user_of(request), now=services_of(request).now())
    told(request, "second", kind=known.kind.value, subject=known.subject, agreed=agreed, asked_by=known.asked_by)
    if agreed and known.kind in _CARRY_OUT:
        _CARRY_OUT[known.kind](request, settled)
