"""Whether a whole run's memory stays flat: `python benchmarks/evidence/long_run.py [--steps 10000]`.

One run through the real engine: every step fills a search field, reads a cell of the page and ends with a picture that
no step had before. Resident memory (MiB) of the run's own process, of Playwright's driver and of the browser is read
ten times on the way; the first reading comes after a tenth of the steps, when every cache is warm.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
import tempfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import psutil
from shop import Shop
from tree import part_of

from nightclerk import Run, WebApp, flow
from nightclerk.app import store_of
from nightclerk.child import perform_run
from nightclerk.domain.items import RunRecord
from nightclerk.workspace import load_workspace

READINGS = 10
_FILES = {
    "bots/long.yaml": "bot: long\nflow: long_run:search\ntimeout: 24h\nitem_timeout: 24h\n",
    "config/settings.yaml": "pictures_mb_per_run: 100000\n",
    "flows/README": "",
    "selectors/bench/erp.yaml": (
        "list:\n  keyword: {label: 关键字}\n  first: {css: 'table.found tbody tr:first-child td:first-child'}\n"
    ),
}


class Erp(WebApp, selectors="bench"):
    """The local site of the other benchmarks."""

    def look_for(self, text: str) -> str:
        self["list.keyword"].fill(text)
        return str(self["list.first"].read())


@flow("Search again and again")
def search(run: Run, erp: Erp, steps: int) -> str:
    """As many steps as asked for; ten lines tell the memory."""
    erp.open("customers")
    for number in range(1, steps + 1):
        with run.step("Search"):
            run.expect(erp.look_for(f"搜索 {number:06}") != "", "a customer is listed")
        if number % max(1, steps // READINGS) == 0:
            print(json.dumps({"steps": number, **resident_mib()}), flush=True)
    return str(steps)


def resident_mib() -> dict[str, float]:
    """Resident memory of this process and all that it started, by part. Pages that processes share count in each."""
    root, resident = psutil.Process(), Counter[str]()
    for process in [root, *root.children(recursive=True)]:
        with contextlib.suppress(psutil.NoSuchProcess):
            resident[part_of(process, root)] += process.memory_info().rss
    return {part: round(size / (1 << 20), 1) for part, size in resident.items()}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=10_000)
    steps = parser.parse_args().steps
    shop = Shop(latency_s=0)
    with tempfile.TemporaryDirectory(prefix="nightclerk-bench-", ignore_cleanup_errors=True) as temporary:
        root = Path(temporary)
        for name, text in {**_FILES, "config/apps.yaml": f"bench: {{url: '{shop.url}'}}\n"}.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, encoding="utf-8")
        workspace = load_workspace(root)
        store = store_of(workspace)
        now, given = datetime.now(UTC), {"steps": steps}
        store.add_run(RunRecord(run="long-1", bot="long", flow="long_run:search", parameters=given, queued_at=now))
        store.close()
        state = perform_run(workspace, "long-1")
    shop.close()
    return 0 if state.value == "done" else 1


if __name__ == "__main__":
    sys.exit(main())
