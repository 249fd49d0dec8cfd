"""`nightclerk init` makes a workspace that is whole, and touches no folder that is in use."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from nightclerk.errors import WorkspaceError
from nightclerk.init import PARTS, create_workspace, starter_folder
from nightclerk.texts import language


def test_a_new_workspace_has_all_parts_and_no_leftovers(tmp_path: Path) -> None:
    """Bots, flows, selectors and config are copied; caches, logs and data are not."""
    folder = create_workspace(tmp_path / "night")
    assert sorted(path.name for path in folder.iterdir()) == sorted([*PARTS, ".gitignore", "README.md"])
    assert not list(folder.rglob("__pycache__"))
    starter = starter_folder() / "bots"
    assert {path.name for path in (folder / "bots").iterdir()} == {path.name for path in starter.iterdir()}


def test_what_the_engine_writes_stays_out_of_version_control(tmp_path: Path) -> None:
    """Logs hold evidence and data holds the vault: neither may be pushed by accident."""
    lines = (create_workspace(tmp_path / "night") / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert {"/logs/", "/data/"} <= set(lines)


def test_the_readme_speaks_the_language_of_the_terminal(tmp_path: Path) -> None:
    """It is named after the folder and explains the parts."""
    with language("zh"):
        assert "这是一个夜班" in (create_workspace(tmp_path / "a") / "README.md").read_text(encoding="utf-8")
    with language("en"):
        assert "# b\n" in (create_workspace(tmp_path / "b") / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("used", "expected an empty folder and it holds files already. Name another one"),
        ("used/orders.csv", "expected a folder and this is a file. Name another one"),
    ],
)
def test_a_folder_in_use_is_refused(tmp_path: Path, name: str, sentence: str) -> None:
    """Nobody's files are mixed with ours or overwritten."""
    (tmp_path / "used").mkdir()
    (tmp_path / "used" / "orders.csv").write_text("x", encoding="utf-8")
    with language("en"), pytest.raises(WorkspaceError) as caught:
        create_workspace(tmp_path / name)
    assert sentence in caught.value.sentence("en")
    assert [path.name for path in (tmp_path / "used").iterdir()] == ["orders.csv"]


def test_the_copy_passes_its_own_check(tmp_path: Path) -> None:
    """A new workspace starts without a single fault, seen from a process that knows nothing else."""
    folder = create_workspace(tmp_path / "night")
    code = (
        "import sys; from pathlib import Path; from nightclerk.check import check_workspace\n"
        "report = check_workspace(Path(sys.argv[1]))\n"
        "print(*report.sentences(), sep='\\n'); sys.exit(not report.ok)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder)], capture_output=True, text=True, cwd=tmp_path, timeout=120
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
