"""What healing and verifying cost on a page of 3,000 elements, in CPU time of the page's thread and of Python.

`python benchmarks/locating/cost.py` — wall time would measure what else the machine does.
"""

from __future__ import annotations

import json
import statistics
import time
from typing import Any

from playwright.sync_api import CDPSession

from nightclerk.locate.fingerprint import filled_in, learned, seen
from nightclerk.locate.healing import decide_healing, verify
from nightclerk.ports import ActClass
from nightclerk.web.asking import ask
from nightclerk.web.browser import browser_or_fault
from nightclerk.web.driver import shared_playwright
from nightclerk.web.mending import DESCRIBE, GATHER, SEEN

ROWS, TIMES = 375, 15


def page_html() -> str:
    rows = "".join(
        f"<tr><td>T{n}</td><td>样例 {n}</td><td><input name=q{n}></td>"
        f'<td><a href="/o/{n}">详情</a> <button class="btn ship">发货</button></td></tr>'
        for n in range(ROWS)
    )
    head = "<thead><tr><th>单号</th><th>商品</th><th>数量</th><th>操作</th></tr></thead>"
    return f"<main><h1>订单</h1><button id=search>查询</button><table>{head}<tbody>{rows}</tbody></table></main>"


def page_ms(cdp: CDPSession) -> float:
    """CPU time of the page's main thread so far."""
    metrics: list[dict[str, Any]] = cdp.send("Performance.getMetrics")["metrics"]
    return 1000 * next(float(one["value"]) for one in metrics if one["name"] == "TaskDuration")


def main() -> None:
    with shared_playwright() as playwright:
        executable = browser_or_fault(playwright.chromium.executable_path)
        browser = playwright.chromium.launch(executable_path=executable, chromium_sandbox=False)
        page = browser.new_page()
        cdp = page.context.new_cdp_session(page)
        cdp.send("Performance.enable", {"timeDomain": "threadTicks"})
        page.set_content(page_html())
        elements = page.evaluate("document.querySelectorAll('*').length")
        button = page.locator("#search")
        wanted = learned(button.evaluate(DESCRIBE))
        row = learned(page.locator("button.ship").nth(7).evaluate(DESCRIBE), values={"order": "T7"})
        row_wanted = filled_in(row, {"order": "T7"})
        healing, verifying, boxes = [], [], []
        for _ in range(TIMES):
            page.evaluate("document.body.appendChild(document.createElement('i'))")
            for print_of in (wanted, row_wanted):
                before, began = page_ms(cdp), time.process_time()
                api = page.evaluate_handle(GATHER, print_of.to_mapping())
                candidates = [seen(raw) for raw in json.loads(api.evaluate(SEEN))]
                decide_healing(print_of, candidates, ActClass.EDIT)
                python_ms = 1000 * (time.process_time() - began)
                healing.append((page_ms(cdp) - before, python_ms))
            for question, kept in ((DESCRIBE, verifying), (None, boxes)):
                before, began = page_ms(cdp), time.process_time()
                answer = ask(button, question) if question else button.bounding_box()
                if question:
                    verify(wanted, seen(answer))
                python_ms = 1000 * (time.process_time() - began)
                kept.append((page_ms(cdp) - before, python_ms))
        browser.close()
    print(f"{elements} elements, {TIMES} times; medians in ms of CPU: page + Python")
    for name, kept in (("healing", healing), ("verifying", verifying), ("bounding box alone", boxes)):
        print(f"{name:20s} {statistics.median(a for a, _ in kept):6.1f} + {statistics.median(b for _, b in kept):5.1f}")


if __name__ == "__main__":
    main()
