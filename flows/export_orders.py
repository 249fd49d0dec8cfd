"""Fetch each shop's orders of one day and queue those that have to be keyed; unclear ones wait for a person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

from flows.apps.jd import Jd
from flows.apps.messages import Messages
from flows.apps.seller_center import SellerCenter
from flows.apps.shop_errors import NoLongerToKey, UnmappedStatus, UnreadableOrder
from flows.key_orders import mapping_tables
from flows.orders import order_queue
from nightclerk import BusinessError, Run, Secret, flow
from nightclerk.documents import load_layout, read_table
from nightclerk.domain.items import State
from nightclerk.domain.order_intake import Intake, IntakeFault, eligible, orders_from_rows, unclear
from nightclerk.domain.orders import Order, OrderStatus

#: Which layout reads which of a platform's export files, in the order in which they are downloaded.
LAYOUTS = {
    "taobao": ("taobao_orders", "taobao_items"),
    "jd": ("jd_orders",),
    "douyin": ("douyin_orders",),
}


@flow({"zh": "导出订单", "en": "Export orders"})
def export_orders(run: Run, shop: SellerCenter, ordered_on: date, shop_name: str = "yunshan") -> dict[str, int]:
    """Export the orders that one shop took on one day."""
    with run.step("Export the orders"):
        files = shop.export_orders(ordered_on)
    return take_in(run, shop.platform, shop_name, files)


@flow({"zh": "导出京东订单", "en": "Export JD orders"})
def export_jd_orders(
    run: Run, inbox: Messages, shop: Jd, ordered_on: date, shop_name: str = "yunshan"
) -> dict[str, int]:
    """Export JD's orders of one day; the password of the archive comes as a text message."""
    with run.step("Ask for the export"):
        task = shop.ask_export(ordered_on)
    with run.step("Download the archive"):
        file = shop.download_export(task)
    with run.step("Read the archive's password"):
        password = inbox.archive_password(task)
    return take_in(run, shop.platform, shop_name, [file], password=password)


def take_in(
    run: Run, platform: str, shop_name: str, files: Sequence[Path], *, password: Secret | None = None
) -> dict[str, int]:
    """Read export files into orders and file every one of them; how many went where."""
    with run.step("Read the files"):
        intake = read_orders(run.workspace, platform, shop_name, files, password=password)
    with run.step("Queue the orders"):
        return queue_orders(run, intake)


def read_orders(
    workspace: Path, platform: str, shop_name: str, files: Sequence[Path], *, password: Secret | None = None
) -> Intake:
    """The orders that stand in the files of one export."""
    layouts = [load_layout(workspace / "config" / "layouts" / f"{name}.yaml") for name in LAYOUTS[platform]]
    tables = [read_table(file, layout, password=password) for file, layout in zip(files, layouts, strict=True)]
    statuses = mapping_tables(workspace).statuses
    items = tables[1] if len(tables) > 1 else None
    return orders_from_rows(platform, shop_name, tables[0], items=items, statuses=statuses)


def queue_orders(run: Run, intake: Intake) -> dict[str, int]:
    """Queue what is to be keyed, set aside what is unclear.

    An order that waits to be keyed follows the export: its data are brought up to date, and it is taken out of the
    queue when it must not be keyed any more (a refund). One that is keyed, or may be, is left alone.
    """
    names = ("queued", "known", "in_review", "refreshed", "withdrawn")
    counts = {"orders": len(intake.orders) + len(intake.faults), **dict.fromkeys(names, 0)}
    for order in intake.orders:
        if unclear(order):
            counts["in_review"] += set_aside(run, order, UnmappedStatus(text=unmapped_text(order)))
        elif eligible(order):
            counts["queued" if run.put(order_queue, order) else "known"] += 1
            counts["refreshed"] += run.refresh(order_queue, order)
        else:
            why = NoLongerToKey(status=order.status_text, after_sale=order.after_sale_text)
            counts["withdrawn"] += run.withdraw(order_queue, order, str(why))
    for fault in intake.faults:
        reason = UnreadableOrder(kind=fault.kind, what=fault.what, where=", ".join(fault.where))
        counts["in_review"] += set_aside(run, unreadable(fault), reason)
    counts["not_to_key"] = counts["orders"] - counts["queued"] - counts["known"] - counts["in_review"]
    return counts


def unmapped_text(order: Order) -> str:
    """The platform's words that no mapping knows."""
    return order.status_text if order.status is OrderStatus.UNKNOWN else order.after_sale_text


def set_aside(run: Run, order: Order, reason: BusinessError) -> bool:
    """File an order for a person; False when it was filed before."""
    return run.settle(order_queue, order, State.REJECTED, reason=str(reason), details=reason.facts)


def unreadable(fault: IntakeFault) -> Order:
    """What is known of an order whose rows could not be read; without a number it goes by its cell."""
    return Order(
        platform=fault.platform,
        shop=fault.shop,
        number=fault.number or fault.where[0],
        status=OrderStatus.UNKNOWN,
        status_text=str(fault.kind),
        total=Decimal(0),
    )
