"""Invoices from files: PDF, PDF/A-3 with embedded XML, OFD, 数电票 XML, CII and UBL."""

from nightclerk.documents.invoices.isolated import InvoiceReader
from nightclerk.documents.invoices.reader import as_json, read_invoices, unreadable_json
from nightclerk.errors import DocumentError

__all__ = ["DocumentError", "InvoiceReader", "as_json", "read_invoices", "unreadable_json"]
