"""A 3270 terminal over telnet (tnz): fields, cursor and keyboard lock as the host declares them."""

from __future__ import annotations

import contextlib
import itertools
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar
from urllib.parse import urlsplit

from nightclerk.errors import WorkspaceError
from nightclerk.terminal.faults import NoTerminals
from nightclerk.terminal.keys import name_3270
from nightclerk.terminal.screen import Field, Place, Screen
from nightclerk.texts import say

T = TypeVar("T")
_NUMBERS = itertools.count(1)
_PUMP_S = 0.05


class Tn3270Line:
    """See `line.Line`. tnz keeps an event loop, so that it lives on a thread of its own (an actor)."""

    def __init__(self, url: str, *, timeout_s: float, verify: bool = True) -> None:
        try:
            from tnz.tnz import Tnz
        except ImportError as error:
            raise NoTerminals(
                code="NO_TNZ",
                part=say("reasons.terminal_library", name="tnz"),
                remedy=say("reasons.install", command='pip install "nightclerk[terminal]"'),
            ) from error
        host, port, secure = address(url)
        os.environ.setdefault("TNZ_LOGGING", "")  # else it writes a log of all that is typed into the current folder
        self._actor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="tn3270")
        self._serial = 0
        self._last: tuple[Any, ...] = ()
        self._host: Any = self._call(Tnz, f"nightclerk-{next(_NUMBERS)}")
        self._call(self._connect, host, port, secure, verify, timeout_s)

    def screen(self) -> Screen:
        return self._call(self._snapshot)

    def alive(self) -> bool:
        return not self._host.seslost

    def wait_change(self, since: int, timeout_s: float) -> bool:
        return bool(self._call(self._await, lambda: self._snapshot().serial != since, timeout_s))

    def press(self, chord: str) -> None:
        self._call(getattr(self._host, name_3270(chord)))

    def enter_field(self, place: Place) -> bool:
        """The host's field at the place; a 3270 cursor can stand anywhere, but only a field takes input."""
        self._call(self._host.set_cursor_position, place.row + 1, place.col + 1)
        return not (isinstance(place, Field) and place.protected)

    def clear_field(self, place: Place) -> None:
        self._call(self._host.key_eraseeof)

    def type(self, text: str) -> None:
        self._call(self._host.key_data, text)

    def close(self) -> None:
        with contextlib.suppress(RuntimeError):
            self._call(self._host.shutdown)
        self._actor.shutdown()

    # ------------------------------------------------------------------------------- on the actor's thread

    def _call(self, function: Callable[..., T], *arguments: Any) -> T:
        return self._actor.submit(function, *arguments).result()

    def _connect(self, host: str, port: int, secure: bool, verify: bool, timeout_s: float) -> None:
        self._host.connect(host, port, secure=secure, verifycert=verify)
        if not self._await(lambda: self._host.seslost or (not self._host.pwait and self._says_something()), timeout_s):
            raise _no_host("reasons.host_answer", host, port)
        if self._host.seslost:
            raise _no_host("reasons.host_session", host, port)

    def _says_something(self) -> bool:
        return bool(self._host.scrstr().strip())

    def _await(self, holds: Callable[[], bool], timeout_s: float) -> bool:
        """Let the network be heard until it holds; False when the time ran out."""
        turns = max(1, int(timeout_s / _PUMP_S))
        for _ in range(turns):
            if holds():
                return True
            self._host.wait(_PUMP_S)
        return holds()

    def _snapshot(self) -> Screen:
        host = self._host
        host.wait(0)
        width, height = host.maxcol, host.maxrow
        hidden = {address for field in self._fields() if field.hidden for address in _addresses(field, width)}
        text = host.scrstr(0, 0, rstrip=False)
        shown = [" " if index in hidden else character for index, character in enumerate(text[: width * height])]
        cells = tuple(tuple(shown[row * width : (row + 1) * width]) for row in range(height))
        locked = bool(host.pwait or host.system_lock_wait)
        known = (cells, host.curadd, locked)
        if known != self._last:
            self._last, self._serial = known, self._serial + 1
        fields = tuple(self._fields())
        marked = frozenset((f.row, f.col + n) for f in fields if not f.protected for n in range(f.length))
        bright = frozenset(
            divmod(address, width)
            for start, attribute in host.fields()
            if host.is_intensified_attr(attribute)
            for address in range(start + 1, min(start + 80, width * height))
            if host.field(address)[0] == start
        )
        return Screen(
            cells=cells, cursor=divmod(host.curadd, width), locked=locked, fields=_open(fields), marked=marked,
            bright=bright, serial=self._serial,
        )  # fmt: skip

    def _fields(self) -> list[Field]:
        """Every field of the screen; one that runs over a line's end counts to that end."""
        host, width = self._host, self._host.maxcol
        found = list(host.fields())
        ends = [start for start, _ in found[1:]] + [width * host.maxrow]
        made = []
        for (start, attribute), end in zip(found, ends, strict=True):
            row, col = divmod((start + 1) % (width * host.maxrow), width)
            made.append(
                Field(
                    row=row,
                    col=col,
                    length=min(end - start - 1, width - col),
                    protected=bool(host.is_protected_attr(attribute)),
                    hidden=not host.is_displayable_attr(attribute),
                    numeric=bool(host.is_numeric_attr(attribute)),
                )
            )
        return made


def _open(fields: tuple[Field, ...]) -> tuple[Field, ...]:
    """The fields that take input."""
    return tuple(field for field in fields if not field.protected and field.length > 0)


def _addresses(field: Field, width: int) -> range:
    start = field.row * width + field.col
    return range(start, start + field.length)


def address(url: str) -> tuple[str, int, bool]:
    """(host, port, TLS) of tn3270://HOST[:PORT] or tn3270s://HOST[:PORT]."""
    parts = urlsplit(url)
    if parts.scheme not in ("tn3270", "tn3270s") or not parts.hostname:
        raise WorkspaceError(
            where="config/apps.yaml", expected=f"a terminal's url, not {url!r}", remedy="Write tn3270://HOST:23"
        )
    secure = parts.scheme == "tn3270s"
    return parts.hostname, parts.port or (992 if secure else 23), secure


def _no_host(missing: str, host: str, port: int) -> NoTerminals:
    return NoTerminals(code="NO_HOST", part=say(missing, host=f"{host}:{port}"), remedy=say("reasons.check_host"))
