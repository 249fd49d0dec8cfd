"""README and docs keep their word: their files fit together, their commands exist, their links lead somewhere.

A code block whose first line reads ```python flows/x.py (a language, then a path) is a file of the workspace that its
page builds up; a + before the path adds to that file. The page's files together must pass `nightclerk check`. A
```python block without a path is executed. In ```bash blocks every `nightclerk …` and `start.py …` must be a command
with options that the command line has.
"""

from __future__ import annotations

import functools
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import typer.main
from ruamel.yaml import YAML

from nightclerk import cli
from nightclerk.init import create_workspace
from nightclerk.office.doctor import LOOKS
from nightclerk.texts import catalogue

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "README.zh.md", *sorted((ROOT / "docs").rglob("*.md"))]
FENCE = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.M | re.S)


@dataclass(frozen=True, kw_only=True)
class Block:
    """One fenced block of a page."""

    page: Path
    line: int
    language: str
    path: str
    text: str

    @property
    def where(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def _blocks(page: Path) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    return [
        Block(page=page, line=text.count("\n", 0, m.start()) + 1, language=m[1], path=m[2] or "", text=m[3])
        for m in FENCE.finditer(text)
    ]


BLOCKS = [block for page in PAGES for block in _blocks(page)]
BUILDING = [page for page in PAGES if any(block.path for block in BLOCKS if block.page == page)]


def _commands() -> list[tuple[str, list[str]]]:
    found = []
    for block in BLOCKS:
        for line in block.text.splitlines() if block.language == "bash" else ():
            words = shlex.split(line, comments=True)
            if words and (Path(words[0]).name == "nightclerk" or "start.py" in words[:2]):
                found.append((f"{block.where}: {line.strip()}", words))
    return found


@pytest.mark.parametrize(("line", "words"), _commands(), ids=lambda value: value if isinstance(value, str) else "")
def test_every_command_in_the_docs_exists(line: str, words: list[str]) -> None:
    """A reader can type what the page says: the word is there and takes these options."""
    if "start.py" in words[:2]:
        text = (ROOT / "start.py").read_text(encoding="utf-8")
        assert f'"{words[2]}": {words[2]}' in text, line
        words = words[2:] if words[2] == "demo" else []
    else:
        words = words[1:]
    _take(words, line)


@functools.cache
def _command_line() -> Any:
    cli.register()
    return typer.main.get_command(cli.app)


def _take(words: list[str], line: str) -> None:
    """Walk down the command line's own tree and compare options by name."""
    node = _command_line()
    while words and not words[0].startswith("-") and hasattr(node, "commands"):
        assert words[0] in node.commands, f"{line}: there is no {words[0]}"
        node = node.commands[words[0]]
        words = words[1:]
    known = {option for parameter in node.params for option in (*parameter.opts, *parameter.secondary_opts)}
    unknown = {word for word in words if word.startswith("--")} - known
    assert not unknown, f"{line}: knows {sorted(known)}"


def test_every_bot_that_the_docs_run_is_there() -> None:
    """`nightclerk run NAME` names a bot of the starter, or one that the page itself has shown."""
    known = {path.stem for path in (ROOT / "bots").glob("*.yaml")} | {Path(block.path).stem for block in BLOCKS}
    wrong = [line for line, words in _commands() if words[1] == "run" and words[2] not in known]
    assert wrong == []


@pytest.mark.parametrize("doc", BUILDING, ids=lambda doc: doc.name)
def test_the_files_of_a_page_make_a_sound_workspace(doc: Path, tmp_path: Path) -> None:
    """Flows, apps, selectors and bots that a page shows fit together in a fresh workspace."""
    folder = create_workspace(tmp_path / "night")
    for block in (block for block in BLOCKS if block.page == doc and block.path):
        file = folder / block.path.removeprefix("+")
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a" if block.path.startswith("+") else "w", encoding="utf-8") as out:
            out.write(block.text)
    command = [sys.executable, "-m", "nightclerk", "check"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    "block", [b for b in BLOCKS if b.language == "python" and not b.path], ids=lambda block: block.where
)
def test_every_loose_python_block_runs(block: Block, tmp_path: Path) -> None:
    """What a page shows as Python can be run as it stands."""
    command = [sys.executable, "-c", block.text]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, f"{block.where}\n{done.stderr}"


@pytest.mark.parametrize("block", [b for b in BLOCKS if b.language == "yaml"], ids=lambda block: block.where)
def test_every_yaml_block_parses(block: Block) -> None:
    """A block that is copied into a file is a mapping, as every file of a workspace is."""
    assert isinstance(YAML(typ="safe").load(block.text), dict)


@pytest.mark.parametrize("doc", PAGES, ids=lambda doc: str(doc.relative_to(ROOT)))
def test_every_link_leads_to_a_file(doc: Path) -> None:
    """Links and pictures of a page exist in the repository."""
    targets = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", doc.read_text(encoding="utf-8"))
    local = [target for target in targets if not re.match(r"[a-z]+:", target)]
    assert [target for target in local if not (doc.parent / target).exists()] == []


def test_every_code_of_the_doctor_is_explained() -> None:
    """Somebody who searches the docs for a code finds it."""
    page = (ROOT / "docs/how-to/doctor.md").read_text(encoding="utf-8")
    codes = {key.split(".")[1] for key in catalogue() if re.fullmatch(r"doctor\.[A-Z_]+\.part", key)}
    assert len(codes) == len(LOOKS)
    assert [code for code in sorted(codes) if f"`{code}`" not in page] == []
