"""What `nightclerk selectors show` prints: how an element is found, and which layer and line says so."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from nightclerk.errors import WorkspaceError
from nightclerk.locate.files import LoadedSelectors, load_selectors
from nightclerk.locate.parse import did_you_mean
from nightclerk.locate.ways import way_words
from nightclerk.ports import Selector
from nightclerk.texts import say

FLAGS = ("commits", "private", "secret", "opens")


@dataclass(frozen=True, kw_only=True)
class Listed:
    """One line of a listing of an app's elements."""

    name: str
    layer: str
    where: str
    ways: tuple[str, ...]
    flags: tuple[str, ...]


def show_element(app: str, element: str, *, workspace: Path, starter: Path | None = None) -> dict[str, str]:
    """Everything that is in force about one element, as words; WorkspaceError with the nearest name."""
    loaded = load_selectors(app, workspace=workspace, starter=starter)
    elements = loaded.selectors.elements
    if element not in elements:
        missing_app = [fault for fault in loaded.faults if not elements]
        raise (missing_app or [_unknown(app, element, loaded)])[0]
    selector = elements[element]
    shown = {"name": f"{app}.{element}", "layer": loaded.layer_of(element), "where": selector.where}
    shown |= {f"way {number}": way_words(way) for number, way in enumerate(selector.ways, 1)}
    shown |= {key: getattr(selector, key) for key in ("within", "frame", "reads") if getattr(selector, key)}
    return shown | dict.fromkeys(_flags(selector), "true")


def list_elements(app: str, *, workspace: Path, starter: Path | None = None) -> list[Listed]:
    """All elements of an app in the order of their files."""
    loaded = load_selectors(app, workspace=workspace, starter=starter)
    return [
        Listed(
            name=name,
            layer=loaded.layer_of(name),
            where=selector.where,
            ways=tuple(way_words(way) for way in selector.ways),
            flags=_flags(selector),
        )
        for name, selector in loaded.selectors.elements.items()
    ]


def _flags(selector: Selector) -> tuple[str, ...]:
    return tuple(flag for flag in FLAGS if getattr(selector, flag))


def _unknown(app: str, element: str, loaded: LoadedSelectors) -> WorkspaceError:
    return WorkspaceError(
        where=f"selectors/{app}",
        expected=say("locate.unknown_element", app=app, name=element),
        remedy=did_you_mean(element, loaded.selectors.elements),
    )
