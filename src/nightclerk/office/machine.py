"""What the doctor asks of a machine, and the answers of Linux, Windows and macOS.

Linux is what our tests run on. The answers of Windows and macOS are thin calls into the system behind the same
interface; what is decided from them is tested with a fake (tests/unit/test_doctor.py).
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from nightclerk.errors import NightClerkError


class NoAnswer(NightClerkError):
    """The machine could not be asked. Facts: what, why."""

    en = "{what} could not be found out: {why}."
    zh = "无法查明{what}：{why}。"


@dataclass(frozen=True, kw_only=True)
class Screen:
    """The screen as a bot sees it now. `uniform`: every pixel has one colour, as on a locked or headless desktop."""

    width: int
    height: int
    uniform: bool


class SystemFacts(Protocol):
    """Plain facts about one machine; None where the question makes no sense or cannot be answered there."""

    platform: str  # linux, windows or macos
    python: tuple[int, int, int]

    def tool(self, name: str) -> str:
        """The path of a program, "" when there is none."""

    def browser(self) -> str: ...
    def has_module(self, name: str) -> bool: ...
    def has_cjk_font(self) -> bool: ...
    def has_accessibility_bus(self) -> bool: ...
    def display(self) -> str:
        """A name for the desktop that programs started now would appear on, "" for none."""

    def locked(self) -> bool | None: ...
    def disconnected(self) -> bool | None:
        """Whether nobody, not even a console, is connected to the session: windows are not drawn then."""

    def elevated(self) -> bool | None:
        """Whether we may send input to programs that run as administrator; None where every program may."""

    def screen(self) -> Screen | None: ...
    def scale_percent(self) -> int | None: ...
    def free_bytes(self, folder: Path) -> int: ...
    def now(self) -> float: ...
    def newest(self, folder: Path) -> float | None:
        """The latest time of change among the files of a folder, seconds since 1970."""

    def mode(self, file: Path) -> int | None:
        """Permission bits, None where the system has none."""


BROWSERS = (
    "google-chrome", "google-chrome-stable", "chromium", "chromium-browser", "microsoft-edge",
)  # fmt: skip


class _Common:
    """What is asked alike everywhere."""

    python = (sys.version_info[0], sys.version_info[1], sys.version_info[2])

    def tool(self, name: str) -> str:
        return shutil.which(name) or ""

    def browser(self) -> str:
        on_path = (path for name in BROWSERS if (path := shutil.which(name)))
        installed = (str(path) for path in self.browser_places() if path.is_file())
        own = (str(path) for path in sorted(self.playwright_folder().glob("chromium-*"), reverse=True))
        return next((path for group in (on_path, installed, own) for path in group), "")

    def browser_places(self) -> Iterable[Path]:
        return ()

    def playwright_folder(self) -> Path:
        chosen = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
        usual = {"darwin": "Library/Caches", "win32": "AppData/Local"}.get(sys.platform, ".cache")
        return Path(chosen) if chosen else Path.home() / usual / "ms-playwright"

    def has_module(self, name: str) -> bool:
        if name == "tkinter":
            return _imports("_tkinter")
        return importlib.util.find_spec(name) is not None

    def has_cjk_font(self) -> bool:
        return True

    def has_accessibility_bus(self) -> bool:
        return True

    def display(self) -> str:
        return "desktop"

    def disconnected(self) -> bool | None:
        return None

    def elevated(self) -> bool | None:
        return None

    def screen(self) -> Screen | None:
        if not self.display():
            return None
        return grab()

    def free_bytes(self, folder: Path) -> int:
        return shutil.disk_usage(next(path for path in (folder, *folder.parents) if path.exists())).free

    def now(self) -> float:
        import time

        return time.time()

    def newest(self, folder: Path) -> float | None:
        times = [path.stat().st_mtime for path in folder.glob("*") if path.exists()]
        return max(times, default=None)

    def mode(self, file: Path) -> int | None:
        return file.stat().st_mode & 0o777


class LinuxFacts(_Common):
    """Linux with X11; desktop bots bring their own Xvfb, so a missing display is no fault by itself."""

    platform = "linux"

    def has_cjk_font(self) -> bool:
        if self.tool("fc-list"):
            return bool(_answer(["fc-list", ":lang=zh-cn", "family"]).strip())
        return any(Path("/usr/share/fonts").rglob("*CJK*"))

    def has_accessibility_bus(self) -> bool:
        places = ("/usr/libexec/at-spi-bus-launcher", "/usr/lib/at-spi2-core/at-spi-bus-launcher")
        return any(Path(place).exists() for place in places)

    def display(self) -> str:
        return os.environ.get("DISPLAY", "")

    def locked(self) -> bool | None:
        session = os.environ.get("XDG_SESSION_ID")
        if not session or not self.tool("loginctl"):
            return None
        hint = _answer(["loginctl", "show-session", session, "--property=LockedHint"]).strip()
        return {"LockedHint=yes": True, "LockedHint=no": False}.get(hint)

    def scale_percent(self) -> int | None:
        if not self.display() or not self.tool("xdpyinfo"):
            return None
        found = re.search(r"resolution:\s+(\d+)x", _answer(["xdpyinfo"]))
        return round(int(found[1]) / 96 * 100) if found else None


class WindowsFacts(_Common):
    """Windows through its own calls. Not run in our tests, see README "What is not proven"."""

    platform = "windows"

    def browser_places(self) -> Iterable[Path]:
        tails = (r"Google\Chrome\Application\chrome.exe", r"Microsoft\Edge\Application\msedge.exe")
        variables = ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")
        return [Path(os.environ[name]) / tail for name in variables if name in os.environ for tail in tails]

    def locked(self) -> bool | None:
        desktop_read = 0x0001
        handle = _windows().user32.OpenInputDesktop(0, False, desktop_read)
        if handle:
            _windows().user32.CloseDesktop(handle)
        return not handle

    def disconnected(self) -> bool | None:
        state, size, connect_state = ctypes.POINTER(ctypes.c_int)(), ctypes.c_uint(), 8
        ours = 0xFFFFFFFF  # WTS_CURRENT_SESSION
        told = _windows().wtsapi32.WTSQuerySessionInformationW(
            None, ours, connect_state, ctypes.byref(state), ctypes.byref(size)
        )
        if not told:
            return None
        disconnected = state.contents.value == 4  # WTSDisconnected
        _windows().wtsapi32.WTSFreeMemory(state)
        return disconnected

    def elevated(self) -> bool | None:
        return bool(_windows().shell32.IsUserAnAdmin())

    def scale_percent(self) -> int | None:
        return round(int(_windows().user32.GetDpiForSystem()) / 96 * 100)

    def mode(self, file: Path) -> int | None:
        return None


class MacFacts(_Common):
    """macOS. Not run in our tests, see README "What is not proven"."""

    platform = "macos"

    def browser_places(self) -> Iterable[Path]:
        names = ("Google Chrome", "Microsoft Edge", "Chromium")
        folders = (Path("/Applications"), Path.home() / "Applications")
        return [folder / f"{name}.app/Contents/MacOS/{name}" for folder in folders for name in names]

    def locked(self) -> bool | None:
        return "CGSSessionScreenIsLocked" in _answer(["ioreg", "-n", "Root", "-d1", "-a"])

    def scale_percent(self) -> int | None:
        return None


def this_machine() -> SystemFacts:
    """The facts of the machine that we run on."""
    kinds: dict[str, type[LinuxFacts] | type[WindowsFacts] | type[MacFacts]] = {
        "win32": WindowsFacts,
        "darwin": MacFacts,
    }
    return kinds.get(sys.platform, LinuxFacts)()


def grab() -> Screen:
    """Look at the whole screen once. NoAnswer when it cannot be looked at."""
    import mss
    import mss.exception

    try:
        with mss.MSS() as camera:
            shot = camera.grab(camera.monitors[0])
    except (mss.exception.ScreenShotError, OSError) as error:
        raise NoAnswer(what="screen", why=str(error)) from error
    pixels = bytes(shot.bgra)
    return Screen(width=shot.width, height=shot.height, uniform=pixels == pixels[:4] * (len(pixels) // 4))


def _windows() -> Any:
    return getattr(ctypes, "windll")  # noqa: B009 - the name exists on Windows only, and mypy knows that


def _imports(name: str) -> bool:
    try:
        importlib.import_module(name)
    except ImportError:
        return False
    return True


def _answer(command: list[str]) -> str:
    """What a small system tool prints, "" when it does not answer within 10 s."""
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=10, check=False).stdout
    except (OSError, subprocess.SubprocessError):
        return ""
