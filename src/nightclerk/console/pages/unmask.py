"""Asking to see an item's private values: they open for half an hour to the asker, once a second person has agreed."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import Response

from nightclerk.console.pages.common import back_to, people_of, services_of, told, user_of
from nightclerk.console.pages.items import item_or_404
from nightclerk.console.pledges import PledgeKind

router = APIRouter()
LONGEST_REASON = 300


def subject_of(queue: str, key: str) -> str:
    """What the two people agree about."""
    return f"{queue} {key}"


@router.post("/unmask/{queue}/{key:path}")
def ask_to_unmask(request: Request, queue: str, key: str, why: Annotated[str, Form()] = "") -> Response:
    """Ask for the values of one item, with a reason that the second person reads."""
    item_or_404(services_of(request), queue, key)
    if not why.strip():
        raise HTTPException(400, "console.unmask.no_reason")
    facts = {"why": why.strip()[:LONGEST_REASON], "queue": queue, "key": key}
    now, who = services_of(request).now(), user_of(request)
    people_of(request).ask_second(PledgeKind.UNMASK, subject_of(queue, key), facts, who=who, now=now)
    told(request, "unmask", **facts)
    return back_to(f"/items/{quote(queue, safe='')}/{quote(key)}", "asked_second")
