"""Selector, layout, bot and account files as an author would write them; what stands there already is not touched."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from nightclerk.ports import Selector
from nightclerk.record.sheets import Sheet
from nightclerk.record.steps import Dialog

WIDTH = 130
_PLAIN = re.compile(r"[A-Za-z0-9_\u4e00-\u9fff/](?:[\w\u4e00-\u9fff .()/+-]|:(?=[\w/]))*")
#: What YAML would read as a number, a time or a date.
_NUMBER = re.compile(r"[\d.,:_+-]+([eE]\d*)?|0[xob]\w+|\d{4}-\d.*")
_WORDS = {"true", "false", "yes", "no", "on", "off", "null", "~"}


def scalar(value: Any) -> str:
    """A YAML scalar: plain where that is safe, else in single quotes."""
    if isinstance(value, bool | int):
        return json.dumps(value)
    text = str(value)
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS and text == text.strip() and not _NUMBER.fullmatch(text):
        return text
    if re.search(r"[\x00-\x1f]", text):
        return json.dumps(text, ensure_ascii=False)
    return "'" + text.replace("'", "''") + "'"


def flow_map(data: Mapping[str, Any]) -> str:
    """A mapping on one line."""
    return "{" + ", ".join(f"{key}: {_inline(value)}" for key, value in data.items()) + "}"


def _inline(value: Any) -> str:
    if isinstance(value, Mapping):
        return flow_map(value)
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_inline(one) for one in value) + "]"
    return scalar(value)


def element_spec(selector: Selector) -> dict[str, Any]:
    """What stands after an element's name: its first way, flags, then the ways that back it up."""
    spec: dict[str, Any] = dict(selector.ways[0])
    if selector.within:
        spec["within"] = selector.within
    elif selector.frame:
        spec["frame"] = selector.frame
    spec |= {flag: True for flag in ("commits", "private", "secret") if getattr(selector, flag)}
    spec |= {"reads": selector.reads} if selector.reads else {}
    others = [way["css"] if set(way) == {"css"} else dict(way) for way in selector.ways[1:]]
    return {**spec, "fallback": others} if others else spec


def screens_text(selectors: Iterable[Selector]) -> dict[str, list[str]]:
    """Screen -> its lines, the names in one column."""
    screens: dict[str, list[tuple[str, str]]] = {}
    for selector in selectors:
        screen, _, short = selector.name.partition(".")
        screens.setdefault(screen, []).append((short, flow_map(element_spec(selector))))
    made = {}
    for screen, elements in screens.items():
        width = max(len(short) for short, _ in elements) + 1
        made[screen] = [f"  {f'{short}:':<{width}} {spec}" for short, spec in elements]
    return made


def selector_file(title: str, selectors: Iterable[Selector], extra: Iterable[str] = ()) -> str:
    """A new selector file."""
    parts = [f"# {title}"]
    for number, (screen, lines) in enumerate(screens_text(selectors).items()):
        parts += ([""] if number else []) + [f"{screen}:", *lines]
    extra = list(extra)
    return "\n".join([*parts, *([""] if extra else []), *extra]) + "\n"


def merged_selectors(text: str, selectors: Iterable[Selector], extra: Iterable[str] = ()) -> str:
    """An existing file with new elements at the end of their screens; every line that was there stays as it was."""
    lines = text.rstrip("\n").split("\n")
    for screen, added in screens_text(selectors).items():
        start = next((n for n, line in enumerate(lines) if re.match(rf"{re.escape(screen)}:\s*(#.*)?$", line)), None)
        if start is None:
            lines += ["", f"{screen}:", *added]
            continue
        end = next(
            (n for n in range(start + 1, len(lines)) if lines[n] and not lines[n][0].isspace() and lines[n][0] != "#"),
            len(lines),
        )
        while end > start + 1 and (not lines[end - 1].strip() or lines[end - 1].startswith("#")):
            end -= 1
        lines[end:end] = added
    present = "\n".join(lines)
    lines += [line for line in extra if line.partition(":")[0] + ":" not in present or line.startswith(" ")]
    return "\n".join(lines) + "\n"


def popup_lines(flow: str, dialogs: Iterable[Dialog], data: Iterable[str]) -> list[str]:
    """`popups:` for the browser's own boxes that came up, with the answers that the person gave."""
    seen: dict[str, str] = {}
    for dialog in dialogs:
        answer = (
            "dismiss" if not dialog.accepted else dialog.typed if dialog.kind == "prompt" and dialog.typed else "accept"
        )
        spec = {"marker": {"dialog": message_pattern(dialog.message, data)}, "close": {"answer": answer}}
        seen.setdefault(flow_map(spec), f"{flow}_{dialog.kind}_{len(seen) + 1}")
    return ["popups:", *(f"  {name}: {spec}" for spec, name in seen.items())] if seen else []


def message_pattern(message: str, data: Iterable[str]) -> str:
    """A dialog's message as it may be another time: figures and the record's values may be others."""
    text = " ".join(message.split())
    parts = [value for value in data if len(value) >= 2 and value in text]
    if not parts and not re.search(r"\d{3,}", text) and text == message:
        return text
    pattern = re.escape(text)
    for value in sorted(parts, key=len, reverse=True):
        pattern = pattern.replace(re.escape(value), ".+")
    pattern = re.sub(r"\d{3,}", r"\\d+", pattern).replace(r"\ ", r"\s+").replace("/", r"\/")
    return f"/{pattern}/"


def layout_file(sheet: Sheet, key: str, used: Iterable[str]) -> str:
    """`config/layouts/NAME.yaml` for the sheet that was worked from."""
    needed = {key, *used}
    width = max(len(column.field) for column in sheet.columns) + 1
    lines = [f"# 由录制生成，列名可改 / recorded from {sheet.name}; headers may be edited", "columns:"]
    for column in sheet.columns:
        spec: dict[str, Any] = {"header": column.header, "reads": column.reads}
        spec |= {"filled": True} if column.field in needed or (column.filled and column.python != "str") else {}
        lines.append(f"  {f'{column.field}:':<{width}} {flow_map(spec)}")
    return "\n".join(lines) + "\n"


def with_entry(text: str, name: str, spec: Mapping[str, Any]) -> str:
    """A mapping file with one more line at its end; an entry of that name is left as it is."""
    if re.search(rf"^{re.escape(name)}:", text, re.M):
        return text
    line = f"{name}: {flow_map(spec)}\n"
    return (text.rstrip("\n") + "\n" if text.strip() else "") + line


def bot_file(data: Mapping[str, Any]) -> str:
    """`bots/NAME.yaml`: one key a line."""
    return "".join(f"{key}: {_inline(value)}\n" for key, value in data.items())
