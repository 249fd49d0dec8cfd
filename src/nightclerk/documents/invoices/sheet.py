"""One page as rows of characters: find a label in a row, take what stands beside it, undo upright labels."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from nightclerk.documents.invoices.glyphs import ROW_SPREAD, WORD_GAP, Glyph, Page
from nightclerk.domain.invoices import Box

#: Labels that fapiao print from top to bottom at the left edge of a block.
UPRIGHT_LABELS = ("购买方信息", "销售方信息", "购买方", "销售方", "密码区", "备注")


def plain_char(char: str) -> str:
    """Full-width punctuation and look-alike radicals as their common form; always one character."""
    code = ord(char)
    if 0xFF01 <= code <= 0xFFEF or 0x2E80 <= code <= 0x2FDF or 0xF900 <= code <= 0xFAFF:
        folded = unicodedata.normalize("NFKC", char)
        return folded if len(folded) == 1 else char
    return char


@dataclass(frozen=True)
class Row:
    """Characters on one base line from left to right; `text` has one plain character for each glyph."""

    glyphs: tuple[Glyph, ...]

    @cached_property
    def text(self) -> str:
        return "".join(plain_char(glyph.char) for glyph in self.glyphs)

    @property
    def base(self) -> float:
        return self.glyphs[0].base


@dataclass(frozen=True)
class Hit:
    """A label that was found."""

    glyphs: tuple[Glyph, ...]

    @property
    def x0(self) -> float:
        return self.glyphs[0].x0

    @property
    def x1(self) -> float:
        return self.glyphs[-1].x1

    @property
    def base(self) -> float:
        return self.glyphs[0].base

    @property
    def size(self) -> float:
        return self.glyphs[0].size


def text_of(glyphs: Sequence[Glyph], *, spaces: bool = True) -> str:
    """The text of glyphs in their order, with a blank where a gap is as wide as a blank."""
    parts: list[str] = []
    for before, glyph in zip((None, *glyphs), glyphs, strict=False):
        if spaces and before is not None and _parted(before, glyph):
            parts.append(" ")
        parts.append(_value_char(glyph.char))
    return "".join(parts)


def _parted(before: Glyph, glyph: Glyph) -> bool:
    written = glyph.spaced and glyph.run == before.run
    return written or glyph.x0 - before.x1 > WORD_GAP * glyph.size


def _value_char(char: str) -> str:
    return plain_char(char) if not 0xFF01 <= ord(char) <= 0xFF5E or char.isalnum() else char


def box_of(glyphs: Sequence[Glyph]) -> Box | None:
    """The rectangle around glyphs, in points from the top left corner."""
    if not glyphs:
        return None
    size = max(glyph.size for glyph in glyphs)
    top = min(glyph.base for glyph in glyphs) - 0.85 * size
    bottom = max(glyph.base for glyph in glyphs) + 0.2 * size
    edges = (min(g.x0 for g in glyphs), top, max(g.x1 for g in glyphs), bottom)
    return tuple(round(edge, 1) for edge in edges)  # type: ignore[return-value]


class Sheet:
    """The lookups over one page's characters."""

    def __init__(self, page: Page, glyphs: Iterable[Glyph] | None = None, *, whole: bool = True) -> None:
        self.page, self.whole = page, whole
        everything = list(page.glyphs if glyphs is None else glyphs)
        self.upright: dict[str, list[Hit]] = _upright_labels(everything)
        taken = {id(glyph) for hits in self.upright.values() for hit in hits for glyph in hit.glyphs}
        self.glyphs = [glyph for glyph in everything if id(glyph) not in taken]
        self.rows = rows_of(self.glyphs)

    @cached_property
    def text(self) -> str:
        """All rows, without blanks; for questions of the kind "does the page say …"."""
        return "\n".join(row.text for row in self.rows)

    def find(self, pattern: str) -> list[Hit]:
        """Every place where a row's text (no blanks) fits the pattern; group 1 narrows it down."""
        hits = []
        for row in self.rows:
            for match in re.finditer(pattern, row.text):
                start, end = match.span(1 if match.re.groups else 0)
                hits.append(Hit(row.glyphs[start:end]))
        return hits

    def beside(self, hit: Hit, *, until: float | None = None, gap: float = 3.0) -> list[Glyph]:
        """What stands to the right of a label on about its base line, up to `until` or a gap of `gap` sizes."""
        limit = self.page.width if until is None else until
        label = {id(glyph) for glyph in hit.glyphs}
        base, start, reach = hit.base, hit.x1 - 0.6 * hit.size, 0.45 * hit.size
        # A value may start inside the loose box of the label's colon.
        band = [
            glyph
            for row in self.rows
            if abs(row.base - base) <= 2 * reach
            for glyph in row.glyphs
            if start <= glyph.x0 < limit - 0.5 and abs(glyph.base - base) <= reach and id(glyph) not in label
        ]
        band.sort(key=lambda glyph: glyph.x0)
        return _until_gap(band, hit.x1, gap)

    def between(self, top: float, bottom: float, left: float = 0.0, right: float = 1e9) -> list[Row]:
        """The rows whose base line lies between two heights, cut to a range of x."""
        rows = (
            Row(tuple(glyph for glyph in row.glyphs if left <= glyph.x0 < right))
            for row in self.rows
            if top < row.base < bottom
        )
        return [row for row in rows if row.glyphs]


def _until_gap(band: list[Glyph], start: float, gap: float) -> list[Glyph]:
    """The glyphs up to the first wide gap. Up to the first glyph the gap may be twice as wide."""
    kept: list[Glyph] = []
    edge, allowed = start, 2 * gap
    for glyph in band:
        if glyph.x0 - edge > allowed * glyph.size:
            break
        kept.append(glyph)
        edge, allowed = max(edge, glyph.x1), gap
    return kept


def rows_of(glyphs: Iterable[Glyph]) -> list[Row]:
    """Gather glyphs into rows by base line, from the top down."""
    rows: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=lambda g: g.base):
        if rows and glyph.base - rows[-1][0].base <= ROW_SPREAD * min(glyph.size, rows[-1][0].size):
            rows[-1].append(glyph)
        else:
            rows.append([glyph])
    return [Row(tuple(sorted(row, key=lambda g: g.x0))) for row in rows]


def chunks(row: Row) -> list[tuple[Glyph, ...]]:
    """Cells of a row: what one text object draws, parted at wide gaps, joined where two just touch.

    Text objects that overlap stay apart, so that a long price over a quantity does not mix with it.
    """
    pieces = sorted(_pieces(row), key=lambda piece: piece[0].x0)
    cells: list[list[Glyph]] = []
    for piece in pieces:
        if cells and abs(piece[0].x0 - cells[-1][-1].x1) <= 0.12 * piece[0].size:
            cells[-1].extend(piece)
        else:
            cells.append(list(piece))
    return [tuple(cell) for cell in cells]


def _pieces(row: Row) -> list[list[Glyph]]:
    by_run: dict[int, list[Glyph]] = {}
    for glyph in row.glyphs:
        by_run.setdefault(glyph.run, []).append(glyph)
    pieces: list[list[Glyph]] = []
    for run in by_run.values():
        for before, glyph in zip((None, *run), run, strict=False):
            if before is None or glyph.x0 - before.x1 > 0.9 * glyph.size:
                pieces.append([glyph])
            else:
                pieces[-1].append(glyph)
    return pieces


def _upright_labels(glyphs: list[Glyph]) -> dict[str, list[Hit]]:
    """Labels written downwards: characters of one column, one below the other."""
    found: dict[str, list[Hit]] = {}
    taken: set[int] = set()
    by_char: dict[str, list[Glyph]] = {}
    for glyph in glyphs:
        by_char.setdefault(plain_char(glyph.char), []).append(glyph)
    for label in UPRIGHT_LABELS:
        for first in by_char.get(label[0], ()):
            stack = _stack(label, first, by_char, taken)
            if stack:
                taken.update(id(glyph) for glyph in stack)
                found.setdefault(label, []).append(Hit(tuple(stack)))
    return found


def _stack(label: str, first: Glyph, by_char: dict[str, list[Glyph]], taken: set[int]) -> list[Glyph] | None:
    stack = [first]
    for char in label[1:]:
        last = stack[-1]
        below = [
            glyph
            for glyph in by_char.get(char, ())
            if abs(glyph.x0 - last.x0) < 3 and 0.6 * last.size < glyph.base - last.base < 5 * last.size
        ]
        if not below:
            return None
        stack.append(min(below, key=lambda glyph: glyph.base))
    return None if any(id(glyph) in taken for glyph in stack) else stack
