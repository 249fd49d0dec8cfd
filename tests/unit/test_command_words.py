"""The words of the command line: each explains itself in both languages, and a script can read its answer."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import typer

from nightclerk.app import program_version
from nightclerk.cli import WORDS, app, register

BOTH = re.compile(r"[\u4e00-\u9fff].*/ .*[A-Za-z]", re.S)
#: They serve until they are stopped, or print a format of their own.
NO_JSON = {"shift", "worker", "console", "sandbox up", "metrics"}


@pytest.fixture(scope="module")
def root() -> Any:
    """The whole command line."""
    register()
    return typer.main.get_command(app)


def words(command: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every command that people may type, with its path."""
    if path:
        yield path, command
    for name, inner in getattr(command, "commands", {}).items():
        if not inner.hidden:
            yield from words(inner, f"{path} {name}".strip())


def test_every_word_and_option_speaks_both_languages(root: Any) -> None:
    """Chinese first, English after a stroke."""
    mute = [path for path, command in words(root) if not BOTH.search(command.help or "")]
    mute += [
        f"{path} --{given.name}" for path, command in words(root) for given in command.params
        if given.param_type_name == "option" and given.name != "help" and not BOTH.search(given.help or "")
    ]  # fmt: skip
    assert mute == []


def test_every_word_answers_in_json(root: Any) -> None:
    """What ends by itself takes --json."""
    silent = [
        path for path, command in words(root)
        if not hasattr(command, "commands") and path not in NO_JSON
        and not any("--json" in given.opts for given in command.params)
    ]  # fmt: skip
    assert silent == []


def test_the_version_is_told(root: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """One line, the program's own version."""
    root.main(["--version"], standalone_mode=False)
    assert capsys.readouterr().out == f"nightclerk {program_version()}\n"


@pytest.mark.parametrize("home", WORDS)
def test_a_module_adds_the_words_that_it_is_loaded_for(home: str) -> None:
    """One word loads one module only: the table says which."""
    alone = typer.Typer()
    alone.callback()(lambda: None)
    importlib.import_module(f"nightclerk.cli.{home}").register(alone)
    command: Any = typer.main.get_command(alone)
    assert set(command.commands) == set(WORDS[home])


def test_a_run_loads_nothing_that_serves_pages() -> None:
    """A run's process starts for every run; what the console and the engine need would cost it seconds."""
    code = "import sys, nightclerk.cli as c; c.register('perform'); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=300)
    assert not {"fastapi", "dbos", "openpyxl", "apprise"} & set(loaded.stdout.split())
