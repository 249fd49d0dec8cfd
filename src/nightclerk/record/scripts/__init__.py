"""The scripts that watch a page while it is recorded, put together into one for every frame."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from nightclerk.texts import catalogue, current_language
from nightclerk.web.scripts import script as web_script

#: Parts of the watching script; each file is one function expression.
PARTS = ("describe", "snapshot", "hover", "toolbar")


@cache
def source(name: str) -> str:
    """The source of one script of this folder."""
    return (Path(__file__).parent / f"{name}.js").read_text(encoding="utf-8")


def watching_script() -> str:
    """The one script that every frame gets before the page's own scripts run."""
    prefix = "record.bar."
    language = current_language()
    texts = {
        key.removeprefix(prefix): text[language].format() for key, text in catalogue().items() if key.startswith(prefix)
    }
    sources = {**{name: source(name) for name in PARTS}, "fingerprint": web_script("fingerprint")}
    parts = ",\n".join(f"{name}: {text}" for name, text in sources.items())
    return f"({source('capture')})({{\n{parts}\n}}, {json.dumps(texts, ensure_ascii=False)});"
