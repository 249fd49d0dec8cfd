"""Read the three lists that matching needs from JSON, Excel or CSV: invoices, purchase orders, receipts."""

from __future__ import annotations

import contextlib
import gc
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from nightclerk.documents.invoices.remarks import order_numbers, reversed_invoice
from nightclerk.documents.match_tables import TABLE_SUFFIXES, entries_of
from nightclerk.documents.match_words import verdict_json
from nightclerk.documents.suppliers import with_suppliers
from nightclerk.domain.amounts import ZERO, rounded
from nightclerk.domain.invoice_cases import CaseLine, InvoiceCase
from nightclerk.domain.matching import match_all
from nightclerk.domain.purchasing import PurchaseLine, PurchaseOrder, Receipt, ReceiptLine
from nightclerk.domain.verdicts import MatchRules
from nightclerk.errors import DocumentError

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
    with _no_collecting():
        known, used = load_orders(orders), rules or MatchRules()
        cases = with_suppliers(load_invoices(invoices), known, used)
        verdicts = match_all(cases, known, load_receipts(receipts), used)
    return [verdict_json(verdict) for verdict in verdicts]


@contextlib.contextmanager
def _no_collecting() -> Iterator[None]:
    """Millions of records that all stay alive: looking through them for garbage again and again finds none."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _load(path: Path, build: Callable[[Mapping[str, Any]], Record]) -> list[Record]:
    try:
        is_table = path.suffix.lower() in TABLE_SUFFIXES
        entries = entries_of(path) if is_table else json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DocumentError(file=path.name, why=str(error), remedy="A JSON list is expected.") from error
    if not isinstance(entries, list):
        raise DocumentError(file=path.name, why="not a list", remedy="A JSON list is expected.")
    built = []
    for number, entry in enumerate(entries, start=1):
        try:
            built.append(build(entry))
        except (KeyError, TypeError, ValueError, InvalidOperation) as error:
            raise MatchFileWrong(file=path.name, entry=number, why=repr(error)) from error
    return built


def _decimal(value: Any) -> Decimal | None:
    return None if value in (None, "") else Decimal(str(value))


@cache
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
        key=str(entry["id"]), number=str(entry["number"]), code=str(entry.get("code") or ""),
        issued_on=date.fromisoformat(entry["date"]), seller=str(entry["seller"]),
        seller_tax_id=str(entry.get("seller_tax") or ""), net=Decimal(entry["net"]), tax=Decimal(entry["tax"]),
        gross=Decimal(entry["gross"]), currency=str(entry.get("currency") or "CNY"), remark=remark,
        orders=order_numbers(remark), red_of=reversed_invoice(remark),
        lines=tuple(_case_line(line) for line in entry.get("lines", ())),
    )  # fmt: skip


def _case_line(entry: Mapping[str, Any]) -> CaseLine:
    return CaseLine(
        name=str(entry["name"]), spec=str(entry.get("spec") or ""), sku=str(entry.get("sku") or ""),
        quantity=_decimal(entry.get("qty")), price=_decimal(entry.get("price")), net=Decimal(entry["net"]),
        rate=_rate(entry.get("rate")), tax=_decimal(entry.get("tax")) or ZERO,
    )  # fmt: skip


def _order(entry: Mapping[str, Any]) -> PurchaseOrder:
    lines = tuple(_purchase_line(line) for line in entry["lines"])
    nets = [rounded(line.quantity * line.price) for line in lines]
    net = sum(nets, ZERO)
    tax = sum((rounded(one * line.rate) for one, line in zip(nets, lines, strict=True)), ZERO)
    return PurchaseOrder(
        number=str(entry["po"]), supplier=str(entry["supplier"]), supplier_tax_id=str(entry.get("supplier_tax") or ""),
        ordered_on=date.fromisoformat(entry["date"]), currency=str(entry.get("currency") or "CNY"), net=net,
        tax=tax, gross=net + tax, lines=lines,
    )  # fmt: skip


def _purchase_line(entry: Mapping[str, Any]) -> PurchaseLine:
    return PurchaseLine(
        line=int(entry["line"]), sku=str(entry.get("sku") or ""), name=str(entry["name"]),
        spec=str(entry.get("spec") or ""), unit=str(entry.get("unit") or ""),
        quantity=Decimal(str(entry["qty"])), price=Decimal(str(entry["price"])), rate=_rate(entry["rate"]) or ZERO,
    )  # fmt: skip


def _receipt(entry: Mapping[str, Any]) -> Receipt:
    lines = tuple(
        ReceiptLine(order_line=int(line["line"]), sku=str(line.get("sku") or ""), quantity=Decimal(str(line["qty"])))
        for line in entry["lines"]
    )
    return Receipt(
        number=str(entry["gr"]), order=str(entry["po"]), received_on=date.fromisoformat(entry["date"]), lines=lines
    )
