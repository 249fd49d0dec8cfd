"""Rows of a page as text with blanks, and as cells: what stands together between two wide gaps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from nightclerk.documents.invoices.glyphs import Glyph
from nightclerk.documents.invoices.sheet import Row, Sheet, box_of, text_of
from nightclerk.domain.invoices import Field, Source, Value

#: A gap wider than this share of the font size parts two words; one wider than the other parts two cells.
WORD, CELL = 0.18, 1.15
_PLAIN = str.maketrans({"−": "-", "‐": "-", "‑": "-", "\u2007": " ", "`": "'", "´": "'"})


@dataclass(frozen=True)
class Line:
    """One row: `text` has a blank where a word ends and two where a cell ends; `marks` the glyph of each character."""

    text: str
    marks: tuple[Glyph | None, ...]
    base: float
    size: float

    def glyphs(self, start: int, end: int) -> list[Glyph]:
        return [glyph for glyph in self.marks[start:end] if glyph is not None]

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """The parts between two blanks, from left to right."""
        found, start = [], 0
        for part in self.text.split("  "):
            glyphs = self.glyphs(start, start + len(part))
            if glyphs:
                found.append(Cell(self, part, start))
            start += len(part) + 2
        return tuple(found)


@dataclass(frozen=True)
class Cell:
    """A part of a row; `start` is where it begins in the row's text."""

    line: Line
    text: str
    start: int

    @cached_property
    def marks(self) -> list[Glyph]:
        return self.line.glyphs(self.start, self.start + len(self.text))

    @property
    def x0(self) -> float:
        return self.marks[0].x0

    @property
    def x1(self) -> float:
        return max(glyph.x1 for glyph in self.marks)

    def overlaps(self, x0: float, x1: float) -> bool:
        return self.x0 < x1 and x0 < self.x1

    def field(self, value: Value, start: int = 0, end: int | None = None) -> Field:
        """The value with the place of the characters from start to end of this cell."""
        end = len(self.text) if end is None else end
        return field_of(value, self.line.glyphs(self.start + start, self.start + end) or self.marks)


def field_of(value: Value, glyphs: Sequence[Glyph]) -> Field:
    return Field(value=value, source=Source.TEXT, page=glyphs[0].page, box=box_of(glyphs))


def lines_of(sheet: Sheet) -> list[Line]:
    """The rows of a page from the top down."""
    return [_line(row) for row in sheet.rows]


def _line(row: Row) -> Line:
    text, marks = "", list[Glyph | None]()
    for before, glyph in zip((None, *row.glyphs), row.glyphs, strict=False):
        gap = glyph.x0 - before.x1 if before is not None else 0.0
        blanks = 0 if gap <= WORD * glyph.size else 1 if gap <= CELL * glyph.size else 2
        text += " " * blanks + text_of([glyph]).translate(_PLAIN)
        marks += [None] * blanks + [glyph]
    return Line(text=text, marks=tuple(marks), base=row.base, size=max(glyph.size for glyph in row.glyphs))
