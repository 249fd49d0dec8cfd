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
from nightclerk.documents.invoices.glyphs import Page
from nightclerk.documents.invoices.markup import local, parse, walk
from nightclerk.documents.invoices.ofd_attached import (
    attached_fields,
    attached_lines,
    is_attached_invoice,
    tagged_fields,
)
from nightclerk.documents.invoices.ofd_text import POINTS, glyphs_of, numbers, text_objects
from nightclerk.documents.invoices.sheet import Sheet
from nightclerk.domain.invoices import Field, InvoiceLine, Reading, Source, Value

ENTRY_LIMIT, BYTES_LIMIT, PAGE_LIMIT = 2000, 80_000_000, 100
_XML = (".xml", ".xbrl")
#: The issuer's own records, and the tags, name themselves at their beginning.
_RECORDS, _HEAD = (b"eInvoice", b"xbrl"), 4000
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


def ofd_readings(content: bytes, file: str) -> tuple[int, list[Reading]]:
    """(pages, what each document of the OFD states; nearly always there is one)."""
    parts = _unpack(content, file)
    if "OFD.xml" not in parts:
        raise NoInvoiceInside(file=file)
    bodies = list(walk(parse(parts["OFD.xml"], f"{file}/OFD.xml"), "DocBody"))
    found = [_document(body, parts if len(bodies) == 1 else _own_parts(body, parts), file) for body in bodies]
    return sum(pages for pages, _ in found), [reading for _, reading in found]


def _root_of(body: Element) -> str:
    """Where the document of a body begins: `Doc_0/Document.xml`."""
    return next((node.text or "" for node in walk(body, "DocRoot")), "").strip().lstrip("/")


def _own_parts(body: Element, parts: dict[str, bytes]) -> dict[str, bytes]:
    folder = posixpath.dirname(_root_of(body)) + "/"
    return {path: content for path, content in parts.items() if path.startswith(folder)}


def _document(body: Element, parts: dict[str, bytes], file: str) -> tuple[int, Reading]:
    fields: dict[str, tuple[Field, ...]] = {name: (field,) for name, field in _custom_data(body).items()}
    pages = list(_pages(body, parts, file))
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
    return len(pages), _with_lines(fields, lines, lines_said)


def _with_lines(
    fields: dict[str, tuple[Field, ...]], lines: list[InvoiceLine], lines_said: tuple[InvoiceLine, ...]
) -> Reading:
    reading = Reading(fields=fields, lines=tuple(lines) or lines_said)
    if not lines or not lines_said:
        return reading
    said, unlike = line_by_line(lines, lines_said)
    same = len(said) == len(lines)
    shown = tuple(replace(line, witnessed=same and bool(said[n].witnessed)) for n, line in enumerate(lines))
    return replace(reading, lines=shown, findings=unlike)


def _beside_the_pages(parts: dict[str, bytes], file: str) -> tuple[list[tuple[str, Field]], tuple[InvoiceLine, ...]]:
    """What attachments and tags state, wherever the writer put them; a part that is no XML is no witness."""
    said: list[tuple[str, Field]] = []
    lines: tuple[InvoiceLine, ...] = ()
    for path, content in parts.items():
        if not any(mark in content[:_HEAD] for mark in _RECORDS):
            continue
        with contextlib.suppress(BrokenFile):
            root = parse(content, f"{file}/{path}")
            if any(local(node) == "ObjectRef" for node in root.iter()):
                said += tagged_fields(root, _texts(parts, file)).items()
            elif is_attached_invoice(root):
                said += attached_fields(root).items()
                lines = lines or attached_lines(root)
    return said, lines


def _texts(parts: dict[str, bytes], file: str) -> dict[str, str]:
    """The text of every text object by its number."""
    return {
        node.get("ID", ""): "".join((code.text or "").strip() for code in walk(node, "TextCode"))
        for path, content in parts.items()
        if path.lower().endswith("content.xml")
        for node in text_objects(parse(content, f"{file}/{path}"))
    }


def _unpack(content: bytes, file: str) -> dict[str, bytes]:
    """The XML parts by name; a zip bomb is refused by what it would unpack to, before it does."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            size = sum(entry.file_size for entry in entries)
            if len(entries) > ENTRY_LIMIT or size > BYTES_LIMIT:
                raise TooMuch(file=file, what=f"{len(entries)} parts, {size} bytes", limit=BYTES_LIMIT)
            wanted = [entry for entry in entries if entry.filename.lower().endswith(_XML)]
            return {entry.filename.replace("\\", "/").lstrip("/"): archive.read(entry) for entry in wanted}
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


def _pages(body: Element, parts: dict[str, bytes], file: str) -> Iterator[Page]:
    """Every page with the text of its templates under its own."""
    path = _root_of(body)
    if path not in parts:
        return
    document, folder = parse(parts[path], f"{file}/{path}"), posixpath.dirname(path)
    templates = {node.get("ID", ""): node.get("BaseLoc", "") for node in walk(document, "CommonData", "TemplatePage")}
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
    glyphs = tuple(glyph for source in sources for glyph in glyphs_of(source, number))
    return Page(number=number, width=width * POINTS, height=height * POINTS, glyphs=glyphs)


def _part(location: str, folder: str, parts: dict[str, bytes], file: str) -> Element:
    for path in (posixpath.normpath(posixpath.join(folder, location)), location.lstrip("/")):
        if path in parts:
            return parse(parts[path], f"{file}/{path}")
    return Element("none")


def _paper(element: Element) -> tuple[float, float] | None:
    for node in element.iter():
        if local(node) == "PhysicalBox" and len(box := numbers(node.text or "")) == 4:
            return box[2], box[3]
    return None
