"""Read an invoice from an OFD: its custom data as one source, the text objects of its pages as another."""

from __future__ import annotations

import contextlib
import io
import posixpath
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from xml.etree.ElementTree import Element

from nightclerk.documents.invoices import fapiao, fapiao_table, figures
from nightclerk.documents.invoices.compare_lines import line_by_line
from nightclerk.documents.invoices.faults import BrokenFile, NoInvoiceInside, TooMuch
from nightclerk.documents.invoices.glyphs import Glyph, Page
from nightclerk.documents.invoices.markup import local, parse, walk
from nightclerk.documents.invoices.ofd_attached import (
    attached_fields,
    attached_lines,
    is_attached_invoice,
    tagged_fields,
)
from nightclerk.documents.invoices.sheet import Sheet
from nightclerk.domain.invoices import Field, InvoiceLine, Reading, Source, Value

ENTRY_LIMIT, BYTES_LIMIT, PAGE_LIMIT = 2000, 80_000_000, 100
_POINTS = 72 / 25.4
#: Custom data name -> our field.
_NAMES = {
    "发票号码": "number",
    "发票代码": "code",
    "开票日期": "issued_on",
    "合计金额": "net",
    "合计税额": "tax",
    "价税合计": "gross",
    "校验码": "check_code",
    "销售方纳税人识别号": "seller_tax_id",
    "购买方纳税人识别号": "buyer_tax_id",
    "销售方名称": "seller",
    "购买方名称": "buyer",
}


def ofd_reading(content: bytes, file: str) -> tuple[int, Reading]:
    """(pages, what the OFD states)."""
    parts = _unpack(content, file)
    if "OFD.xml" not in parts:
        raise NoInvoiceInside(file=file)
    root = parse(parts["OFD.xml"], f"{file}/OFD.xml")
    fields = {name: (field,) for name, field in _custom_data(root).items()}
    pages = list(_pages(root, parts, file))
    attached, lines_said = _beside_the_pages(parts, file)
    for name, more in attached:
        fields[name] = (*fields.get(name, ()), more)
    lines: list[InvoiceLine] = []
    for page in pages:
        sheet = Sheet(page)
        lines += fapiao_table.lines(sheet)
        for name, field in fapiao.head(sheet).items():
            if not any(known.source is Source.TEXT for known in fields.get(name, ())):
                fields[name] = (*fields.get(name, ()), field)
    reading = Reading(fields=fields, lines=tuple(lines) or lines_said)
    if not lines or not lines_said:
        return len(pages), reading
    said, unlike = line_by_line(lines, lines_said)
    same = len(said) == len(lines)
    shown = tuple(replace(line, witnessed=same and bool(said[n].witnessed)) for n, line in enumerate(lines))
    return len(pages), replace(reading, lines=shown, findings=unlike)


def _beside_the_pages(parts: dict[str, bytes], file: str) -> tuple[list[tuple[str, Field]], tuple[InvoiceLine, ...]]:
    """What attachments and tags state; a part that is no XML is no witness."""
    said: list[tuple[str, Field]] = []
    lines: tuple[InvoiceLine, ...] = ()
    for path, content in parts.items():
        name = posixpath.basename(path).lower()
        if name == "customtag.xml":
            said += tagged_fields(parse(content, f"{file}/{path}"), _texts(parts, file)).items()
        elif "attach" in path.lower() or name.startswith(("original_invoice", "inv_")):
            with contextlib.suppress(BrokenFile):
                root = parse(content, f"{file}/{path}")
                if is_attached_invoice(root):
                    said += attached_fields(root).items()
                    lines = lines or attached_lines(root)
    return said, lines


def _texts(parts: dict[str, bytes], file: str) -> dict[str, str]:
    """The text of every text object by its number."""
    return {
        node.get("ID", ""): "".join((code.text or "").strip() for code in walk(node, "TextCode"))
        for path, content in parts.items()
        if path.lower().endswith("content.xml")
        for node in parse(content, f"{file}/{path}").iter()
        if local(node) == "TextObject"
    }


def _unpack(content: bytes, file: str) -> dict[str, bytes]:
    """The XML parts by name; a zip bomb is refused by what it would unpack to, before it does."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            size = sum(entry.file_size for entry in entries)
            if len(entries) > ENTRY_LIMIT or size > BYTES_LIMIT:
                raise TooMuch(file=file, what=f"{len(entries)} parts, {size} bytes", limit=BYTES_LIMIT)
            wanted = [entry for entry in entries if entry.filename.lower().endswith(".xml")]
            return {entry.filename.lstrip("/"): archive.read(entry) for entry in wanted}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise BrokenFile(file=file, why=str(error)) from error


def _custom_data(root: Element) -> dict[str, Field]:
    fields = {}
    for data in root.iter():
        name = _NAMES.get(data.get("Name", "")) if local(data) == "CustomData" else None
        value = _value(name, (data.text or "").strip()) if name else None
        if name and value:
            fields[name] = Field(value=value, source=Source.OFD)
    return fields


def _value(name: str, text: str) -> Value | None:
    if name == "issued_on":
        return figures.day(text)
    if name in ("net", "tax", "gross"):
        return figures.money(text)
    return text


def _pages(root: Element, parts: dict[str, bytes], file: str) -> Iterator[Page]:
    """Every page with the text of its templates under its own."""
    for body in walk(root, "DocBody"):
        path = next((node.text or "" for node in walk(body, "DocRoot")), "").lstrip("/")
        if path not in parts:
            continue
        document, folder = parse(parts[path], f"{file}/{path}"), posixpath.dirname(path)
        templates = {
            node.get("ID", ""): node.get("BaseLoc", "") for node in walk(document, "CommonData", "TemplatePage")
        }
        for number, node in enumerate(walk(document, "Pages", "Page"), start=1):
            if number > PAGE_LIMIT:
                raise TooMuch(file=file, what=f"more than {PAGE_LIMIT} pages", limit=PAGE_LIMIT)
            yield _page(node.get("BaseLoc", ""), number, templates, folder, parts, file, document)


def _page(
    location: str, number: int, templates: dict[str, str], folder: str, parts: dict[str, bytes], file: str,
    document: Element,
) -> Page:  # fmt: skip
    root = _part(location, folder, parts, file)
    sources = [root]
    for use in walk(root, "Template"):
        sources.insert(0, _part(templates.get(use.get("TemplateID", ""), ""), folder, parts, file))
    width, height = _paper(root) or _paper(document) or (210.0, 140.0)
    glyphs = tuple(glyph for source in sources for glyph in _glyphs(source, number))
    return Page(number=number, width=width * _POINTS, height=height * _POINTS, glyphs=glyphs)


def _part(location: str, folder: str, parts: dict[str, bytes], file: str) -> Element:
    for path in (posixpath.normpath(posixpath.join(folder, location)), location.lstrip("/")):
        if path in parts:
            return parse(parts[path], f"{file}/{path}")
    return Element("none")


def _paper(element: Element) -> tuple[float, float] | None:
    for node in element.iter():
        if local(node) == "PhysicalBox" and len(numbers := _numbers(node.text or "")) == 4:
            return numbers[2], numbers[3]
    return None


def _glyphs(root: Element, page: int) -> Iterator[Glyph]:
    for run, node in enumerate(child for child in root.iter() if local(child) == "TextObject"):
        box, size = _numbers(node.get("Boundary", "")), float(node.get("Size") or 3.0)
        ctm = _numbers(node.get("CTM", "")) or [1.0, 0.0, 0.0, 1.0, 0.0, 0.0]
        if len(box) != 4 or len(ctm) != 6 or abs(ctm[1]) > 0.01 or abs(ctm[2]) > 0.01:
            continue
        for code in walk(node, "TextCode"):
            yield from _text_code(code, box, ctm, size, run, page)


def _text_code(code: Element, box: list[float], ctm: list[float], size: float, run: int, page: int) -> Iterator[Glyph]:
    """One TextCode: characters at X, Y inside the boundary, each DeltaX further than the one before."""
    text = (code.text or "").strip("\r\n")
    x, y = float(code.get("X") or 0), float(code.get("Y") or 0)
    steps = _deltas(code.get("DeltaX", ""), len(text) - 1)
    for index, char in enumerate(text):
        width = size * (1.0 if ord(char) > 0x2E80 else 0.5)
        step = steps[index] if index < len(steps) else width
        if not char.isspace():
            left = (box[0] + ctm[4] + ctm[0] * x) * _POINTS
            right = left + abs(ctm[0]) * min(width, step or width) * _POINTS
            base, height = (box[1] + ctm[5] + ctm[3] * y) * _POINTS, size * abs(ctm[3]) * _POINTS
            yield Glyph(char, left, right, base, height, run, page, index > 0 and text[index - 1].isspace())
        x += step


def _deltas(text: str, count: int) -> list[float]:
    """`3 3 g 4 1.5` -> [3, 3, 1.5, 1.5, 1.5, 1.5]."""
    steps: list[float] = []
    words = text.split()
    while words and len(steps) < max(count, 0):
        word = words.pop(0)
        if word == "g" and len(words) >= 2:
            times, step = int(float(words.pop(0))), float(words.pop(0))
            steps += [step] * min(times, count)
        elif word != "g":
            steps.append(float(word))
    return steps


def _numbers(text: str) -> list[float]:
    try:
        return [float(word) for word in text.split()]
    except ValueError:
        return []
