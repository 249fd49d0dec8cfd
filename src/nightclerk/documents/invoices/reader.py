"""Read every invoice in a file, whatever its form, and say for each value how it was confirmed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from nightclerk.documents.invoices.faults import CannotOpen, NoInvoiceInside, NotAnInvoiceFile, TooMuch
from nightclerk.documents.invoices.ofd import ofd_readings
from nightclerk.documents.invoices.pdf import pdf_readings
from nightclerk.documents.invoices.taught import Layout, load_taught
from nightclerk.documents.invoices.xml import xml_reading
from nightclerk.domain.invoice_proofs import examine
from nightclerk.domain.invoices import Field, Invoice, InvoiceLine, InvoiceStatus, Reading
from nightclerk.texts import say

BYTES_LIMIT = 60_000_000
#: First bytes -> what people call it.
_LOOKS_LIKE = (
    (b"<!doctype html", "HTML"),
    (b"<html", "HTML"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89png", "PNG"),
    (b"rar!", "RAR"),
    (b"\xd0\xcf\x11\xe0", "MS Office"),
)


def read_invoices(path: Path, *, with_xml: bool = True, taught: Path | None = None) -> list[Invoice]:
    """All invoices of one file. Raises a DocumentError (one sentence, with its remedy) when there is none.

    `with_xml=False` leaves an embedded XML aside and reads the page alone; `taught` is a folder of taught layouts.
    """
    content = _load(path)
    pages, form, readings = _readings(content, path, with_xml, load_taught(taught) if taught else ())
    sha256 = hashlib.sha256(content).hexdigest()
    invoices = [examine(reading, file=path.name, sha256=sha256, pages=pages, format=form) for reading in readings]
    if all(invoice.status is InvoiceStatus.UNREADABLE for invoice in invoices):
        raise NoInvoiceInside(file=path.name)
    return invoices


def _load(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > BYTES_LIMIT:
            raise TooMuch(file=path.name, what=f"{size} bytes", limit=BYTES_LIMIT)
        return path.read_bytes()
    except OSError as error:
        raise CannotOpen(file=path.name, why=error.strerror or type(error).__name__) from error


def _readings(content: bytes, path: Path, with_xml: bool, taught: Sequence[Layout]) -> tuple[int, str, list[Reading]]:
    start = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    if b"%PDF-" in content[:1024]:
        return pdf_readings(content, path, with_xml=with_xml, taught=taught)
    if start.startswith(b"PK\x03\x04"):
        pages, readings = ofd_readings(content, path.name)
        return pages, "ofd", readings
    if start.startswith(b"<") and not start[:14].lower().startswith((b"<!doctype html", b"<html")):
        form, reading = xml_reading(content, path.name)
        return 0, form, [reading]
    raise NotAnInvoiceFile(file=path.name, found=_looks_like(start))


def _looks_like(start: bytes) -> str:
    lowered = start[:20].lower()
    for mark, name in _LOOKS_LIKE:
        if lowered.startswith(mark):
            return name
    if not start:
        return "0 bytes"
    return f"0x{start[:4].hex()}" if b"\0" in start else "TXT"


# -------------------------------------------------------------------------------------------- as JSON


def as_json(invoice: Invoice) -> dict[str, Any]:
    """One invoice as plain data: ISO dates, decimal strings, findings as code and sentence."""
    return {
        "file": invoice.file,
        "sha256": invoice.sha256,
        "pages": invoice.pages,
        "format": invoice.format,
        "status": invoice.status.value,
        "fields": {name: _field_json(field) for name, field in invoice.fields.items()},
        "lines": [_line_json(line) for line in invoice.lines],
        "findings": [
            {"code": one.code, "facts": dict(one.facts), "text": say(f"invoices.finding.{one.code}", **one.facts)}
            for one in invoice.findings
        ],
    }


def unreadable_json(path: Path, why: str) -> dict[str, Any]:
    """The JSON object of a file that could not be read."""
    findings = [{"code": "unreadable", "text": why}]
    return {
        "file": path.name, "pages": 0, "format": path.suffix.lstrip("."), "status": "unreadable", "fields": {},
        "lines": [], "findings": findings,
    }  # fmt: skip


def _field_json(field: Field) -> dict[str, Any]:
    value = field.value.isoformat() if isinstance(field.value, date) else str(field.value)
    return {
        "value": value, "source": field.source.value, "confirmed": bool(field.confirmed_by),
        "confirmed_by": field.confirmed_by, "page": field.page, "box": list(field.box) if field.box else None,
    }  # fmt: skip


def _line_json(line: InvoiceLine) -> dict[str, Any]:
    return {
        "name": line.name, "spec": line.spec, "unit": line.unit, "quantity": _text(line.quantity),
        "price": _text(line.price), "net": str(line.net), "rate": line.rate_text, "tax": str(line.tax),
        "sku": line.sku, "source": line.source.value, "page": line.page,
        # Sums prove the figures of a line; its words only two sources that say the same.
        "confirmed": bool(line.confirmed_by) and line.witnessed is True,
        "figures_confirmed_by": line.confirmed_by,
        "box": list(line.box) if line.box else None,
    }  # fmt: skip


def _text(value: object) -> str:
    return "" if value is None else str(value)


def dump(objects: Iterable[dict[str, Any]]) -> str:
    """JSON text for standard output; Chinese stays readable."""
    return json.dumps(list(objects), ensure_ascii=False, indent=2)
