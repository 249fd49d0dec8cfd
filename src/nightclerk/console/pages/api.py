"""Read access for scripts under /api: runs, items and tasks as JSON, described by OpenAPI."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse

from nightclerk.console.pages.common import services_of
from nightclerk.console.pages.runs import record_or_404
from nightclerk.domain.items import RunRecord, RunState, State, Task, WorkItem

router = APIRouter(prefix="/api", tags=["read"])
Limit = Annotated[int, Query(ge=1, le=500)]
Offset = Annotated[int, Query(ge=0)]


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


@router.get("/items")
def items(
    request: Request, queue: str = "", state: State | None = None, text: str = "", limit: Limit = 50, offset: Offset = 0
) -> list[WorkItem]:
    """Work items, newest first; `text` searches key, result and reason."""
    states = [state] if state else []
    return services_of(request).store.items(queue or None, states=states, text=text, limit=limit, offset=offset)


@router.get("/tasks")
def tasks(request: Request, open_only: bool = True, run: str = "", limit: Limit = 50, offset: Offset = 0) -> list[Task]:
    """Questions to people."""
    return services_of(request).store.tasks(open_only=open_only, run=run, limit=limit, offset=offset)


@router.get("/openapi.json", include_in_schema=False)
def openapi(request: Request) -> JSONResponse:
    """The description of these endpoints."""
    return JSONResponse(request.app.openapi())
