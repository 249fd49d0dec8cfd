"""Turn a fingerprint into ways that a selector file can hold, the most readable and lasting first."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from io import StringIO
from typing import Any

from ruamel.yaml import YAML

from nightclerk.locate.fingerprint import Fingerprint
from nightclerk.ports import Selector

_ROW = re.compile(r"^(tr|li)\b")
_VALUE_IS_PATTERN = re.compile(r"^/.*/$")


def ways_of(one: Fingerprint, *, css_path: str = "") -> list[dict[str, Any]]:
    """Ways that should hit this element, best first. Each is still to be tried: does it hit this one and no other?"""
    return [way for way in _ways(one, css_path) if not any(_VALUE_IS_PATTERN.match(str(v)) for v in way.values())]


def _ways(one: Fingerprint, css_path: str) -> Iterator[dict[str, Any]]:
    if one.test_id:
        yield {"test_id": one.test_id}
    if one.role and one.name and (one.control or one.role in ("heading", "dialog", "table", "tab")):
        yield {"role": one.role, "name": one.name}
    if one.label:
        yield {"label": one.label}
    if one.placeholder:
        yield {"placeholder": one.placeholder}
    if one.id:
        yield {"css": f"[id={quoted(one.id)}]"}
    if one.field_name:
        yield {"css": f"{one.tag}[name={quoted(one.field_name)}]"}
    if one.title:
        yield {"title": one.title}
    if one.href:
        yield {"css": f"a[href$={quoted(one.href.rsplit('/', 1)[-1])}]"}
    if one.classes:
        yield {"css": one.tag + "".join(f".{name}" for name in one.classes[:3])}
    if css_path and not one.shadow:
        yield {"css": css_path}


def ways_in_row(one: Fingerprint, placeholder: str) -> list[dict[str, Any]]:
    """Ways for an element of the row that shows a value: the row by that value, then the element in it."""
    row = next((match[1] for part in one.path if (match := _ROW.match(part))), "[role=row]")
    start = f'{row}:has-text("{{{placeholder}}}")'
    inside = []
    if one.role and one.name:
        inside.append(f"role={one.role}[name={quoted(one.name)}]")
    if one.classes:
        inside.append(one.tag + "".join(f".{name}" for name in one.classes[:2]))
    return [{"css": f"{start} >> {part}"} for part in [*inside, one.tag]]


def templated_way(way: Mapping[str, Any], values: Mapping[str, str]) -> dict[str, Any]:
    """The way with the values of this use put back as `{placeholders}`."""
    made = dict(way)
    for key, text in way.items():
        for name, value in values.items():
            if isinstance(text, str) and len(value) >= 2:
                text = text.replace(value, f"{{{name}}}")
        made[key] = text
    return made


def quoted(text: str) -> str:
    """`text` between double quotes, as CSS and Playwright read it."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def frame_elements(element: str, frame: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """Named elements for the frames that an element lives in, the outermost first: `orders.total_frame`, …"""
    made: dict[str, dict[str, Any]] = {}
    for number, css in enumerate(frame, 1):
        spec: dict[str, Any] = {"css": css}
        if made:
            spec["frame"] = next(reversed(made))
        made[f"{element}_frame{number if number > 1 else ''}"] = spec
    return made


def as_yaml(elements: Mapping[str, Mapping[str, Any]]) -> str:
    """Elements by full name as a selector file writes them: screens with one line for each element."""
    screens: dict[str, dict[str, Any]] = {}
    for name, spec in elements.items():
        screen, _, short = name.partition(".")
        screens.setdefault(screen, {})[short] = dict(spec)
    yaml, out = YAML(typ="safe"), StringIO()
    yaml.default_flow_style, yaml.allow_unicode, yaml.width = None, True, 4000
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    yaml.dump(screens, out)
    return out.getvalue()


def change_of(after: Selector, extra: Mapping[str, Selector]) -> dict[str, dict[str, Any]]:
    """What a selector file says of an element's new place: the element, and the frames that it leans on."""
    change: dict[str, dict[str, Any]] = {}
    for selector in (*extra.values(), after):
        spec: dict[str, Any] = dict(selector.ways[0])
        if len(selector.ways) > 1:
            spec["fallback"] = [_short(way) for way in selector.ways[1:]]
        if selector.frame:
            spec["frame"] = selector.frame
        change[selector.name] = spec
    return change


def _short(way: Mapping[str, Any]) -> Any:
    return way["css"] if set(way) == {"css"} else dict(way)


def change_as_diff(element: str, before: Mapping[str, Any], after: Mapping[str, Mapping[str, Any]]) -> str:
    """The change of a selector file that a healing asks for, as a unified diff."""
    old, new = as_yaml({element: before}).splitlines(), as_yaml(after).splitlines()
    return "\n".join(difflib.unified_diff(old, new, "before", "after", lineterm=""))
