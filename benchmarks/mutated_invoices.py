"""Change every value of invoice files one at a time, and count what ends confirmed or unreported although it is wrong.

python benchmarks/mutated_invoices.py FILE…  [--show] [--seed 1]

PDF with XML: every text of the XML. XML: the same. OFD: every text of its XML parts. PDF without XML: every digit that
the page prints, beside its QR code. What is read of the unchanged file is what must not change unnoticed.
"""

from __future__ import annotations

import argparse
import io
import random
import zipfile
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pypdfium2 as pdfium

from nightclerk.documents.invoices import embedded, international, pdf
from nightclerk.documents.invoices.compare import page_and_xml
from nightclerk.documents.invoices.fapiao import is_fapiao
from nightclerk.documents.invoices.glyphs import Page, page_of
from nightclerk.documents.invoices.ofd import ofd_readings
from nightclerk.documents.invoices.sheet import Sheet
from nightclerk.documents.invoices.xml import xml_reading
from nightclerk.domain.invoice_proofs import examine
from nightclerk.domain.invoices import Invoice, Reading
from nightclerk.errors import NightClerkError

_LINE = ("name", "spec", "unit", "quantity", "price", "net", "rate", "tax", "sku")
Change = tuple[str, Reading | None]


def changed_text(text: str, dice: random.Random) -> str:
    """The same text with one letter or digit exchanged."""
    places = [n for n, char in enumerate(text) if char.isalnum()]
    if not places:
        return text
    place = dice.choice(places)
    char = text[place]
    other = (
        str((int(char) + dice.randrange(1, 9)) % 10)
        if char.isascii() and char.isdigit()
        else "乙"
        if char > "\u2e80"
        else "q"
    )
    return text[:place] + other + text[place + 1 :]


def mutants(root: Element, dice: random.Random) -> Iterator[tuple[str, Element]]:
    """The document once for every text in it, each time with that one changed."""
    for index, node in enumerate(root.iter()):
        text = (node.text or "").strip()
        if not text or (new := changed_text(text, dice)) == text:
            continue
        copy = deepcopy(root)
        next(one for n, one in enumerate(copy.iter()) if n == index).text = new
        yield f"{node.tag.rpartition('}')[2]} {text[:30]!r} -> {new[:30]!r}", copy


def of_pdf(path: Path, dice: random.Random) -> Iterator[Change]:
    document = pdfium.PdfDocument(path)
    pages = [page_of(document, index) for index in range(len(document))]
    sheets = [part for page in pages for part in pdf.parted(Sheet(page))]
    attached = next(iter(xml_attachments(document)), None)
    if attached is None:
        yield from of_text(document, pages, dice)
        return
    root = ElementTree.fromstring(attached)
    fapiao = any(map(is_fapiao, sheets))
    page = pdf.fapiao_reading(document, sheets) if fapiao else international.reading(sheets)
    stated = embedded.reading_of(root)
    assert stated is not None
    yield "", page_and_xml(page, stated, sheets)
    for what, mutant in mutants(root, dice):
        said = embedded.reading_of(mutant)
        yield what, page_and_xml(page, said, sheets) if said else None


def xml_attachments(document: pdfium.PdfDocument) -> Iterator[bytes]:
    for index in range(document.count_attachments()):
        attachment = document.get_attachment(index)
        if attachment.get_name().lower().endswith(".xml"):
            yield bytes(attachment.get_data())


def of_text(document: pdfium.PdfDocument, pages: list[Page], dice: random.Random) -> Iterator[Change]:
    """Every digit of the first page exchanged."""
    yield "", reading_of_pages(document, pages)
    for index, glyph in enumerate(pages[0].glyphs):
        if glyph.char.isascii() and glyph.char.isdigit():
            other = replace(glyph, char=str((int(glyph.char) + dice.randrange(1, 9)) % 10))
            glyphs = (*pages[0].glyphs[:index], other, *pages[0].glyphs[index + 1 :])
            mutant = [replace(pages[0], glyphs=glyphs), *pages[1:]]
            yield f"digit {glyph.char} at {glyph.x0:.0f},{glyph.base:.0f}", reading_of_pages(document, mutant)


def reading_of_pages(document: pdfium.PdfDocument, pages: list[Page]) -> Reading:
    sheets = [part for page in pages for part in pdf.parted(Sheet(page))]
    if any(map(is_fapiao, sheets)):
        return pdf.fapiao_reading(document, sheets)
    return international.reading(sheets)


def of_xml(path: Path, dice: random.Random) -> Iterator[Change]:
    root = ElementTree.fromstring(path.read_bytes())
    yield "", xml_reading(path.read_bytes(), path.name)[1]
    for what, mutant in mutants(root, dice):
        yield what, xml_reading(ElementTree.tostring(mutant), path.name)[1]


def of_ofd(path: Path, dice: random.Random) -> Iterator[Change]:
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    yield "", ofd_readings(path.read_bytes(), path.name)[1][0]
    for name, content in parts.items():
        if not name.lower().endswith(".xml"):
            continue
        for what, mutant in mutants(ElementTree.fromstring(content), dice):
            packed = io.BytesIO()
            with zipfile.ZipFile(packed, "w") as archive:
                for other, data in {**parts, name: ElementTree.tostring(mutant)}.items():
                    archive.writestr(other, data)
            try:
                yield f"{name} {what}", ofd_readings(packed.getvalue(), path.name)[1][0]
            except NightClerkError:
                yield what, None


def values_of(invoice: Invoice) -> dict[str, tuple[str, bool]]:
    """Every value with whether it is confirmed: fields by name, lines by number and column."""
    found = {name: (str(field.value), bool(field.confirmed_by)) for name, field in invoice.fields.items()}
    for number, line in enumerate(invoice.lines, start=1):
        whole = bool(line.confirmed_by) and line.witnessed is True
        for column in _LINE:
            sure = whole if column in ("name", "spec", "unit", "sku") else bool(line.confirmed_by)
            found[f"{number}.{column}"] = (str(getattr(line, column)), sure)
    return found


def measure(path: Path, seed: int, score: Counter[str], shown: list[str]) -> None:
    dice = random.Random(seed)
    kinds = {".pdf": of_pdf, ".xml": of_xml, ".ofd": of_ofd}
    honest: dict[str, tuple[str, bool]] = {}
    for what, reading in kinds[path.suffix.lower()](path, dice):
        if reading is None:
            score["refused"] += 1
            continue
        invoice = examine(reading, file=path.name, sha256="", pages=1, format="")
        values = values_of(invoice)
        if not what:
            honest = values
            score[f"honest {invoice.status.value}"] += 1
            continue
        wrong = [name for name, (value, _) in values.items() if name in honest and value != honest[name][0]]
        score["changed" if wrong else "without effect"] += 1
        sure = [name for name in wrong if values[name][1]]
        score["WRONG CONFIRMED"] += bool(sure)
        silent = bool(wrong) and not invoice.findings
        score["unreported"] += silent
        score["unreported, invoice confirmed"] += silent and invoice.status.value == "confirmed"
        if sure or silent:
            how = f"CONFIRMED {sure}" if sure else "unreported"
            shown.append(f"{path.name}: {what}: {wrong[:4]} {how} {invoice.status.value}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", action="store_true")
    arguments = parser.parse_args()
    score, shown = Counter[str](), list[str]()
    for path in arguments.files:
        measure(path, arguments.seed, score, shown)
    print("\n".join(f"{key:32} {count}" for key, count in sorted(score.items())))
    if arguments.show:
        print("\n".join(shown))


if __name__ == "__main__":
    main()
