"""The doctor names what a machine lacks, tested on machines that exist only as facts."""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from rich.console import Console

from nightclerk.office.doctor import LOOKS, Check, as_json, as_table, examine, is_fit
from nightclerk.office.machine import LinuxFacts, NoAnswer, Screen, this_machine
from nightclerk.texts import catalogue

NIGHT = 1_800_000_000.0


@dataclass
class FakeFacts:
    """A machine that lacks nothing until a test takes something away."""

    platform: str = "linux"
    python: tuple[int, int, int] = (3, 11, 7)
    tools: dict[str, str] = field(
        default_factory=lambda: {name: f"/usr/bin/{name}" for name in ("Xvfb", "openbox", "xclip")}
    )
    browser_path: str = "/usr/bin/chromium"
    modules: set[str] = field(default_factory=lambda: {"tkinter", "rapidocr"})
    fonts: bool = True
    bus: bool = True
    desktop: str = ":0"
    is_locked: bool | None = False
    is_disconnected: bool | None = False
    is_elevated: bool | None = True
    seen: Screen | NoAnswer | None = field(
        default_factory=lambda: Screen(width=1280, height=800, uniform=False)
    )  # fmt: skip
    scale: int | None = 100
    free: int = 80 * 1024**3
    time: float = NIGHT
    latest: float | None = NIGHT - 60
    modes: dict[str, int] = field(default_factory=dict)

    def tool(self, name: str) -> str:
        return self.tools.get(name, "")

    def browser(self) -> str:
        return self.browser_path

    def has_module(self, name: str) -> bool:
        return name in self.modules

    def has_cjk_font(self) -> bool:
        return self.fonts

    def has_accessibility_bus(self) -> bool:
        return self.bus

    def display(self) -> str:
        return self.desktop

    def locked(self) -> bool | None:
        return self.is_locked

    def screen(self) -> Screen | None:
        if isinstance(self.seen, NoAnswer):
            raise self.seen
        return self.seen

    def disconnected(self) -> bool | None:
        return self.is_disconnected

    def elevated(self) -> bool | None:
        return self.is_elevated

    def scale_percent(self) -> int | None:
        return self.scale

    def free_bytes(self, folder: Path) -> int:
        return self.free

    def now(self) -> float:
        return self.time

    def newest(self, folder: Path) -> float | None:
        return self.latest

    def mode(self, file: Path) -> int | None:
        return self.modes.get(file.name)


def _bad(root: Path, facts: FakeFacts) -> dict[str, Check]:
    return {check.code: check for check in examine(root, facts) if not check.ok}


def test_a_whole_machine_is_fit(tmp_path: Path) -> None:
    """Every check passes and none has a remedy to give."""
    checks = examine(tmp_path, FakeFacts())
    assert [check.code for check in checks if not check.ok or check.remedy] == []
    assert is_fit(checks)


@pytest.mark.parametrize(
    ("code", "facts", "found", "remedy"),
    [
        ("OLD_PYTHON", {"python": (3, 9, 2)}, "3.9.2", "Install Python 3.11 or newer."),
        ("NO_BROWSER", {"browser_path": ""}, "not there", "Run: apt-get install chromium"),
        ("NO_DISPLAY", {"desktop": "", "tools": {}}, "not there", "Run: apt-get install xvfb"),
        ("NO_XVFB", {"tools": {}}, "not there", "Run: apt-get install xvfb"),
        ("NO_WINDOW_MANAGER", {"tools": {}}, "not there", "Run: apt-get install openbox"),
        ("NO_CLIPBOARD", {"tools": {}}, "not there", "Run: apt-get install xclip"),
        ("NO_CJK_FONT", {"fonts": False}, "not there", "Run: apt-get install fonts-noto-cjk"),
        ("NO_TK", {"modules": set()}, "not there", "Install a Python with tkinter"),
        ("NO_ACCESSIBILITY_BUS", {"bus": False}, "not there", "Run: apt-get install at-spi2-core"),
        ("NO_OCR", {"modules": set()}, "not there", "Only scans and windows without control names"),
        ("LOCKED_SESSION", {"is_locked": True}, "locked", "Unlock it"),
        ("DISCONNECTED_SESSION", {"is_disconnected": True}, "disconnected", "A disconnected session"),
        ("NOT_ELEVATED", {"is_elevated": False}, "ordinary user", "A program that runs"),
        ("BLACK_SCREEN", {"seen": Screen(width=800, height=600, uniform=True)}, "800×600", "The screen has a"),
        ("WRONG_DPI", {"scale": 150}, "150 %", "Set the scale to 100 %"),
        ("DISK_LOW", {"free": 1024**3}, "1.0 GB free", "A run stops when its evidence cannot be written"),
        ("CLOCK_OFF", {"latest": NIGHT + 600}, "600 s behind files that already exist", "Set it from a time"),
    ],
)  # fmt: skip
def test_what_is_missing_has_a_code_and_a_remedy(
    tmp_path: Path, code: str, facts: dict[str, object], found: str, remedy: str
) -> None:
    """Each lack is found, named, and told together with what to do."""
    check = _bad(tmp_path, FakeFacts(**facts))[code]  # type: ignore[arg-type]
    assert check.found == found
    assert check.remedy.startswith(remedy)


def test_a_key_that_others_can_read_is_told(tmp_path: Path) -> None:
    """A private key is for its owner alone; the remedy can be pasted."""
    key = tmp_path / "data" / "vault.key"
    key.parent.mkdir()
    key.write_text("secret", encoding="utf-8")
    check = _bad(tmp_path, FakeFacts(modes={"vault.key": 0o644}))["KEY_READABLE"]
    assert (check.found, check.remedy) == (f"{key} (644)", f"Run: chmod 600 {key}")
    assert "KEY_READABLE" not in _bad(tmp_path, FakeFacts(modes={"vault.key": 0o600}))


def test_a_linux_machine_without_a_desktop_brings_its_own(tmp_path: Path) -> None:
    """With Xvfb a missing DISPLAY is no fault, and there is no screen to look at."""
    checks = {check.code: check for check in examine(tmp_path, FakeFacts(desktop="", seen=None, is_locked=None))}
    assert checks["NO_DISPLAY"].found == "bots bring their own (Xvfb)"
    assert "BLACK_SCREEN" not in checks
    assert "LOCKED_SESSION" not in checks


def test_a_locked_windows_session_is_told_how_to_leave_remote_desktop(tmp_path: Path) -> None:
    """On Windows the usual reason is a closed Remote Desktop window, so the remedy names tscon."""
    bad = _bad(tmp_path, FakeFacts(platform="windows", tools={}, is_locked=True, scale=125))
    assert set(bad) == {"LOCKED_SESSION", "WRONG_DPI"}
    assert "tscon" in bad["LOCKED_SESSION"].remedy


def test_a_screen_that_cannot_be_looked_at_counts_as_black(tmp_path: Path) -> None:
    """What the system said is kept as the finding."""
    bad = _bad(tmp_path, FakeFacts(platform="macos", seen=NoAnswer(what="screen", why="no right to record")))
    assert bad["BLACK_SCREEN"].found == "screen could not be found out: no right to record."
    assert "Privacy & Security" in bad["BLACK_SCREEN"].remedy


def test_what_only_limits_does_not_make_a_machine_unfit(tmp_path: Path) -> None:
    """Without text recognition and accessibility most bots run; without a browser none of the web does."""
    assert is_fit(examine(tmp_path, FakeFacts(modules={"tkinter"}, bus=False)))
    assert not is_fit(examine(tmp_path, FakeFacts(browser_path="")))


def test_the_table_shows_code_finding_and_remedy(tmp_path: Path) -> None:
    """One line a check; what is missing is followed by its remedy."""
    console = Console(width=120, record=True, file=io.StringIO())
    console.print(as_table(examine(tmp_path, FakeFacts(browser_path=""))))
    text = console.export_text()
    assert "✗  NO_BROWSER" in text
    assert "→ Run: apt-get install chromium" in text


def test_a_script_gets_the_same_findings(tmp_path: Path) -> None:
    """`doctor --json` says whether the machine is fit, and each check by its code."""
    answer = as_json(examine(tmp_path, FakeFacts(free=0)))
    assert answer["ok"] is False
    assert [check["code"] for check in answer["checks"] if not check["ok"]] == ["DISK_LOW"]


def test_every_check_has_its_texts_in_both_languages(tmp_path: Path) -> None:
    """A code without a name or a remedy would show a person a bare key."""
    others = {"KEY_READABLE", "NO_DATABASE", "NO_WORKER"}
    codes = others | {check.code for check in examine(tmp_path, FakeFacts(tools={}))}
    assert len(codes) == len(LOOKS)
    assert {f"doctor.{code}.{part}" for code in codes for part in ("part", "remedy")} <= set(catalogue())


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks a real Linux")
def test_a_real_linux_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The facts of the machine that runs the tests can be had without a display and without an exception."""
    monkeypatch.delenv("DISPLAY", raising=False)
    facts = this_machine()
    assert isinstance(facts, LinuxFacts)
    assert {"OLD_PYTHON", "NO_BROWSER", "DISK_LOW"} <= {check.code for check in examine(tmp_path, facts)}
