"""The green screens on a VT terminal: `python -m nightclerk.sandbox.green.vt --state DIR [--encoding gb18030]`."""

from __future__ import annotations

import argparse
import codecs
import os
import re
import sys
import termios
import tty
from pathlib import Path

from nightclerk.sandbox.green.forms import Form, Input, fit, width
from nightclerk.sandbox.green.program import Program

_KEYS = {
    "\r": "Enter", "\n": "Enter", "\t": "Tab", "\x1b[Z": "BackTab", "\x7f": "Backspace", "\x08": "Backspace",
    "\x1b[H": "Home", "\x1b[F": "End", "\x1b[3~": "Delete", "\x1b[15~": "F5", "\x1b[17~": "F6", "\x1b[24~": "F12",
    "\x1b[A": "BackTab", "\x1b[B": "Tab",
}  # fmt: skip
_TOKEN = re.compile(r"\x1b(?:\[[0-9;]*[A-Za-z~]|O[A-Za-z])|[\s\S]")
_CLEAR, _PLAIN, _BRIGHT, _UNDERLINE = "\x1b[2J\x1b[H", "\x1b[0m", "\x1b[1m", "\x1b[4m"


class Front:
    """Draws the program's form and edits its inputs key by key, as a character terminal does."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._form: Form | None = None
        self._at = 0

    def keys(self, typed: str) -> str:
        """What to send to the terminal for what was typed."""
        out = ""
        for token in _TOKEN.findall(typed):
            key = _KEYS.get(token, "")
            if key in ("Enter", "F5", "F6", "F12"):
                out += self._submit(key)
            elif key in ("Tab", "BackTab"):
                self._at = (self._at + (1 if key == "Tab" else -1)) % len(self._inputs())
                out += self._caret()
            elif key:
                out += self._edit(key)
            elif token.isprintable():
                out += self._type(token)
        return out

    def draw(self) -> str:
        """The whole form."""
        form = self._form = self._program.form
        self._at = 0
        out = _CLEAR
        for text in form.all_texts():
            out += _move(text.row, text.col) + (_BRIGHT if text.bright else "") + text.text + _PLAIN
        for one in form.inputs:
            out += self._drawn(one)
        return out + self._caret()

    def _inputs(self) -> list[Input]:
        assert self._form is not None
        return self._form.inputs

    def _drawn(self, one: Input) -> str:
        shown = "" if one.hidden else one.value
        return _move(one.row, one.col) + _UNDERLINE + fit(shown, one.length) + _PLAIN

    def _caret(self) -> str:
        one = self._inputs()[self._at]
        behind = 0 if one.hidden else width(one.value)
        return _move(one.row, one.col + min(behind, one.length - 1))

    def _submit(self, key: str) -> str:
        self._program.press(key, {one.name: one.value for one in self._inputs()})
        return "" if self._program.over else self.draw()

    def _type(self, character: str) -> str:
        one = self._inputs()[self._at]
        if width(one.value + character) > one.length:
            return "\a"
        one.value += character
        return self._drawn(one) + self._caret()

    def _edit(self, key: str) -> str:
        one = self._inputs()[self._at]
        if key == "Backspace":
            one.value = one.value[:-1]
        return self._drawn(one) + self._caret()


def _move(row: int, col: int) -> str:
    return f"\x1b[{row + 1};{col + 1}H"


def main() -> None:
    """Serve one session on standard input and output."""
    parser = argparse.ArgumentParser(prog="nightclerk.sandbox.green.vt", description="A green-screen ERP on VT.")
    parser.add_argument("--state", type=Path, required=True, help="the sandbox's folder; books go to DIR/books/erp.db")
    parser.add_argument("--encoding", default="utf-8", help="utf-8 or gb18030")
    asked = parser.parse_args()
    program, decoder = Program(asked.state, language="zh"), codecs.getincrementaldecoder(asked.encoding)("replace")
    front, keyboard = Front(program), sys.stdin.fileno()
    before = termios.tcgetattr(keyboard)
    tty.setraw(keyboard)
    try:
        _write(front.draw(), asked.encoding)
        while not program.over and (data := os.read(keyboard, 4096)):
            _write(front.keys(decoder.decode(data)), asked.encoding)
    finally:
        termios.tcsetattr(keyboard, termios.TCSADRAIN, before)


def _write(text: str, encoding: str) -> None:
    sys.stdout.buffer.write(text.encode(encoding, errors="replace"))
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
