"""The mailroom: fills the inbox folder with the invoices of `purchases`, and with two files that are none."""

from __future__ import annotations

from pathlib import Path

from nightclerk.sandbox.invoice_files import invoice_ofd, invoice_xml
from nightclerk.sandbox.invoice_pdf import invoice_pdf
from nightclerk.sandbox.purchases import InvoiceTruth, invoices

_WRITERS = {"pdf": invoice_pdf, "xml": invoice_xml, "ofd": invoice_ofd}
#: Files that pretend: a text under the name of a PDF, and a web page that a portal sent instead of the file.
IMPOSTORS: dict[str, bytes] = {
    "扫描件-无法打开.pdf": "您好，发票见附件，请查收。\n".encode("gb18030"),
    "下载失败.pdf": (
        "<!DOCTYPE html><html><head><meta charset='utf-8'><title>登录已失效</title></head>"
        "<body>登录已失效，请重新登录后下载发票。</body></html>"
    ).encode(),
}


def document(truth: InvoiceTruth) -> bytes:
    """The bytes of one invoice document in its own form."""
    return _WRITERS[truth.form](truth)


def fill(folder: Path) -> list[Path]:
    """Write every document that is not there yet; the same bytes on every call. Returns all paths."""
    folder.mkdir(parents=True, exist_ok=True)
    contents = {truth.file: truth for truth in invoices()}
    for name, truth in contents.items():
        if not (folder / name).exists():
            (folder / name).write_bytes(document(truth))
    for name, content in IMPOSTORS.items():
        (folder / name).write_bytes(content)
    return sorted(folder / name for name in (*contents, *IMPOSTORS))
