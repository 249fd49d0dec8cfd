"""The page of a failed act as one still, masked HTML file, from which `nightclerk evidence to-test` makes a test.

No script, no address and no typed value is in it; private elements and whatever looks like people's data is blotted
out, letter by letter, before the text leaves this process. What lies in frames is left out.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from playwright.sync_api import Page

from nightclerk.domain.privacy import find_private
from nightclerk.ports import SelectorSet
from nightclerk.web.masks import is_secret_screen, of_private_elements
from nightclerk.web.scripts import script

BLOT = "■"
_MARK = re.compile("\x01(\\d+)\\.(\\d+)\x01")
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def snapshot(page: Page, selectors: SelectorSet) -> str:
    """The page as HTML; "" for login and verification screens."""
    if is_secret_screen(page, selectors):
        return ""
    seen: Mapping[str, Any] = of_private_elements(page.main_frame, selectors, f"nodes => ({script('snapshot')})(nodes)")
    texts = masked_groups(seen["groups"])

    def put_back(mark: re.Match[str]) -> str:
        return html.escape(texts[int(mark[1])][int(mark[2])])

    body, title = (_MARK.sub(put_back, seen[name]) for name in ("body", "title"))
    policy = f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    head = f'<head><meta charset="utf-8">{policy}<title>{title}</title></head>'
    return f"<!doctype html><html>{head}{body}</html>\n"


def masked_groups(groups: Iterable[Mapping[str, Any]]) -> list[list[str]]:
    """The texts of each group with private stretches blotted out, those that run over several nodes too."""
    masked, label = [], ""
    for group in groups:
        parts: Sequence[str] = group["parts"]
        text = "".join(parts)
        letters = list(text)
        for span in find_private(text, label=label):
            letters[span.start : span.end] = BLOT * (span.end - span.start)
        masked.append(_cut("".join(letters), parts, group["veil"]))
        label = text.strip()[-20:] or label
    return masked


def _cut(text: str, parts: Sequence[str], veil: Sequence[bool]) -> list[str]:
    """Cut a masked text into its parts again; those of private elements are blotted out as a whole."""
    found, at = [], 0
    for part, veiled in zip(parts, veil, strict=True):
        found.append(re.sub(r"\S", BLOT, part) if veiled else text[at : at + len(part)])
        at += len(part)
    return found
