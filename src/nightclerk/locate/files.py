"""Read the selector files of one app into a SelectorSet: three layers, and every fault with file and line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from nightclerk.errors import WorkspaceError
from nightclerk.locate.parse import Faults, Source, did_you_mean, parse_element
from nightclerk.locate.ways import relation
from nightclerk.ports import Popup, Selector, SelectorSet
from nightclerk.texts import say

STARTER, WORKSPACE, HEALED = "starter", "workspace", "healed"
#: An accepted healing may bring the frames along that its element has moved into.
FRAME_NAME = re.compile(r"_frame\d*$")
RESERVED = ("popups", "signed_out", "unpictured")


@dataclass(frozen=True, kw_only=True)
class LoadedSelectors:
    """What the files of one app say. `layers` maps each element to the layer that won."""

    selectors: SelectorSet
    layers: Mapping[str, str]
    faults: tuple[WorkspaceError, ...] = ()

    def layer_of(self, name: str) -> str:
        """The layer whose words about an element are in force: starter, workspace or healed."""
        return self.layers[name]


@dataclass
class _Reading:
    """What has been read so far, a later layer over an earlier one."""

    elements: dict[str, Selector] = field(default_factory=dict)
    layers: dict[str, str] = field(default_factory=dict)
    popups: dict[str, Popup] = field(default_factory=dict)
    markers: dict[str, list[Selector]] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)


def load_selectors(app: str, *, workspace: Path, starter: Path | None = None) -> LoadedSelectors:
    """All that starter, workspace and approved healing say of `app`, and all that is wrong with it."""
    reading = _Reading()
    files = list(_files(app, workspace=workspace, starter=starter))
    if not any(layer != HEALED for layer, _, _ in files):
        reading.faults.add(
            f"selectors/{app}", say("locate.no_selectors", app=app), did_you_mean(app, app_names(workspace, starter))
        )
    for layer, root, file in files:
        _read_file(reading, layer, Source(folder=file.parent, shown=_shown(file, root, layer)), file)
    _check_references(reading)
    return LoadedSelectors(
        selectors=SelectorSet(
            app=app,
            elements=reading.elements,
            popups=tuple(reading.popups.values()),
            signed_out=tuple(reading.markers.get("signed_out", ())),
            unpictured=tuple(reading.markers.get("unpictured", ())),
        ),
        layers=reading.layers,
        faults=tuple(reading.faults.found),
    )


def selector_set(app: str, *, workspace: Path, starter: Path | None = None) -> SelectorSet:
    """The selectors of `app`, for a run: the first fault is raised."""
    loaded = load_selectors(app, workspace=workspace, starter=starter)
    if loaded.faults:
        raise loaded.faults[0]
    return loaded.selectors


def app_names(workspace: Path, starter: Path | None = None) -> list[str]:
    """The apps that have a selector folder."""
    roots = [root / "selectors" for root in (workspace, starter) if root is not None]
    return sorted({folder.name for root in roots if root.is_dir() for folder in root.iterdir() if folder.is_dir()})


def _files(app: str, *, workspace: Path, starter: Path | None) -> Iterator[tuple[str, Path, Path]]:
    """(layer, root, file) from the weakest layer to the strongest."""
    for layer, root in ((STARTER, starter), (WORKSPACE, workspace)):
        if root is not None:
            for file in sorted((root / "selectors" / app).glob("*.yaml")):
                yield layer, root, file
    healed = overlay_file(workspace, app)
    if healed.is_file():
        yield HEALED, workspace, healed


def overlay_file(workspace: Path, app: str) -> Path:
    """The healings of an app that a person has accepted: the strongest layer of its selectors."""
    return workspace / "data" / "healing" / app / "healed.yaml"


def _shown(file: Path, root: Path, layer: str) -> str:
    relative = file.relative_to(root).as_posix()
    return f"starter/{relative}" if layer == STARTER else relative


def _read_file(reading: _Reading, layer: str, source: Source, file: Path) -> None:
    document = _load_yaml(file, source, reading.faults)
    for screen, body in document.items():
        where = source.at(document, screen)
        if screen == "popups":
            _read_popups(reading, body, source, where)
        elif screen in RESERVED:
            _read_markers(reading, screen, body, source, where)
        elif not isinstance(body, Mapping):
            reading.faults.add(where, say("locate.not_a_screen", screen=screen), say("locate.screen_example"))
        else:
            _read_screen(reading, layer, screen, body, source)


def _load_yaml(file: Path, source: Source, faults: Faults) -> Mapping[str, Any]:
    try:
        document = YAML(typ="rt").load(file.read_text(encoding="utf-8"))
    except MarkedYAMLError as error:
        line = f":{error.problem_mark.line + 1}" if error.problem_mark else ""
        faults.add(f"{source.shown}{line}", say("locate.bad_yaml", why=error.problem), say("locate.bad_yaml_remedy"))
        return {}
    except UnicodeDecodeError:
        faults.add(source.shown, say("locate.not_utf8"), say("locate.not_utf8_remedy"))
        return {}
    if document is None:
        return {}
    if not isinstance(document, Mapping):
        faults.add(source.shown, say("locate.not_a_screen", screen=file.name), say("locate.screen_example"))
        return {}
    return document


def _read_screen(reading: _Reading, layer: str, screen: str, body: Mapping[str, Any], source: Source) -> None:
    for short, spec in body.items():
        name, where = f"{screen}.{short}", source.at(body, short)
        selector = parse_element(name, spec, where=where, source=source, faults=reading.faults)
        if selector is None:
            continue
        if layer == HEALED:
            selector = _heal(reading, selector)
        if selector is not None:
            reading.elements[name] = selector
            reading.layers[name] = layer


def _heal(reading: _Reading, healed: Selector) -> Selector | None:
    """An approved healing says where an element is now; what may be done with it stays as the files say."""
    original = reading.elements.get(healed.name)
    if original is None and FRAME_NAME.search(healed.name):
        return healed
    if original is None:
        reading.faults.add(
            healed.where, say("locate.heals_nothing", name=healed.name), did_you_mean(healed.name, reading.elements)
        )
        return None
    if original.commits:
        reading.faults.add(
            healed.where, say("locate.heals_commit", name=healed.name), say("locate.heals_commit_remedy")
        )
        return None
    return replace(
        original,
        ways=healed.ways,
        within=healed.within,
        frame=healed.frame,
        where=healed.where,
    )


def _read_popups(reading: _Reading, body: Any, source: Source, where: str) -> None:
    if not isinstance(body, Mapping):
        reading.faults.add(where, say("locate.not_a_screen", screen="popups"), say("locate.popup_example"))
        return
    for name, spec in body.items():
        at = source.at(body, name)
        if not isinstance(spec, Mapping) or "marker" not in spec or set(spec) - {"marker", "close"}:
            reading.faults.add(at, say("locate.bad_popup", name=name), say("locate.popup_example"))
            continue
        marker, close = (
            parse_element(f"popups.{name}.{part}", spec[part], where=at, source=source, faults=reading.faults)
            if spec.get(part)
            else None
            for part in ("marker", "close")
        )
        if marker is not None:
            reading.popups[name] = Popup(name=name, marker=marker, close=close)


def _read_markers(reading: _Reading, key: str, body: Any, source: Source, where: str) -> None:
    if not isinstance(body, list):
        reading.faults.add(where, say("locate.not_a_list", what=key), say("locate.list_example", what=key))
        return
    markers = [
        parse_element(f"{key}.{number}", spec, where=where, source=source, faults=reading.faults)
        for number, spec in enumerate(body, 1)
    ]
    reading.markers.setdefault(key, []).extend(marker for marker in markers if marker is not None)


def _check_references(reading: _Reading) -> None:
    extra = [part for popup in reading.popups.values() for part in (popup.marker, popup.close) if part]
    marked = [marker for markers in reading.markers.values() for marker in markers]
    for selector in [*reading.elements.values(), *extra, *marked]:
        followed = reading.elements.get(selector.follows)
        if followed is not None and not followed.commits:
            told = {"name": selector.name, "target": followed.name}
            reading.faults.add(
                selector.where, say("locate.follows_no_commit", **told), say("locate.follows_remedy", **told)
            )
        named = [(key, getattr(selector, key)) for key in ("within", "frame", "follows")]
        for key, target in [*named, *(relation(way) for way in selector.ways)]:
            if target and target not in reading.elements:
                reading.faults.add(
                    selector.where,
                    say("locate.unknown_target", name=selector.name, what=key, target=target),
                    did_you_mean(target, reading.elements),
                )
        if _in_a_circle(selector, reading.elements):
            reading.faults.add(selector.where, say("locate.circle", name=selector.name), say("locate.circle_remedy"))


def _in_a_circle(selector: Selector, elements: Mapping[str, Selector]) -> bool:
    seen: set[str] = set()
    todo = _leans_on(selector)
    while todo:
        name = todo.pop()
        if name == selector.name:
            return True
        if name in elements and name not in seen:
            seen.add(name)
            todo += _leans_on(elements[name])
    return False


def _leans_on(selector: Selector) -> list[str]:
    """The other elements that must be found first."""
    return [selector.within, selector.frame, *(relation(way)[1] for way in selector.ways)]
