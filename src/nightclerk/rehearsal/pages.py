"""Which pages a bot opens, what it expects there at once, and what lies behind, read from its last good run's film."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass, field

from nightclerk.evidence.replay import Event

#: Acts that only look, or that type into a field of the page which was opened; a click leads elsewhere.
_STAYS = frozenset({
    "read", "look", "fill", "choose", "check", "count", "texts", "rows", "wait", "upload", "exists", "wait_gone",
})  # fmt: skip
#: Acts on a whole program after which another screen may stand there.
_LEAVES = frozenset({"press", "start", "stop", "focus", "tab"})


@dataclass(kw_only=True)
class Page:
    """One address of an app, as its verbs write it, and the elements that are looked at before the first click.

    A program that has no addresses has one page, "": what stands there once it is signed in.
    """

    app: str
    path: str
    elements: dict[str, None] = field(default_factory=dict)


def pages_of(events: Iterable[Event], *, programs: Container[str] = ()) -> list[Page]:
    """The pages that were opened by their address, each with what was expected on it at once.

    `programs`: the apps that have no addresses (desktop clients, terminals).
    """
    pages: dict[tuple[str, str], Page] = {}
    fresh: dict[str, Page] = {}  # by app: the page that was opened and not left yet
    for event in _acts(events):
        app, verb = str(event.facts.get("app", "")), str(event.facts.get("verb", ""))
        element = _name(event)
        if app in programs and (app, "") not in pages:
            fresh[app] = pages.setdefault((app, ""), Page(app=app, path=""))
        if verb == "open":
            path = str(event.facts.get("value") or "")
            fresh[app] = pages.setdefault((app, path), Page(app=app, path=path))
        elif app in fresh and element:
            if not _was_absent(event):
                fresh[app].elements[element] = None
            if verb not in _STAYS:
                del fresh[app]
        elif app in fresh and verb in _LEAVES:
            del fresh[app]
    return [page for page in pages.values() if page.elements]


def used(events: Iterable[Event], app: str) -> set[str]:
    """Every element of an app that a run saw or worked with, the login's aside."""
    return {
        _name(event) for event in _acts(events)
        if event.facts.get("app") == app and _name(event) and not _was_absent(event)
    }  # fmt: skip


def _acts(events: Iterable[Event]) -> list[Event]:
    """What was done in steps: outside of them a bot signs in."""
    return [event for event in events if event.kind == "act" and event.step]


def _name(event: Event) -> str:
    """The element of an act, without the values it was found by."""
    return str(event.facts.get("element") or "").partition("(")[0]


def _was_absent(event: Event) -> bool:
    """Whether the act found that the element is not there."""
    verb, value = event.facts.get("verb"), event.facts.get("value")
    return verb == "wait_gone" or (verb, value) in (("exists", "no"), ("count", "0"), ("texts", ""))
