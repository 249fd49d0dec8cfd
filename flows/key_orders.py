"""Key each queued order into the ERP's desktop client, exactly once."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from flows.apps.legacy_erp import LegacyErp
from flows.apps.legacy_erp_errors import NoCustomer
from flows.orders import Order, order_queue
from nightclerk import Transaction, flow
from nightclerk.documents import Mappings, load_mappings


@flow({"zh": "把订单录入 ERP", "en": "Key orders into the ERP"}, each=order_queue)
def key_order(tx: Transaction, erp: LegacyErp, order: Order) -> str:
    """Key one order; return the number of its ERP voucher."""
    with tx.step("Map the order"):
        tables = mapping_tables(tx.workspace)
        customer = tables.customer(order)
        lines = tables.erp_lines(order)

    with tx.step("Check the customer"):
        if erp.find_customer(customer.code) is None:
            raise NoCustomer(code=customer.code, name=customer.name)

    with tx.step("Save the voucher"):
        voucher = tx.once(
            look=lambda: erp.find_voucher(order.number),
            prepare=lambda: erp.fill_voucher(
                customer=customer.code,
                external_no=order.number,
                dated=tx.day,
                memo=order.memo,
                lines=lines,
                total=order.total,
            ),
            commit=erp.save_voucher,
        )

    with tx.step("Read it back"):
        total = erp.voucher_total(voucher)
        tx.expect(total == order.total, f"单据 {voucher} 合计 {total}，订单 {order.number} 为 {order.total}")
    return voucher


def mapping_tables(workspace: Path) -> Mappings:
    """The mapping tables of config/mapping; read again when staff saved one of the files."""
    folder = workspace / "config" / "mapping"
    return _read(folder, max(file.stat().st_mtime_ns for file in folder.glob("*.xlsx")))


@lru_cache(maxsize=4)
def _read(folder: Path, _changed: int) -> Mappings:
    return load_mappings(folder)
