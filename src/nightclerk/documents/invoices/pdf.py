"""Read invoices from a PDF: open it safely, part it into invoices by number, gather what each source says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from nightclerk.documents.invoices import embedded, fapiao, fapiao_table, international, ocr
from nightclerk.documents.invoices.compare import page_and_xml
from nightclerk.documents.invoices.faults import BrokenFile, EncryptedFile, TooMuch
from nightclerk.documents.invoices.glyphs import Glyph, Page, page_of
from nightclerk.documents.invoices.qr import qr_fields, qr_text
from nightclerk.documents.invoices.sheet import Sheet
from nightclerk.documents.invoices.taught import Layout, with_taught
from nightclerk.domain.invoices import Field, InvoiceLine, Reading

PAGE_LIMIT, OCR_PAGES = 200, 5
#: A page with fewer readable characters is taken for a picture.
_LEAST_TEXT = 20
_TOTALS = ("net", "tax", "gross", "gross_words")


def open_pdf(content: bytes, name: str) -> pdfium.PdfDocument:
    """The document, or a sentence about why it cannot be opened."""
    try:
        document = pdfium.PdfDocument(content)
    except pdfium.PdfiumError as error:
        if error.err_code == raw.FPDF_ERR_PASSWORD:
            raise EncryptedFile(file=name) from error
        raise BrokenFile(file=name, why=str(error)) from error
    if len(document) > PAGE_LIMIT:
        pages = len(document)
        document.close()
        raise TooMuch(file=name, what=f"{pages} pages", limit=PAGE_LIMIT)
    return document


def pdf_readings(
    content: bytes, path: Path, *, with_xml: bool = True, taught: Sequence[Layout] = ()
) -> tuple[int, str, list[Reading]]:
    """(pages, format, what the sources say of each invoice in the file). `taught` layouts help with free pages."""
    document = open_pdf(content, path.name)
    try:
        pages = [page_of(document, index) for index in range(len(document))]
        scanned = ocr.available() and not any(map(readable, pages)) and _worth_a_look(document, pages)
        if scanned:
            pages = [ocr.page_by_ocr(document, index) for index in range(min(len(document), OCR_PAGES))]
        sheets = [part for page in pages for part in parted(Sheet(page))]
        attached = embedded.xml_reading(document, path.name) if with_xml else None
        if any(fapiao.is_fapiao(sheet) for sheet in sheets):
            readings = [fapiao_reading(document, group) for group in _invoices(sheets)]
        else:
            readings = [with_taught(international.reading(sheets), sheets, taught)]
        if scanned:
            readings = [ocr.by_ocr(reading) for reading in readings]
        if attached is not None and len(readings) == 1:
            readings = [page_and_xml(readings[0], attached, sheets)]
        return len(document), "pdf+xml" if attached else "pdf", readings
    finally:
        document.close()


def readable(page: Page) -> bool:
    """Whether a page has text: characters that a font without Unicode draws are none."""
    sound = sum(
        char.isprintable() and not 0xE000 <= ord(char) <= 0xF8FF and char != "�" for char in map(_char, page.glyphs)
    )
    return sound >= _LEAST_TEXT and 2 * sound > len(page.glyphs)


def _worth_a_look(document: pdfium.PdfDocument, pages: Iterable[Page]) -> bool:
    """Whether there is anything to recognise: a picture, or characters that cannot be read as they are."""
    if any(len(page.glyphs) >= _LEAST_TEXT for page in pages):
        return True
    return any(next(document[i].get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE]), None) for i in range(len(document)))


def _char(glyph: Glyph) -> str:
    return glyph.char


def parted(sheet: Sheet) -> list[Sheet]:
    """A page that carries several fapiao one below the other, cut above each number; else the page itself."""
    tops = [hit.base - 3.2 * hit.size for hit in sheet.find(r"发票号码:?") if fapiao.number_beside(sheet, hit)]
    tops = [top for n, top in enumerate(tops) if n == 0 or top - tops[n - 1] > 100]
    if len(tops) < 2:
        return [sheet]
    edges = [-1e9, *tops[1:], 1e9]
    return [
        Sheet(sheet.page, [glyph for glyph in sheet.page.glyphs if upper <= glyph.base < lower], whole=False)
        for upper, lower in pairwise(edges)
    ]


def _invoices(sheets: Iterable[Sheet]) -> list[list[Sheet]]:
    """Pages of one number belong together; a page without a number belongs to the one before."""
    groups: list[tuple[str, list[Sheet]]] = []
    for sheet in sheets:
        labels = sheet.find(r"发票号码:?")
        number = next((found for hit in labels if (found := fapiao.number_beside(sheet, hit))), "")
        if groups and number in ("", groups[-1][0]):
            groups[-1][1].append(sheet)
        else:
            groups.append((number, [sheet]))
    return [group for _, group in groups]


def fapiao_reading(document: pdfium.PdfDocument, sheets: list[Sheet]) -> Reading:
    """Head from the first page, totals from the page that has them, lines from all, QR from the first."""
    fields: dict[str, tuple[Field, ...]] = {}
    lines: list[InvoiceLine] = []
    for sheet in sheets:
        lines += fapiao_table.lines(sheet)
        for name, field in fapiao.head(sheet).items():
            if name not in fields:
                fields[name] = (field,)
    index = sheets[0].page.number - 1
    # On a page with several invoices the code may be the neighbour's: then it proves nothing.
    code = qr_text(document, index) if sheets[0].whole else ""
    for name, field in qr_fields(code, index + 1).items():
        fields[name] = (*fields.get(name, ()), field)
    return Reading(fields=fields, lines=tuple(lines))
