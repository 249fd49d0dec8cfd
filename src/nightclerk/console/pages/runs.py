"""The runs: their list, and one run to watch while it goes on or to replay moment by moment afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from nightclerk.console import files, film, stories
from nightclerk.console.pages.bots import RUNS_JUDGED
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
from nightclerk.console.progress import Progress, progress_of, record_of
from nightclerk.console.services import BotInfo, Services
from nightclerk.domain.items import RunRecord, RunState
from nightclerk.errors import EvidenceError
from nightclerk.evidence.replay import RunStory

router = APIRouter()
GOING_ON = {RunState.RUNNING, RunState.QUEUED}
#: What the timeline may be narrowed to.
ONLY = ("failed", "healed", "person", "slow")


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
        return stories.story(services, folder), ""
    except EvidenceError as error:
        return None, error.sentence()


@dataclass(frozen=True, kw_only=True)
class Reel:
    """What of a story one page shows."""

    moments: list[film.Moment]
    total: int
    failures: int
    counts: Mapping[str, int]
    page: int
    pages: int


def reel(request: Request, every: Sequence[film.Moment], only: str, key: str) -> Reel:
    """Cut the page out of the moments that pass the filters."""
    kept = film.chosen(every, only=only, key=key)
    pages = max(1, -(-len(kept) // film.MOMENTS_A_PAGE))
    page = min(page_number(request), pages)
    start = (page - 1) * film.MOMENTS_A_PAGE
    return Reel(
        moments=kept[start : start + film.MOMENTS_A_PAGE],
        total=len(every),
        failures=sum(moment.failed for moment in every),
        counts={name: len(film.chosen(every, only=name)) for name in ONLY},
        page=page,
        pages=pages,
    )


@router.get("/runs/{run}")
def run_page(request: Request, run: str, only: str = "", key: str = "") -> Response:
    services = services_of(request)
    record = record_or_404(services, run)
    story, trouble = story_of(services, run)
    every = stories.moments_of(story) if story else ()
    bots = bots_by_name(services)
    live = record.state in GOING_ON
    tasks = services.store.tasks(open_only=True, run=run, limit=5)
    facts: dict[str, Any] = {
        "run": record,
        "story": story,
        "trouble": trouble,
        "reel": reel(request, every, only, key),
        "stretches": film.stretches(story, every) if story else [],
        "live": live,
        "watchable": record.state in GOING_ON and watchable(request, run),
        "progress": _progress(services, record, bots) if live else None,
        "usual_s": record_of(services.store.runs(bot=record.bot, limit=RUNS_JUDGED)).usual_s,
        "good": None if live else last_good(services, record),
        "only": only,
        "key": key,
        "tasks": tasks,
        "bots": bots,
        "moments_a_page": film.MOMENTS_A_PAGE,
    }
    return renderer_of(request).page(request, "run.html", **facts)


def watchable(request: Request, run: str) -> bool:
    """Whether its screen can be shown: it is at work on this machine."""
    live = services_of(request).live
    return live is not None and run in live.runs()


def _progress(services: Services, record: RunRecord, bots: Mapping[str, BotInfo]) -> Progress | None:
    queue = bots[record.bot].queue if record.bot in bots else ""
    return progress_of(record, services.store.counts(queue) if queue else {}, services.now())


def last_good(services: Services, record: RunRecord) -> RunRecord | None:
    """The latest other run of the same bot that ended well and whose film is here."""
    known = services.store.runs(bot=record.bot, states=[RunState.DONE], limit=8)
    others = (run for run in known if run.run != record.run and not run.rehearse)
    return next((run for run in others if files.run_folder(services.logs, run.run)), None)


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
