"""The queue of invoices."""

from __future__ import annotations

from nightclerk import BusinessError, Queue
from nightclerk.domain.invoice_cases import InvoiceCase

#: Every invoice document that came in, under its number; copies under number~file.
invoice_queue = Queue("invoices", of=InvoiceCase)


class NoInbox(BusinessError):
    """The folder with the invoices is not there. Facts: folder."""

    en = "There is no folder {folder}. Create it, or name the right one with --set inbox=…"
    zh = "没有文件夹 {folder}。请创建，或用 --set inbox=… 指定正确的文件夹。"
