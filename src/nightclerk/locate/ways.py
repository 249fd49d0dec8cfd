"""One way to find an element (`{role: button, name: 导出}`): its words, its `{placeholders}`, its patterns."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nightclerk.errors import WorkspaceError
from nightclerk.texts import say

#: One of these says what a way looks for; `window` alone means the window itself.
WEB_KEYS = ("role", "label", "text", "placeholder", "title", "test_id", "css", "xpath", "dialog", "answer")
DESKTOP_KEYS = ("picture", "ocr", "right_of", "below", "keys", "window")
#: What stands on the screen by itself, so that a relation beside it narrows it down.
STANDING_KEYS = (*WEB_KEYS, "picture", "ocr")
TERMINAL_KEYS = ("field", "after", "at", "line")
MAIN_KEYS = WEB_KEYS + DESKTOP_KEYS + TERMINAL_KEYS
#: Beside a way of a page, these name another element that the wanted one stands next to.
RELATIVE_KEYS = ("near", "right_of", "below")
#: These narrow a way down.
EXTRA_KEYS = ("name", "near", "nth", "offset", "confidence", "window", "length", "region")

PLACEHOLDER = re.compile(r"\{([A-Za-z_]\w*)\}")


def main_keys(way: Mapping[str, Any]) -> list[str]:
    """The keys that say what a way looks for: one, in a way that is in order."""
    found = [key for key in MAIN_KEYS if key in way]
    if len(found) > 1 and "window" in found:
        found.remove("window")
    return [key for key in found if key not in RELATIVE_KEYS] if any(key in STANDING_KEYS for key in found) else found


def main_key(way: Mapping[str, Any]) -> str:
    """The key that says what a way looks for ("" when there is none)."""
    return next(iter(main_keys(way)), "")


def relation(way: Mapping[str, Any]) -> tuple[str, str]:
    """How a way leans on another element: (near | right_of | below, its name), or ("", "")."""
    if not any(key in STANDING_KEYS for key in way):
        return "", ""
    return next(((key, str(way[key])) for key in RELATIVE_KEYS if key in way), ("", ""))


def way_words(way: Mapping[str, Any]) -> str:
    """A way as one line for the journal and for messages: `role=button name=导出订单`."""
    return " ".join(f"{key}={_value_words(value)}" for key, value in way.items())


def _value_words(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"({way_words(value)})"
    return Path(value).name if str(value).endswith(".png") else str(value)


def placeholders(way: Mapping[str, Any]) -> set[str]:
    """The names of all `{placeholders}` of a way."""
    return {name for value in way.values() if isinstance(value, str) for name in PLACEHOLDER.findall(value)}


def pattern_of(text: str) -> re.Pattern[str] | None:
    """`/…/` is a regular expression; anything else is literal text (None)."""
    return re.compile(text[1:-1]) if is_pattern(text) else None


def is_pattern(text: str) -> bool:
    """Whether a text is written as a regular expression."""
    return len(text) > 2 and text.startswith("/") and text.endswith("/")


def filled(way: Mapping[str, Any], values: Mapping[str, str], *, element: str, where: str) -> dict[str, Any]:
    """The way with its placeholders filled in, each value escaped for the language that it stands in."""
    missing = sorted(placeholders(way) - set(values))
    if missing:
        raise WorkspaceError(
            where=where or element,
            expected=say("locate.value_missing", element=element, names=", ".join(missing)),
            remedy=say("locate.value_missing_remedy", name=missing[0], element=element),
        )
    return {key: _fill(key, value, values) if isinstance(value, str) else value for key, value in way.items()}


def _fill(key: str, template: str, values: Mapping[str, str]) -> str:
    if not PLACEHOLDER.search(template):
        return template
    if key == "css":
        return _fill_css(template, values)
    if key == "xpath":
        return _fill_xpath(template, values)
    if is_pattern(template):
        return PLACEHOLDER.sub(lambda m: re.escape(values[m[1]]), template)
    text = PLACEHOLDER.sub(lambda m: values[m[1]], template)
    return f"/^{re.escape(text)}$/" if is_pattern(text) else text  # a value is never a pattern


def filled_text(template: str, values: Mapping[str, str]) -> str:
    """A `text` with those of its placeholders filled in for which there is a value."""
    known = {name: f"{{{name}}}" for name in PLACEHOLDER.findall(template)} | dict(values)
    if not is_pattern(template):
        return PLACEHOLDER.sub(lambda m: known[m[1]], template)
    return PLACEHOLDER.sub(lambda m: re.escape(known[m[1]]) if m[1] in values else known[m[1]], template)


def _quote_at(template: str, position: int) -> str:
    """The quote character that is open at `position` ("" outside of quotes)."""
    quote, escaped = "", False
    for character in template[:position]:
        if escaped:
            escaped = False
        elif character == "\\":
            escaped = True
        elif quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
    return quote


def _fill_css(template: str, values: Mapping[str, str]) -> str:
    def put(match: re.Match[str]) -> str:
        value = values[match[1]]
        if _quote_at(template, match.start()):
            in_pattern = _CSS_PATTERN.search(template[: match.start()])
            return css_string(re.escape(value) if in_pattern else value)
        counts = _COUNTING.search(template[: match.start()]) and value.isascii() and value.isdigit()
        return value if counts else css_identifier(value)

    return PLACEHOLDER.sub(put, template)


#: What is quoted here is a regular expression; a value in it stays plain text.
_CSS_PATTERN = re.compile(r""":text-matches\(\s*(?:"[^"]*|'[^']*)$""")
#: A placeholder right after this is a number, as in `:nth-child({n})`; anything else there stays an identifier.
_COUNTING = re.compile(r":nth-[a-z-]+\(\s*$")


def css_string(value: str) -> str:
    """`value` as it may stand between quotes in a CSS selector."""
    return re.sub(r"[\"'\\\n\r\f]", lambda m: f"\\{ord(m[0]):x} ", value)


def css_identifier(value: str) -> str:
    """`value` as it may stand in a CSS selector without quotes, such as after `#`."""
    return re.sub(r"[^A-Za-z_\u0080-\U0010ffff]", lambda m: f"\\{ord(m[0]):x} ", value)


_XPATH_LITERAL = re.compile(r"\"[^\"]*\"|'[^']*'")


def _fill_xpath(template: str, values: Mapping[str, str]) -> str:
    def put(match: re.Match[str]) -> str:
        inner = match[0][1:-1]
        return xpath_literal(PLACEHOLDER.sub(lambda m: values[m[1]], inner)) if "{" in inner else match[0]

    return _XPATH_LITERAL.sub(put, template)


def xpath_literal(value: str) -> str:
    """`value` as an XPath 1.0 expression; that language has no escapes, so mixed quotes need concat()."""
    if '"' not in value:
        return f'"{value}"'
    if "'" not in value:
        return f"'{value}'"
    parts = ", '\"', ".join(f'"{part}"' for part in value.split('"'))
    return f"concat({parts})"


def bare_xpath_placeholder(way: Mapping[str, Any]) -> bool:
    """Whether an xpath holds a placeholder outside of quotes, where no value can be made safe."""
    return bool(PLACEHOLDER.search(_XPATH_LITERAL.sub("", str(way.get("xpath", "")))))


_CSS_ATTRIBUTE = re.compile(r"\s*[~|^$*]?=\s*(\"[^\"]*\{\w+\}[^\"]*\"|'[^']*\{\w+\}[^']*')(\s*[iIsS])?")


def widened(way: Mapping[str, Any]) -> dict[str, Any] | None:
    """The way for *any* value of its placeholders (to mask all private elements); None when that has no form."""
    if not placeholders(way):
        return dict(way)
    wide: dict[str, Any] = {}
    for key, value in way.items():
        wide[key] = _widen(key, value) if isinstance(value, str) else value
        if isinstance(wide[key], str) and key in ("css", "xpath") and PLACEHOLDER.search(wide[key]):
            return None
    return wide


def _widen(key: str, template: str) -> str:
    if not PLACEHOLDER.search(template) or key == "xpath":
        return template
    if key == "css":
        return _CSS_ATTRIBUTE.sub("", template)
    source = template[1:-1] if is_pattern(template) else _escape_outside(template)
    return f"/{PLACEHOLDER.sub('.+', source)}/"


def _escape_outside(template: str) -> str:
    parts = PLACEHOLDER.split(template)  # text, name, text, name, …
    return "".join(f"{{{part}}}" if index % 2 else re.escape(part) for index, part in enumerate(parts))
