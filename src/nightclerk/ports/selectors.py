"""What the selector files say of one app: its elements, its known pop-ups, the marks of special screens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Selector:
    """One named element as its YAML file describes it (after layering).

    `ways` are tried in order; each is a mapping with one main key (role+name, label, text, placeholder, title,
    test_id, css, xpath, picture, keys, right_of, below, window …) as the author wrote it. `within` and
    `frame` name other elements of the same app. `where` is "file:line". `follows` names the commit element whose
    own question this one answers: it may be clicked once, right after that. `opens`: working it writes nothing and
    only leads on (a menu, a tab, a search, a dialog that can be closed); a rehearsal may do it.
    """

    name: str
    ways: tuple[Mapping[str, Any], ...]
    within: str = ""
    frame: str = ""
    commits: bool = False
    private: bool = False
    secret: bool = False
    reads: str = ""
    where: str = ""
    follows: str = ""
    opens: bool = False


@dataclass(frozen=True, kw_only=True)
class Popup:
    """A known pop-up of an app: how to recognise it and how to close it ("" ways: it closes by itself)."""

    name: str
    marker: Selector
    close: Selector | None = None


@dataclass(frozen=True, kw_only=True)
class SelectorSet:
    """All that the selector files say of one app. `elements` by full name "screen.element".

    Reserved top-level keys of the YAML: `popups` (name -> {marker, close}), `signed_out` (list of markers that
    mean that the session is over), `unpictured` (list of markers of login and verification screens).
    """

    app: str
    elements: Mapping[str, Selector] = field(default_factory=dict)
    popups: tuple[Popup, ...] = ()
    signed_out: tuple[Selector, ...] = ()
    unpictured: tuple[Selector, ...] = ()
