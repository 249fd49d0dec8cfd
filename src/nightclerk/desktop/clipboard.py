"""The clipboard as a driver needs it: know when our text was taken, and when the program has copied.

A paste without such knowledge types the previous clipboard's text. On X11 we are the clipboard's owner, so
the program has to ask us for the text, and a copy takes the ownership from us: both are events, no guessing.
"""

from __future__ import annotations

import secrets
import sys
import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

_POLL_S = 0.002


class Clipboard(Protocol):
    """What the driver needs of a clipboard."""

    def put(self, text: str) -> None:
        """Offer `text`; from now on `taken` tells whether a program has asked for it."""

    def taken(self, *, timeout_s: float) -> bool: ...
    def arm(self) -> None:
        """Empty the clipboard and notice the next copy."""

    def copied(self, *, timeout_s: float) -> str | None:
        """The text that a program has copied since `arm`, or None when nothing came."""

    def held(self) -> str:
        """What stands on it now, text only ("" for none)."""

    def restore(self, text: str) -> None:
        """Let it say again what `held` gave."""

    def close(self) -> None: ...


def open_clipboard() -> Clipboard:
    """The clipboard of this process's desktop."""
    if sys.platform == "linux":
        from nightclerk.desktop.x11_clipboard import X11Clipboard

        return X11Clipboard()
    return PolledClipboard()


def wait_until(condition: Callable[[], bool], *, timeout_s: float, poll_s: float = _POLL_S) -> bool:
    """Poll `condition` until it holds; False when it did not within `timeout_s`."""
    end = time.monotonic() + timeout_s
    pause = threading.Event()
    while not condition():
        if time.monotonic() >= end:
            return False
        pause.wait(poll_s)
    return True


class PolledClipboard:
    """Windows and macOS through pyperclip: a unique mark shows whether a copy has happened.

    Not run by our tests on a real Windows; `taken` cannot be known there, the driver's read-back decides.
    """

    def __init__(self, gate: Any = None) -> None:
        if gate is None:
            import pyperclip

            gate = pyperclip
        self._gate = gate
        self._mark = self._ours = ""

    def put(self, text: str) -> None:
        self._gate.copy(text)
        self._ours = text
        wait_until(lambda: self._gate.paste() == text, timeout_s=2.0)

    def taken(self, *, timeout_s: float) -> bool:
        return True

    def arm(self) -> None:
        self._mark = f"nightclerk-{secrets.token_hex(8)}"
        self.put(self._mark)

    def copied(self, *, timeout_s: float) -> str | None:
        came = wait_until(lambda: self._gate.paste() != self._mark, timeout_s=timeout_s)
        return str(self._gate.paste()) if came else None

    def held(self) -> str:
        return str(self._gate.paste() or "")

    def restore(self, text: str) -> None:
        self._ours = ""
        self._gate.copy(text)

    def close(self) -> None:
        """Empty it if a text of ours was left on it, by a burst that was cut off; what was restored stays."""
        if self._gate.paste() == self._ours:
            self._gate.copy("")
