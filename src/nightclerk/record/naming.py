"""Names for code out of what a page says: Chinese back-office words become English identifiers, ids help out."""

from __future__ import annotations

import keyword
import re
from collections.abc import Collection
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from ruamel.yaml import YAML

from nightclerk.record.events import Facts

LONGEST = 32
_ASCII_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*")
_GENERATED = re.compile(
    r"\d{3,}|^(el|rc|ant|mui|ember|ext|react|radix|headlessui|input|field|ng)[-_:]|[0-9a-f]{8}|^:", re.I
)
#: What texts stand in; their class often says what they are.
_TEXT_TAGS = frozenset({"span", "b", "strong", "em", "p", "div", "td", "dd", "output", "small"})
#: Parts of an address that say nothing about the screen.
_EMPTY_PARTS = {"index", "home", "htm", "html", "php", "aspx", "jsp", "main", "app", "web", "www"}
_GENERIC_PARTS = {"list", "new", "edit", "view", "detail", "add", "create", "show", "search"}


@cache
def lexicon() -> dict[str, str]:
    """Chinese word -> English, longest first."""
    words = YAML(typ="safe").load((Path(__file__).parent / "words.yaml").read_text(encoding="utf-8"))
    return dict(sorted(words.items(), key=lambda pair: -len(pair[0])))


def english(text: str) -> str:
    """`text` as snake_case English, as far as the lexicon and its own Latin words carry; else ""."""
    parts, covered, rest = [], 0, text.strip()
    while rest:
        word = next((word for word in lexicon() if rest.startswith(word)), "")
        latin = _ASCII_WORD.match(rest)
        if word:
            parts.append(lexicon()[word])
            covered, rest = covered + len(word), rest[len(word) :]
        elif latin:
            parts.append(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", latin[0]).lower())
            covered, rest = covered + len(latin[0]), rest[latin.end() :]
        else:
            rest = rest[1:]
    letters = len(re.findall(r"[A-Za-z\u4e00-\u9fff]", text))
    return identifier("_".join(parts)) if parts and covered * 2 >= letters else ""


def identifier(text: str) -> str:
    """`text` as a Python name: lower case, underscores, no keyword; "" when nothing is left."""
    name = re.sub(r"_+", "_", re.sub(r"\W+", "_", text.strip(), flags=re.ASCII)).strip("_").lower()
    parts = name.split("_")
    deduped = [part for place, part in enumerate(parts) if not place or part != parts[place - 1]]
    name = "_".join(deduped)[:LONGEST].strip("_")
    if name and name[0].isdigit():
        name = f"n{name}"
    return f"{name}_" if keyword.iskeyword(name) or name in ("self", "run", "tx") else name


def is_generated(token: str) -> bool:
    """Whether an id or class looks made up by a program, so that it will be another one tomorrow."""
    return bool(_GENERATED.search(token))


def element_name(facts: Facts) -> str:
    """A short name for an element: from what it is called on the screen, else from its own attributes."""
    keys = ("label", "name", "placeholder", "title", "own")
    more = {"input": "before", "select": "before", "textarea": "before", "label": "text"}.get(str(facts.get("tag")), "")
    for key in (*keys, more):
        text = str(facts.get(key, ""))
        if text and len(text) <= 24 and not re.search(r"\d{4,}", text) and (name := english(text)):
            return name
    ticks = ("value",) if facts.get("type") in ("radio", "checkbox") else ()
    for key in (*ticks, "field", "test_id", "id"):
        token = str(facts.get(key, ""))
        if token and not is_generated(token) and (name := identifier(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", token))):
            return name
    plain = [token for token in facts.get("classes", ()) if re.fullmatch(r"[a-z]+(-[a-z]+)?", token)]
    words = (
        [*plain[:1], facts.get("role"), facts.get("tag")]
        if facts.get("tag") in _TEXT_TAGS
        else [facts.get("role"), facts.get("tag")]
    )
    return next((name for word in words if (name := identifier(str(word or "")))), "element")


def screen_name(url: str, dialog: str, title: str = "") -> str:
    """A name for a screen: its dialog's, else what its address says, else its title's."""
    if dialog and (name := english(dialog)):
        return name
    parts = urlsplit(url)
    path = parts.path if not re.match(r"^[!/]", parts.fragment) else parts.fragment.split("?")[0]
    words = [identifier(re.sub(r"\.\w{2,5}$", "", part)) for part in path.split("/") if part]
    words = [word for word in words if word and word not in _EMPTY_PARTS and not re.search(r"\d{3,}|^n?\d", word)]
    if not words:
        return english(title)[:20].strip("_") or "home"
    name = "_".join(words[-2:]) if words[-1] in _GENERIC_PARTS and len(words) > 1 else words[-1]
    return {"popups": "popups_page"}.get(name, name)


def unique(name: str, taken: Collection[str]) -> str:
    """`name`, numbered when it is taken."""
    number, free = 2, name
    while free in taken:
        free, number = f"{name}_{number}", number + 1
    return free


def class_name(name: str) -> str:
    """CamelCase for a class."""
    return "".join(part.capitalize() for part in name.split("_")) or "Site"
