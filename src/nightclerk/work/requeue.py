"""Put items back into their queues on a person's word: one by key, or many at once, all of them or none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from nightclerk.domain.items import EffectState, State, WorkItem
from nightclerk.errors import WorkspaceError
from nightclerk.ports import Clock, Store
from nightclerk.texts import say

#: What may be sent again without an answer to a task.
MAY_GO_AGAIN = frozenset({State.REJECTED, State.FAILED})


@dataclass(frozen=True, kw_only=True)
class Again:
    """One item that is to be queued again, as its version was seen, with its data as they are meant to be."""

    queue: str
    key: str
    version: int
    payload: Mapping[str, Any]


#: Says what is wrong with a payload ("" when nothing is), given the queue, the key and the data.
Check = Callable[[str, str, Mapping[str, Any]], str]


def fault_of(store: Store, item: WorkItem | None, *, queue: str, key: str, version: int) -> tuple[str, dict[str, Any]]:
    """Why an item may not be queued again: the name of the fault and its facts; ("", {}) when it may."""
    if item is None:
        return "no_item", {"queue": queue, "key": key}
    if item.version != version:
        return "stale", {"state": item.state.value, "version": item.version}
    if item.state in (State.IN_DOUBT, State.WAITING):
        return "answer", {"state": item.state.value}
    if item.state not in MAY_GO_AGAIN:
        return "busy", {"state": item.state.value}
    entered = [e for e in store.effects(key=key) if e.key == key and e.state is EffectState.CONFIRMED]
    return ("entered", {"reference": entered[0].reference}) if entered else ("", {})


def retry(store: Store, clock: Clock, queue: str, key: str, *, who: str) -> None:
    """Queue one item again as it is. What the ledger knows as entered is adopted then, not entered again.

    WorkspaceError when there is no such item, when it is being worked on, or when it waits for an answer.
    """
    item = store.item(queue, key)
    version = item.version if item else 0
    fault, facts = fault_of(store, item, queue=queue, key=key, version=version)
    if fault in ("", "entered") and store.decide(
        queue, key, version=version, state=State.NEW, who=who, why="retry", now=clock.now()
    ):
        return
    changed = {"state": item.state.value, "version": version} if item else {}
    name, told = (fault, facts) if fault not in ("", "entered") else ("stale", changed)
    raise WorkspaceError(
        where=f"{queue} {key}", expected=say(f"items.fault.{name}", **told), remedy=say(f"items.fault.{name}_remedy")
    )
