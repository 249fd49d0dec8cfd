"""The files of the three practice shops read into exactly the orders that their own books hold."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from nightclerk.documents import Row, load_layouts, load_mappings, read_table
from nightclerk.documents.table_errors import WrongPassword
from nightclerk.domain.order_intake import Intake, eligible, orders_from_rows, unclear
from nightclerk.sandbox import douyin_files, jd_files, taobao_files, world
from nightclerk.sandbox.shop_books import ExportJob, LiveOrder
from nightclerk.sandbox.shop_orders import SHANGHAI, Stage, orders_of, orders_of_day

CONFIG = Path(__file__).parents[2] / "config"
LAYOUTS = load_layouts(CONFIG / "layouts")
MAPPINGS = load_mappings(CONFIG / "mapping")


def job(kind: str = "orders") -> ExportJob:
    day, at = world.business_day(), datetime(2026, 11, 20, 22, tzinfo=SHANGHAI)
    return ExportJob(
        number="1", kind=kind, asked_at=at, ready_at=at, first=day, last=day, fields=(), password="k7-Wm", stale=False
    )


def sold(platform: str) -> list[LiveOrder]:
    return [LiveOrder(sold=order) for order in orders_of(platform)]


def taobao(folder: Path) -> Intake:
    tables: dict[str, list[Row]] = {}
    for kind in ("orders", "items"):
        file = folder / taobao_files.file_name(job(kind))
        file.write_bytes(taobao_files.report(job(kind), sold("taobao")))
        tables[kind] = read_table(file, LAYOUTS[f"taobao_{kind}"])
    return orders_from_rows("taobao", "yunshan", tables["orders"], items=tables["items"], statuses=MAPPINGS.statuses)


def jd(folder: Path, password: str = "k7-Wm") -> Intake:
    file = folder / jd_files.file_name(job())
    file.write_bytes(jd_files.archive(job(), sold("jd")))
    rows = read_table(file, LAYOUTS["jd_orders"], password=password)
    return orders_from_rows("jd", "yunshan", rows, statuses=MAPPINGS.statuses)


def douyin(folder: Path) -> Intake:
    file = folder / douyin_files.file_name(job())
    file.write_bytes(douyin_files.workbook(job(), sold("douyin")))
    rows = read_table(file, LAYOUTS["douyin_orders"])
    return orders_from_rows("douyin", "yunshan", rows, statuses=MAPPINGS.statuses)


@pytest.mark.parametrize("read", [taobao, jd, douyin])
def test_every_order_comes_out_as_it_was_sold(tmp_path: Path, read: object) -> None:
    """Each order once, eligible where its books say so, unknown where nobody knows, lines and total as sold."""
    intake = read(tmp_path)  # type: ignore[operator]
    truth = {order.number: order for order in orders_of_day(read.__name__)}  # type: ignore[attr-defined]
    assert intake.faults == ()
    assert sorted(order.number for order in intake.orders) == sorted(truth)
    for order in intake.orders:
        real = truth[order.number]
        assert (eligible(order), unclear(order)) == (real.eligible, real.stage is Stage.UNKNOWN), real
        assert [(line.sku, line.quantity) for line in order.lines] == [(line.sku, line.quantity) for line in real.lines]
        assert order.total == real.total or not real.paid_at


@pytest.mark.parametrize("read", [taobao, jd, douyin])
def test_what_can_be_keyed_totals_what_was_paid(tmp_path: Path, read: object) -> None:
    """The ERP lines of every eligible and mapped order add up to the order's total."""
    keyable = [o for o in read(tmp_path).orders if eligible(o) and not MAPPINGS.skus.missing(o)]  # type: ignore[operator]
    assert len(keyable) > 20
    assert all(sum(line.amount for line in MAPPINGS.erp_lines(order)) == order.total for order in keyable)


def test_the_archive_needs_its_own_password(tmp_path: Path) -> None:
    """Yesterday's password does not open today's archive."""
    with pytest.raises(WrongPassword, match=r"order_1\.zip"):
        jd(tmp_path, password="Old-1119")
