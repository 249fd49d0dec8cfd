"""start.py: what it decides, and what it does with a set-up that is finished, broken, moved or under way."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import string
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType

import pytest

from nightclerk.texts import catalogue

ROOT = Path(__file__).parents[2]
posix_only = pytest.mark.skipif(os.name == "nt", reason="stands in for the tools with shell scripts")


def _load(file: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("start_under_test", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The three files that a set-up depends on, in a folder of their own."""
    for name in ("start.py", "requirements.txt", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


@pytest.fixture
def start(copy: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.setenv("NIGHTCLERK_LANG", "en")
    return _load(copy / "start.py")


def _pretend_set_up(start: ModuleType) -> None:
    """A finished set-up whose tools only print what they were called with."""
    start.BIN.mkdir(parents=True)
    for tool in ("python", "nightclerk", "ruff", "pip"):
        script = start.BIN / tool
        script.write_text(f'#!/bin/sh\n# {start.BIN}\necho {tool} "$@"\n', encoding="utf-8")
        script.chmod(0o755)
    start.STAMP.write_text(json.dumps({"digest": start.digest(), "missing": []}), encoding="utf-8")


def _start(copy: Path, *words: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "NIGHTCLERK_LANG": "en"}
    command = [sys.executable, str(copy / "start.py"), *words]
    return subprocess.run(command, capture_output=True, text=True, env=env, timeout=60)


@posix_only
@pytest.mark.parametrize(
    ("words", "printed"),
    [
        (["demo", "--no-console", "--json"], "nightclerk demo --no-console --json\n"),
        (["test", "-k", "once"], "python -m pytest -n 2 --dist loadfile -k once\n"),
        (["setup"], ""),
        (["bench"], ""),
        (["check"], "ruff check .\nruff format --check .\npython -m mypy\nnightclerk check\n"),
    ],
)
def test_each_word_does_its_part_and_passes_flags_on(
    copy: Path, start: ModuleType, words: list[str], printed: str
) -> None:
    """Standard output belongs to the command, so that a script can read its JSON."""
    _pretend_set_up(start)
    done = _start(copy, *words)
    assert (done.returncode, done.stdout) == (0, printed)


@posix_only
def test_a_second_start_loses_no_time(copy: Path, start: ModuleType) -> None:
    """With everything in place the set-up costs less than 3 seconds, on a busy machine too."""
    _pretend_set_up(start)
    began = time.monotonic()
    assert _start(copy, "demo").stdout == "nightclerk demo\n"
    assert time.monotonic() - began < 3


@posix_only
def test_the_exit_status_is_the_commands(copy: Path, start: ModuleType) -> None:
    """A demo that found a doubled order must fail the script that called it."""
    _pretend_set_up(start)
    (start.BIN / "nightclerk").write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    assert _start(copy, "demo").returncode == 1


@posix_only
def test_check_goes_on_after_a_failure_and_names_it(copy: Path, start: ModuleType) -> None:
    """All checks run, and the end says which did not pass."""
    _pretend_set_up(start)
    (start.BIN / "ruff").write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    done = _start(copy, "check")
    assert done.stdout == "python -m mypy\nnightclerk check\n"
    assert (done.returncode, done.stderr) == (1, "Failed: ruff check, ruff format\n")


@pytest.mark.parametrize(("words", "status"), [([], 2), (["dmeo"], 2), (["--help"], 0)])
def test_without_a_known_word_it_says_what_there_is(copy: Path, words: list[str], status: int) -> None:
    """Nothing is set up for a typing mistake."""
    done = _start(copy, *words)
    assert done.returncode == status
    assert "Usage: python3 start.py WORD" in done.stderr
    assert not (copy / ".venv").exists()


@posix_only
@pytest.mark.parametrize("change", ["requirements.txt", "pyproject.toml", "start.py"])
def test_a_changed_file_asks_for_a_new_set_up(start: ModuleType, change: str) -> None:
    """The stamp covers everything that the set-up depends on."""
    _pretend_set_up(start)
    assert start.stamped()
    with (start.ROOT / change).open("a", encoding="utf-8") as file:
        file.write("\n# changed\n")
    assert not start.stamped()


@posix_only
@pytest.mark.parametrize("damage", ["python", "nightclerk", "stamp"])
def test_a_damaged_set_up_is_not_taken_for_finished(start: ModuleType, damage: str) -> None:
    """A tool that is gone, or a stamp that was cut off in the middle, sets up again."""
    _pretend_set_up(start)
    if damage == "stamp":
        start.STAMP.write_text('{"digest": "', encoding="utf-8")
    else:
        (start.BIN / damage).unlink()
    assert not start.stamped()


def test_a_moved_or_broken_venv_is_made_anew(start: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """Scripts of a copied checkout still point to the old place, and an interrupted one has no Python that runs."""
    calls: list[list[str]] = []
    monkeypatch.setattr(start, "run", lambda command, seen=None: calls.append(command) or 0)
    monkeypatch.setattr(start, "venv_works", lambda: bool(calls))
    start.BIN.mkdir(parents=True)
    (start.BIN / "leftover").write_text("", encoding="utf-8")
    start.make_venv()
    assert calls == [[sys.executable, "-m", "venv", str(start.VENV)]]
    assert not (start.BIN / "leftover").exists()


@posix_only
def test_scripts_of_another_place_give_a_moved_venv_away(start: ModuleType) -> None:
    """A venv works only where it was made."""
    version = f"{sys.version_info[0]} {sys.version_info[1]}"
    _pretend_set_up(start)
    (start.BIN / "python").write_text(f"#!/bin/sh\necho {version}\n", encoding="utf-8")
    assert start.venv_works()
    (start.BIN / "pip").write_text("#!/elsewhere/.venv/bin/python\n", encoding="utf-8")
    assert not start.venv_works()


def test_a_failed_download_is_one_sentence(start: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """pip's first complaint, what to do, and where the details are."""

    def pip(command: list[str], seen: object = None) -> int:
        assert callable(seen)
        seen("Collecting dbos==3.4.0")
        seen("ERROR: No matching distribution found for dbos==3.4.0")
        return 1

    monkeypatch.setattr(start, "run", pip)
    with pytest.raises(start.SetupError) as caught:
        start.install_packages()
    assert str(caught.value).startswith(
        "Installing the packages failed: No matching distribution found for dbos==3.4.0. Check the network"
    )


def test_two_set_ups_at_once_take_turns(start: ModuleType) -> None:
    """While one process sets up, another cannot take the lock; afterwards it can."""
    script = f"import runpy; start = runpy.run_path({str(start.ROOT / 'start.py')!r})\n"
    script += "file = open(start['ROOT'] / 'data' / 'setup.lock', 'a+b')\n"
    script += "print(start['_try_lock'](file.fileno(), wait=False))"

    def try_it() -> str:
        command = [sys.executable, "-c", script]
        return subprocess.run(command, capture_output=True, text=True, timeout=60).stdout.strip()

    with start.only_one():
        assert try_it() == "False"
    assert try_it() == "True"


def test_what_could_not_be_had_is_said_at_each_start(start: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence a part with the command that gets it, until it is there."""
    monkeypatch.setattr(start.shutil, "which", lambda name: None)
    assert start.lacking(["xclip"]) == [
        "NO_CLIPBOARD: xclip is missing (typing Chinese by clipboard). On Debian and Ubuntu: sudo apt-get install xclip"
    ]
    monkeypatch.setattr(start.shutil, "which", lambda name: f"/usr/bin/{name}")
    assert start.lacking(["xclip"]) == []


def test_an_old_python_is_told_in_both_languages(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has an old Python reads a sentence instead of a traceback."""
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    with pytest.raises(SystemExit) as caught:
        _load(copy / "start.py")
    assert "NightClerk needs Python 3.11 or newer (this is 3.9.2)" in str(caught.value)
    assert "NightClerk 需要 Python 3.11" in str(caught.value)


def test_its_texts_agree_in_both_languages(start: ModuleType) -> None:
    """Both texts of a key fill in the same facts."""
    for key, texts in start.TEXTS.items():
        fields = [{name for _, name, _, _ in string.Formatter().parse(text) if name} for text in texts]
        assert fields[0] == fields[1], key


def test_its_codes_are_those_of_the_doctor(start: ModuleType) -> None:
    """What start.py reports can be looked up by `nightclerk doctor`."""
    codes = {code for code, _, _ in start.PARTS.values()} | {"NO_BROWSER"}
    assert {f"doctor.{code}.remedy" for code in codes} <= set(catalogue())


def test_it_needs_nothing_but_the_standard_library() -> None:
    """It runs before anything is installed."""
    code = f"import runpy; runpy.run_path({str(ROOT / 'start.py')!r})"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
