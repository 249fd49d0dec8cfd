"""Find the browser of this machine (Chrome, Edge, Chromium, or Playwright's own) and say how to launch it."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import psutil

from nightclerk.errors import MissingPart
from nightclerk.texts import say

LINUX_NAMES = ("google-chrome", "google-chrome-stable", "chromium", "chromium-browser", "microsoft-edge")
MAC_APPS = (
    "Google Chrome.app/Contents/MacOS/Google Chrome",
    "Chromium.app/Contents/MacOS/Chromium",
    "Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
WINDOWS_PATHS = (
    "Google/Chrome/Application/chrome.exe",
    "Chromium/Application/chrome.exe",
    "Microsoft/Edge/Application/msedge.exe",
)
WINDOWS_FOLDERS = ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")
VIEWPORT = {"width": 1280, "height": 800}


def installed_browser(platform: str = sys.platform, environ: Mapping[str, str] = os.environ) -> Path | None:
    """The browser to use: NIGHTCLERK_BROWSER, else the first one installed; None when there is none."""
    chosen = environ.get("NIGHTCLERK_BROWSER")
    if chosen:
        return Path(chosen)
    return next((path for path in _candidates(platform, environ) if path.is_file()), None)


def _candidates(platform: str, environ: Mapping[str, str]) -> Iterator[Path]:
    if platform == "win32":
        for folder in filter(None, map(environ.get, WINDOWS_FOLDERS)):
            yield from (Path(folder) / path for path in WINDOWS_PATHS)
    elif platform == "darwin":
        for place in (Path("/Applications"), Path.home() / "Applications"):
            yield from (place / app for app in MAC_APPS)
    else:
        for name in LINUX_NAMES:
            found = shutil.which(name, path=environ.get("PATH"))
            if found:
                yield Path(found)


def browser_or_fault(playwright_own: str) -> Path:
    """The installed browser or Playwright's own; NO_BROWSER when there is neither."""
    found = installed_browser()
    if found is None and Path(playwright_own).is_file():
        found = Path(playwright_own)
    if found is None or not found.is_file():
        raise MissingPart(code="NO_BROWSER", part=say("web.browser"), remedy=say("web.browser_remedy"))
    return found


def launch_options(*, executable: Path, downloads: Path) -> dict[str, Any]:
    """How the browser is started: visible only on NIGHTCLERK_HEADED=1, with nothing to hide that it is driven."""
    return {
        "executable_path": str(executable),
        "headless": os.environ.get("NIGHTCLERK_HEADED") != "1",
        "chromium_sandbox": not _is_root(),
        "args": [
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-domain-reliability",
            "--disable-sync",
            "--no-first-run",
            "--no-default-browser-check",
        ],
        # The worker says when a run stops; a signal to the whole group must not take the browser from under an item.
        "handle_sigint": False,
        "handle_sigterm": False,
        "handle_sighup": False,
        "accept_downloads": True,
        "downloads_path": str(downloads / ".arriving"),
        "locale": "zh-CN",
        "timezone_id": "Asia/Shanghai",
        "viewport": VIEWPORT,
    }


def end_browser(profile: Path) -> int:
    """Kill the browser that this process has started with a profile; how many processes that were. Any thread may."""
    ours = psutil.Process().children(recursive=True)
    mine = [process for process in ours if f"--user-data-dir={profile}" in _command(process)]
    for process in mine:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    return len(mine)


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0
