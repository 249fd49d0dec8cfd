"""Renders pages of a PDF as pictures for the review page; one at a time, because the library is not thread-safe."""

from __future__ import annotations

import io
import threading
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pypdfium2 as pdfium

from nightclerk.errors import DocumentError
from nightclerk.texts import say

MOST_PAGES = 8
WIDTH_PX = 1500
_lock = threading.Lock()


@dataclass(frozen=True, kw_only=True)
class PageSize:
    """One page, in points."""

    number: int
    width: float
    height: float


def _unreadable(path: Path) -> DocumentError:
    return DocumentError(file=path.name, why=say("console.invoice.unshown"), remedy=say("console.invoice.open_it"))


def page_sizes(path: Path) -> list[PageSize]:
    """The first pages of a file; empty for anything that is no readable PDF."""
    if path.suffix.lower() != ".pdf":
        return []
    try:
        return _sizes(path, path.stat().st_mtime)
    except (pdfium.PdfiumError, OSError):
        return []


@lru_cache(maxsize=64)
def _sizes(path: Path, _changed: float) -> list[PageSize]:
    with _lock, pdfium.PdfDocument(path) as document:
        count = min(len(document), MOST_PAGES)
        sizes = [document.get_page_size(index) for index in range(count)]
    return [PageSize(number=n, width=width, height=height) for n, (width, height) in enumerate(sizes, start=1)]


def page_picture(path: Path, number: int) -> bytes:
    """One page as WebP; DocumentError when there is no such page."""
    if not 1 <= number <= MOST_PAGES:
        raise _unreadable(path)
    try:
        return _picture(path, number, path.stat().st_mtime)
    except (pdfium.PdfiumError, OSError, IndexError) as error:
        raise _unreadable(path) from error


@lru_cache(maxsize=24)
def _picture(path: Path, number: int, _changed: float) -> bytes:
    with _lock, pdfium.PdfDocument(path) as document:
        page = document[number - 1]
        image = page.render(scale=min(4.0, WIDTH_PX / page.get_width())).to_pil()
    out = io.BytesIO()
    image.convert("RGB").save(out, "WEBP", quality=80, method=2)
    return out.getvalue()
