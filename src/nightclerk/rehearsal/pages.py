"""Which pages a bot opens, and what it expects to find there at once, read from the film of its last good run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from nightclerk.evidence.replay import Event

#: Acts that only look, or that type into a field of the page which was opened; a click leads elsewhere.
_STAYS = frozenset({"read", "look", "fill", "choose", "check", "count", "texts", "rows", "wait", "upload"})


@dataclass(kw_only=True)
class Page:
    """One address of an app, as its verbs write it, and the elements that are looked at before the first click."""

    app: str
    path: str
    elements: dict[str, None] = field(default_factory=dict)


def pages_of(events: Iterable[Event]) -> list[Page]:
    """The pages that were opened by their address, each with what was expected on it at once."""
    pages: dict[tuple[str, str], Page] = {}
    fresh: dict[str, Page] = {}  # by app: the page that was opened and not left yet
    for event in events:
        if event.kind != "act" or not event.step:  # outside of steps a bot signs in
            continue
        app, verb = str(event.facts.get("app", "")), str(event.facts.get("verb", ""))
        element = str(event.facts.get("element", ""))
        if verb == "open":
            path = str(event.facts.get("value") or "")
            fresh[app] = pages.setdefault((app, path), Page(app=app, path=path))
        elif app in fresh and element:
            fresh[app].elements[element] = None
            if verb not in _STAYS:
                del fresh[app]
    return [page for page in pages.values() if page.elements]
