"""A desktop of one's own: on Linux a virtual screen with a window manager, elsewhere the screen that is there.

One desktop a process: pyautogui binds to its display when it is imported. The first `open_session` makes the
desktop, further calls share it, the last `close` ends it. A keeper process (keeper.py) holds everything that
was started, so that nothing outlives a bot that crashed.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import secrets
import select
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from nightclerk.desktop.bus import forget_other_desktops, start_bus
from nightclerk.errors import ApplicationError, MissingPart
from nightclerk.locks import alone
from nightclerk.texts import say

SCREEN = (1280, 800)
DPI = 96
_COOKIE_NAME = b"MIT-MAGIC-COOKIE-1"
_FAMILY_LOCAL = 256
_START_S = 15.0


class ProgramNotStarted(ApplicationError):
    """Facts: command, why."""

    en = "{command} could not be started: {why}. Check `command` in config/apps.yaml."
    zh = "无法启动 {command}：{why}。请检查 config/apps.yaml 中的 command。"


class Keeper:
    """Our end of the keeper process: start, poll and stop programs by id."""

    def __init__(self, folder: Path, pass_fds: Sequence[int] = ()) -> None:
        script = Path(__file__).with_name("keeper.py")
        self._process = subprocess.Popen(
            [sys.executable, "-E", "-S", str(script), str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "XDG_RUNTIME_DIR": str(folder)},
            pass_fds=tuple(pass_fds),
        )
        self._lock = threading.Lock()

    def start(self, command: Sequence[str], **more: Any) -> int:
        """The process id of the started program; ProgramNotStarted when the system refuses."""
        answer = self._ask({"start": list(command), **more})
        if "error" in answer:
            raise ProgramNotStarted(command=command[0], why=answer["error"])
        return int(answer["pid"])

    def poll(self, pid: int) -> int | None:
        """None while it runs, else its exit status."""
        code: int | None = self._ask({"poll": pid})["code"]
        return code

    def stop(self, pid: int, *, timeout_s: float = 3.0) -> int:
        return int(self._ask({"stop": pid, "timeout_s": timeout_s})["code"])

    def close(self) -> None:
        """Ends every program that is left, then the keeper."""
        if self._process.stdin:
            self._process.stdin.close()
        self._process.wait(timeout=30)
        if self._process.stdout:
            self._process.stdout.close()

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._lock:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        if not line:
            raise ApplicationError("the keeper of the desktop has ended")
        answer: dict[str, Any] = json.loads(line)
        return answer


class Session:
    """One desktop: its keeper, its screen size, and the environment that its programs get."""

    def __init__(self, *, keeper: Keeper, env: Mapping[str, str], folder: Path) -> None:
        self.keeper = keeper
        self.env = dict(env)
        self.folder = folder
        self.users = 0

    @property
    def dpi(self) -> int:
        """What our own screens are drawn at."""
        return DPI

    @property
    def own(self) -> bool:
        """Whether this desktop is the bot's own, with no person at it."""
        return "DISPLAY" in self.env

    def input_lock(self) -> AbstractContextManager[None]:
        """Keeps bots of other processes from the same mouse and keyboard for one burst; on our own desktop are none."""
        return contextlib.nullcontext() if self.own else alone(Path(tempfile.gettempdir()) / "nightclerk-input.lock")

    def end(self) -> None:
        """End everything on this desktop; the keeper removes its folder."""
        self.keeper.close()


_current: Session | None = None
_guard = threading.Lock()


def own_desktop() -> bool:
    """Whether each process of this machine gets a desktop of its own; elsewhere all share one mouse."""
    return sys.platform == "linux"


def open_session() -> Session:
    """This process's desktop, made at the first call. `close_session` once for each call."""
    global _current
    with _guard:
        if _current is None:
            _current = _linux() if own_desktop() else _present_screen()
        _current.users += 1
        return _current


def close_session() -> None:
    """Leave the desktop. It stays for this process's next app, and ends with the process at the latest."""
    with _guard:
        if _current is not None:
            _current.users -= 1


def end_desktop() -> None:
    """End this process's desktop if nobody works on it. pyautogui stays bound to it: call it last."""
    global _current
    with _guard:
        if _current is not None and _current.users <= 0:
            _current.end()
            _current = None


def missing_parts() -> list[str]:
    """The programs that a desktop of one's own needs and this machine lacks (Linux; elsewhere none)."""
    if sys.platform != "linux":
        return []
    return [name for name in ("Xvfb", "openbox") if shutil.which(name) is None]


def _present_screen() -> Session:
    if sys.platform == "win32":
        mind_pixels(getattr(ctypes, "windll").user32)  # noqa: B009 - the name exists on Windows only
    folder = Path(tempfile.mkdtemp(prefix="nightclerk-desktop-"))
    return Session(keeper=Keeper(folder), env={}, folder=folder)


def mind_pixels(user32: Any) -> bool:
    """Make this Windows process count physical pixels on every monitor, before anything asks for a place.

    Pictures, UI Automation and the mouse would else disagree at other scales than 100 %. False where the process had
    chosen already. Not run by our tests on a real Windows.
    """
    per_monitor_v2 = -4
    return bool(user32.SetProcessDpiAwarenessContext(ctypes.c_void_p(per_monitor_v2)))


def _linux() -> Session:
    missing = missing_parts()
    if missing:
        names = ", ".join(missing)
        remedy = f"Run: apt-get install -y {names.lower()} (or `python3 start.py setup`)."
        raise MissingPart(code="NO_XVFB" if "Xvfb" in missing else "NO_WINDOW_MANAGER", part=names, remedy=remedy)
    forget_other_desktops()
    folder = Path(tempfile.mkdtemp(prefix="nightclerk-desktop-"))
    folder.chmod(0o700)
    cookie = secrets.token_bytes(16)
    authority = folder / "Xauthority"
    _write_authority(authority, cookie, display="0")
    read_fd, write_fd = os.pipe()
    keeper = Keeper(folder, pass_fds=(write_fd,))
    session = Session(keeper=keeper, env={}, folder=folder)
    try:
        display = _start_screen(keeper, authority, folder, read_fd, write_fd)
        _write_authority(authority, cookie, display=display)
        session.env = _enter(display, authority, folder)
        session.env |= start_bus(keeper.start, session.env, folder)
        log = str(folder / "openbox.log")
        keeper.start(["openbox", "--sm-disable", "--config-file", _openbox_file(folder)], env=session.env, log=log)
    except BaseException:
        session.end()
        raise
    return session


def _start_screen(keeper: Keeper, authority: Path, folder: Path, read_fd: int, write_fd: int) -> str:
    """Start Xvfb, which picks a free display number itself; returns that number."""
    width, height = SCREEN
    log = folder / "xvfb.log"
    command = ["Xvfb", "-displayfd", str(write_fd), "-screen", "0", f"{width}x{height}x24", "-dpi", str(DPI)]
    command += ["-nolisten", "tcp", "-noreset", "-auth", str(authority)]
    command += ["-r"]  # no key repeats itself because a stalled machine was late in letting it go
    try:
        keeper.start(command, log=str(log), pass_fd=write_fd)
        os.close(write_fd)
        number = _read_line(read_fd)
    finally:
        os.close(read_fd)
    if not number:
        tail = log.read_text(errors="replace")[-300:] if log.exists() else ""
        raise MissingPart(code="NO_DISPLAY", part=say("reasons.virtual_screen"), remedy=say("reasons.xvfb", why=tail))
    return number


def _read_line(fd: int) -> str:
    """The line that Xvfb writes ("" when it does not come): number and line end arrive as two writes."""
    text = b""
    while not text.endswith(b"\n"):
        ready, _, _ = select.select([fd], [], [], _START_S)
        part = os.read(fd, 16) if ready else b""
        if not part:
            return ""
        text += part
    return text.decode().strip()


def _enter(display: str, authority: Path, folder: Path) -> dict[str, str]:
    """Point this process (pyautogui, mss, xcb) and its programs to the display."""
    env = {
        "DISPLAY": f":{display}",
        "XAUTHORITY": str(authority),
        "XDG_RUNTIME_DIR": str(folder),
        "XDG_SESSION_TYPE": "x11",
    }
    os.environ.update(env)
    os.environ.pop("WAYLAND_DISPLAY", None)
    return env


def _write_authority(path: Path, cookie: bytes, *, display: str) -> None:
    """An Xauthority file with one cookie: only holders of this file reach the screen."""
    parts = (socket.gethostname().encode(), display.encode(), _COOKIE_NAME, cookie)
    packed = b"".join(struct.pack(">H", len(part)) + part for part in parts)
    path.touch(mode=0o600)
    path.write_bytes(struct.pack(">H", _FAMILY_LOCAL) + packed)


def _openbox_file(folder: Path) -> str:
    """A window manager set-up without keys of its own: no chord of ours may move or close a window."""
    path = folder / "openbox.xml"
    path.write_text(
        '<?xml version="1.0"?><openbox_config xmlns="http://openbox.org/3.4/rc">'
        "<focus><focusNew>yes</focusNew><followMouse>no</followMouse></focus>"
        "<placement><policy>Smart</policy><center>yes</center></placement>"
        "<desktops><number>1</number></desktops><keyboard></keyboard>"
        "<mouse><context name='Client'><mousebind button='Left' action='Press'>"
        "<action name='Focus'/><action name='Raise'/></mousebind></context></mouse></openbox_config>",
        encoding="utf-8",
    )
    return str(path)
