"""Files that are broken, locked or meant to do harm: one sentence each, and nothing is expanded or fetched."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from nightclerk.documents.invoices import InvoiceReader, read_invoices
from nightclerk.documents.invoices.faults import (
    BrokenFile,
    EncryptedFile,
    ForbiddenXml,
    NoInvoiceInside,
    NotAnInvoiceFile,
    TooMuch,
)
from nightclerk.documents.invoices.isolated import TooSlow
from nightclerk.sandbox.invoice_pdf import invoice_pdf
from nightclerk.sandbox.purchases import invoices

BOMB = """<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>
<EInvoice>&b;</EInvoice>"""
OUTSIDE = """<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><EInvoice>&a;</EInvoice>"""


def pdf(pages: int = 1, *, text: str = "hello", password: str = "") -> bytes:
    buffer = io.BytesIO()
    locked = StandardEncryption(password, strength=128) if password else None
    canvas = Canvas(buffer, encrypt=locked)
    for _ in range(pages):
        canvas.drawString(100, 100, text)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def saved(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("content", [BOMB, OUTSIDE])
def test_xml_with_entities_is_refused(tmp_path: Path, content: str) -> None:
    """Nothing is expanded and no file is read through an invoice."""
    with pytest.raises(ForbiddenXml, match="Do not trust its sender"):
        read_invoices(saved(tmp_path, "a.xml", content.encode()))


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    """The directory of the archive says how large it would get."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("OFD.xml", b"0" * 90_000_000)
    with pytest.raises(TooMuch, match="more than the limit"):
        read_invoices(saved(tmp_path, "a.ofd", buffer.getvalue()))


def test_too_many_pages(tmp_path: Path) -> None:
    """An invoice of 201 pages is none."""
    with pytest.raises(TooMuch, match=r"201 pages, more than the limit of 200"):
        read_invoices(saved(tmp_path, "a.pdf", pdf(201)))


def test_a_locked_pdf(tmp_path: Path) -> None:
    """The sentence asks for a file without a password."""
    with pytest.raises(EncryptedFile, match="without a password"):
        read_invoices(saved(tmp_path, "a.pdf", pdf(password="secret")))


def test_a_cut_off_pdf(tmp_path: Path) -> None:
    """A download that stopped half way is damaged or empty, never half an invoice."""
    whole = invoice_pdf(invoices()[0])
    with pytest.raises((BrokenFile, NoInvoiceInside)):
        read_invoices(saved(tmp_path, "a.pdf", whole[: len(whole) // 4]))


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"<!DOCTYPE html><html></html>", "HTML"),
        (b"", "0 bytes"),
        (b"\xff\xd8\xff\xe0", "JPEG"),
        ("您好".encode("gb18030"), "TXT"),
        (b"\x01\x00\x02\x03", "0x01000203"),
    ],
)
def test_what_it_really_is(tmp_path: Path, content: bytes, found: str) -> None:
    """The sentence names what was sent instead."""
    with pytest.raises(NotAnInvoiceFile, match=found):
        read_invoices(saved(tmp_path, "a.pdf", content))


def test_a_pdf_without_an_invoice(tmp_path: Path) -> None:
    """A letter is no invoice."""
    with pytest.raises(NoInvoiceInside, match="Enter it by hand"):
        read_invoices(saved(tmp_path, "a.pdf", pdf(text="Dear friend")))


def test_the_worker_reads_like_the_function_and_survives_a_bad_file(tmp_path: Path) -> None:
    """A bad file ends in its own sentence, the next good one is read."""
    good = saved(tmp_path, "good.pdf", invoice_pdf(invoices()[0]))
    bad = saved(tmp_path, "bad.pdf", b"nothing")
    with InvoiceReader() as reader:
        with pytest.raises(NotAnInvoiceFile):
            reader.read(bad)
        assert reader.read(good) == read_invoices(good)


def test_a_file_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    """The worker is ended at the limit, and the next file gets a new one."""
    good = saved(tmp_path, "good.pdf", invoice_pdf(invoices()[0]))
    with InvoiceReader(timeout_s=0.01) as reader:
        with pytest.raises(TooSlow, match=r"more than 0\.01 s and was stopped"):
            reader.read(good)
        reader.timeout_s = 60
        assert len(reader.read(good)) == 1
