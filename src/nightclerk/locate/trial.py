"""Try every element of an app on what the screen shows now, reading only: found, healed, ambiguous, missing, unsure."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from nightclerk.errors import ApplicationError, ElementAmbiguous, ElementNotFound, WorkspaceError
from nightclerk.locate.fingerprint import Fingerprint
from nightclerk.locate.healer import ElementUnsure
from nightclerk.locate.ways import placeholders
from nightclerk.ports import Found, Selector, Surface

#: A page that is tried is loaded already; what does not show within this time is not on it.
TRY_S = 1.0


@dataclass(frozen=True, kw_only=True)
class Tried:
    """What became of one element.

    `state`: found, healed, ambiguous, missing, unsure, needs_values, faulty or out_of_reach.
    """

    element: str
    state: str
    how: str
    found: Found | None = None


def try_elements(
    surface: Surface, *, screen: str = "", values: Mapping[str, str] | None = None, only: Container[str] | None = None
) -> Iterator[Tried]:
    """Every element of the surface's selectors, or of one screen, or those named. Nothing is clicked or typed."""
    elements = surface.selectors.elements
    for name, selector in elements.items():
        if (screen and name.partition(".")[0] != screen) or (only is not None and name not in only):
            continue
        missing = lacking(selector, elements, values or {})
        if missing:
            yield Tried(element=name, state="needs_values", how=", ".join(sorted(missing)))
        else:
            yield _tried(surface, selector, values or {})


def lacking(selector: Selector, elements: Mapping[str, Selector], values: Mapping[str, str]) -> set[str]:
    """The placeholders of an element, and of those that it lies within, for which no value is there."""
    needed: set[str] = set()
    for _ in range(10):
        needed |= set().union(*(placeholders(way) for way in selector.ways))
        if selector.within not in elements:
            break
        selector = elements[selector.within]
    return needed - set(values)


def _tried(surface: Surface, selector: Selector, values: Mapping[str, str]) -> Tried:
    try:
        found = surface.find(selector, values, timeout_s=TRY_S)
    except ElementAmbiguous as error:
        return Tried(element=selector.name, state="ambiguous", how=str(error))
    except ElementUnsure as error:
        return Tried(element=selector.name, state="unsure", how=str(error))
    except WorkspaceError as error:
        return Tried(element=selector.name, state="faulty", how=str(error))
    except ElementNotFound:
        return Tried(element=selector.name, state="missing", how="")
    except ApplicationError as error:  # signed out, or something lies over the page
        return Tried(element=selector.name, state="out_of_reach", how=str(error))
    return Tried(element=selector.name, state="healed" if found.healed else "found", how=found.way, found=found)


def changes(stored: Fingerprint, now: Fingerprint) -> list[tuple[str, Any, Any]]:
    """Which traits of an element differ from what was learned: (trait, then, now). Its place on the screen aside."""
    before, after = stored.to_mapping(), now.to_mapping()
    aside = {"box", "order", "counts", "look", "hidden"}
    return [
        (name, before.get(name, ""), after.get(name, ""))
        for name in dict.fromkeys([*before, *after])
        if name not in aside and before.get(name) != after.get(name)
    ]
