"""Keyboard and mouse of an X11 desktop: keys by the layout that is in force, each chord only into the window meant.

Between a look at the focus and a key event another program may take the focus. So both happen while the server is
grabbed: no program can do anything in between, and a key that would go elsewhere is never sent (`aim`).
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any

from nightclerk.desktop.clipboard import wait_until
from nightclerk.desktop.faults import ScreenLocked
from nightclerk.desktop.keyboard import Chord, Untypable
from nightclerk.errors import WrongWindow

#: Names of keys that are no characters -> X11 keysyms.
_KEYSYMS = {
    "ctrl": 0xFFE3, "alt": 0xFFE9, "shift": 0xFFE1, "win": 0xFFEB, "enter": 0xFF0D, "esc": 0xFF1B, "tab": 0xFF09,
    "backspace": 0xFF08, "delete": 0xFFFF, "insert": 0xFF63, "home": 0xFF50, "end": 0xFF57, "pageup": 0xFF55,
    "pagedown": 0xFF56, "up": 0xFF52, "down": 0xFF54, "left": 0xFF51, "right": 0xFF53, "space": 0x20,
    **{f"f{n}": 0xFFBD + n for n in range(1, 13)},
}  # fmt: skip
_LEVEL3 = 0xFE03
_CAPS_LOCK = 0xFFE5
#: How long the focus may lag behind what the window manager says before it counts as somebody else's.
_FOCUS_S = 0.5
_PRESS, _RELEASE, _BUTTON_PRESS, _BUTTON_RELEASE, _MOTION = 2, 3, 4, 5, 6


class X11Hands:
    """A Keyboard over XTEST. While `aim` names a window, nothing is sent that would reach another one."""

    def __init__(self) -> None:
        xcffib: Any = import_module("xcffib")
        self._x: Any = import_module("xcffib.xproto")
        self._gone = (self._x.WindowError, self._x.DrawableError)
        self._conn: Any = xcffib.connect()
        self._test: Any = self._conn(import_module("xcffib.xtest").key)
        setup = self._conn.get_setup()
        self._root, self._screen = setup.roots[0].root, setup.roots[0]
        self._program = ~setup.resource_id_mask
        self._first, self._count = setup.min_keycode, setup.max_keycode - setup.min_keycode + 1
        self._window: int | None = None

    def aim(self, window: int | None) -> None:
        """From now on only into this window, or (None) wherever the focus is. ScreenLocked where a lock covers it."""
        self._window = window
        if window is not None and (cover := self._cover()) is not None:
            raise ScreenLocked(window=cover)

    def press(self, chords: Sequence[Chord]) -> None:
        """Press chords one after the other; every key that went down comes up again. WrongWindow before any other."""
        codes = self._codes()
        for keys in chords:
            wanted = [code for key in keys for code in self._code(codes, key)]
            with self._focused():
                self._tap(wanted)

    def type_ascii(self, text: str) -> None:
        """Type characters key by key (for secrets: nothing touches the clipboard)."""
        codes = self._codes()
        taps = [self._code(codes, character) for character in text]
        for tap in taps:
            with self._focused():
                self._tap(tap)

    def click(self, x: int, y: int) -> None:
        """Click at a point of the screen, if the window that was aimed at (or a menu of its program) is there."""
        with self._grabbed():
            if self._window is not None and not self._ours_at(x, y):
                raise WrongWindow(wanted=self._name(self._window), found=self._name(self._client_at(x, y)))
            self._send(_MOTION, 0, x, y)
            self._send(_BUTTON_PRESS, 1)
            self._send(_BUTTON_RELEASE, 1)

    def close(self) -> None:
        self._conn.disconnect()

    # -------------------------------------------------------------------------------------------- keys

    def _codes(self) -> dict[int, tuple[int, int]]:
        """keysym -> (keycode, level) of the layout that is in force now; the lowest level where there are several."""
        reply = self._conn.core.GetKeyboardMapping(self._first, self._count).reply()
        wide = reply.keysyms_per_keycode
        found: dict[int, tuple[int, int]] = {}
        for level, column in ((0, 0), (1, 1), (2, 4), (3, 5)):
            if column < wide:
                for row in range(self._count):
                    found.setdefault(int(reply.keysyms[row * wide + column]), (self._first + row, level))
        return found

    def _code(self, codes: dict[int, tuple[int, int]], key: str) -> list[int]:
        """The keycodes to hold for one key or character, modifiers first."""
        keysym = _KEYSYMS.get(key) or (ord(key) if ord(key) < 0x100 else 0x01000000 | ord(key))
        code, level = codes.get(keysym, (0, 0))
        if not code or (level >= 2 and _LEVEL3 not in codes):
            raise Untypable(character=key)
        shift = [codes[_KEYSYMS["shift"]][0]] if level % 2 else []
        third = [codes[_LEVEL3][0]] if level >= 2 else []
        return [*shift, *third, code]

    def _tap(self, codes: Sequence[int]) -> None:
        self._without_caps_lock()
        with self._unrepeated():
            for code in codes:
                self._send(_PRESS, code)
            for code in reversed(codes):
                self._send(_RELEASE, code)

    @contextlib.contextmanager
    def _unrepeated(self) -> Iterator[None]:
        """A machine that stalls here keeps a key down for long; on a screen of our own nothing repeats anyway."""
        if not self._conn.core.GetKeyboardControl().reply().global_auto_repeat:
            yield
            return
        self._repeat(self._x.AutoRepeatMode.Off)
        try:
            yield
        finally:
            self._repeat(self._x.AutoRepeatMode.On)

    def _repeat(self, mode: int) -> None:
        self._conn.core.ChangeKeyboardControl(self._x.KB.AutoRepeatMode, [mode], is_checked=True).check()

    def _without_caps_lock(self) -> None:
        """Letters would come out in the other case."""
        if self._conn.core.QueryPointer(self._root).reply().mask & self._x.KeyButMask.Lock:
            caps = self._codes().get(_CAPS_LOCK)
            for kind in (_PRESS, _RELEASE) if caps else ():
                self._send(kind, caps[0] if caps else 0)

    def _send(self, kind: int, detail: int, x: int = 0, y: int = 0) -> None:
        self._test.FakeInput(kind, detail, 0, self._root, x, y, 0, is_checked=True).check()

    # ----------------------------------------------------------------------------------------- windows

    @contextlib.contextmanager
    def _grabbed(self) -> Iterator[None]:
        """Nobody but us can ask the server for anything inside of this block."""
        self._conn.core.GrabServer(is_checked=True).check()
        try:
            yield
        finally:
            self._conn.core.UngrabServer(is_checked=True).check()

    @contextlib.contextmanager
    def _focused(self) -> Iterator[None]:
        """A grabbed server on which the window that was aimed at has the focus; WrongWindow when it does not get it."""
        with contextlib.ExitStack() as grab:
            grab.enter_context(self._grabbed())
            if not self._has_focus():
                grab.close()
                wait_until(self._has_focus, timeout_s=_FOCUS_S, poll_s=0.01)
                grab.enter_context(self._grabbed())
            if not self._has_focus():
                raise WrongWindow(wanted=self._name(self._window), found=self._name(self._focus()))
            yield

    def _has_focus(self) -> bool:
        return self._window is None or self._window in self._line(self._focus())

    def _focus(self) -> int:
        return int(self._conn.core.GetInputFocus().reply().focus)

    def _line(self, window: int) -> list[int]:
        """A window and those that it lies in, up to the root."""
        line = []
        with contextlib.suppress(*self._gone):
            while window > 1 and window != self._root:
                line.append(window)
                window = self._conn.core.QueryTree(window).reply().parent
        return line

    def _ours_at(self, x: int, y: int) -> bool:
        """Whether the window aimed at, or another one of the same program such as a menu, is on top at a point."""
        found = self._client_at(x, y)
        return bool(found) and (found == self._window or self._same_program(found))

    def _same_program(self, window: int) -> bool:
        """A menu or list that a program draws over its window; another titled window of it is another matter."""
        attributes = self._conn.core.GetWindowAttributes(window).reply()
        return bool(attributes.override_redirect) and window & self._program == (self._window or 0) & self._program

    def _client_at(self, x: int, y: int) -> int:
        """The window at a point: ours if we are in it, else the topmost one (a frame counts as what it frames)."""
        window = int(self._conn.core.TranslateCoordinates(self._root, self._root, x, y).reply().child)
        line: list[int] = []
        with contextlib.suppress(*self._gone):
            while window:
                line.append(window)
                window = int(self._conn.core.TranslateCoordinates(self._root, window, x, y).reply().child)
        if self._window in line:
            return self._window or 0
        return line[0] if line else 0

    def _cover(self) -> str | None:
        """The name of a window that no window manager handles and that covers the whole screen, as a lock does."""
        screen = self._screen
        found = self._conn.core.TranslateCoordinates(
            self._root, self._root, screen.width_in_pixels // 2, screen.height_in_pixels // 2
        ).reply()
        with contextlib.suppress(*self._gone):
            if found.child and self._conn.core.GetWindowAttributes(found.child).reply().override_redirect:
                size = self._conn.core.GetGeometry(found.child).reply()
                if size.width >= screen.width_in_pixels and size.height >= screen.height_in_pixels:
                    return self._name(found.child) or hex(found.child)
        return None

    def _name(self, window: int | None) -> str:
        """The title of a window or of the one that it lies in ("-" for none)."""
        for one in self._line(window or 0):
            with contextlib.suppress(*self._gone):
                atom = self._conn.core.InternAtom(False, len("_NET_WM_NAME"), "_NET_WM_NAME").reply().atom
                for name in (atom, self._x.Atom.WM_NAME):
                    reply = self._conn.core.GetProperty(False, one, name, 0, 0, 1024).reply()
                    if reply.value_len:
                        return str(reply.value.buf().decode(errors="replace"))
        return "-"
