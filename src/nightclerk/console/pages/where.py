"""Where is order 3515…? One number answered across all systems: items, effects, questions, every step and picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from nightclerk.console.pages.common import page_number, renderer_of, services_of
from nightclerk.console.services import Services
from nightclerk.console.whereabouts import Seen, Whereabouts
from nightclerk.domain.items import Effect, Task, WorkItem

router = APIRouter()
STEPS_A_PAGE = 60


@dataclass(frozen=True, kw_only=True)
class Found:
    """All that is known about what a person typed. `whole`: the index has read everything there is."""

    items: list[WorkItem]
    effects: list[Effect]
    tasks: list[Task]
    steps: list[Seen]
    more_steps: bool
    whole: bool


def find(services: Services, index: Whereabouts, text: str, *, page: int = 1) -> Found:
    """Everything under the keys that begin with the text or have a part that does."""
    whole = index.catch_up()
    named = index.keys_for(text)
    keys = list(dict.fromkeys(key for _, key in named))
    named += [pair for key in keys for pair in index.keys_for(key) if pair[1] == key]  # a film knows no queue
    steps = index.steps_about(keys, limit=STEPS_A_PAGE + 1, offset=(page - 1) * STEPS_A_PAGE)
    return Found(
        items=services.store.items_under(list(dict.fromkeys(pair for pair in named if pair[0]))),
        effects=services.store.effects_under(keys), tasks=services.store.tasks_under(keys),
        steps=steps[:STEPS_A_PAGE], more_steps=len(steps) > STEPS_A_PAGE, whole=whole,
    )  # fmt: skip


@router.get("/where")
def where_page(request: Request, q: str = "") -> Response:
    text, page = q.strip(), page_number(request)
    index: Whereabouts = request.app.state.index
    found = find(services_of(request), index, text, page=page) if text else None
    facts: dict[str, Any] = {"q": text, "found": found, "number": page}
    return renderer_of(request).page(request, "where.html", **facts)
