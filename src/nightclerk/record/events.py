"""What the watching script tells: one message for each act, with what was acted on and the page at that moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

#: Plain facts about an element, as describe.js gathers them.
Facts = Mapping[str, Any]
#: The page as snapshot.js writes it: {t: tag, a: attributes, c: children, s: shadow, f: frame, y: style, m: marks}.
Tree = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Event:
    """One message. `tab` and `frame` say where it came from; `more` holds what only some kinds carry."""

    kind: str
    url: str = ""
    title: str = ""
    facts: Mapping[str, Facts] = field(default_factory=dict)
    frames: tuple[Facts, ...] = ()
    page: Tree | None = field(default=None, repr=False)
    complete: bool = True
    value: Any = ""
    secret: str = ""
    tab: int = 1
    frame: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)


_OWN = {"kind", "url", "title", "facts", "frames", "page", "complete", "value", "secret"}


def event_of(message: Mapping[str, Any], *, tab: int, frame: str) -> Event:
    """The event in a message of the watching script."""
    own = {name: message[name] for name in _OWN if name in message}
    own["frames"] = tuple(own.get("frames", ()))
    more = {name: value for name, value in message.items() if name not in _OWN}
    return Event(**own, tab=tab, frame=frame, more=more)
