"""Read the picture of a page where there is no text to read: an optional extra, and never more than a proposal.

RapidOCR gives rows of text with their boxes; they become characters spread evenly over their box, so that the
readers of layouts work on them as on any page. Whatever is read here has the source `ocr` and waits for a person.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pypdfium2 as pdfium

from nightclerk.documents.invoices.glyphs import Glyph, Page
from nightclerk.domain.invoices import Field, Finding, Reading, Source

#: Pixels a point of the page; 200 dots an inch are what recognition is trained on.
SCALE = 200 / 72
#: Rows that the recogniser is less sure of are left out.
LEAST_SCORE = 0.6


def available() -> bool:
    """Whether the extra `ocr` is installed."""
    return importlib.util.find_spec("rapidocr") is not None


@cache
def _engine() -> Any:
    from rapidocr import RapidOCR

    return RapidOCR(params={"Global.log_level": "error"})


def page_by_ocr(document: pdfium.PdfDocument, index: int) -> Page:
    """One page as characters, read from its picture."""
    page = document[index]
    try:
        pixels = page.render(scale=SCALE).to_numpy()[:, :, :3]
        width, height = page.get_size()
    finally:
        page.close()
    found = _engine()(np.ascontiguousarray(pixels))
    rows = zip(found.boxes, found.txts, found.scores, strict=True) if found.boxes is not None else ()
    glyphs = [
        glyph
        for run, (box, text, score) in enumerate(rows)
        if score >= LEAST_SCORE
        for glyph in _glyphs(box, text, run, index + 1)
    ]
    return Page(number=index + 1, width=width, height=height, glyphs=tuple(glyphs))


def _glyphs(box: Any, text: str, run: int, page: int) -> Iterator[Glyph]:
    """The characters of one row; a wide one takes twice the room of a narrow one."""
    left, top = (min(point[axis] for point in box) / SCALE for axis in (0, 1))
    right, bottom = (max(point[axis] for point in box) / SCALE for axis in (0, 1))
    shares = [2.0 if ord(char) > 0x2E80 else 1.0 for char in text]
    unit, x = (right - left) / max(sum(shares), 1.0), left
    size = 0.8 * (bottom - top)
    for before, char, share in zip(" " + text, text, shares, strict=False):
        if not char.isspace():
            base = bottom - 0.2 * (bottom - top)
            yield Glyph(char, x, x + unit * share, base, size, run, page, before.isspace())
        x += unit * share


def by_ocr(reading: Reading) -> Reading:
    """The same reading, marked as recognised: nothing in it counts as text, and finance is told."""
    fields = {name: tuple(_marked(field) for field in found) for name, found in reading.fields.items()}
    finding = Finding(code="by_ocr")
    return replace(reading, fields=fields, findings=(*reading.findings, finding), lines_provable=False)


def _marked(field: Field) -> Field:
    return replace(field, source=Source.OCR) if field.source is Source.TEXT else field
