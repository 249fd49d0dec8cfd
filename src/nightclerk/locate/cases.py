"""A failed act kept as a case for a test: its folder's file, and what came of replaying it.

A case is what `nightclerk evidence to-test` writes:

    case.yaml                what was tried: app, element, values, verb, where, what came of it
    page.html or screen.webp the page or screen at that moment, still and masked
    selectors/<app>/…        the selectors as they were when the test was made
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from nightclerk.errors import WorkspaceError
from nightclerk.locate.files import selector_set
from nightclerk.ports import Box, Selector, SelectorSet
from nightclerk.texts import say

FOUND = "found"


@dataclass(frozen=True, kw_only=True)
class Replayed:
    """What became of looking for the element: "found" or the name of the error, and how it was found."""

    outcome: str
    way: str = ""
    box: Box | None = None
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Case:
    """A case, read together with the selectors that it is to be tried with."""

    folder: Path
    selectors: SelectorSet
    selector: Selector
    values: Mapping[str, str]
    where: str = ""


def read_case(folder: Path, *, workspace: Path | None = None) -> Case:
    """The case, with its own selectors or with those of a workspace. WorkspaceError says what is missing."""
    file = folder / "case.yaml"
    if not file.is_file():
        raise WorkspaceError(where=str(file), expected=say("to_test.no_case"), remedy="nightclerk evidence to-test")
    said: Mapping[str, Any] = YAML(typ="safe").load(file.read_text(encoding="utf-8"))
    selectors = selector_set(said["app"], workspace=workspace or folder, starter=None)
    if said["element"] not in selectors.elements:
        raise WorkspaceError(
            where=f"selectors/{said['app']}", expected=say("to_test.no_element", element=said["element"]),
            remedy=say("to_test.no_element_remedy", case=folder.name),
        )  # fmt: skip
    values = {name: str(value) for name, value in (said.get("values") or {}).items()}
    return Case(
        folder=folder, selectors=selectors, selector=selectors.elements[said["element"]], values=values,
        where=str(said.get("where") or ""),
    )  # fmt: skip
