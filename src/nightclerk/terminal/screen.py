"""One moment of a terminal screen: cells, fields, cursor and lock, as plain data that tests can write by hand."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

#: What may stand between a label and its field.
_SEPARATORS = re.compile(r"[\s:：.．·…=>\[(（＝]*")


@dataclass(frozen=True, kw_only=True)
class Place:
    """`length` cells of one row, from column `col`; rows and columns count from 0."""

    row: int
    col: int
    length: int

    @property
    def shown(self) -> str:
        """Row and column as a person counts them, from 1."""
        return f"{self.row + 1},{self.col + 1}"

    def holds(self, row: int, col: int) -> bool:
        return row == self.row and self.col <= col < self.col + max(1, self.length)


@dataclass(frozen=True, kw_only=True)
class Field(Place):
    """A place that the host declared a field. `hidden`: what is typed does not show (a password)."""

    protected: bool = False
    hidden: bool = False
    numeric: bool = False


@dataclass(frozen=True, kw_only=True)
class Screen:
    """Cells by row: one text a cell; "" is the second half of a wide character.

    `marked` holds the (row, col) of cells that look like an input: underlined or reversed. `locked`: the host has
    the keyboard. `fields` is empty where the terminal knows none (VT).
    """

    cells: tuple[tuple[str, ...], ...]
    cursor: tuple[int, int] = (0, 0)
    locked: bool = False
    fields: tuple[Field, ...] = ()
    marked: frozenset[tuple[int, int]] = frozenset()
    bright: frozenset[tuple[int, int]] = frozenset()
    serial: int = field(default=0, compare=False)

    @property
    def width(self) -> int:
        return len(self.cells[0]) if self.cells else 0

    def line(self, row: int) -> str:
        """The text of a row, without the blanks at its end."""
        return "".join(self.cells[row]).rstrip()

    def lines(self) -> list[str]:
        return [self.line(row) for row in range(len(self.cells))]

    def title(self) -> str:
        """The first line that says something."""
        return next((line.strip() for line in self.lines() if line.strip()), "")

    def text(self, place: Place) -> str:
        """What stands in a place, without the blanks and leaders around it."""
        return "".join(self.cells[place.row][place.col : place.col + place.length]).strip().strip("_").strip()

    def matches(self, pattern: re.Pattern[str]) -> Iterator[tuple[Place, re.Match[str]]]:
        """Where a pattern stands, line by line."""
        for row in range(len(self.cells)):
            columns = self._columns(row)
            for match in pattern.finditer("".join(self.cells[row])):
                if match[0]:
                    start, end = columns[match.start()], columns[match.end()]
                    yield Place(row=row, col=start, length=end - start), match

    def says(self, pattern: str) -> bool:
        """Whether some line of the screen matches."""
        return any(re.search(pattern, line) for line in self.lines())

    def place_after(self, label: Place, *, length: int = 0) -> Place | None:
        """The cells right of a label: a declared field, else the marked or leader cells, else up to a wide gap."""
        declared = [f for f in self.fields if f.row == label.row and f.col >= label.col + label.length]
        if declared:
            return min(declared, key=lambda f: f.col)
        rest = "".join(self.cells[label.row][label.col + label.length :])
        skipped = _SEPARATORS.match(rest)
        marked = self._marked_after(label)
        if marked is not None:
            return marked if not length else Place(row=marked.row, col=marked.col, length=length)
        start = label.col + label.length + self._width(rest[: skipped.end() if skipped else 0])
        if length:
            start = min(start, label.col + label.length + 1 + length)
            return Place(row=label.row, col=start, length=min(length, self.width - start))
        run = re.match(r"\S+(?: \S+)*", "".join(self.cells[label.row][start:]))
        return Place(row=label.row, col=start, length=self._width(run[0])) if run else None

    def _marked_after(self, label: Place) -> Place | None:
        start = next((c for c in range(label.col + label.length, self.width) if (label.row, c) in self.marked), None)
        if start is None or "".join(self.cells[label.row][label.col + label.length : start]).strip(" :：.[(（=>"):
            return None
        end = start
        while (label.row, end) in self.marked:
            end += 1
        return Place(row=label.row, col=start, length=end - start)

    def _columns(self, row: int) -> Sequence[int]:
        """The column of each character of a row's text, and the width at the end."""
        return [col for col, cell in enumerate(self.cells[row]) if cell] + [len(self.cells[row])]

    @staticmethod
    def _width(text: str) -> int:
        return sum(columns_of(character) for character in text)


def columns_of(character: str) -> int:
    """How many cells a character takes on a terminal."""
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def table(screen: Screen, header: Place, names: Sequence[tuple[str, int]]) -> list[dict[str, str]]:
    """The lines under a header as rows; a column reaches from its own name to the next one; ends at an empty line."""
    rows: list[dict[str, str]] = []
    edges = [col for _, col in names] + [screen.width]
    for row in range(header.row + 1, len(screen.cells)):
        if not screen.line(row).strip("-=─━ "):
            if rows:
                break
            continue
        cut = ["".join(screen.cells[row][edges[i] : edges[i + 1]]).strip() for i in range(len(names))]
        rows.append(dict(zip((name for name, _ in names), cut, strict=True)))
    return rows


def columns(screen: Screen, header: Place) -> list[tuple[str, int]]:
    """The names in a header line and the columns where they start."""
    line = Screen(cells=(screen.cells[header.row],))
    return [(match[0], place.col) for place, match in line.matches(re.compile(r"\S+(?: \S+)*"))]
