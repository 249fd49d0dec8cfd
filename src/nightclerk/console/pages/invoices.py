"""Finance reviews invoice matches: the page with its fields marked, beside the candidate orders and differences."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from nightclerk.console import files, pdf_pages
from nightclerk.console.pages.common import page_of, renderer_of, services_of, state_from, user_of, window
from nightclerk.console.pages.items import item_or_404
from nightclerk.console.review import INVOICE_QUEUE, order_numbers, review_of
from nightclerk.console.services import Services
from nightclerk.domain.items import State, WorkItem
from nightclerk.errors import DocumentError

router = APIRouter()
OPEN = (State.WAITING, State.IN_DOUBT, State.FAILED)
DECIDED = {"accept": State.DONE, "reject": State.REJECTED}


@router.get("/invoices")
def invoices_page(request: Request, state: str = "", q: str = "") -> Response:
    services = services_of(request)
    chosen = state_from(state)
    states = OPEN if not state else ([chosen] if chosen else [])
    found = services.store.items(INVOICE_QUEUE, states=states, text=q.strip(), **window(request))
    return renderer_of(request).page(
        request,
        "invoices.html",
        page=page_of(request, found),
        reviews={item.key: review_of(item) for item in found},
        counts=services.store.counts(INVOICE_QUEUE),
        state=state,
        states=list(State),
        q=q,
    )


def file_of(services: Services, item: WorkItem) -> Path | None:
    """Where the invoice's file lies: among its run's kept files, or inside the workspace; nowhere else."""
    named = review_of(item).file
    sha256 = str(item.details.get("sha256") or item.payload.get("sha256") or "")
    folder = files.run_folder(services.logs, item.run) if item.run else None
    if folder is not None and files.SHA256.fullmatch(sha256):
        kept = next(iter(sorted((folder / "files").glob(f"{sha256}-*"))), None)
        if kept is not None:
            return kept
    if not named:
        return None
    path = (services.workspace / named).resolve()
    inside = path.is_relative_to(services.workspace.resolve()) or path.is_relative_to(services.logs.resolve())
    return path if inside and path.is_file() else None


def _waiting(services: Services) -> list[WorkItem]:
    return services.store.items(INVOICE_QUEUE, states=OPEN, limit=200)


def _neighbours(services: Services, key: str) -> tuple[str, str, int]:
    """The open invoices before and after this one, and how many are open."""
    keys = [item.key for item in _waiting(services)]
    if key not in keys:
        return "", keys[0] if keys else "", len(keys)
    place = keys.index(key)
    after = keys[place + 1] if place + 1 < len(keys) else ""
    return (keys[place - 1] if place else ""), after, len(keys)


@router.get("/invoices/page/{number}/{key:path}")
def page_picture(request: Request, number: int, key: str) -> Response:
    """One page of the invoice's PDF as a picture."""
    services = services_of(request)
    path = file_of(services, item_or_404(services, INVOICE_QUEUE, key))
    if path is None:
        raise HTTPException(404)
    try:
        picture = pdf_pages.page_picture(path, number)
    except DocumentError as error:
        raise HTTPException(404, error.sentence()) from error
    return Response(picture, media_type="image/webp", headers={"Cache-Control": "private, max-age=600"})


@router.get("/invoices/{key:path}")
def invoice_page(request: Request, key: str) -> Response:
    return _show(request, item_or_404(services_of(request), INVOICE_QUEUE, key))


def _show(request: Request, item: WorkItem, *, stale: bool = False, status: int = 200) -> Response:
    services = services_of(request)
    path = file_of(services, item)
    before, after, open_now = _neighbours(services, item.key)
    return renderer_of(request).page(
        request,
        "invoice.html",
        status=status,
        item=item,
        review=review_of(item),
        sizes=pdf_pages.page_sizes(path) if path else [],
        before=before,
        after=after,
        open_now=open_now,
        open=item.state in OPEN,
        stale=stale,
    )


@router.post("/invoices/{key:path}")
def decide(
    request: Request,
    key: str,
    version: Annotated[int, Form()],
    decision: Annotated[str, Form()],
    orders: Annotated[str, Form()] = "",
    why: Annotated[str, Form()] = "",
) -> Response:
    """Accept the match (the orders that the person leaves in the field) or reject the invoice."""
    services = services_of(request)
    item = item_or_404(services, INVOICE_QUEUE, key)
    if decision not in DECIDED:
        raise HTTPException(400, "console.refused.decision")
    numbers = order_numbers([orders])
    said = " · ".join(part for part in (", ".join(numbers) if decision == "accept" else "", why.strip()) if part)
    _, after, _ = _neighbours(services, key)
    details = {**item.details, "orders": numbers} if decision == "accept" else None
    decided = item.state in OPEN and services.store.decide(
        INVOICE_QUEUE, key, version=version, state=DECIDED[decision], who=user_of(request), why=said,
        details=details, now=services.now(),
    )  # fmt: skip
    if not decided:
        return _show(request, item_or_404(services, INVOICE_QUEUE, key), stale=True, status=409)
    target = f"/invoices/{quote(after, safe='')}" if after else "/invoices"
    return RedirectResponse(f"{target}?said={'accepted' if decision == 'accept' else 'rejected'}", status_code=303)
