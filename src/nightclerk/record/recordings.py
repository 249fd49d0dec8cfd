"""Recordings kept for tests: masked pages, and which element each step must find on them, without network."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser
from ruamel.yaml import YAML

from nightclerk.errors import WorkspaceError
from nightclerk.locate.files import selector_set
from nightclerk.ports import SelectorSet
from nightclerk.record.pages import Writer, digest, joined_marks, with_marks
from nightclerk.record.proof import Proof, offline_browser
from nightclerk.record.steps import INSIDE
from nightclerk.record.verbs import Line
from nightclerk.texts import say

INDEX = "recording.yaml"


@dataclass(frozen=True, kw_only=True)
class KeptStep:
    """One step of a kept recording: its place, what it did to which element of which app, and the page it was on."""

    number: int
    verb: str
    app: str
    element: str
    page: str
    values: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.number:02d}-{self.verb}-{self.element}"


@dataclass(frozen=True, kw_only=True)
class Recording:
    """A kept recording. `root` is the workspace whose selectors are tried."""

    folder: Path
    root: Path
    steps: tuple[KeptStep, ...]

    def finds(self, step: KeptStep, browser: Browser) -> bool:
        """Whether the engine's finder leads from the element's name to the very thing that was recorded."""
        selectors = _selectors(step.app, self.root)
        if step.element not in selectors.elements:
            raise WorkspaceError(
                where=f"selectors/{step.app}", expected=say("locate.unknown_element", app=step.app, name=step.element),
                remedy=say("check.mend"),
            )  # fmt: skip
        proof = Proof(browser)
        try:
            proof.show((self.folder / step.page).read_text(encoding="utf-8"))
            return proof.finds(
                selectors.elements[step.element], f"step{step.number}", selectors=selectors, values=step.values,
                inside=step.verb in INSIDE,
            )  # fmt: skip
        finally:
            proof.context.close()


@functools.cache
def _selectors(app: str, root: Path) -> SelectorSet:
    return selector_set(app, workspace=root)


def load_recording(folder: Path) -> Recording:
    """The recording in `tests/recordings/NAME`; the workspace is the folder around `tests`."""
    plain = YAML(typ="safe").load((folder / INDEX).read_text(encoding="utf-8"))
    steps = tuple(KeptStep(**one) for one in plain["steps"])
    return Recording(folder=folder, root=folder.parents[2], steps=steps)


def replay(folder: Path) -> list[str]:
    """The steps of a kept recording whose element is not found on its page, in words; [] when all is well."""
    recording = load_recording(folder)
    with offline_browser() as browser:
        return [str(step) for step in recording.steps if not recording.finds(step, browser)]


def keep(folder: Path, lines: Sequence[Line], hidden: Sequence[str]) -> list[Path]:
    """Write the masked pages and the index of a recording; equal pages are kept once."""
    pages: dict[str, tuple[str, Any]] = {}
    steps: list[dict[str, Any]] = []
    for number, line in enumerate(_shown(lines), start=1):
        assert line.step.page is not None
        assert line.named is not None
        marked = with_marks(line.step.page, {line.step.mark: f"step{number}"})
        key = digest(marked)
        name, tree = pages.get(key, (f"{len(pages) + 1:02d}-{line.named.name.partition('.')[0]}.html", marked))
        pages[key] = (name, joined_marks(tree, marked) if tree is not marked else marked)
        steps.append(_index_entry(number, line, name))
    folder.mkdir(parents=True, exist_ok=True)
    for name, tree in pages.values():
        (folder / name).write_text(Writer(hidden=tuple(hidden)).page(tree), encoding="utf-8")
    with (folder / INDEX).open("w", encoding="utf-8") as out:
        YAML(typ="safe").dump({"steps": steps}, out)
    return [folder / name for name, _ in pages.values()] + [folder / INDEX]


def _shown(lines: Sequence[Line]) -> Iterator[Line]:
    """The lines that can be tried on a page: those whose values are nobody's data."""
    for line in lines:
        if line.named is None or line.step.page is None:
            continue
        if not any(typed.private for typed in line.named.values.values()):
            yield line


def _index_entry(number: int, line: Line, page: str) -> dict[str, Any]:
    assert line.named is not None
    values = {name: typed.shown for name, typed in line.named.values.items()}
    return {
        "number": number, "verb": line.step.verb, "app": line.app, "element": line.named.name, "page": page,
        "values": values,
    }  # fmt: skip


TEST = '''"""The recorded screens of {name} still show every element that the flow uses, offline."""

from __future__ import annotations

from pathlib import Path

from nightclerk.record import replay


def test_every_recorded_step_finds_its_element() -> None:
    """The selectors lead to the very things that were recorded, on the kept pages and without network."""
    assert replay(Path(__file__).parent / "recordings" / "{name}") == []
'''
