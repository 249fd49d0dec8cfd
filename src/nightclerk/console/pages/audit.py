"""Who looked at, took out or changed what: the signed access journal, newest first, by person, run and kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from nightclerk.console.pages.common import page_of, renderer_of, services_of, window
from nightclerk.console.services import Services
from nightclerk.errors import EvidenceError
from nightclerk.evidence.access import ACCESS
from nightclerk.evidence.side_chain import lines_of
from nightclerk.evidence.verify import ACCESS_FORMAT

router = APIRouter()
ROWS = 60


def newest(services: Services, *, who: str = "", what: str = "", run: str = "") -> Iterator[Mapping[str, Any]]:
    """The accesses that fit, newest first; a file of a month is read only when the newer ones are used up."""
    paths: list[Path] = sorted((services.logs / ACCESS).glob("*.jsonl"), key=lambda path: path.stem[-6:], reverse=True)
    months = dict.fromkeys(path.stem[-6:] for path in paths)
    for month in months:
        rows = [row for path in paths if path.stem.endswith(month) for row in _rows(path, who, what, run)]
        yield from sorted(rows, key=lambda row: str(row["at"]), reverse=True)


def _rows(path: Path, who: str, what: str, run: str) -> Iterator[Mapping[str, Any]]:
    for line in lines_of(path, form=ACCESS_FORMAT):
        body = line.body
        fits = who in str(body.get("who", "")) and what in ("", body.get("what")) and run in str(body.get("run", ""))
        if line.kind == "access" and fits:
            yield body


def cut(services: Services, *, limit: int, offset: int, **wanted: str) -> list[Mapping[str, Any]]:
    """One page of `newest`."""
    found = []
    for place, row in enumerate(newest(services, **wanted)):
        if place >= offset + limit:
            break
        if place >= offset:
            found.append(row)
    return found


@router.get("/settings/audit")
def audit_page(request: Request, who: str = "", what: str = "", run: str = "") -> Response:
    services, trouble = services_of(request), ""
    try:
        rows = cut(services, **window(request, ROWS), who=who.strip(), what=what, run=run.strip())
    except EvidenceError as error:
        rows, trouble = [], error.sentence()
    return renderer_of(request).page(
        request, "audit.html", page=page_of(request, rows, ROWS), who=who, what=what, run=run, trouble=trouble,
        whats=WHATS,
    )  # fmt: skip


#: What can stand in the access journal, in the order in which an auditor asks for it.
WHATS = (
    "view", "watch", "picture", "file", "invoice", "verify", "pack", "items", "unmask", "unmasked", "second", "sign_in",
    "password", "token", "people", "mapping", "requeue", "healing", "teach", "erase", "prune", "key", "to_test",
)  # fmt: skip
