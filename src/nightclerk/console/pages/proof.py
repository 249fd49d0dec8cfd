"""What proves a run: its pictures and kept files, its chain verified now, its pack, and the last good run beside it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import FileResponse, Response
from starlette.background import BackgroundTask

from nightclerk.console import files, film, stories
from nightclerk.console.beside import beside
from nightclerk.console.pages.common import bots_by_name, renderer_of, services_of
from nightclerk.console.pages.runs import last_good, record_or_404, story_of
from nightclerk.console.services import Services
from nightclerk.errors import EvidenceError
from nightclerk.evidence.verdict import Report
from nightclerk.evidence.verify import verify

router = APIRouter()
FOREVER = {"Cache-Control": "private, max-age=31536000, immutable"}


@router.get("/runs/{run}/compare")
def compare(request: Request, run: str, other: str = "", only: str = "") -> Response:
    """This run and another (the bot's last good one unless named), step beside step."""
    services = services_of(request)
    record = record_or_404(services, run)
    good = record_or_404(services, other) if other else last_good(services, record)
    story, trouble = story_of(services, run)
    second, trouble_too = story_of(services, good.run) if good else (None, "")
    rows = beside(_moments(second), _moments(story)) if story and second else []
    return renderer_of(request).page(
        request, "compare.html", run=record, good=good, only=only, bots=bots_by_name(services),
        trouble=trouble or trouble_too, total=len(rows), differing=sum(row.differs for row in rows),
        rows=[row for row in rows if row.differs or only != "differs"][: film.MOMENTS_A_PAGE],
    )  # fmt: skip


def _moments(story: stories.RunStory | None) -> tuple[film.Moment, ...]:
    return stories.moments_of(story) if story else ()


@router.get("/runs/{run}/chain")
def chain(request: Request, run: str) -> Response:
    """Verify the run's evidence now and say what came out."""
    services = services_of(request)
    record = record_or_404(services, run)
    folder = files.run_folder(services.logs, run)
    report, trouble = None, ""
    try:
        report = report_of(services, run) if folder is not None else None
    except EvidenceError as error:
        trouble = error.sentence()
    template = "_chain.html" if request.headers.get("hx-request") else "chain.html"
    return renderer_of(request).page(request, template, run=record, report=report, trouble=trouble)


def report_of(services: Services, run: str) -> Report:
    """Verify one run's evidence now."""
    check = services.verify or (lambda path: verify(path, anchors=services.store.anchored))
    found: Report = check(services.logs / run)
    return found


@router.post("/runs/{run}/pack")
def pack(request: Request, run: str) -> Response:
    """The evidence pack as a zip; who took it stands in the access journal before it leaves."""
    return pack_of(services_of(request), run)


def pack_of(services: Services, run: str) -> Response:
    """Make the pack in a folder of its own, hand it out, and clear the folder away."""
    record = record_or_404(services, run)
    folder = files.run_folder(services.logs, record.run)
    if folder is None or services.pack is None:
        raise HTTPException(404, "console.run.no_film")
    draft = tempfile.TemporaryDirectory(prefix="pack-", dir=services.data)
    try:
        target = Path(draft.name) / f"{record.run}-evidence.zip"
        services.pack(folder, target)
    except EvidenceError as error:
        draft.cleanup()
        raise HTTPException(404, error.sentence()) from error
    return FileResponse(
        target, filename=target.name, media_type="application/zip", background=BackgroundTask(draft.cleanup)
    )


@router.get("/shots/{run}/{sha256}.webp")
def shot(request: Request, run: str, sha256: str) -> Response:
    """One picture; its name is its content, so that browsers may keep it for ever."""
    path = files.picture(services_of(request).logs, run, sha256)
    if path is None:
        raise HTTPException(404)
    return FileResponse(path, media_type="image/webp", headers=FOREVER)


@router.get("/kept/{run}/{sha256}")
def kept(request: Request, run: str, sha256: str) -> Response:
    """One file that the run kept, under the name that its journal gives."""
    services = services_of(request)
    story, _ = story_of(services, run)
    found = next((one for one in story.files if one.sha256 == sha256), None) if story else None
    path = files.kept_file(services.logs, run, f"files/{Path(found.path).name}") if found else None
    if found is None or path is None:
        raise HTTPException(404)
    return FileResponse(path, filename=found.name, media_type="application/octet-stream")
