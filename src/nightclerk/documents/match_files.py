"""Read the three lists that matching needs from JSON, Excel or CSV: invoices, purchase orders, receipts."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path
from sys import intern
from typing import Any, TypeVar

from nightclerk.documents.invoices.remarks import order_numbers, reversed_invoice
from nightclerk.documents.json_lists import json_list
from nightclerk.documents.match_tables import TABLE_SUFFIXES, entries_of
from nightclerk.documents.match_words import verdict_json
from nightclerk.documents.suppliers import with_suppliers
from nightclerk.domain.amounts import ZERO, rounded
from nightclerk.domain.invoice_cases import CaseLine, InvoiceCase
from nightclerk.domain.matching import match_all
from nightclerk.domain.purchasing import PurchaseLine, PurchaseOrder, Receipt, ReceiptLine
from nightclerk.domain.verdicts import MatchRules
from nightclerk.errors import DocumentError
from nightclerk.texts import current_language, language

Record = TypeVar("Record")


class MatchFileWrong(DocumentError):
    """Facts: file, entry (number from 1), why."""

    en = "{file}: entry {entry} cannot be used ({why}). Compare it with the format in the documentation."
    zh = "{file}：第 {entry} 条无法使用（{why}）。请对照文档中的格式检查。"


def load_invoices(path: Path) -> list[InvoiceCase]:
    """Invoices: id, number, date, seller, seller_tax, net, tax, gross, currency, remark, lines."""
    return _load(path, _invoice)


def load_orders(path: Path) -> list[PurchaseOrder]:
    """Purchase orders: po, supplier, supplier_tax, date, currency, lines (name, sku, qty, price, rate)."""
    return _load(path, _order)


def load_receipts(path: Path) -> list[Receipt]:
    """Receipts: gr, po, date, lines (line, qty)."""
    return _load(path, _receipt)


def match_files(invoices: Path, orders: Path, receipts: Path, rules: MatchRules | None = None) -> list[dict[str, Any]]:
    """What `invoices match --json` prints: one object for each invoice, in the order of the file."""
    with without_collecting():
        known, used = load_orders(orders), rules or MatchRules()
        cases = with_suppliers(load_invoices(invoices), known, used)
        verdicts = match_all(cases, known, load_receipts(receipts), used)
        with language(current_language()):  # asked once, not for each sentence
            return [verdict_json(verdict) for verdict in verdicts]


@contextlib.contextmanager
def without_collecting() -> Iterator[None]:
    """Millions of records that all stay alive: looking through them for garbage again and again finds none."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _load(path: Path, build: Callable[[Mapping[str, Any]], Record]) -> list[Record]:
    built: list[Record] = []
    try:
        for entry in _entries(path):
            built.append(_built(path, len(built) + 1, entry, build))
    except (OSError, ValueError) as error:
        raise DocumentError(file=path.name, why=str(error), remedy="A JSON list is expected.") from error
    return built


def _entries(path: Path) -> Iterable[Any]:
    return entries_of(path) if path.suffix.lower() in TABLE_SUFFIXES else json_list(path)


def _built(path: Path, number: int, entry: Any, build: Callable[[Mapping[str, Any]], Record]) -> Record:
    try:
        return build(entry)
    except (AttributeError, KeyError, TypeError, ValueError, InvalidOperation) as error:
        raise MatchFileWrong(file=path.name, entry=number, why=repr(error)) from error


# One object for each text, number and day that comes again and again: a million lines of the same goods fit in memory.


def _text(value: Any) -> str:
    return intern(value if type(value) is str else str(value)) if value else ""


@lru_cache(maxsize=1 << 16, typed=True)
def _exact(value: Any) -> Decimal:
    return Decimal(value if isinstance(value, (str, int)) else str(value))


@lru_cache(maxsize=1 << 12)
def _day(text: str) -> date:
    return date.fromisoformat(text)


def _decimal(value: Any) -> Decimal | None:
    return None if value in (None, "") else _exact(value)


@lru_cache(maxsize=1 << 8)
def _rate(text: Any) -> Decimal | None:
    value = str(text or "").strip()
    return Decimal(value.rstrip("%")) / 100 if value.endswith("%") else _fraction(value)


def _fraction(value: str) -> Decimal | None:
    try:
        return Decimal(value)
    except InvalidOperation:
        return None


def _invoice(entry: Mapping[str, Any]) -> InvoiceCase:
    remark = str(entry.get("remark") or "")
    return InvoiceCase(
        key=str(entry["id"]), number=str(entry["number"]), code=_text(entry.get("code")), issued_on=_day(entry["date"]),
        seller=intern(str(entry["seller"])), seller_tax_id=_text(entry.get("seller_tax")), net=Decimal(entry["net"]),
        tax=Decimal(entry["tax"]), gross=Decimal(entry["gross"]), currency=_text(entry.get("currency")) or "CNY",
        remark=remark, orders=order_numbers(remark), red_of=reversed_invoice(remark),
        lines=tuple(map(_case_line, entry.get("lines", ()))),
    )  # fmt: skip


def _case_line(entry: Mapping[str, Any]) -> CaseLine:
    return CaseLine(
        name=intern(str(entry["name"])), spec=_text(entry.get("spec")), sku=_text(entry.get("sku")),
        quantity=_decimal(entry.get("qty")), price=_decimal(entry.get("price")), net=Decimal(entry["net"]),
        rate=_rate(entry.get("rate")), tax=_decimal(entry.get("tax")) or ZERO,
    )  # fmt: skip


def _order(entry: Mapping[str, Any]) -> PurchaseOrder:
    lines = tuple(map(_purchase_line, entry["lines"]))
    nets = [rounded(line.quantity * line.price) for line in lines]
    net = sum(nets, ZERO)
    tax = sum((rounded(one * line.rate) for one, line in zip(nets, lines, strict=True)), ZERO)
    return PurchaseOrder(
        number=str(entry["po"]), supplier=intern(str(entry["supplier"])),
        supplier_tax_id=_text(entry.get("supplier_tax")), ordered_on=_day(entry["date"]),
        currency=_text(entry.get("currency")) or "CNY", net=net, tax=tax, gross=net + tax, lines=lines,
    )  # fmt: skip


def _purchase_line(entry: Mapping[str, Any]) -> PurchaseLine:
    return PurchaseLine(
        line=int(entry["line"]), sku=_text(entry.get("sku")), name=intern(str(entry["name"])),
        spec=_text(entry.get("spec")), unit=_text(entry.get("unit")), quantity=_exact(entry["qty"]),
        price=_exact(entry["price"]), rate=_rate(entry["rate"]) or ZERO,
    )  # fmt: skip


def _receipt(entry: Mapping[str, Any]) -> Receipt:
    lines = tuple(
        ReceiptLine(order_line=int(line["line"]), sku=_text(line.get("sku")), quantity=_exact(line["qty"]))
        for line in entry["lines"]
    )
    return Receipt(number=str(entry["gr"]), order=str(entry["po"]), received_on=_day(entry["date"]), lines=lines)
