"""Read a JSON list entry by entry: a file with a million entries never stands in memory as a whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

#: Characters that are read at first; an entry that is longer makes the next piece twice as long.
_PIECE = 1 << 20
_BLANK = " \t\r\n"


def json_list(path: Path) -> Iterator[Any]:
    """Each entry of the list. ValueError says what is wrong and at which character; OSError as `open` raises it."""
    with path.open(encoding="utf-8-sig") as file:
        yield from _Entries(file)


class _Entries:
    """A window over the file: `text[at:]` is what was read and not yet given away, `before` what lies ahead of it."""

    def __init__(self, file: TextIO) -> None:
        self.file, self.text, self.at, self.before = file, "", 0, 0
        self.ended = False
        self.decode = json.JSONDecoder().raw_decode

    def __iter__(self) -> Iterator[Any]:
        if self._mark() != "[":
            raise ValueError("not a list")
        if self._mark() == "]":
            return self._nothing_follows()
        self.at -= 1
        while True:
            yield self._entry()
            mark = self._mark()
            if mark == "]":
                return self._nothing_follows()
            if mark != ",":
                raise ValueError(f"expected , or ] at character {self.before + self.at}")

    def _mark(self) -> str:
        """The next character that is no blank, taken off; empty at the end of the file."""
        while True:
            while self.at < len(self.text):
                char = self.text[self.at]
                self.at += 1
                if char not in _BLANK:
                    return char
            if not self._more():
                return ""

    def _entry(self) -> Any:
        if not self._mark():
            raise ValueError(f"the list ends at character {self.before + self.at} without ]")
        self.at -= 1
        while True:
            try:
                found, end = self.decode(self.text, self.at)
            except json.JSONDecodeError as error:
                if not self._more():
                    raise ValueError(f"{error.msg} at character {self.before + error.pos + 1}") from error
                continue
            if end + 2 < len(self.text) or not self._more():  # a number may go on: 1|5, 1.|5, 1e-|5
                self.at = end
                return found

    def _more(self) -> bool:
        """Read on; False at the end of the file."""
        if self.ended:
            return False
        kept = self.text[self.at :]
        read = self.file.read(max(_PIECE, 2 * len(kept)))
        if read:
            self.before, self.text, self.at = self.before + self.at, kept + read, 0
        self.ended = not read
        return not self.ended

    def _nothing_follows(self) -> None:
        if self._mark():
            raise ValueError(f"something follows the list at character {self.before + self.at}")
