"""All kinds of checks over one workspace, and the report that a person or a script reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nightclerk.check.bots import bot_faults
from nightclerk.check.elements import element_faults, unused_elements
from nightclerk.check.files import config_faults, selector_faults
from nightclerk.check.prints import fingerprint_faults, lone_fingerprints
from nightclerk.check.source import Source, read_source
from nightclerk.locate.files import LoadedSelectors, app_names, load_selectors
from nightclerk.texts import say
from nightclerk.workspace import Fault, Workspace, load_workspace


@dataclass(frozen=True, kw_only=True)
class Report:
    """What is wrong (`faults`: a run would stop there) and what is odd (`warnings`), in the order of the files."""

    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]
    bots: int
    elements: int

    @property
    def ok(self) -> bool:
        return not self.faults

    def sentences(self) -> Iterator[str]:
        """One sentence a fault, then one a warning, then the count."""
        for fault in self.faults:
            yield fault.sentence()
        for warning in self.warnings:
            yield say("check.warning", sentence=warning.sentence())
        yield say(
            "check.fine" if self.ok else "check.broken", faults=len(self.faults),
            warnings=len(self.warnings), bots=self.bots, elements=self.elements,
        )  # fmt: skip

    def as_json(self) -> dict[str, Any]:
        """The same for a script."""
        return {
            "ok": self.ok,
            "faults": [_as_json(fault) for fault in self.faults],
            "warnings": [_as_json(warning) for warning in self.warnings],
        }


def check_workspace(root: Path, *, starter: Path | None = None) -> Report:
    """Everything that can be known to be wrong without opening a browser."""
    workspace = load_workspace(root)
    source = read_source(workspace.root)
    selectors = _selectors(workspace, source, starter or _starter())
    faults = [
        *workspace.faults,
        *source.faults,
        *config_faults(workspace),
        *selector_faults(selectors, source),
        *element_faults(source, selectors),
        *fingerprint_faults(workspace.root, selectors),
        *bot_faults(workspace, source),
    ]
    return Report(
        faults=tuple(sorted(set(faults), key=_place)),
        warnings=tuple(
            sorted([*unused_elements(source, selectors), *lone_fingerprints(workspace.root, selectors)], key=_place)
        ),
        bots=len(workspace.bots),
        elements=sum(len(loaded.selectors.elements) for loaded in selectors.values()),
    )


def _starter() -> Path | None:
    """The starter inside an installed package; in a checkout the root is the starter itself."""
    folder = Path(__file__).parents[1] / "starter"
    return folder if folder.is_dir() else None


def _selectors(workspace: Workspace, source: Source, starter: Path | None) -> dict[str, LoadedSelectors]:
    names = set(app_names(workspace.root, starter)) | {app.app for app in source.apps.values() if app.app}
    return {name: load_selectors(name, workspace=workspace.root, starter=starter) for name in sorted(names)}


def _place(fault: Fault) -> tuple[str, int, str]:
    file, _, line = fault.where.partition(":")
    return file, int(line) if line.isdigit() else 0, fault.expected


def _as_json(fault: Fault) -> dict[str, str]:
    return {"where": fault.where, "expected": fault.expected, "remedy": fault.remedy}
