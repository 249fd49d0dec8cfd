"""What programs may read under /api: bots, runs, items, tasks, figures and evidence as JSON, described by OpenAPI."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import JSONResponse, Response

from nightclerk.console import files, stories
from nightclerk.console.pages import audit, healings
from nightclerk.console.pages.bots import bot_or_404
from nightclerk.console.pages.common import bots_by_name, services_of
from nightclerk.console.pages.figures import PROGRAM_S, figures_of, weeks_from
from nightclerk.console.pages.items import item_or_404
from nightclerk.console.pages.proof import pack_of, report_of
from nightclerk.console.pages.runs import record_or_404, story_of
from nightclerk.console.pages.where import find
from nightclerk.console.veil import veiled, veiled_item
from nightclerk.domain.items import Effect, RunRecord, RunState, Slot, State, Task, WorkItem
from nightclerk.records import dump
from nightclerk.reviews import invoices as reviews

router = APIRouter(prefix="/api", tags=["read"])
Limit = Annotated[int, Query(ge=1, le=500)]
Offset = Annotated[int, Query(ge=0)]


@router.get("/bots")
def bots(request: Request) -> list[dict[str, Any]]:
    """The bots with their parameters."""
    return [dump(bot) for bot in bots_by_name(services_of(request)).values()]


@router.get("/bots/{name}")
def bot(request: Request, name: str, n: Annotated[int, Query(ge=1, le=50)] = 5) -> dict[str, Any]:
    """One bot and its next `n` planned starts."""
    services = services_of(request)
    known = bot_or_404(services, name)
    return {**dump(known), "next": services.launcher.next_starts(name, n)}


@router.get("/runs")
def runs(
    request: Request,
    bot: str = "",
    shift: str = "",
    state: RunState | None = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> list[RunRecord]:
    """Runs, newest first."""
    states = [state] if state else []
    return services_of(request).store.runs(bot=bot, shift=shift, states=states, limit=limit, offset=offset)


@router.get("/runs/{run}")
def run(request: Request, run: str) -> RunRecord:
    """One run."""
    return record_or_404(services_of(request), run)


@router.get("/runs/{run}/moments")
def moments(request: Request, run: str, limit: Limit = 200, offset: Offset = 0) -> list[dict[str, Any]]:
    """The run's steps, acts and notes in order, each with its picture's name and the box on it."""
    services = services_of(request)
    record_or_404(services, run)
    story, trouble = story_of(services, run)
    if story is None:
        raise HTTPException(404, trouble or "console.run.no_film")
    return [dump(one) for one in stories.moments_of(story)[offset : offset + limit]]


@router.get("/runs/{run}/verification")
def verification(request: Request, run: str) -> dict[str, Any]:
    """The run's chain and pictures, checked now."""
    services = services_of(request)
    record_or_404(services, run)
    if files.run_folder(services.logs, run) is None:
        raise HTTPException(404, "console.run.no_film")
    return dict(report_of(services, run).as_json())


@router.get("/runs/{run}/pack")
def pack(request: Request, run: str) -> Response:
    """The run's evidence pack as a zip."""
    return pack_of(services_of(request), run)


@router.get("/slots")
def slots(request: Request, bot: str = "", shift: str = "", limit: Limit = 50, offset: Offset = 0) -> list[Slot]:
    """Planned starts and their outcomes, newest first."""
    return services_of(request).store.slots(bot=bot, shift=shift, limit=limit, offset=offset)


@router.get("/tasks")
def tasks(request: Request, open_only: bool = True, run: str = "", limit: Limit = 50, offset: Offset = 0) -> list[Task]:
    """Questions to people."""
    return services_of(request).store.tasks(open_only=open_only, run=run, limit=limit, offset=offset)


@router.get("/where")
def where(request: Request, q: Annotated[str, Query(min_length=4)], page: Annotated[int, Query(ge=1)] = 1) -> Any:
    """Everything about one number: items, effects, questions and every step; `whole` is false while films are read."""
    found = find(services_of(request), request.app.state.index, q, page=page)
    return {
        **dump(found),
        "items": [dump(veiled_item(item)) for item in found.items],
        "tasks": veiled(dump(found.tasks)),
    }


@router.get("/items")
def items(
    request: Request, queue: str = "", state: State | None = None, text: str = "", limit: Limit = 50, offset: Offset = 0
) -> list[WorkItem]:
    """Work items, newest first, people's data veiled; `text` searches key, result and reason."""
    states = [state] if state else []
    found = services_of(request).store.items(queue or None, states=states, text=text, limit=limit, offset=offset)
    return [veiled_item(item) for item in found]


@router.get("/items/{queue}/{key:path}")
def item(request: Request, queue: str, key: str) -> WorkItem:
    """One work item, people's data veiled."""
    return veiled_item(item_or_404(services_of(request), queue, key))


@router.get("/effects")
def effects(request: Request, key: str = "", run: str = "", limit: Limit = 50, offset: Offset = 0) -> list[Effect]:
    """Irreversible effects on other systems, latest first; `key` is a whole business key."""
    store = services_of(request).store
    return store.effects_under([key]) if key else store.effects(run=run, limit=limit, offset=offset)


@router.get("/healings")
def healing_proposals(request: Request, state: str = "", limit: Limit = 50, offset: Offset = 0) -> list[dict[str, Any]]:
    """Elements that were found again, newest first."""
    return [dump(one) for one in healings.proposals(services_of(request), state=state)[offset : offset + limit]]


@router.get("/invoices")
def invoices(request: Request, state: State | None = None, limit: Limit = 50, offset: Offset = 0) -> list[Any]:
    """Invoices, newest first."""
    states = [state] if state else []
    found = services_of(request).store.items(reviews.QUEUE, states=states, limit=limit, offset=offset)
    return [dump(reviews.row_of(one)) for one in found]


@router.get("/invoices/{key:path}")
def invoice(request: Request, key: str) -> dict[str, Any]:
    """One invoice with what was read where, its candidates and differences; its `version` goes back with a decision."""
    services = services_of(request)
    found = reviews.review_of(item_or_404(services, reviews.QUEUE, key), services.workspace)
    return dict(dump(replace(found, original=None)))


@router.get("/figures")
def figures(request: Request, weeks: str = "12") -> dict[str, Any]:
    """What the bots did in the last 4, 12, 26 or 52 weeks, as of the last minute."""
    found = figures_of(services_of(request), weeks_from(weeks), patience_s=PROGRAM_S)
    if found is None:
        raise HTTPException(503, "console.figures.counting")
    return dict(dump(found))


@router.get("/accesses")
def accesses(
    request: Request, who: str = "", what: str = "", run: str = "", limit: Limit = 50, offset: Offset = 0
) -> list[Mapping[str, Any]]:
    """The access journal, newest first."""
    return audit.cut(services_of(request), limit=limit, offset=offset, who=who, what=what, run=run)


@router.get("/openapi.json", include_in_schema=False)
def openapi(request: Request) -> JSONResponse:
    """The description of these endpoints."""
    return JSONResponse(request.app.openapi())
