"""The X11 clipboard from inside: a small selection owner in a thread of its own, so that both ends are events."""

from __future__ import annotations

import struct
import threading
from importlib import import_module
from typing import Any

from nightclerk.desktop.clipboard import wait_until

_CURRENT_TIME = 0
_LARGEST = 200_000
_HELD_S = 0.5


class X11Clipboard:
    """Owner of the CLIPBOARD selection on the display that DISPLAY names."""

    def __init__(self) -> None:
        xcffib: Any = import_module("xcffib")
        self._x: Any = import_module("xcffib.xproto")
        self._conn: Any = xcffib.connect()
        self._atoms: dict[str, int] = {}
        self._window = self._make_window()
        self._text, self._kept = b"", ""
        self._taken = threading.Event()
        self._arrived = threading.Event()
        self._received: bytes | None = None
        self._parts: list[bytes] | None = None
        self._thread = threading.Thread(target=self._serve, name="clipboard", daemon=True)
        self._thread.start()

    def put(self, text: str) -> None:
        self._text = text.encode()
        if len(self._text) > _LARGEST:
            raise ValueError(f"{len(self._text)} bytes are too many for one paste")
        self._taken.clear()
        self._conn.core.SetSelectionOwner(self._window, self._atom("CLIPBOARD"), _CURRENT_TIME, is_checked=True).check()

    def taken(self, *, timeout_s: float) -> bool:
        return self._taken.wait(timeout_s)

    def arm(self) -> None:
        self.put("")

    def copied(self, *, timeout_s: float) -> str | None:
        if not wait_until(self._lost, timeout_s=timeout_s):
            return None
        return self._ask_owner(timeout_s)

    def held(self) -> str:
        """Another program's text, or what we restored last."""
        owner = self._owner()
        if owner == self._window:
            return self._kept
        return (self._ask_owner(_HELD_S) or "") if owner else ""

    def restore(self, text: str) -> None:
        self._kept = text if len(text.encode()) <= _LARGEST else ""
        self.put(self._kept)

    def _ask_owner(self, timeout_s: float) -> str | None:
        """The text of the program that owns the clipboard; None when it gives none."""
        self._arrived.clear()
        self._received = None
        utf8 = self._atom("UTF8_STRING")
        clipboard, target = self._atom("CLIPBOARD"), self._atom("NIGHTCLERK_PASTE")
        self._conn.core.ConvertSelection(self._window, clipboard, utf8, target, _CURRENT_TIME, is_checked=True).check()
        self._arrived.wait(timeout_s)
        return self._received.decode(errors="replace") if self._received is not None else None

    def close(self) -> None:
        """Empty the clipboard and end the thread (woken by a message to our own window)."""
        self._text = b""
        event = self._x.ClientMessageEvent.synthetic(
            format=32,
            window=self._window,
            type=self._atom("NIGHTCLERK_END"),
            data=self._x.ClientMessageData.synthetic([0] * 5, "5I"),
        )
        self._conn.core.SendEvent(False, self._window, 0, event.pack(), is_checked=True).check()
        self._thread.join(timeout=5)
        self._conn.disconnect()

    # ------------------------------------------------------------------------------------ the thread

    def _serve(self) -> None:
        while True:
            event = self._conn.wait_for_event()
            if isinstance(event, self._x.ClientMessageEvent):
                return
            if isinstance(event, self._x.SelectionRequestEvent):
                self._give(event)
            elif isinstance(event, self._x.SelectionNotifyEvent):
                self._take(event)
            elif isinstance(event, self._x.PropertyNotifyEvent) and event.state == self._x.Property.NewValue:
                self._take_part(event)

    def _give(self, event: Any) -> None:
        """Answer a program that asks for our text."""
        texts = {self._atom(name) for name in ("UTF8_STRING", "text/plain;charset=utf-8")}
        prop = event.property or event.target
        if event.target == self._atom("TARGETS"):
            targets = [self._atom("TARGETS"), *texts]
            self._set(
                event.requestor, prop, self._x.Atom.ATOM, 32, len(targets), struct.pack(f"{len(targets)}I", *targets)
            )
        elif event.target in texts:
            self._set(event.requestor, prop, event.target, 8, len(self._text), self._text)
        else:
            prop = 0
        notice = self._x.SelectionNotifyEvent.synthetic(
            time=event.time,
            requestor=event.requestor,
            selection=event.selection,
            target=event.target,
            property=prop,
        )
        self._conn.core.SendEvent(False, event.requestor, 0, notice.pack())
        self._conn.flush()
        if event.target in texts:
            self._taken.set()

    def _take(self, event: Any) -> None:
        """The text that we asked the copying program for, at once or (INCR) in parts."""
        if not event.property:
            self._arrived.set()
            return
        kind, data = self._get(event.property)
        if kind == self._atom("INCR"):
            self._parts = []
            return
        self._received = data
        self._arrived.set()

    def _take_part(self, event: Any) -> None:
        if self._parts is None or event.atom != self._atom("NIGHTCLERK_PASTE"):
            return
        _, data = self._get(event.atom)
        if data:
            self._parts.append(data)
            return
        self._received, self._parts = b"".join(self._parts), None
        self._arrived.set()

    # -------------------------------------------------------------------------------------- X11 calls

    def _lost(self) -> bool:
        return self._owner() != self._window

    def _owner(self) -> int:
        return int(self._conn.core.GetSelectionOwner(self._atom("CLIPBOARD")).reply().owner)

    def _get(self, prop: int) -> tuple[int, bytes]:
        reply = self._conn.core.GetProperty(True, self._window, prop, 0, 0, 2**28).reply()
        return reply.type, reply.value.buf()

    def _set(self, window: int, prop: int, kind: int, bits: int, count: int, data: bytes) -> None:
        self._conn.core.ChangeProperty(self._x.PropMode.Replace, window, prop, kind, bits, count, data)

    def _atom(self, name: str) -> int:
        if name not in self._atoms:
            self._atoms[name] = self._conn.core.InternAtom(False, len(name), name).reply().atom
        return self._atoms[name]

    def _make_window(self) -> int:
        window = int(self._conn.generate_id())
        root = self._conn.get_setup().roots[0].root
        mask, events = self._x.CW.EventMask, [self._x.EventMask.PropertyChange]
        self._conn.core.CreateWindow(0, window, root, -10, -10, 1, 1, 0, 0, 0, mask, events, is_checked=True).check()
        return window
