"""The two languages that people see: pick one, and look texts up by key."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from contextvars import ContextVar
from functools import cache
from pathlib import Path

import yaml

LANGUAGES = ("zh", "en")
_language: ContextVar[str | None] = ContextVar("nightclerk_language", default=None)


def current_language() -> str:
    """`zh` or `en`: what was set for this context, else NIGHTCLERK_LANG, else the locale, else zh."""
    chosen = _language.get() or os.environ.get("NIGHTCLERK_LANG", "")
    if chosen in LANGUAGES:
        return chosen
    locale = os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return "en" if locale.startswith("en") else "zh"


@contextlib.contextmanager
def language(code: str) -> Iterator[None]:
    """Use one language within a block."""
    token = _language.set(code)
    try:
        yield
    finally:
        _language.reset(token)


#: All scalars are texts ("Yes" is a word here); with libyaml where PyYAML was built with it, ten times as fast.
_Loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """All texts: {key: {"zh": …, "en": …}}, from every `*.yaml` beside `texts/`."""
    merged: dict[str, dict[str, str]] = {}
    for file in sorted((Path(__file__).parent / "catalogue").glob("*.yaml")):
        merged.update(yaml.load(file.read_text(encoding="utf-8"), Loader=_Loader) or {})
    return merged


def say(key: str, /, **facts: object) -> str:
    """The text of `key` in the current language, its `{facts}` filled in. Unknown key: KeyError."""
    return catalogue()[key][current_language()].format(**facts)
