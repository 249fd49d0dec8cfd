"""Whether a page is written in another script than when an element was learned, and what is left to compare then.

A page that was switched from Chinese to English as a whole contradicts every text of a fingerprint, and says nothing
about which element is which. What is not text (ids, field names, links, structure) still tells; without such an
identity nothing is taken. Languages that share a script (English, German) are not told apart here.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache

from nightclerk.locate.fingerprint import Fingerprint
from nightclerk.locate.words import intents, qualifiers

#: Fewer named candidates than this do not speak for a page.
LEAST_SAID = 5
#: A page still speaks a script that more than this share of its names is written in.
REMAINS = 0.1
#: What was learned is of one script when this share of its texts is.
MOSTLY = 0.7
_SAID = ("name", "text", "label", "placeholder", "title", "alt", "value", "heading", "column")
_WORDLESS = {
    **dict.fromkeys((*_SAID, "token"), ""),
    **dict.fromkeys(("before", "after", "group", "choices", "kin_before", "kin_after", "others"), ()),
}


@cache
def script_of(text: str) -> str:
    """The script that most letters of a text are of (`CJK`, `LATIN`, …; "" for a text without letters)."""
    found = Counter(unicodedata.name(sign, "").partition(" ")[0] for sign in text if sign.isalpha())
    return found.most_common(1)[0][0] if found else ""


def is_translated(wanted: Fingerprint, candidates: Sequence[Fingerprint]) -> bool:
    """Whether what was learned is of one script, and next to nothing on the page is written in it now."""
    learned = _scripts([*(getattr(wanted, name) for name in _SAID), *wanted.before, *wanted.after])
    shown = _scripts(one.name or one.text or one.label for one in candidates)
    if not learned or sum(shown.values()) < LEAST_SAID:
        return False
    script, times = learned.most_common(1)[0]
    return times >= MOSTLY * sum(learned.values()) and shown[script] <= REMAINS * sum(shown.values())


def _scripts(texts: Iterable[str]) -> Counter[str]:
    return Counter(script for text in texts if (script := script_of(text)))


def without_words(one: Fingerprint) -> Fingerprint:
    """What of an element does not depend on a language."""
    return replace(one, **_WORDLESS)  # type: ignore[arg-type]


def means_another(wanted: Fingerprint, one: Fingerprint) -> str:
    """Why the words of both, as far as they are known in either language, forbid that they are the same ("" if not)."""
    was, now = intents(wanted.name), intents(one.name)
    if was and now and was != now:
        return "other_intent"
    if was and now and qualifiers(wanted.name) != qualifiers(one.name):
        return "other_qualifier"
    return ""
