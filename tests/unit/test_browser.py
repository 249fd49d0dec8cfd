"""Which browser is used on which system, and what is said when there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from nightclerk.errors import MissingPart
from nightclerk.web import browser


def make(file: Path) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("")
    file.chmod(0o755)
    return file


def test_linux_takes_the_first_one_on_the_path(tmp_path: Path) -> None:
    """Chrome before Chromium, whatever the order of folders."""
    make(tmp_path / "a" / "chromium")
    chrome = make(tmp_path / "b" / "google-chrome")
    path = f"{tmp_path / 'a'}:{tmp_path / 'b'}"
    assert browser.installed_browser("linux", {"PATH": path}) == chrome
    assert browser.installed_browser("linux", {"PATH": str(tmp_path)}) is None


def test_windows_looks_in_the_program_folders(tmp_path: Path) -> None:
    """Edge is on every Windows; Chrome of the user goes first where it is installed."""
    edge = make(tmp_path / "pf86" / "Microsoft/Edge/Application/msedge.exe")
    folders = {"PROGRAMFILES(X86)": str(tmp_path / "pf86"), "LOCALAPPDATA": str(tmp_path / "local")}
    assert browser.installed_browser("win32", folders) == edge


def test_a_browser_may_be_named(tmp_path: Path) -> None:
    """NIGHTCLERK_BROWSER wins over what is installed."""
    mine = make(tmp_path / "mine")
    assert browser.installed_browser("linux", {"NIGHTCLERK_BROWSER": str(mine), "PATH": "/usr/bin"}) == mine


def test_no_browser_has_a_code_and_a_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Playwright's own browser is the last resort; without it the sentence says what to install."""
    monkeypatch.setattr(browser, "installed_browser", lambda: None)
    own = make(tmp_path / "own")
    assert browser.browser_or_fault(str(own)) == own
    with pytest.raises(MissingPart, match=r"^NO_BROWSER: a browser .* is missing. Install one of them"):
        browser.browser_or_fault(str(tmp_path / "none"))


def test_the_browser_does_not_hide_that_it_is_driven(tmp_path: Path) -> None:
    """Invisible unless asked for, in Chinese, without stealth switches; the sandbox is off only for root."""
    options = browser.launch_options(executable=tmp_path, downloads=tmp_path)
    assert (options["headless"], options["locale"], options["timezone_id"]) == (True, "zh-CN", "Asia/Shanghai")
    assert not [arg for arg in options["args"] if "Automation" in arg or "sandbox" in arg]
