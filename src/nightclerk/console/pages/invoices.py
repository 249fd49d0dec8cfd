"""Finance reviews invoice matches: the page with its fields marked, beside the candidate orders and differences."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import FileResponse, RedirectResponse, Response
from starlette.background import BackgroundTask

from nightclerk.console import files, pdf_pages
from nightclerk.console.approvals import ask_about_invoice, needs_second
from nightclerk.console.invoice_book import write_invoice_book
from nightclerk.console.pages.common import page_of, people_of, renderer_of, services_of, state_from, user_of, window
from nightclerk.console.pages.items import item_or_404
from nightclerk.console.pledges import PledgeKind
from nightclerk.console.received import received_for
from nightclerk.console.services import Services
from nightclerk.console.totals import counts_now, totals_now
from nightclerk.domain.items import State, WorkItem
from nightclerk.domain.reviewing import OPEN, Share, shares_add_up
from nightclerk.errors import DocumentError, NightClerkError
from nightclerk.records import dump
from nightclerk.reviews import invoices as reviews

router = APIRouter()
_MARKS = ",，、;；\n"


@router.get("/invoices")
def invoices_page(request: Request, state: str = "", q: str = "") -> Response:
    services = services_of(request)
    chosen = state_from(state)
    states = OPEN if not state else ([chosen] if chosen else [])
    found = services.store.items(reviews.QUEUE, states=states, text=q.strip(), **window(request))
    return renderer_of(request).page(
        request, "invoices.html", page=page_of(request, [reviews.row_of(item) for item in found]),
        counts=counts_now(services.store), totals=totals_now(services.store), state=state,
        states=list(State), q=q,
    )  # fmt: skip


@router.get("/invoices.xlsx")
def workbook(request: Request) -> Response:
    """All invoices as they stand, with who decided what, and the totals."""
    services = services_of(request)
    draft = tempfile.TemporaryDirectory(prefix="invoices-", dir=services.data)
    file = write_invoice_book(Path(draft.name) / "invoices.xlsx", reviews.all_items(services.store))
    name = f"invoices-{services.now().astimezone(services.zone):%Y%m%d-%H%M}.xlsx"
    return FileResponse(file, filename=name, background=BackgroundTask(draft.cleanup))


def file_of(services: Services, item: WorkItem) -> Path | None:
    """Where the invoice's file lies: among its run's kept files, or inside the workspace; nowhere else."""
    review = reviews.review_of(item, services.workspace)
    folder = files.run_folder(services.logs, item.run) if item.run else None
    if folder is not None and files.SHA256.fullmatch(review.sha256):
        kept = next(iter(sorted((folder / "files").glob(f"{review.sha256}-*"))), None)
        if kept is not None:
            return kept
    return review.original


@router.get("/invoices/page/{number}/{key:path}")
def page_picture(request: Request, number: int, key: str) -> Response:
    """One page of the invoice's PDF as a picture."""
    services = services_of(request)
    path = file_of(services, item_or_404(services, reviews.QUEUE, key))
    if path is None:
        raise HTTPException(404)
    try:
        picture = pdf_pages.page_picture(path, number)
    except DocumentError as error:
        raise HTTPException(404, error.sentence()) from error
    return Response(picture, media_type="image/webp", headers={"Cache-Control": "private, max-age=600"})


@router.get("/invoices/{key:path}")
def invoice_page(request: Request, key: str) -> Response:
    return _show(request, item_or_404(services_of(request), reviews.QUEUE, key))


def neighbours(services: Services, key: str) -> tuple[str, str, int]:
    """The open invoices before and after this one, and how many are open."""
    keys = [item.key for item in services.store.items(reviews.QUEUE, states=OPEN, limit=200)]
    if key not in keys:
        return "", keys[0] if keys else "", len(keys)
    place = keys.index(key)
    after = keys[place + 1] if place + 1 < len(keys) else (keys[0] if place else "")
    return (keys[place - 1] if place else ""), after, len(keys)


def _show(
    request: Request, item: WorkItem, *, error: str = "", typed: dict[str, str] | None = None, status: int = 200
) -> Response:
    services = services_of(request)
    path = file_of(services, item)
    before, after, open_now = neighbours(services, item.key)
    review = reviews.review_of(item, services.workspace)
    receipts, no_receipts = received_for(services.workspace, [one for c in review.candidates for one in c.orders])
    waiting = people_of(request).open_pledges(now=services.now())
    return renderer_of(request).page(
        request, "invoice.html", status=status, item=item, review=review, receipts=receipts,
        no_receipts=no_receipts,
        sizes=pdf_pages.page_sizes(path) if path else [], before=before, after=after, open_now=open_now, error=error,
        typed=typed or {}, limit=services.two_person_from,
        second=next((one for one in waiting if (one.kind, one.subject) == (PledgeKind.INVOICE, item.key)), None),
    )  # fmt: skip


@router.post("/invoices/{key:path}")
def decide(
    request: Request,
    key: str,
    version: Annotated[int, Form()],
    decision: Annotated[str, Form()],
    orders: Annotated[str, Form()] = "",
    shares: Annotated[str, Form()] = "",
    why: Annotated[str, Form()] = "",
) -> Response:
    """Accept the match (the orders that stand in the field), reject, lay it on other orders, or share it out."""
    services = services_of(request)
    _, after, _ = neighbours(services, key)
    try:
        said = decide_invoice(
            request, key, decision, version=version, orders=order_numbers(orders), shares=shares, why=why.strip()
        )
    except NightClerkError as error:
        typed = {"orders": orders, "shares": shares, "why": why}
        item = item_or_404(services, reviews.QUEUE, key)
        return _show(request, item, error=error.sentence(), typed=typed, status=409)
    to = key if said == "rematched" else after
    target = f"/invoices/{quote(to, safe='')}" if to else "/invoices"
    return RedirectResponse(f"{target}?said={said}", status_code=303)


def decide_invoice(
    request: Request, key: str, decision: str, *, version: int, orders: Sequence[str], shares: str, why: str
) -> str:
    """Carry a decision out, or keep it for a second person; returns what to say. What `reviews` raises."""
    services = services_of(request)
    item = item_or_404(services, reviews.QUEUE, key)
    who: dict[str, Any] = {"version": version, "who": user_of(request), "why": why, "now": services.now()}
    if decision == "reject":
        reviews.reject(services.store, key, **who)
        return "rejected"
    if decision == "rematch":
        reviews.rematch(services.store, services.workspace, key, orders=orders, **who)
        return "rematched"
    if decision not in ("accept", "split") or (decision == "accept" and not orders):
        raise HTTPException(400, "console.refused.decision")
    parts = shares_of(shares) if decision == "split" else ()
    gross = reviews.row_of(item).gross
    if parts and not shares_add_up(parts, gross):
        raise reviews.SplitUneven(gross=str(gross), split=str(sum((one.amount for one in parts), Decimal(0))))
    if item.state not in OPEN or item.version != version:
        raise reviews.DecidedAlready(key=key, state=item.state.value, reason=item.reason)
    if needs_second(request, gross):
        facts = {"version": version, "orders": list(orders), "shares": dump(list(parts)), "why": why,
                 "amount": str(gross), "number": reviews.row_of(item).number}  # fmt: skip
        ask_about_invoice(request, key, facts=facts)
        return "asked_second"
    if parts:
        reviews.split(services.store, key, shares=parts, **who)
    else:
        reviews.accept(services.store, key, orders=orders, workspace=services.workspace, **who)
    return "accepted"


def order_numbers(text: str) -> list[str]:
    """Order numbers out of what a person typed: parted by blanks, commas or Chinese commas."""
    for mark in _MARKS:
        text = text.replace(mark, " ")
    return list(dict.fromkeys(text.split()))


def shares_of(text: str) -> list[Share]:
    """ "PO-1 = 100.00; PO-2 = 50" as shares; HTTP 400 with a sentence when it is anything else."""
    for mark in _MARKS.replace(",", ""):
        text = text.replace(mark, " ")
    words = text.replace("=", " ").replace("：", " ").replace(":", " ").split()
    try:
        pairs = list(zip(words[::2], words[1::2], strict=True))
        found = [Share(order=order, amount=Decimal(amount.replace(",", ""))) for order, amount in pairs]
    except (ValueError, InvalidOperation):
        raise HTTPException(400, "console.invoice.bad_shares") from None
    if not found or not all(share.amount.is_finite() for share in found):
        raise HTTPException(400, "console.invoice.bad_shares")
    return found
