"""The green screens as a 3270 host on loopback: `python -m nightclerk.sandbox.green.host3270 --state DIR --port 0`.

Telnet options of RFC 1576 (terminal type, binary, end of record), one erase/write a screen, read modified back.
"""

from __future__ import annotations

import argparse
import json
import os
import socketserver
import sys
import threading
from pathlib import Path

from nightclerk.sandbox.green.forms import COLUMNS, ROWS, Form
from nightclerk.sandbox.green.program import Program

_IAC, _DONT, _DO, _WONT, _WILL, _SB, _SE, _EOR = 0xFF, 0xFE, 0xFD, 0xFC, 0xFB, 0xFA, 0xF0, 0xEF
_BINARY, _TTYPE, _END_OF_RECORD = 0x00, 0x18, 0x19
_ERASE_WRITE, _UNLOCK = 0xF5, 0xC3
_SBA, _SF, _IC = 0x11, 0x1D, 0x13
_PROTECTED, _BRIGHT, _INPUT, _HIDDEN = 0x20, 0x28, 0x00, 0x0C
_AIDS = {0x7D: "Enter", 0xF5: "F5", 0xF6: "F6", 0x7C: "F12"}
_PAGE = "cp037"
#: The graphic that stands for six bits in an address or an attribute.
_GRAPHIC = [0x40, *range(0xC1, 0xCA), *range(0x4A, 0x51), *range(0xD1, 0xDA), *range(0x5A, 0x62)]
_GRAPHIC += [*range(0xE2, 0xEA), *range(0x6A, 0x70), *range(0xF0, 0xFA), *range(0x7A, 0x80)]


def screen_bytes(form: Form) -> bytes:
    """The outbound data stream that erases the screen and writes the form."""
    out = bytearray([_ERASE_WRITE, _UNLOCK])
    for text in form.all_texts():
        plain = text.text.encode(_PAGE, errors="replace")[: COLUMNS - text.col]
        out += _at(text.row, text.col - 1) + _field(_BRIGHT if text.bright else _PROTECTED) + plain
    for one in form.inputs:
        out += _at(one.row, one.col - 1) + _field(_HIDDEN if one.hidden else _INPUT)
        out += one.value.encode(_PAGE, errors="replace") + b"\x00" * (one.length - len(one.value))
        out += _field(_PROTECTED)
    first = form.inputs[0]
    return bytes(out + _at(first.row, first.col) + bytes([_IC]))


def typed(data: bytes, form: Form) -> tuple[str, dict[str, str]]:
    """(key, values by input) of an inbound data stream; inputs that were not changed keep what they said."""
    values = {one.name: one.value for one in form.inputs}
    places = {one.row * COLUMNS + one.col: one.name for one in form.inputs}
    for part in data[3:].split(bytes([_SBA]))[1:]:
        name = places.get(_address(part[0], part[1]))
        if name is not None:
            values[name] = part[2:].replace(b"\x00", b"").decode(_PAGE)
    return _AIDS.get(data[0], ""), values


def _at(row: int, col: int) -> bytes:
    address = (row * COLUMNS + col) % (ROWS * COLUMNS)
    return bytes([_SBA, _GRAPHIC[address >> 6], _GRAPHIC[address & 63]])


def _field(attribute: int) -> bytes:
    return bytes([_SF, _GRAPHIC[attribute]])


def _address(high: int, low: int) -> int:
    if high & 0xC0 == 0:  # a 14-bit address
        return high << 8 | low
    return (high & 0x3F) << 6 | (low & 0x3F)


class Session(socketserver.BaseRequestHandler):
    """One terminal on the line."""

    server: Host

    def handle(self) -> None:
        """Agree on the telnet options, then screen and answer until the person signs off or hangs up."""
        program = Program(self.server.state, language="en")
        self.request.sendall(bytes([_IAC, _DO, _TTYPE]))
        self._waiting = bytearray()
        self._agreed: set[int] = set()
        while not program.over:
            record = self._record()
            if record is None:
                return
            if record:
                key, values = typed(record, program.form)
                hangs_up = self.server.hangs_up(key)
                if hangs_up != "before":
                    program.press(key, values)
                if hangs_up:
                    return
            self._send(b"" if program.over else screen_bytes(program.form))

    def _send(self, data: bytes) -> None:
        if data:
            self.request.sendall(data.replace(b"\xff", b"\xff\xff") + bytes([_IAC, _EOR]))

    def _record(self) -> bytes | None:
        """The next record that the terminal sends; b"" right after the options are agreed; None when it hung up."""
        record = bytearray()
        while True:
            byte = self._byte()
            if byte is None:
                return None
            if byte != _IAC:
                record.append(byte)
                continue
            command = self._byte()
            if command == _EOR:
                return bytes(record)
            if command == _IAC:
                record.append(_IAC)
            elif command is None or self._option(command):
                return None if command is None else b""

    def _byte(self) -> int | None:
        if not self._waiting:
            try:
                self._waiting += self.request.recv(4096)
            except ConnectionError:
                return None
        return self._waiting.pop(0) if self._waiting else None

    def _option(self, command: int) -> bool:
        """Answer one telnet option; True once all are agreed and the first screen is due."""
        if command == _SB:
            while self._byte() not in (_SE, None):
                continue
            for wanted in (_END_OF_RECORD, _BINARY):
                self._ask(_DO, wanted)
                self._ask(_WILL, wanted)
            return False
        option = self._byte()
        if command == _WILL and option == _TTYPE:
            self.request.sendall(bytes([_IAC, _SB, _TTYPE, 1, _IAC, _SE]))
        elif command in (_DO, _WILL) and option in (_END_OF_RECORD, _BINARY):
            before = len(self._agreed)
            self._agreed.add(command << 8 | option)
            return before == 3 and len(self._agreed) == 4
        elif command in (_DO, _WILL) and option is not None:
            self._ask(_WONT if command == _DO else _DONT, option)
        return False

    def _ask(self, command: int, option: int) -> None:
        self.request.sendall(bytes([_IAC, command, option]))


class Host(socketserver.ThreadingTCPServer):
    """The host: one thread a terminal."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, state: Path, port: int, *, hang_up: str = "") -> None:
        super().__init__(("127.0.0.1", port), Session)
        self.state, self._hang_up = state, hang_up
        self._once = threading.Lock()

    def hangs_up(self, key: str) -> str:
        """Whether the line breaks at this key: once, at the first save, "before" or "after" it reaches the books."""
        with self._once:
            now, self._hang_up = (self._hang_up, "") if key == "F6" else ("", self._hang_up)
            return now

    @property
    def url(self) -> str:
        return f"tn3270://127.0.0.1:{self.server_address[1]}"


def main() -> None:
    """Listen on loopback until standard input closes; the first line on standard output says where."""
    parser = argparse.ArgumentParser(prog="nightclerk.sandbox.green.host3270", description="A 3270 ERP to practise on.")
    parser.add_argument("--state", type=Path, required=True, help="the sandbox's folder; books go to DIR/books/erp.db")
    parser.add_argument("--port", type=int, default=0, help="0: any free port")
    parser.add_argument("--hang-up", choices=["before", "after"], default="", help="break the line at the first save")
    asked = parser.parse_args()
    host = Host(asked.state, asked.port, hang_up=asked.hang_up)
    threading.Thread(target=host.serve_forever, daemon=True).start()
    print(json.dumps({"url": host.url, "pid": os.getpid()}), flush=True)
    sys.stdin.buffer.read()


if __name__ == "__main__":
    main()
