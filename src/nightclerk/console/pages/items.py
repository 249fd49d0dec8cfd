"""The work items: queues and states, search by order number with every effect, and a person's decision."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import Response

from nightclerk.console.pages.common import (
    back_to,
    page_of,
    renderer_of,
    services_of,
    state_from,
    user_of,
    window,
)
from nightclerk.console.pages.tonight import queue_lines
from nightclerk.console.services import Services
from nightclerk.domain.items import FOR_A_PERSON, State, WorkItem
from nightclerk.work.doubts import settle_doubts

router = APIRouter()
#: What a person may make of an item, by the state that it is in.
DECISIONS: dict[State, tuple[State, ...]] = {
    State.REJECTED: (State.NEW, State.DONE),
    State.FAILED: (State.NEW, State.DONE, State.REJECTED),
    State.WAITING: (State.NEW, State.DONE, State.REJECTED),
    State.IN_DOUBT: (State.DONE, State.NEW),
    State.ABANDONED: (State.NEW,),
}


def decisions_for(item: WorkItem) -> tuple[State, ...]:
    """The states that a person may set this item to; empty when it is nobody's turn."""
    return DECISIONS.get(item.state, ())


def number_of(key: str) -> str:
    """The order number within a business key "platform:shop:number…", else the key itself."""
    parts = key.split(":")
    return parts[2] if len(parts) > 2 else key


@router.get("/items")
def items_page(request: Request, queue: str = "", state: str = "", q: str = "") -> Response:
    services = services_of(request)
    chosen = state_from(state)
    states = FOR_A_PERSON if state == "person" else ([chosen] if chosen else [])
    found = services.store.items(queue or None, states=states, text=q.strip(), **window(request))
    effects = services.store.effects(key=q.strip(), limit=50) if len(q.strip()) >= 4 else []
    return renderer_of(request).page(
        request,
        "items.html",
        page=page_of(request, found),
        queues=queue_lines(services.store),
        queue=queue,
        state=state,
        q=q,
        effects=effects,
        states=list(State),
    )


def story(services: Services, item: WorkItem) -> dict[str, Any]:
    """All that is known about one item: its fellows in other queues, its effects, its questions, its run."""
    number = number_of(item.key)
    fellows = services.store.items(text=number, limit=30) if len(number) >= 4 else []
    tasks = services.store.tasks(open_only=False, run=item.run, limit=200) if item.run else []
    return {
        "number": number,
        "fellows": [other for other in fellows if (other.queue, other.key) != (item.queue, item.key)],
        "effects": services.store.effects(key=number, limit=50),
        "tasks": [task for task in tasks if task.key == item.key],
        "run": services.store.run(item.run) if item.run else None,
        "decisions": decisions_for(item),
    }


def close_questions(services: Services, item: WorkItem, *, answer: str, who: str) -> None:
    """An item that a person has decided has no open questions left."""
    for task in services.store.tasks(run=item.run, limit=200) if item.run else []:
        if (task.queue, task.key) == (item.queue, item.key):
            services.store.answer(task.task, answer=answer, who=who, now=services.now())


def item_or_404(services: Services, queue: str, key: str) -> WorkItem:
    item = services.store.item(queue, key)
    if item is None:
        raise HTTPException(404)
    return item


@router.get("/items/{queue}/{key:path}")
def item_page(request: Request, queue: str, key: str) -> Response:
    services = services_of(request)
    item = item_or_404(services, queue, key)
    return renderer_of(request).page(request, "item.html", item=item, stale=False, why="", **story(services, item))


@router.post("/items/{queue}/{key:path}")
def decide(
    request: Request,
    queue: str,
    key: str,
    version: Annotated[int, Form()],
    state: Annotated[str, Form()],
    why: Annotated[str, Form()] = "",
    reference: Annotated[str, Form()] = "",
) -> Response:
    services, who = services_of(request), user_of(request)
    item = item_or_404(services, queue, key)
    wanted = state_from(state)
    if item.version == version:
        if wanted is None or wanted not in decisions_for(item):
            raise HTTPException(400, "console.refused.decision")
        if item.state is State.IN_DOUBT:
            there = wanted is State.DONE
            if there and not reference.strip():
                raise HTTPException(400, "console.refused.reference")
            effect, now = str(item.details.get("key", key)), services.now()
            settle_doubts(services.store, effect, there=there, reference=reference.strip(), who=who, now=now)
        why = " · ".join(part for part in (reference.strip(), why.strip()) if part)
        if services.store.decide(queue, key, version=version, state=wanted, who=who, why=why, now=services.now()):
            close_questions(services, item, answer=wanted.value, who=who)
            return back_to(f"/items/{quote(queue, safe='')}/{quote(key)}", "decided")
    item = item_or_404(services, queue, key)
    return renderer_of(request).page(
        request, "item.html", status=409, item=item, stale=True, why=why, **story(services, item)
    )
