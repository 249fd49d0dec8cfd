"""Windows of a desktop behind one small interface: list, active, geometry, focus."""

from __future__ import annotations

import ctypes
import struct
import sys
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Protocol

from nightclerk.desktop.clipboard import wait_until
from nightclerk.errors import MissingPart
from nightclerk.ports import Box
from nightclerk.texts import say


@dataclass(frozen=True, kw_only=True)
class Window:
    """One visible window; `handle` is the system's number for it."""

    handle: int
    title: str


class WindowSystem(Protocol):
    """What the driver needs to know about windows."""

    def windows(self) -> list[Window]:
        """The visible windows, topmost first."""

    def active(self) -> Window | None:
        """The window that gets the keys now."""

    def box(self, window: Window) -> Box | None:
        """Where its content stands on the screen; None when it is gone."""

    def focus(self, window: Window) -> None: ...
    def named(self) -> set[int]:
        """The handles that the window manager still names, also of windows whose program has just ended."""

    def answers(self, window: Window, *, timeout_s: float) -> bool:
        """Whether its program is alive: False when it was asked and did not answer in time."""

    def close(self) -> None: ...


def open_windows() -> WindowSystem:
    """The window system of this machine: X11 (EWMH) on Linux, pygetwindow on Windows."""
    if sys.platform == "linux":
        return X11Windows()
    if sys.platform == "win32":
        return Win32Windows()
    part, remedy = say("reasons.desktop_driver"), say("reasons.elsewhere")
    raise MissingPart(code="NO_DESKTOP_DRIVER", part=part, remedy=remedy)


class X11Windows:
    """Windows by the EWMH properties that every window manager keeps."""

    def __init__(self) -> None:
        xcffib: Any = import_module("xcffib")
        self._x: Any = import_module("xcffib.xproto")
        self._gone = (self._x.WindowError, self._x.DrawableError)
        self._conn: Any = xcffib.connect()
        self._root = self._conn.get_setup().roots[0].root
        self._atoms: dict[str, int] = {}

    def windows(self) -> list[Window]:
        handles = self._numbers(self._root, "_NET_CLIENT_LIST_STACKING")
        found = (self._window(handle) for handle in reversed(handles))
        return [window for window in found if window is not None]

    def active(self) -> Window | None:
        """Openbox goes on naming a dead window as active, whose number a new program's hidden one may get."""
        handles = self._numbers(self._root, "_NET_ACTIVE_WINDOW")
        return self._window(handles[0]) if handles and handles[0] in self.named() else None

    def box(self, window: Window) -> Box | None:
        try:
            size = self._conn.core.GetGeometry(window.handle).reply()
            spot = self._conn.core.TranslateCoordinates(window.handle, self._root, 0, 0).reply()
        except self._gone:
            return None
        return Box(x=spot.dst_x, y=spot.dst_y, width=size.width, height=size.height)

    def focus(self, window: Window) -> None:
        event = self._x.ClientMessageEvent.synthetic(
            format=32,
            window=window.handle,
            type=self._atom("_NET_ACTIVE_WINDOW"),
            data=self._x.ClientMessageData.synthetic([2, 0, 0, 0, 0], "5I"),
        )
        mask = self._x.EventMask.SubstructureRedirect | self._x.EventMask.SubstructureNotify
        self._conn.core.SendEvent(False, self._root, mask, event.pack(), is_checked=True).check()

    def named(self) -> set[int]:
        return set(self._numbers(self._root, "_NET_CLIENT_LIST_STACKING"))

    def answers(self, window: Window, *, timeout_s: float) -> bool:
        """By _NET_WM_PING; a program that does not take part in it counts as alive."""
        ping = self._atom("_NET_WM_PING")
        if ping not in self._numbers(window.handle, "WM_PROTOCOLS"):
            return True
        xcffib: Any = import_module("xcffib")
        line = xcffib.connect()  # of its own: it hears of every window's changes
        try:
            mask = self._x.EventMask.SubstructureNotify
            line.core.ChangeWindowAttributes(self._root, self._x.CW.EventMask, [mask], is_checked=True).check()
            event = self._x.ClientMessageEvent.synthetic(
                format=32,
                window=window.handle,
                type=self._atom("WM_PROTOCOLS"),
                data=self._x.ClientMessageData.synthetic([ping, 0, window.handle, 0, 0], "5I"),
            )
            line.core.SendEvent(False, window.handle, 0, event.pack(), is_checked=True).check()
            return wait_until(lambda: self._answered(line, ping, window.handle), timeout_s=timeout_s)
        except self._gone:
            return True
        finally:
            line.disconnect()

    def _answered(self, line: Any, ping: int, handle: int) -> bool:
        while (event := line.poll_for_event()) is not None:
            if isinstance(event, self._x.ClientMessageEvent) and list(event.data.data32)[:3:2] == [ping, handle]:
                return True
        return False

    def close(self) -> None:
        self._conn.disconnect()

    def _window(self, handle: int) -> Window | None:
        title = self._bytes(handle, "_NET_WM_NAME") or self._bytes(handle, "WM_NAME")
        if title is None:
            return None
        return Window(handle=handle, title=title.decode(errors="replace"))

    def _numbers(self, window: int, name: str) -> list[int]:
        data = self._bytes(window, name) or b""
        return list(struct.unpack(f"{len(data) // 4}I", data))

    def _bytes(self, window: int, name: str) -> bytes | None:
        try:
            reply = self._conn.core.GetProperty(False, window, self._atom(name), 0, 0, 2**16).reply()
        except self._gone:
            return None
        return reply.value.buf() if reply.format else None

    def _atom(self, name: str) -> int:
        if name not in self._atoms:
            self._atoms[name] = self._conn.core.InternAtom(False, len(name), name).reply().atom
        return self._atoms[name]


class Win32Windows:
    """Windows through pygetwindow (which pyautogui brings along). Not run by our tests on a real Windows."""

    def __init__(self, gate: Any = None, user32: Any = None) -> None:
        if gate is None:
            import pygetwindow

            gate, user32 = pygetwindow, getattr(ctypes, "windll").user32  # noqa: B009 - the name exists on Windows only
        self._gate, self._user32 = gate, user32

    def windows(self) -> list[Window]:
        return [self._window(w) for w in self._gate.getAllWindows() if w.visible and w.title]

    def active(self) -> Window | None:
        found = self._gate.getActiveWindow()
        return self._window(found) if found is not None else None

    def box(self, window: Window) -> Box | None:
        for found in self._gate.getAllWindows():
            if found._hWnd == window.handle:
                return Box(x=found.left, y=found.top, width=found.width, height=found.height)
        return None

    def focus(self, window: Window) -> None:
        for found in self._gate.getAllWindows():
            if found._hWnd == window.handle:
                found.activate()

    def named(self) -> set[int]:
        return {window.handle for window in self.windows()}

    def answers(self, window: Window, *, timeout_s: float) -> bool:
        """By SendMessageTimeout with WM_NULL, as the task manager asks. Not run by our tests on a real Windows."""
        if self._user32 is None:
            return True
        abort_if_hung = 0x0002
        return bool(self._user32.SendMessageTimeoutW(window.handle, 0, 0, 0, abort_if_hung, round(timeout_s * 1000), 0))

    def close(self) -> None:
        """Nothing is held."""

    @staticmethod
    def _window(found: Any) -> Window:
        return Window(handle=found._hWnd, title=found.title)
