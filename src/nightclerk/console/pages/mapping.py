"""Mapping tables: seen, fetched, and replaced by an edited workbook that is checked row by row before it counts."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import FileResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from nightclerk.console.pages.common import back_to, page_number, renderer_of, services_of, told
from nightclerk.console.pages.mend import is_upload
from nightclerk.console.services import Services
from nightclerk.documents.mapping_faults import MappingFaults
from nightclerk.documents.mapping_tables import LAYOUTS, load_mappings
from nightclerk.documents.tables import Row, read_table
from nightclerk.errors import DocumentError
from nightclerk.texts import current_language, say

router = APIRouter()
ROWS_SHOWN = 50


@dataclass(frozen=True, kw_only=True)
class Table:
    """One mapping table as it lies in config/mapping. `trouble` is why it cannot be read."""

    name: str
    file: str
    rows: int
    changed_at: datetime | None
    trouble: str = ""


def folder_of(services: Services) -> Path:
    return services.workspace / "config" / "mapping"


def rows_of(path: Path, name: str) -> list[Row]:
    """The table's rows, faulty ones too. DocumentError, FileNotFoundError."""
    return list(read_table(path, LAYOUTS[name], allow_empty=True))


def _table(services: Services, name: str) -> Table:
    path = folder_of(services) / f"{name}.xlsx"
    try:
        rows = rows_of(path, name)
    except FileNotFoundError:
        return Table(name=name, file=path.name, rows=0, changed_at=None, trouble=say("console.mapping.missing"))
    except DocumentError as error:
        return Table(name=name, file=path.name, rows=0, changed_at=None, trouble=error.sentence())
    return Table(
        name=name, file=path.name, rows=len(rows), changed_at=datetime.fromtimestamp(path.stat().st_mtime, UTC)
    )


@router.get("/settings/mapping")
def mapping_page(request: Request, table: str = "skus") -> Response:
    return _show(request, table if table in LAYOUTS else "skus")


def _show(request: Request, name: str, *, faults: list[str] | None = None, file: str = "") -> Response:
    services = services_of(request)
    path = folder_of(services) / f"{name}.xlsx"
    try:
        rows = rows_of(path, name)
    except (DocumentError, FileNotFoundError):
        rows = []
    start = (page_number(request) - 1) * ROWS_SHOWN
    columns = [column.name for column in LAYOUTS[name].columns]
    shown = [_cells(row, columns) for row in rows[start : start + ROWS_SHOWN]]
    return renderer_of(request).page(
        request, "mapping.html", status=422 if faults else 200, tables=[_table(services, one) for one in LAYOUTS],
        chosen=name, columns=columns, rows=shown, faults=faults or [], file=file,
        heads={column.name: column.headers[current_language() == "en"] for column in LAYOUTS[name].columns},
        number=page_number(request), more=len(rows) > start + ROWS_SHOWN,
    )  # fmt: skip


def _cells(row: Row, columns: list[str]) -> dict[str, Any]:
    """A row as it is shown; a cell that cannot be read says so in its place."""
    faulty = {fault.facts["file"]: fault for fault in row.faults}
    return {name: faulty[row.cell(name)].sentence() if row.cell(name) in faulty else row[name] for name in columns}


def known(name: str) -> str:
    """The name of a mapping table; 404 for any other."""
    if name not in LAYOUTS:
        raise HTTPException(404)
    return name


@router.get("/settings/mapping/{name}")
def fetch(request: Request, name: str) -> Response:
    """The table as it is, to be edited in Excel."""
    path = folder_of(services_of(request)) / f"{known(name)}.xlsx"
    if not path.is_file():
        raise HTTPException(404, "console.mapping.missing")
    return FileResponse(path, filename=path.name)


@router.post("/settings/mapping/{name}")
async def replace(request: Request, name: str) -> Response:
    form = await request.form()
    return await run_in_threadpool(_replace, request, known(name), form)


def _replace(request: Request, name: str, form: FormData) -> Response:
    """Check the new table together with the others; only one without faults takes the old one's place."""
    services, file = services_of(request), form.get("file")
    if not is_upload(file):
        return _show(request, name, faults=[say("console.mend.no_file")])
    faults = put_table(services, name, file.file.read())
    if faults:
        return _show(request, name, faults=faults, file=str(file.filename))
    told(request, "mapping", table=name, file=str(file.filename))
    return back_to("/settings/mapping", "mapped", table=name)


def put_table(services: Services, name: str, content: bytes) -> list[str]:
    """Let a new table take the old one's place if it fits the others; else the sentences of all its faults."""
    with tempfile.TemporaryDirectory(prefix="mapping-", dir=services.data) as draft:
        folder = Path(draft)
        for other in LAYOUTS:
            source = folder_of(services) / f"{other}.xlsx"
            if other != name and source.is_file():
                shutil.copyfile(source, folder / source.name)
        new = folder / f"{name}.xlsx"
        new.write_bytes(content)
        faults = faults_in(folder, new.name)
        if not faults:
            _put(services, new)
    return faults


def faults_in(folder: Path, file: str) -> list[str]:
    """What is wrong with one of the tables in a folder, cell by cell; faults of the others are not its own."""
    try:
        load_mappings(folder)
    except MappingFaults as found:
        return [fault.sentence(current_language()) for fault in found.faults if fault.where.startswith(file)]
    return []


def _put(services: Services, new: Path) -> None:
    """Let the new table take the old one's place in one step; the old one is kept beside the books."""
    target = folder_of(services) / new.name
    kept = services.data / "mapping" / f"{services.now():%Y%m%dT%H%M%S}-{new.name}"
    target.parent.mkdir(parents=True, exist_ok=True)
    kept.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        shutil.copyfile(target, kept)
    part = target.with_name(f".{target.name}.part")
    shutil.copyfile(new, part)
    part.replace(target)
