"""The runs: their list, and one run to watch while it goes on or to replay moment by moment afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import FileResponse, RedirectResponse, Response

from nightclerk.console import files, film
from nightclerk.console.pages.common import (
    PAGE_ROWS,
    bots_by_name,
    page_number,
    page_of,
    renderer_of,
    services_of,
    user_of,
    window,
)
from nightclerk.console.services import Services
from nightclerk.domain.items import RunRecord, RunState
from nightclerk.errors import EvidenceError
from nightclerk.evidence.replay import RunStory
from nightclerk.evidence.verify import verify

router = APIRouter()
GOING_ON = {RunState.RUNNING, RunState.QUEUED}
FOREVER = {"Cache-Control": "private, max-age=31536000, immutable"}


@router.get("/runs")
def runs_page(request: Request, bot: str = "", state: str = "") -> Response:
    services = services_of(request)
    states = [RunState(state)] if state in RunState._value2member_map_ else []
    found = services.store.runs(bot=bot, states=states, **window(request))
    return renderer_of(request).page(
        request,
        "runs.html",
        page=page_of(request, found, PAGE_ROWS),
        bots=bots_by_name(services),
        bot=bot,
        state=state,
        states=list(RunState),
    )


def record_or_404(services: Services, run: str) -> RunRecord:
    record = services.store.run(run) if files.RUN_ID.fullmatch(run) else None
    if record is None:
        raise HTTPException(404)
    return record


def story_of(services: Services, run: str) -> tuple[RunStory | None, str]:
    """The run's story, or the sentence that says why there is none yet."""
    folder = files.run_folder(services.logs, run)
    if folder is None:
        return None, ""
    try:
        return services.load_run(folder), ""
    except EvidenceError as error:
        return None, error.sentence()


@dataclass(frozen=True, kw_only=True)
class Reel:
    """What of a story one page shows."""

    moments: list[film.Moment]
    total: int
    failures: int
    page: int
    pages: int


def reel(request: Request, every: list[film.Moment], only: str, key: str) -> Reel:
    """Cut the page out of the moments that pass the filters."""
    kept = film.chosen(every, only=only, key=key)
    pages = max(1, -(-len(kept) // film.MOMENTS_A_PAGE))
    page = min(page_number(request), pages)
    start = (page - 1) * film.MOMENTS_A_PAGE
    return Reel(
        moments=kept[start : start + film.MOMENTS_A_PAGE],
        total=len(every),
        failures=sum(moment.failed for moment in every),
        page=page,
        pages=pages,
    )


@router.get("/runs/{run}")
def run_page(request: Request, run: str, only: str = "", key: str = "") -> Response:
    services = services_of(request)
    record = record_or_404(services, run)
    story, trouble = story_of(services, run)
    every = film.moments(story) if story else []
    tasks = services.store.tasks(open_only=True, run=run, limit=5)
    facts: dict[str, Any] = {
        "run": record,
        "story": story,
        "trouble": trouble,
        "reel": reel(request, every, only, key),
        "stretches": film.stretches(story, every) if story else [],
        "live": record.state in GOING_ON,
        "only": only,
        "key": key,
        "tasks": tasks,
        "bots": bots_by_name(services),
        "moments_a_page": film.MOMENTS_A_PAGE,
    }
    return renderer_of(request).page(request, "run.html", **facts)


@router.get("/runs/{run}/chain")
def chain(request: Request, run: str) -> Response:
    """Verify the run's evidence now and say what came out."""
    services = services_of(request)
    record = record_or_404(services, run)
    folder = files.run_folder(services.logs, run)
    report, trouble = None, ""
    try:
        if folder is not None:
            check = services.verify or (lambda path: verify(path, anchors=services.store.anchored))
            report = check(folder)
    except EvidenceError as error:
        trouble = error.sentence()
    template = "_chain.html" if request.headers.get("hx-request") else "chain.html"
    return renderer_of(request).page(request, template, run=record, report=report, trouble=trouble)


@router.post("/runs/{run}/cancel")
def cancel(request: Request, run: str) -> Response:
    services = services_of(request)
    record = record_or_404(services, run)
    if record.state in (*GOING_ON, RunState.PAUSED):
        services.launcher.cancel(run, user_of(request))
    return RedirectResponse(f"/runs/{run}?said=cancelled", status_code=303)


@router.post("/runs/{run}/pause")
def pause(request: Request, run: str) -> Response:
    services = services_of(request)
    if record_or_404(services, run).state in GOING_ON:
        services.launcher.pause(run, user_of(request))
    return RedirectResponse(f"/runs/{run}?said=paused", status_code=303)


@router.post("/runs/{run}/resume")
def resume(request: Request, run: str) -> Response:
    services = services_of(request)
    if record_or_404(services, run).state is RunState.PAUSED:
        services.launcher.resume(run, user_of(request))
    return RedirectResponse(f"/runs/{run}?said=resumed", status_code=303)


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
