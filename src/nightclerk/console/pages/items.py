"""The work items: queues and states, search by order number with every effect, and a person's decision."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import Response

from nightclerk.console.pages.common import (
    back_to,
    page_of,
    people_of,
    renderer_of,
    services_of,
    state_from,
    told,
    user_of,
    window,
)
from nightclerk.console.pages.tonight import queue_lines
from nightclerk.console.services import Services
from nightclerk.console.veil import hides_something, veiled
from nightclerk.console.whereabouts import Whereabouts
from nightclerk.domain.items import FOR_A_PERSON, State, WorkItem
from nightclerk.work.doubts import settle_doubts
from nightclerk.work.requeue import MAY_GO_AGAIN

router = APIRouter()
#: More items than this under one number are a search for words, not for a number.
MOST_NAMED = 300
STEPS_SHOWN = 40
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
    found = listed(request, queue, states, q.strip())
    return renderer_of(request).page(
        request,
        "items.html",
        page=page_of(request, found),
        queues=queue_lines(services),
        queue=queue,
        state=state,
        q=q,
        states=list(State),
    )


def listed(request: Request, queue: str, states: Collection[State], text: str) -> list[WorkItem]:
    """One page of the items asked for, and one more. A number is found by the index; words search the reasons."""
    services, cut = services_of(request), window(request)
    if text:
        index: Whereabouts = request.app.state.index
        index.catch_up(budget_s=0.3)
        named = [pair for pair in index.keys_for(text, limit=MOST_NAMED) if pair[0] and queue in ("", pair[0])]
        if named:
            known = services.store.items_under(named)
            fitting = [item for item in known if not states or item.state in states]
            return fitting[cut["offset"] : cut["offset"] + cut["limit"]]
    return services.store.items(queue or None, states=states, text=text, **cut)


def story(services: Services, index: Whereabouts, item: WorkItem) -> dict[str, Any]:
    """All that is known about one item: its fellows in other queues, its effects, its questions, its run."""
    number = number_of(item.key)
    index.catch_up(budget_s=0.3)
    named = index.keys_for(number)
    keys = list(dict.fromkeys([item.key, *(key for _, key in named)]))
    others = [pair for pair in named if pair[0] and pair != (item.queue, item.key)]
    tasks = services.store.tasks_under([item.key])
    return {
        "number": number,
        "fellows": services.store.items_under(others),
        "effects": services.store.effects_under(keys),
        "tasks": tasks,
        "doubt": next((task for task in tasks if task.kind == "in_doubt" and task.picture), None),
        "steps": index.steps_about([item.key], limit=STEPS_SHOWN),
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
    return _show(request, item_or_404(services_of(request), queue, key))


def _show(request: Request, item: WorkItem, *, stale: bool = False, why: str = "") -> Response:
    services, now = services_of(request), services_of(request).now()
    subject = f"{item.queue} {item.key}"
    opened = people_of(request).may_see(subject, user_of(request), now=now)
    if opened is not None:
        told(request, "unmasked", queue=item.queue, key=item.key, agreed_by=opened.settled_by)
    asked = [one for one in people_of(request).open_pledges(now=now) if one.subject == subject]
    return renderer_of(request).page(
        request, "item.html", status=409 if stale else 200, item=item, stale=stale, why=why, opened=opened,
        payload=item.payload if opened else veiled(item.payload), hidden=hides_something(item.payload),
        details=item.details if opened else veiled(item.details), asked=asked[0] if asked else None,
        may_mend=item.state in MAY_GO_AGAIN, **story(services, request.app.state.index, item),
    )  # fmt: skip


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
    wanted = state_from(state)
    if decide_item(request, queue, key, version=version, wanted=wanted, why=why, reference=reference):
        return back_to(f"/items/{quote(queue, safe='')}/{quote(key)}", "decided")
    return _show(request, item_or_404(services_of(request), queue, key), stale=True, why=why)


def decide_item(
    request: Request, queue: str, key: str, *, version: int, wanted: State | None, why: str = "", reference: str = ""
) -> bool:
    """A person's word about an item; False when somebody was faster."""
    services, who = services_of(request), user_of(request)
    item = item_or_404(services, queue, key)
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
            return True
    return False
