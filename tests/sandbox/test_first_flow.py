"""The README's "Your first own flow", typed in by a test, runs on the sandbox and reads what the shop's books say."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from nightclerk.cli.sandbox import Sandbox
from nightclerk.init import create_workspace
from nightclerk.workspace import load_workspace

README = Path(__file__).parents[2] / "README.md"
pytestmark = pytest.mark.timeout(300)


def _type_in(folder: Path) -> None:
    """Every file that the README shows, as it stands there."""
    blocks = re.findall(r"^```\w+ (\S+)\n(.*?)^```$", README.read_text(encoding="utf-8"), re.M | re.S)
    assert len(blocks) == 4
    for path, text in blocks:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")


def test_the_first_own_flow_counts_what_the_books_say(tmp_path: Path) -> None:
    """A new user copies four blocks, runs the bot, and gets the true number, with evidence that verifies."""
    folder = create_workspace(tmp_path / "my-night")
    _type_in(folder)
    nightclerk = [sys.executable, "-m", "nightclerk"]
    with Sandbox(load_workspace(folder)):
        command = [*nightclerk, "run", "count-waiting", "--set", "at_most=300", "--json"]
        ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=240)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    with sqlite3.connect(folder / "data/sandbox/books/taobao.db") as books:
        (eligible,) = books.execute("SELECT count(*) FROM orders WHERE eligible = 1").fetchone()
    assert json.loads(json.loads(ran.stdout)["result"]) == {"waiting": eligible}
    verified = subprocess.run([*nightclerk, "evidence", "verify"], cwd=folder, capture_output=True, timeout=60)
    assert verified.returncode == 0
