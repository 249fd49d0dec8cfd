"""Mending what failed: one item in a form or many in the workbook, checked as the flow will, then queued again."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeGuard
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, RedirectResponse, Response
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile

from nightclerk.console.pages.common import (
    back_to,
    once,
    renderer_of,
    services_of,
    state_from,
    told,
    user_of,
)
from nightclerk.console.pages.items import item_or_404
from nightclerk.console.services import Services
from nightclerk.console.veil import veiled, veiled_item
from nightclerk.documents.items_workbook import AGAIN, EditedRow, as_text, read_items, write_items
from nightclerk.domain.items import FOR_A_PERSON, WorkItem
from nightclerk.errors import NightClerkError, WorkspaceError
from nightclerk.flow import Queue
from nightclerk.reviews.resend import Again, fault_at, plan, queues_of
from nightclerk.texts import say
from nightclerk.workspace import load_workspace

router = APIRouter()
MOST_ROWS = 20_000
_FIELD = "f."


# ------------------------------------------------------------------------------------------ many at once


@router.get("/items.xlsx")
def workbook(request: Request, queue: str = "", state: str = "") -> Response:
    """What waits for a person, as the workbook that can be mended and sent back. People's data stay veiled in it."""
    services = services_of(request)
    chosen = state_from(state)
    states = [chosen] if chosen else FOR_A_PERSON
    found = services.store.items(queue or None, states=states, limit=MOST_ROWS)[::-1]
    draft = tempfile.TemporaryDirectory(prefix="items-", dir=services.data)
    file = write_items(Path(draft.name) / "items.xlsx", [veiled_item(item) for item in found])
    name = f"{queue or 'items'}-{services.now().astimezone(services.zone):%Y%m%d-%H%M}.xlsx"
    return FileResponse(file, filename=name, background=BackgroundTask(draft.cleanup))


@router.post("/items/requeue")
async def requeue(request: Request) -> Response:
    """Read the edited workbook back: every row is checked, then all that say `again` are queued, or nothing."""
    form = await request.form()
    return await run_in_threadpool(_requeue, request, form)


def _requeue(request: Request, form: FormData) -> Response:
    file = form.get("file")
    services = services_of(request)
    if not is_upload(file):
        return _told(request, faults=[say("console.mend.no_file")])
    try:
        rows = read_rows(services, file)
        target = once(request, str(form.get("form_id", "")), lambda: queue_rows(request, rows, file.filename or ""))
    except Faulty as faulty:
        return _told(request, faults=[fault.sentence() for fault in faulty.faults])
    except NightClerkError as error:
        return _told(request, faults=[error.sentence()])
    return RedirectResponse(target, status_code=303)


def is_upload(value: Any) -> TypeGuard[UploadFile]:
    """Whether a form's field carries a file."""
    return isinstance(value, UploadFile) and bool(value.filename)


class Faulty(Exception):
    """The file has faults: nothing was queued."""

    def __init__(self, faults: list[WorkspaceError]) -> None:
        super().__init__(len(faults))
        self.faults = faults


def read_rows(services: Services, file: UploadFile) -> list[EditedRow]:
    """The rows of the workbook, with what we had veiled put back where nobody changed it."""
    with tempfile.TemporaryDirectory(prefix="requeue-", dir=services.data) as folder:
        path = Path(folder) / (Path(file.filename or "").name or "items.xlsx")
        path.write_bytes(file.file.read())
        rows = read_items(path)
    return [unveiled(row, services.store.item(row.queue, row.key)) for row in rows]


def unveiled(row: EditedRow, item: WorkItem | None) -> EditedRow:
    """The row with each cell that still shows a veil as the value behind it."""
    if item is None:
        return row
    shown = veiled(item.payload)
    cells = {
        name: (as_text(item.payload.get(name)) if value == as_text(shown.get(name)) else value, where)
        for name, (value, where) in row.cells.items()
    }
    return replace(row, cells=cells)


def queue_rows(request: Request, rows: list[EditedRow], name: str) -> str:
    """Queue what says `again`, or nothing; returns the page that tells how many. Faulty."""
    services = services_of(request)
    again, faults = plan(rows, services.store, _queues(services))
    if again and not faults:
        faults = _send(request, again, rows, name)
    if faults:
        raise Faulty(faults)
    told(request, "requeue", file=name, items=len(again))
    return f"/items?said=requeued&n={len(again)}"


def _send(request: Request, again: list[Again], rows: list[EditedRow], why: str) -> list[WorkspaceError]:
    """Queue them all in one transaction; rows that somebody changed meanwhile keep all of them out."""
    services = services_of(request)
    stale = services.store.queue_again(again, who=user_of(request), why=why, now=services.now())
    by_key = {row.key: row for row in rows}
    return [fault_at(by_key[key], "version", "stale", state="?", version="?") for key in stale]


def _queues(services: Services) -> Mapping[str, Queue[Any]]:
    """The queues that know what their records must be; where the workspace has no bots nothing is checked further."""
    return queues_of(load_workspace(services.workspace))


def _told(request: Request, *, faults: list[str]) -> Response:
    return renderer_of(request).page(request, "requeue.html", status=422, faults=faults)


# ---------------------------------------------------------------------------------------------- one item


@router.get("/edit/{queue}/{key:path}")
def edit_page(request: Request, queue: str, key: str) -> Response:
    return _form(request, item_or_404(services_of(request), queue, key))


def _form(
    request: Request, item: WorkItem, *, typed: Mapping[str, str] | None = None, faults: list[str] | None = None
) -> Response:
    shown = {name: as_text(value) for name, value in veiled(item.payload).items()}
    return renderer_of(request).page(
        request, "edit.html", status=422 if faults else 200, item=item, values={**shown, **(typed or {})},
        long={name for name, text in shown.items() if len(text) > 60}, faults=faults or [],
    )  # fmt: skip


@router.post("/edit/{queue}/{key:path}")
async def edit(request: Request, queue: str, key: str) -> Response:
    form = await request.form()
    return await run_in_threadpool(_edit, request, queue, key, form)


def _edit(request: Request, queue: str, key: str, form: FormData) -> Response:
    services = services_of(request)
    item = item_or_404(services, queue, key)
    typed = {name.removeprefix(_FIELD): str(value) for name, value in form.items() if name.startswith(_FIELD)}
    row = unveiled(_row(item, str(form.get("version", "")), typed), item)
    again, faults = plan([row], services.store, _queues(services))
    if not faults:
        faults = _send(request, again, [row], say("console.mend.by_form"))
    if faults:
        return _form(request, item, typed=typed, faults=[fault.sentence() for fault in faults])
    told(request, "requeue", queue=queue, key=key)
    return back_to(f"/items/{quote(queue, safe='')}/{quote(key)}", "mended")


def _row(item: WorkItem, version: str, typed: Mapping[str, str]) -> EditedRow:
    """What was typed as a row of the workbook, so that both ways are checked by the same rules."""
    where = dict.fromkeys(("queue", "key", "version", "action"), item.key)
    cells = {name: (text, f"{item.key} · {name}") for name, text in typed.items() if name in item.payload}
    return EditedRow(queue=item.queue, key=item.key, version=version, action=AGAIN, where=where, cells=cells)
