"""A VT terminal: a command (ssh, telnet, any program) in a pseudo terminal, its screen kept by pyte."""

from __future__ import annotations

import codecs
import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from nightclerk.terminal.faults import NoTerminals
from nightclerk.terminal.keys import vt_code
from nightclerk.terminal.screen import Place, Screen
from nightclerk.texts import say

ROWS, COLUMNS = 24, 80
#: A screen that has said nothing for this long has settled.
QUIET_S = 0.06
_STEP_S = 0.6
_MOST_TABS = 120


class VtLine:
    """See `line.Line`. `encoding` is the host's, such as utf-8 or gb18030."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        encoding: str = "utf-8",
        rows: int = ROWS,
        columns: int = COLUMNS,
        env: Mapping[str, str] | None = None,
    ) -> None:
        if os.name == "nt":  # not run on Windows here: see the README's "what is not proven"
            raise NoTerminals(code="NO_PTY", part=say("reasons.pseudo_terminal"), remedy=say("reasons.use_3270"))
        try:
            import pyte
        except ImportError as error:
            raise NoTerminals(
                code="NO_PYTE",
                part=say("reasons.terminal_library", name="pyte"),
                remedy=say("reasons.install", command='pip install "nightclerk[terminal]"'),
            ) from error
        self._encoding = encoding
        self._decode = codecs.getincrementaldecoder(encoding)(errors="replace")
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.Stream(self._screen)
        self._changed = threading.Condition()
        self._serial = 0
        self._master, self._child = _start(command, rows, columns, env or {})
        self._reader = threading.Thread(target=self._read, daemon=True, name="vt-reader")
        self._reader.start()

    def screen(self) -> Screen:
        with self._changed:
            buffer, columns, rows = self._screen.buffer, self._screen.columns, self._screen.lines
            cells = tuple(tuple(buffer[row][col].data for col in range(columns)) for row in range(rows))
            marked, bright = set(), set()
            for row in range(rows):
                for col, cell in buffer[row].items():
                    if cell.underscore or cell.reverse or cell.data == "_":
                        marked.add((row, col))
                    if cell.bold:
                        bright.add((row, col))
            cursor = (self._screen.cursor.y, self._screen.cursor.x)
            return Screen(
                cells=cells,
                cursor=cursor,
                marked=frozenset(marked),
                bright=frozenset(bright),
                serial=self._serial,
            )

    def alive(self) -> bool:
        return self._child.poll() is None and self._reader.is_alive()

    def wait_change(self, since: int, timeout_s: float) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: self._serial != since, timeout_s)

    def press(self, chord: str) -> None:
        before = self._serial
        self._send(vt_code(chord))
        self._settle(before)

    def enter_field(self, place: Place) -> bool:
        """Press Tab until the cursor stands in the place; a cursor that comes round again has no way there."""
        seen: set[tuple[int, int]] = set()
        for _ in range(_MOST_TABS):
            cursor = self.screen().cursor
            if place.holds(*cursor):
                return True
            if cursor in seen:
                return False
            seen.add(cursor)
            self._send(vt_code("Tab"))
            self._wait(partial(self._has_moved, cursor))
        return False

    def _has_moved(self, before: tuple[int, int]) -> bool:
        return (self._screen.cursor.y, self._screen.cursor.x) != before

    def clear_field(self, place: Place) -> None:
        """Go behind the last character and take all away; the driver reads back what is left."""
        shown = self.screen().text(place)
        if shown:
            self._send(vt_code("End") + vt_code("Backspace") * len(shown))
            self._wait(lambda: not self.screen().text(place))

    def type(self, text: str) -> None:
        self._send(text)  # whoever typed reads it back, and keys that follow stand in the same line

    def close(self) -> None:
        """Hang up: the program gets SIGHUP, then SIGKILL, and is waited for."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._child.pid, signal.SIGHUP)
        try:
            self._child.wait(timeout=2.0)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._child.pid, signal.SIGKILL)
            self._child.wait()
        self._reader.join(timeout=2.0)
        with contextlib.suppress(OSError):
            os.close(self._master)

    def _send(self, text: str) -> None:
        data = text.encode(self._encoding)
        while data:
            data = data[os.write(self._master, data) :]

    def _settle(self, before: int) -> None:
        """Wait until the answer has come and nothing more follows; a key that is not answered costs `_STEP_S`."""
        if not self.wait_change(before, _STEP_S):
            return
        while self.wait_change(self._serial, QUIET_S):
            continue

    def _wait(self, holds: Callable[[], bool]) -> None:
        with self._changed:
            self._changed.wait_for(holds, _STEP_S)

    def _read(self) -> None:
        while True:
            try:
                data = os.read(self._master, 65536)
            except OSError:  # the program has ended and its side of the line is closed
                data = b""
            with self._changed:
                if data:
                    self._stream.feed(self._decode.decode(data))
                self._serial += 1
                self._changed.notify_all()
            if not data:
                return


def _start(
    command: Sequence[str], rows: int, columns: int, env: Mapping[str, str]
) -> tuple[int, subprocess.Popen[bytes]]:
    import fcntl
    import pty
    import struct
    import termios

    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    try:
        child = subprocess.Popen(
            command,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            env={**os.environ, "TERM": "xterm", **env},
        )
    except OSError as error:
        os.close(master)
        raise NoTerminals(code="NO_PROGRAM", part=str(command[0]), remedy=f"Install it ({error.strerror})") from error
    finally:
        os.close(slave)
    return master, child
