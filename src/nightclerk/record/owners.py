"""Which app each recorded step belongs to: another address that the person typed is another app."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from nightclerk.record.naming import english, identifier, unique
from nightclerk.record.steps import Step


def origin_of(url: str) -> str:
    """Scheme and host of a URL."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def name_of_site(url: str, title: str = "", taken: Sequence[str] = ()) -> str:
    """A name for a new app: from its host, or its title where the host is only a number."""
    host = urlsplit(url).hostname or ""
    labels = [label for label in host.split(".") if label not in ("www", "app")]
    bare = not labels or host == "localhost" or re.fullmatch(r"[\d.:]+", host)
    parts = [identifier(part) for part in urlsplit(url).path.split("/")[1:-1]]
    name = (next(iter(parts), "") or english(title)) if bare else identifier(labels[0])
    return unique(name[:20].strip("_") or "site", taken)


def base_of(url: str) -> str:
    """The address of a new app: its host; on a host that several share (a number, localhost), its first folder."""
    parts = urlsplit(url)
    folders = [part for part in parts.path.split("/")[1:-1] if part]
    shared = parts.hostname == "localhost" or re.fullmatch(r"[\d.:]+", parts.hostname or "")
    return f"{origin_of(url)}/{folders[0]}" if shared and folders else origin_of(url)


def owners_of(steps: Sequence[Step], main: str, bases: Mapping[str, str]) -> tuple[list[str], dict[str, str]]:
    """The app of each step, and the addresses of all apps (`bases` with those that are new).

    A tab belongs to the app that it was opened for; a link that leads elsewhere stays with its app, as a login on
    another host does.
    """
    known = dict(bases)
    by_tab: dict[int, str] = {}
    current = main
    owners = []
    for step in steps:
        if step.verb == "open":
            fitting = [name for name, base in known.items() if same_site(step.value, base)]
            found = max(fitting, key=lambda name: len(known[name]), default=None)
            if found is None:
                found = name_of_site(step.value, step.title, list(known))
                known[found] = base_of(step.value)
            by_tab[step.tab] = found
        current = by_tab.setdefault(step.tab, current)
        owners.append(current)
    return owners, {name: base for name, base in known.items() if name in owners or name == main}


def same_site(url: str, base: str) -> bool:
    """Whether a URL is one of the app at `base`."""
    return url.rstrip("/") == base.rstrip("/") or url.startswith(f"{base.rstrip('/')}/") or (
        origin_of(base) == base.rstrip("/") and origin_of(url) == origin_of(base)
    )  # fmt: skip
