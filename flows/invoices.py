"""The queue of invoices, where their originals are kept, and how purchases are read from the ERP's exports."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

from flows.collect_from_erp import kept_export
from nightclerk import BusinessError, Queue
from nightclerk.documents import Row, load_layout, read_table
from nightclerk.domain.invoice_cases import InvoiceCase
from nightclerk.domain.purchasing import PurchaseLine, PurchaseOrder, Receipt, ReceiptLine

#: Every invoice document that came in, under its number; copies under number~file.
invoice_queue = Queue("invoices", of=InvoiceCase)


class NoInbox(BusinessError):
    """The folder with the invoices is not there. Facts: folder."""

    en = "There is no folder {folder}. Create it, or name the right one with --set inbox=…"
    zh = "没有文件夹 {folder}。请创建，或用 --set inbox=… 指定正确的文件夹。"


class NoPurchases(BusinessError):
    """The ERP's export of purchases is not there. Facts: file."""

    en = "{file} is not there: run the bot collect-from-erp first, it exports orders and receipts from the ERP."
    zh = "没有 {file}：请先运行机器人 collect-from-erp，它从 ERP 导出采购订单和到货单。"


def archive(workspace: Path, file: Path, sha256: str) -> str:
    """Keep the original under its hash for good; returns the path below the workspace."""
    kept = Path("data") / "invoices" / f"{sha256[:12]}-{file.name}"
    target = workspace / kept
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists():
        shutil.copyfile(file, target)
    return kept.as_posix()


def purchases(workspace: Path) -> tuple[list[PurchaseOrder], list[Receipt]]:
    """Purchase orders and receipts as the ERP exported them last."""
    return (
        orders_from_rows(exported(workspace, "erp_purchase_orders")),
        receipts_from_rows(exported(workspace, "erp_receipts")),
    )


def exported(workspace: Path, layout: str) -> list[Row]:
    file = kept_export(workspace, layout)
    if not file.is_file():
        raise NoPurchases(file=file.relative_to(workspace).as_posix())
    return read_table(file, load_layout(workspace / "config" / "layouts" / f"{layout}.yaml"), allow_empty=True)


def by_number(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Rows of one document together, in the order of the file."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row["number"], []).append(row)
    return groups


def orders_from_rows(rows: Iterable[Row]) -> list[PurchaseOrder]:
    """One order for each number; the head stands on every row."""
    return [order_from_rows(group) for group in by_number(rows).values()]


def order_from_rows(rows: list[Row]) -> PurchaseOrder:
    head = rows[0]
    lines = tuple(
        PurchaseLine(
            line=row["line"],
            sku=row["item"],
            name=row["name"],
            spec=row.get("spec", ""),
            unit=row.get("unit", ""),
            quantity=row["quantity"],
            price=row["price"],
            rate=Decimal(row["rate"]) / 100,
        )
        for row in rows
    )
    return PurchaseOrder(
        number=head["number"],
        supplier=head["supplier"],
        supplier_tax_id=head.get("supplier_tax_id", ""),
        ordered_on=head["ordered_on"],
        currency=head.get("currency", "CNY"),
        net=head["net"],
        tax=head["tax"],
        gross=head["gross"],
        lines=lines,
    )


def receipts_from_rows(rows: Iterable[Row]) -> list[Receipt]:
    """One receipt for each number."""
    return [
        Receipt(
            number=number,
            order=group[0]["order"],
            received_on=group[0]["received_on"],
            lines=tuple(
                ReceiptLine(order_line=row["order_line"], sku=row["item"], quantity=row["quantity"]) for row in group
            ),
        )
        for number, group in by_number(rows).items()
    ]
