"""The fingerprints beside the selectors: can they be read, do their elements exist, do they keep people's data out?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from nightclerk.errors import WorkspaceError
from nightclerk.locate.files import LoadedSelectors
from nightclerk.locate.prints import print_faults, prints_beside
from nightclerk.texts import say
from nightclerk.workspace import Fault


def fingerprint_faults(root: Path, selectors: Mapping[str, LoadedSelectors]) -> Iterator[Fault]:
    """Files that cannot be read, and texts in them that are somebody's data."""
    for app in selectors:
        for error in print_faults(root, app):
            yield Fault(**{name: str(error.facts[name]) for name in ("where", "expected", "remedy")})


def lone_fingerprints(root: Path, selectors: Mapping[str, LoadedSelectors]) -> Iterator[Fault]:
    """Fingerprints of elements that no selector file describes: often an element that was renamed."""
    for app, loaded in selectors.items():
        known = loaded.selectors.elements
        try:
            beside = dict(prints_beside(root, app))
        except WorkspaceError:
            continue  # told by fingerprint_faults
        for name in beside:
            if name not in known:
                expected = say("locate.print_of_nothing", name=name, app=app)
                remedy = say("locate.print_of_nothing_remedy")
                where = f"selectors/{app}/prints/{name.partition('.')[0]}.yaml"
                yield Fault(where=where, expected=expected, remedy=remedy)
