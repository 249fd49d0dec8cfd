"""Which ways to find an element are worth trying, best first: what a person reads before ids, ids before places."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from nightclerk.domain.privacy import find_private
from nightclerk.locate.ways import is_pattern
from nightclerk.record.events import Facts
from nightclerk.record.naming import is_generated

Way = dict[str, Any]

FIELD_ROLES = frozenset({"textbox", "searchbox", "combobox", "spinbutton", "slider", "listbox", ""})
NAMED_ROLES = frozenset(
    {"button", "link", "tab", "menuitem", "menuitemcheckbox", "menuitemradio", "option", "checkbox", "radio", "switch"}
    | {"treeitem", "textbox", "searchbox", "combobox", "spinbutton", "slider", "listbox"}
)
LONGEST = 60
_STATE = re.compile(
    r"active|hover|focus|select(ed)?$|open|show|check|disabl|current|collapsed|expanded|^(is|has|ng|v|css|sc)-|^_", re.I
)
_FIELDS = ("input", "select", "textarea")


def usable(text: str, data: Iterable[str] = ()) -> bool:
    """Whether a text may stand in a way: short, nobody's data, no pattern, no placeholder, no private-use sign.

    `data` are values of the record at hand, which placeholders will take the place of.
    """
    for value in data:
        if len(value) >= 4 and value in text:
            text = text.replace(value, "") or "x"
    if not text or len(text) > LONGEST or is_pattern(text) or "{" in text or "}" in text:
        return False
    if re.search(r"\d{5,}|[\ue000-\uf8ff]", text):
        return False
    return not find_private(text)


def attribute(name: str, value: str, tag: str = "") -> str:
    """A CSS attribute selector with its value quoted."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'{tag}[{name}="{escaped}"]'


def by_id(token: str, tag: str = "") -> str:
    """A CSS selector for an id: `#x` where that can be written, else by attribute."""
    return f"#{token}" if re.fullmatch(r"[A-Za-z_][\w-]*", token) else attribute("id", token, tag)


def ways_of(facts: Facts, *, reads: bool = False, data: Iterable[str] = ()) -> list[Way]:
    """The ways that may lead to an element, best first. `reads`: its own text is data and may not stand in them."""
    data = tuple(data)
    found = [*_spoken(facts, reads, data), *_written(facts, data)]
    return list({str(way): way for way in found}.values())


def _spoken(facts: Facts, reads: bool, data: tuple[str, ...]) -> Iterator[Way]:
    """By what a person sees or hears."""
    role, name, label = (str(facts.get(key, "")) for key in ("role", "name", "label"))
    field = role in FIELD_ROLES and facts.get("tag") in (*_FIELDS, "div", "span")
    if field and facts.get("tag") in _FIELDS and usable(label, data):
        yield {"label": label}
    if role in NAMED_ROLES and usable(name, data) and not reads:
        yield {"role": role, "name": name}
    if usable(str(facts.get("test_id", "")), data):
        yield {"test_id": facts["test_id"]}
    if usable(str(facts.get("placeholder", "")), data):
        yield {"placeholder": facts["placeholder"]}
    text = str(facts.get("text", ""))
    if not reads and not field and usable(text, data):
        yield {"text": text}
    if not reads and usable(str(facts.get("title", "")), data):
        yield {"title": facts["title"]}


def _written(facts: Facts, data: tuple[str, ...]) -> Iterator[Way]:
    """By its own attributes, then by its caption, its classes, and at last its place."""
    tag = str(facts.get("tag", ""))
    if usable(str(facts.get("id", "")), data) and not is_generated(str(facts["id"])):
        yield {"css": by_id(str(facts["id"]), tag)}
    if usable(str(facts.get("field", "")), data) and not is_generated(str(facts["field"])):
        value = str(facts.get("value", ""))
        extra = attribute("value", value) if facts.get("type") in ("radio", "checkbox") and usable(value, data) else ""
        yield {"css": attribute("name", str(facts["field"]), tag) + extra}
    for name, value in facts.get("data", {}).items():
        if usable(str(value), data) and name != "data-testid":
            yield {"css": attribute(name, str(value), tag)}
    if facts.get("type") == "file":
        yield {"css": 'input[type="file"]'}
    said = str(facts.get("text", ""))
    if tag == "label" and usable(said, data) and '"' not in said:
        yield {"css": f'label:has(:text-is("{said}"))'}
        yield {"css": f'label:text-is("{said}")'}
    href = str(facts.get("href", ""))
    if tag == "a" and usable(href, data) and not href.startswith(("#", "javascript:")):
        yield {"css": attribute("href", href, "a")}
    classes = [name for name in facts.get("classes", ()) if re.fullmatch(r"[A-Za-z][\w-]*", name)]
    stable = [name for name in classes if not _STATE.search(name) and not is_generated(name)]
    for name in stable[:3]:
        yield {"css": f"{tag}.{name}"}
    if len(stable) > 1:
        yield {"css": tag + "".join(f".{name}" for name in stable[:3])}
    caption = str(facts.get("before", ""))
    if usable(caption, data) and '"' not in caption and tag not in ("a", "button", "li"):
        yield {"css": f':text-is("{caption}") + {tag}'}
        yield {"css": f':has(> :text-is("{caption}")) > * {tag}'}
    if facts.get("path"):
        yield {"css": str(facts["path"])}


def is_place(way: Mapping[str, Any]) -> bool:
    """Whether a way says only where the element stands among others."""
    return (
        "nth" in way or "nth-of-type" in str(way.get("css", "")) or " > " in str(way.get("css", "")).replace("(> ", "")
    )


def scope_ways(scope: Facts) -> list[Way]:
    """Ways to an ancestor that others are looked up within."""
    role, name, tag = (str(scope.get(key, "")) for key in ("role", "name", "tag"))
    found: list[Way] = []
    if role in ("dialog", "alertdialog", "group", "region", "tabpanel", "table", "navigation", "form") and usable(name):
        found.append({"role": role, "name": name})
    if role in ("dialog", "alertdialog"):
        found.append({"role": role})
    if usable(str(scope.get("test_id", ""))):
        found.append({"test_id": scope["test_id"]})
    if scope.get("id") and usable(str(scope["id"])) and not is_generated(str(scope["id"])):
        found.append({"css": by_id(str(scope["id"]), tag)})
    heading = str(scope.get("heading", ""))
    if usable(heading) and '"' not in heading:
        found.append({"css": f'{tag}:has(:text-is("{heading}"))'})
    stable = [n for n in scope.get("classes", ()) if re.fullmatch(r"[A-Za-z][\w-]*", n)]
    found += [{"css": f"{tag}.{n}"} for n in stable[:2] if not _STATE.search(n) and not is_generated(n)]
    found += [{"css": tag}] if tag in ("form", "nav", "header", "footer", "main", "aside", "dialog", "table") else []
    return found


def chosen(proven: Iterable[Way], *, commits: bool = False) -> list[Way]:
    """The first way that holds and up to two that back it up by other means; a place never backs up anything."""
    kept: list[Way] = []
    kinds: set[str] = set()
    for way in proven:
        kind = "spoken" if next(iter(way)) in ("label", "role", "text") else next(iter(way))
        if kept and (is_place(way) or (kind in kinds and kind != "css") or _by_class(way)):
            continue
        if commits and kind in ("label", "placeholder"):
            continue
        kept.append(way)
        kinds.add(kind)
        if len(kept) == 3:
            break
    return kept


def _by_class(way: Mapping[str, Any]) -> bool:
    return bool(re.fullmatch(r"\w*(\.[\w-]+)+", str(way.get("css", ""))))
