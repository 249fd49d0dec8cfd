"""Read purchase orders and goods receipts from the ERP's exports, as the workspace's layouts describe them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

from nightclerk.documents.layouts import load_layout
from nightclerk.documents.tables import Row, read_table
from nightclerk.domain.purchasing import PurchaseLine, PurchaseOrder, Receipt, ReceiptLine
from nightclerk.errors import BusinessError

ORDERS, RECEIPTS = "erp_purchase_orders", "erp_receipts"


class NoPurchases(BusinessError):
    """The ERP's export of purchases is not there. Facts: file."""

    en = "{file} is not there: run the bot collect-from-erp first, it exports orders and receipts from the ERP."
    zh = "没有 {file}：请先运行机器人 collect-from-erp，它从 ERP 导出采购订单和到货单。"


def kept_export(workspace: Path, layout: str) -> Path:
    """Where the last export of an ERP list is kept."""
    return workspace / "data" / "erp" / f"{layout}.csv"


def purchases(workspace: Path) -> tuple[list[PurchaseOrder], list[Receipt]]:
    """Purchase orders and receipts as the ERP exported them last; NoPurchases when it never did."""
    return orders_from_rows(_exported(workspace, ORDERS)), receipts_from_rows(_exported(workspace, RECEIPTS))


def _exported(workspace: Path, layout: str) -> list[Row]:
    file = kept_export(workspace, layout)
    if not file.is_file():
        raise NoPurchases(file=file.relative_to(workspace).as_posix())
    return read_table(file, load_layout(workspace / "config" / "layouts" / f"{layout}.yaml"), allow_empty=True)


def _by_number(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Rows of one document together, in the order of the file."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row["number"], []).append(row)
    return groups


def orders_from_rows(rows: Iterable[Row]) -> list[PurchaseOrder]:
    """One order for each number; the head stands on every row."""
    return [_order(group) for group in _by_number(rows).values()]


def _order(rows: list[Row]) -> PurchaseOrder:
    head = rows[0]
    lines = tuple(
        PurchaseLine(
            line=row["line"], sku=row["item"], name=row["name"], spec=row.get("spec", ""), unit=row.get("unit", ""),
            quantity=row["quantity"], price=row["price"], rate=Decimal(row["rate"]) / 100,
        )
        for row in rows
    )  # fmt: skip
    return PurchaseOrder(
        number=head["number"], supplier=head["supplier"], supplier_tax_id=head.get("supplier_tax_id", ""),
        ordered_on=head["ordered_on"], currency=head.get("currency", "CNY"), net=head["net"], tax=head["tax"],
        gross=head["gross"], lines=lines,
    )  # fmt: skip


def receipts_from_rows(rows: Iterable[Row]) -> list[Receipt]:
    """One receipt for each number."""
    return [
        Receipt(
            number=number, order=group[0]["order"], received_on=group[0]["received_on"],
            lines=tuple(
                ReceiptLine(order_line=row["order_line"], sku=row["item"], quantity=row["quantity"]) for row in group
            ),
        )
        for number, group in _by_number(rows).items()
    ]  # fmt: skip
