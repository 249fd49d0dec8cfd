"""Which pages a bot opens, what it expects there and behind harmless clicks, read from its last good run's film."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, field

from nightclerk.evidence.replay import Event

#: Acts that only look, or that type into a field of the page which was opened; a click leads elsewhere.
_STAYS = frozenset({
    "read", "look", "fill", "choose", "check", "count", "texts", "rows", "wait", "upload", "exists", "wait_gone",
})  # fmt: skip
#: Acts on a whole program after which another screen may stand there.
_LEAVES = frozenset({"press", "start", "stop", "focus", "tab"})
#: What a rehearsal may do to an element whose selector says `opens: true`.
_MOVES = frozenset({"click", "press", "fill", "choose", "check", "hover", "double_click", "right_click"})


@dataclass(frozen=True, kw_only=True)
class Move:
    """An act of the last run that only led on: its element is declared `opens: true`."""

    verb: str
    element: str
    value: str = ""


@dataclass(kw_only=True)
class Page:
    """One view of an app, and the elements that are looked at before the next act that leads elsewhere.

    It is reached by an address, as the app's verbs write it, and by harmless moves from there. A program that has no
    addresses begins at "": what stands there once it is signed in.
    """

    app: str
    path: str
    moves: tuple[Move, ...] = ()
    elements: dict[str, None] = field(default_factory=dict)


Opens = Callable[[str, str], bool]


def pages_of(events: Iterable[Event], *, programs: Container[str] = (), opens: Opens | None = None) -> list[Page]:
    """The views that were reached by an address and by harmless moves, each with what was expected there at once.

    `programs`: the apps that have no addresses (desktop clients, terminals); `opens(app, element)`: whether working an
    element writes nothing.
    """
    path = _Path(opens=opens or (lambda app, element: False))
    for event in _acts(events):
        app, verb = str(event.facts.get("app", "")), str(event.facts.get("verb", ""))
        if app in programs and (app, "", ()) not in path.known:
            path.reach(app, "")
        if verb == "open":
            path.reach(app, str(event.facts.get("value") or ""))
        elif app in path.here:
            path.act(app, verb, event)
    return [page for page in path.known.values() if page.elements]


@dataclass(kw_only=True)
class _Path:
    """Where a run was, while its acts are gone through. `here`: by app, the view that was reached and not left yet."""

    opens: Opens
    known: dict[tuple[str, str, tuple[Move, ...]], Page] = field(default_factory=dict)
    here: dict[str, Page] = field(default_factory=dict)

    def reach(self, app: str, path: str, moves: tuple[Move, ...] = ()) -> None:
        self.here[app] = self.known.setdefault((app, path, moves), Page(app=app, path=path, moves=moves))

    def act(self, app: str, verb: str, event: Event) -> None:
        page, element = self.here[app], _name(event)
        if element and not _was_absent(event):
            page.elements[element] = None
        move = _move(event) if element and self.opens(app, element) else None
        if move is not None and move not in page.moves:
            self.reach(app, page.path, (*page.moves, move))
        elif verb in _LEAVES or (element and verb not in _STAYS):
            del self.here[app]


def _move(event: Event) -> Move | None:
    """The act as it can be done again: with no values of a record, and with nothing that was masked."""
    facts = event.facts
    verb, value = str(facts.get("verb", "")), str(facts.get("value") or "")
    if verb not in _MOVES or "digest" in facts or "(" in str(facts.get("element")):
        return None
    return Move(verb=verb, element=_name(event), value=value)


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
