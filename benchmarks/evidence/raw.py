"""Worker of the benchmark: the flow in plain Playwright, without evidence, or with Playwright's own tracing."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path

from orders import BenchOrder, bench_order
from playwright.sync_api import BrowserContext, Page, sync_playwright
from shop import FIELDS
from worker import Batch, answer_batches

from nightclerk.web.browser import browser_or_fault, launch_options


def key_order(page: Page, url: str, order: BenchOrder) -> None:
    """What `ours.py` does, as somebody would write it with Playwright alone."""
    page.goto(f"{url}/customers")
    _search(page, order.customer)
    assert page.locator("table.found tbody td").first.inner_text() == order.customer

    page.goto(f"{url}/vouchers")
    _search(page, order.order)
    assert page.locator("table.found tbody tr").count() == 0
    page.goto(f"{url}/new")
    for name, label in FIELDS.items():
        page.get_by_label(label, exact=True).fill(asdict(order)[name])
    page.get_by_label("仓库", exact=True).select_option(label=order.warehouse)
    page.get_by_role("button", name="保存", exact=True).click()
    assert page.locator(".number").inner_text()
    page.goto(f"{url}/vouchers")
    _search(page, order.order)
    link = page.locator("table.found tbody a")
    number = link.inner_text()

    link.click()
    assert page.locator(".number").inner_text() == number
    assert page.locator(".total").inner_text() == order.total


def _search(page: Page, wanted: str) -> None:
    page.get_by_label("关键字", exact=True).fill(wanted)
    page.get_by_role("button", name="查询", exact=True).click()
    page.wait_for_url("**?q=*")


def main() -> None:
    url, folder, tracing = sys.argv[1], Path(sys.argv[2]), sys.argv[3] == "tracing"
    with sync_playwright() as playwright:
        options = launch_options(executable=browser_or_fault(""), downloads=folder)
        context = playwright.chromium.launch_persistent_context(str(folder / "profile"), **options)
        page = context.pages[0]
        if tracing:
            context.tracing.start(screenshots=True, snapshots=True)

        def perform(batch: Batch) -> int:
            if tracing:
                context.tracing.start_chunk()
            for number in batch.numbers:
                key_order(page, url, bench_order(number))
            if tracing:
                _stop_chunk(context, folder / f"trace-{batch.first}.zip")
            return 0

        answer_batches(perform)
        context.close()


def _stop_chunk(context: BrowserContext, file: Path) -> None:
    context.tracing.stop_chunk(path=file)


if __name__ == "__main__":
    main()
