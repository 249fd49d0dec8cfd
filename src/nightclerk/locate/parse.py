"""Check what a selector file says of one element, and make the record of it; faults are collected, not raised."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from rapidfuzz import process

from nightclerk.errors import WorkspaceError
from nightclerk.locate.reads import READERS
from nightclerk.locate.ways import (
    EXTRA_KEYS,
    MAIN_KEYS,
    bare_xpath_placeholder,
    main_key,
    main_keys,
    pattern_of,
    relation,
    widened,
)
from nightclerk.ports import Selector
from nightclerk.texts import say

FLAG_KEYS = ("within", "frame", "commits", "follows", "private", "secret", "opens", "reads", "fallback")
ELEMENT_KEYS = tuple(dict.fromkeys(MAIN_KEYS + EXTRA_KEYS + FLAG_KEYS))
#: Roles that something happens on when they are clicked.
CLICKABLE_ROLES = frozenset(
    {"button", "link", "menuitem", "menuitemcheckbox", "menuitemradio", "tab"}
    | {"option", "treeitem", "checkbox", "radio", "switch"}
)
NOT_CLICKABLE_KEYS = ("label", "placeholder", "field", "after", "at", "line")


def nearest(name: str, names: Iterable[str]) -> str:
    """The name most like `name` ("" when nothing is near)."""
    match = process.extractOne(name, list(names), score_cutoff=55)
    return match[0] if match else ""


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """The remedy for a wrong name: the nearest right one, or all of them."""
    known = sorted(names)
    near = nearest(name, known)
    if near:
        return say("locate.did_you_mean", nearest=near)
    return say("locate.one_of", names=", ".join(known)) if known else say("locate.none_known")


@dataclass
class Faults:
    """The faults of one load, in the order in which they were met."""

    found: list[WorkspaceError] = field(default_factory=list)

    def add(self, where: str, expected: str, remedy: str) -> None:
        """Keep one fault."""
        self.found.append(WorkspaceError(where=where, expected=expected, remedy=remedy))


@dataclass(frozen=True, kw_only=True)
class Source:
    """The file that is being read: its folder for pictures, its name for messages."""

    folder: Path
    shown: str

    def at(self, node: Any, key: Any = None) -> str:
        """ "file:line" of a YAML node, or of one key in it."""
        try:
            line = node.lc.key(key)[0] if key is not None else node.lc.line
        except (AttributeError, KeyError, TypeError):
            return self.shown
        return f"{self.shown}:{line + 1}"


def parse_element(name: str, spec: Any, *, where: str, source: Source, faults: Faults) -> Selector | None:
    """The selector that `spec` describes; None when it describes none."""
    if isinstance(spec, str):
        spec = {"css": spec}
    if not isinstance(spec, Mapping):
        faults.add(where, say("locate.not_a_mapping", name=name), say("locate.element_example"))
        return None
    _check_keys(name, spec, ELEMENT_KEYS, where=where, source=source, faults=faults)
    ways = _ways(name, spec, where=where, source=source, faults=faults)
    if not ways:
        _say_no_way(name, where, faults)
        return None
    selector = Selector(
        name=name,
        ways=tuple(ways),
        where=where,
        within=str(spec.get("within", "")),
        frame=str(spec.get("frame", "")),
        reads=str(spec.get("reads", "")),
        follows=str(spec.get("follows", "")),
        **{flag: _flag(name, spec, flag, where, faults) for flag in ("commits", "private", "secret", "opens")},
    )
    selector = replace(selector, commits=selector.commits or bool(selector.follows))
    _check_meaning(selector, faults)
    return selector


def _check_keys(
    name: str, spec: Mapping[str, Any], known: Iterable[str], *, where: str, source: Source, faults: Faults
) -> None:
    for key in spec:
        if key not in known:
            at = source.at(spec, key)
            expected = say("locate.unknown_key", name=name, what=key)
            faults.add(at if at != source.shown else where, expected, did_you_mean(str(key), known))


def _flag(name: str, spec: Mapping[str, Any], flag: str, where: str, faults: Faults) -> bool:
    value = spec.get(flag, False)
    if not isinstance(value, bool):
        faults.add(where, say("locate.not_a_flag", name=name, flag=flag), say("locate.flag_example", flag=flag))
    return value is True


def _ways(name: str, spec: Mapping[str, Any], *, where: str, source: Source, faults: Faults) -> list[dict[str, Any]]:
    ways = []
    first = {key: value for key, value in spec.items() if key in MAIN_KEYS + EXTRA_KEYS}
    if first:
        ways.append(_way(name, first, where=where, source=source, faults=faults))
    fallback = spec.get("fallback") or []
    if not isinstance(fallback, list):
        fallback = [fallback]
    for entry in fallback:
        way = {"css": entry} if isinstance(entry, str) else entry
        if not isinstance(way, Mapping):
            faults.add(where, say("locate.not_a_way", name=name), say("locate.element_example"))
            continue
        _check_keys(name, way, MAIN_KEYS + EXTRA_KEYS, where=where, source=source, faults=faults)
        ways.append(_way(name, way, where=where, source=source, faults=faults))
    return [way for way in ways if way]


def _way(name: str, spec: Mapping[str, Any], *, where: str, source: Source, faults: Faults) -> dict[str, Any]:
    way = {str(key): value for key, value in spec.items()}
    mains = main_keys(way)
    if len(mains) > 1:
        faults.add(where, say("locate.two_ways", name=name, keys=", ".join(mains)), say("locate.one_way_remedy"))
    if not mains:
        _say_no_way(name, where, faults)
    if len(mains) != 1:
        return {}
    _check_patterns(name, way, where, faults)
    _check_region(name, way, where, faults)
    if bare_xpath_placeholder(way):
        faults.add(where, say("locate.bare_xpath", name=name), say("locate.bare_xpath_remedy"))
    return _with_pictures(name, way, where=where, source=source, faults=faults)


def _say_no_way(name: str, where: str, faults: Faults) -> None:
    """A line that has a fault already, such as a misspelt key, needs no second one."""
    if all(fault.facts["where"] != where for fault in faults.found):
        faults.add(where, say("locate.no_way", name=name), say("locate.element_example"))


def _check_patterns(name: str, way: Mapping[str, Any], where: str, faults: Faults) -> None:
    for key, value in way.items():
        if not isinstance(value, str) or key in ("css", "xpath", "keys", "picture"):
            continue
        try:
            re.compile(value) if key == "window" else pattern_of(value)
        except re.error as error:
            faults.add(
                where, say("locate.bad_pattern", name=name, what=key, why=error), say("locate.bad_pattern_remedy")
            )


def _check_region(name: str, way: Mapping[str, Any], where: str, faults: Faults) -> None:
    region = way.get("region")
    numbers = isinstance(region, list) and len(region) == 4 and all(isinstance(number, int) for number in region)
    if region is not None and not (numbers and min(region[2:]) > 0):
        faults.add(where, say("locate.bad_region", name=name, region=region), say("locate.bad_region_remedy"))


def _with_pictures(name: str, way: dict[str, Any], *, where: str, source: Source, faults: Faults) -> dict[str, Any]:
    """The way with the names of picture files made into full paths; a missing file is a fault."""
    for key in ("right_of", "below"):
        if isinstance(way.get(key), str) and not relation(way)[0]:
            way[key] = {"picture": way[key]}
        if isinstance(way.get(key), Mapping):
            way[key] = _with_pictures(name, dict(way[key]), where=where, source=source, faults=faults)
    if "picture" in way:
        file = source.folder / str(way["picture"])
        if not file.is_file():
            pictures = [p.name for p in source.folder.glob("*.png")] if source.folder.is_dir() else []
            faults.add(
                where,
                say("locate.no_picture", name=name, file=way["picture"]),
                did_you_mean(str(way["picture"]), pictures),
            )
        way["picture"] = str(file)
    return way


def _check_meaning(selector: Selector, faults: Faults) -> None:
    name, where = selector.name, selector.where
    if selector.reads and selector.reads not in READERS:
        faults.add(
            where, say("locate.unknown_reads", name=name, reads=selector.reads), did_you_mean(selector.reads, READERS)
        )
    if selector.commits and selector.opens:
        faults.add(where, say("locate.opens_commit", name=name), say("locate.opens_commit_remedy"))
    if selector.commits and not all(_clickable(way) for way in selector.ways):
        faults.add(where, say("locate.commit_not_clickable", name=name), say("locate.commit_not_clickable_remedy"))
    if (selector.private or selector.secret) and any(widened(way) is None for way in selector.ways):
        faults.add(where, say("locate.private_unbounded", name=name), say("locate.private_unbounded_remedy"))


def _clickable(way: Mapping[str, Any]) -> bool:
    key = main_key(way)
    if key == "role":
        return way["role"] in CLICKABLE_ROLES
    return key not in NOT_CLICKABLE_KEYS
