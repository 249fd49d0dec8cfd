"""Files under /api: what bots take and keep, workbooks and mapping tables out and in, and second signatures."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, HTTPException, Request, UploadFile
from fastapi.responses import Response
from pydantic import BaseModel

from nightclerk.console.pages import invoices, mapping, mend, proof, second
from nightclerk.console.pages.api_act import RequestId
from nightclerk.console.pages.common import once, people_of, services_of, told, user_of
from nightclerk.console.parameters import keep_upload
from nightclerk.errors import NightClerkError
from nightclerk.records import dump

router = APIRouter(prefix="/api", tags=["files"])


class Word(BaseModel):
    """The second person's word."""

    agreed: bool


@router.post("/files", status_code=201)
def keep(request: Request, file: UploadFile) -> dict[str, str]:
    """Keep a file for a bot: its `path` is what a file parameter of POST /api/bots/{name}/runs takes."""
    kept = keep_upload(services_of(request).data / "uploads", file.filename or "file", file.file)
    return {"path": str(kept)}


@router.get("/runs/{run}/pictures/{sha256}")
def picture(request: Request, run: str, sha256: str) -> Response:
    """One picture of a run as WebP, masked as it was taken; moments name it."""
    return proof.shot(request, run, sha256)


@router.get("/runs/{run}/files/{sha256}")
def kept_file(request: Request, run: str, sha256: str) -> Response:
    """One file that a run kept."""
    return proof.kept(request, run, sha256)


@router.get("/workbooks/items")
def items_workbook(request: Request, queue: str = "", state: str = "") -> Response:
    """What waits for a person, as the workbook that can be mended and sent back."""
    return mend.workbook(request, queue, state)


@router.post("/workbooks/items")
def mended_workbook(request: Request, file: UploadFile, idempotency_key: RequestId = "") -> dict[str, int]:
    """Queue the rows that say `again`: all of them, or none and 422 with every fault by its cell."""
    form = f"api {user_of(request)} {idempotency_key}" if idempotency_key else ""
    try:
        rows = mend.read_rows(services_of(request), file)
        target = once(request, form, lambda: mend.queue_rows(request, rows, file.filename or ""))
    except mend.Faulty as faulty:
        raise HTTPException(422, " ".join(fault.sentence() for fault in faulty.faults)) from faulty
    except NightClerkError as error:
        raise HTTPException(422, error.sentence()) from error
    return {"queued": int(target.rpartition("=")[2] or 0)}


@router.get("/workbooks/invoices")
def invoices_workbook(request: Request) -> Response:
    """All invoices as they stand, with who decided what, and the totals."""
    return invoices.workbook(request)


@router.get("/mapping/{name}")
def table(request: Request, name: str) -> Response:
    """A mapping table as it is."""
    return mapping.fetch(request, name)


@router.put("/mapping/{name}")
def replace_table(request: Request, name: str, file: UploadFile) -> dict[str, bool]:
    """Replace a mapping table; 422 with every fault by its cell, and the old one stays."""
    faults = mapping.put_table(services_of(request), mapping.known(name), file.file.read())
    if faults:
        raise HTTPException(422, " ".join(faults))
    told(request, "mapping", table=name, file=str(file.filename))
    return {"kept": True}


@router.get("/second")
def pledges(request: Request) -> list[dict[str, Any]]:
    """What waits for a second person, oldest first."""
    return [dump(one) for one in people_of(request).open_pledges(now=services_of(request).now())]


@router.post("/second/{pledge}")
def settle(request: Request, pledge: str, word: Word) -> dict[str, bool]:
    """Agree (somebody else than the asker) or refuse; 409 when it is settled already or has waited too long."""
    try:
        second.settle_pledge(request, pledge, agreed=word.agreed)
    except NightClerkError as error:
        raise HTTPException(409, error.sentence()) from error
    return {"agreed": word.agreed}
