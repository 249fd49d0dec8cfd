"""Characters of a PDF page with their places: upright ones only, each once, gathered into rows by base line."""

from __future__ import annotations

import ctypes
import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import pypdfium2 as pdfium
import pypdfium2.raw as raw

#: A gap wider than this share of the font size parts two words.
WORD_GAP = 0.28
#: Base lines nearer than this share of the font size are one row.
ROW_SPREAD = 0.25

_WRAPPED_HYPHEN = 0x02  # what PDFium calls a hyphen at the end of a row
_BLANKS = (0x20, 0xA0, 0x2007, 0x2009, 0x202F, 0x3000)


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character. Coordinates are points from the top left corner of the page as people see it."""

    char: str
    x0: float
    x1: float
    base: float
    size: float
    run: int  # characters of one text object share it
    page: int
    spaced: bool = False  # a blank of the same text object stands before it


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its size and its characters, turned so that its main text runs from left to right."""

    number: int
    width: float
    height: float
    glyphs: tuple[Glyph, ...]


def page_of(document: pdfium.PdfDocument, index: int) -> Page:
    """Read one page. Text that is turned against most of the page (stamps, watermarks) is left out."""
    page = document[index]
    textpage = page.get_textpage()
    try:
        found = list(_raw_glyphs(textpage.raw, _drawing_order(page)))
        left, bottom, right, top = page.get_mediabox()  # characters know nothing of how the page is turned
        width, height, turn = right - left, top - bottom, _main_angle(found)
        placed = _place(found, turn, left, bottom, right, top)
        glyphs = tuple(_once(_strings(list(_numbered(placed, index + 1)))))
        if turn in (90, 270):  # read sideways: what people call wide is the page's height
            width, height = height, width
        return Page(number=index + 1, width=width, height=height, glyphs=glyphs)
    finally:
        textpage.close()
        page.close()


Raw = tuple[str, int, float, float, float, float, float, float, int, bool]


def _drawing_order(page: pdfium.PdfPage) -> dict[int, int]:
    """Object -> its place in the page's drawing; PDFium hands characters over in another order where they overlap."""
    handles = (raw.FPDFPage_GetObject(page.raw, index) for index in range(raw.FPDFPage_CountObjects(page.raw)))
    return {ctypes.cast(handle, ctypes.c_void_p).value or 0: place for place, handle in enumerate(handles)}


def _raw_glyphs(textpage: raw.FPDF_TEXTPAGE, order: dict[int, int]) -> Iterator[Raw]:
    """(char, degrees, left, right, bottom, top, origin x, origin y, object, spaced) for each printing character."""
    x, y, loose = ctypes.c_double(), ctypes.c_double(), raw.FS_RECTF()
    runs: dict[int, int] = {}
    spaced = False
    for i in range(raw.FPDFText_CountChars(textpage)):
        code = raw.FPDFText_GetUnicode(textpage, i)
        code = 0x2D if code == _WRAPPED_HYPHEN else code
        if code in _BLANKS:
            spaced = not raw.FPDFText_IsGenerated(textpage, i)
            continue
        if code < 32 or code in (0xFFFE, 0xFFFF, 0xAD) or 0xD800 <= code <= 0xDFFF:
            continue
        raw.FPDFText_GetCharOrigin(textpage, i, x, y)
        raw.FPDFText_GetLooseCharBox(textpage, i, loose)
        angle = round(math.degrees(raw.FPDFText_GetCharAngle(textpage, i))) % 360
        handle = ctypes.cast(raw.FPDFText_GetTextObject(textpage, i), ctypes.c_void_p).value or 0
        run = runs.setdefault(handle, order.get(handle, len(order) + len(runs)))
        yield chr(code), angle, loose.left, loose.right, loose.bottom, loose.top, x.value, y.value, run, spaced
        spaced = False


def _main_angle(found: list[Raw]) -> int:
    """The direction of most characters, of the four that a reader can turn a page to."""
    counts = Counter(angle for _, angle, *_ in found if angle % 90 == 0)
    return counts.most_common(1)[0][0] if counts else 0


Placed = tuple[str, float, float, float, float, int, bool]


def _place(found: list[Raw], turn: int, left: float, bottom: float, right: float, top: float) -> Iterator[Placed]:
    """Turn the page so that its main text runs from left to right; y grows downwards."""
    for char, angle, x0, x1, y0, y1, ox, oy, run, spaced in found:
        if angle != turn:
            continue
        if turn == 0:
            yield char, x0 - left, x1 - left, top - oy, y1 - y0, run, spaced
        elif turn == 180:
            yield char, right - x1, right - x0, oy - bottom, y1 - y0, run, spaced
        elif turn == 90:
            yield (char, *_sorted(top - y1, top - y0), right - ox, x1 - x0, run, spaced)
        else:
            yield (char, *_sorted(y0 - bottom, y1 - bottom), ox - left, x1 - x0, run, spaced)


def _sorted(one: float, other: float) -> tuple[float, float]:
    return (one, other) if one <= other else (other, one)


def _numbered(placed: Iterable[Placed], page: int) -> Iterator[Glyph]:
    for char, x0, x1, base, size, run, spaced in placed:
        yield Glyph(char=char, x0=x0, x1=x1, base=base, size=size, run=run, page=page, spaced=spaced)


def _strings(glyphs: list[Glyph]) -> Iterator[Glyph]:
    """Where a program draws every character as an object of its own, those that follow each other are one again."""
    counts = Counter(glyph.run for glyph in glyphs)
    before: Glyph | None = None
    for glyph in sorted(glyphs, key=lambda one: one.run):
        alone = counts[glyph.run] == 1
        if alone and before is not None and counts[before.run] == 1 and _follows(before, glyph):
            run = before.run
            counts[run] = 1
            glyph = replace(glyph, run=run)
        before = glyph if alone else None
        yield glyph


def _follows(before: Glyph, glyph: Glyph) -> bool:
    gap = glyph.x0 - before.x1
    return abs(glyph.base - before.base) < 0.1 * glyph.size and -0.15 < gap / glyph.size < (
        0.6 if glyph.spaced else 0.15
    )


def _once(glyphs: Iterable[Glyph]) -> Iterator[Glyph]:
    """Leave out strings that are drawn again on the same spot (bold by double drawing).

    A single character may lie on its like by chance, where a long price reaches into the next column; and of one
    string, characters on one spot are the parts of a ligature. So only whole strings count.
    """
    seen: dict[tuple[str, int, int], list[Glyph]] = {}
    again: list[tuple[Glyph, bool]] = [(glyph, _known(glyph, seen)) for glyph in glyphs]
    fresh = {glyph.run for glyph, known in again if not known}
    yield from (glyph for glyph, _ in again if glyph.run in fresh)


def _known(glyph: Glyph, seen: dict[tuple[str, int, int], list[Glyph]]) -> bool:
    """Whether another string has the same character on the same spot; if not, it is noted."""
    column, line, limit = round(glyph.x0 / 4), round(glyph.base / 4), glyph.size * 0.15
    near = (
        other for dx in (-1, 0, 1) for dy in (-1, 0, 1) for other in seen.get((glyph.char, column + dx, line + dy), ())
    )
    if any(o.run != glyph.run and abs(o.x0 - glyph.x0) < limit and abs(o.base - glyph.base) < limit for o in near):
        return True
    seen.setdefault((glyph.char, column, line), []).append(glyph)
    return False
