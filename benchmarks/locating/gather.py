"""Gather practice cases from real pages: learn elements, change the page, and write down what the engine sees then.

`python benchmarks/locating/gather.py KITS OUT.jsonl --kits training --seed 11` — one line a changed page.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import threading
import time
from collections.abc import Iterator, Mapping
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from kits import SETS, Kit, pages
from playwright.sync_api import BrowserContext, Page

from nightclerk.locate.fingerprint import learned
from nightclerk.web.browser import VIEWPORT, browser_or_fault
from nightclerk.web.driver import shared_playwright
from nightclerk.web.scripts import script

SINGLE = (
    "same", "ids", "classes", "renamed_classes", "wrappers", "reorder", "relabel", "translate", "components",
    "attributes", "twins", "copies", "framed", "shadowed", "neighbours", "redesign", "rewritten",
)  # fmt: skip
GONE = ("removed", "removed_decoys", "removed_decoys", "removed_redesign", "removed_translated", "removed_twins")
MUTATE = (Path(__file__).parent / "mutate.js").read_text(encoding="utf-8")
RUN = f"(job) => {{ job.engine = {script('fingerprint')}; return ({MUTATE})(job); }}"


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args: Any) -> None:
        """Keep quiet."""


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """The folder on loopback."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


@contextlib.contextmanager
def browser_context() -> Iterator[BrowserContext]:
    """A browser that runs no scripts of the pages and asks nobody but loopback for anything."""
    with shared_playwright() as playwright:
        executable = browser_or_fault(playwright.chromium.executable_path)
        browser = playwright.chromium.launch(executable_path=executable, chromium_sandbox=False)
        context = browser.new_context(viewport=VIEWPORT, java_script_enabled=False)
        context.route("**/*", _only_pages)
        yield context
        browser.close()


def _only_pages(route: Any) -> None:
    request = route.request
    wanted = request.resource_type in ("document", "stylesheet") and "127.0.0.1" in request.url
    route.continue_() if wanted else route.abort()


def load(page: Page, url: str) -> None:
    page.goto(url, wait_until="load", timeout=90_000)


def learn(page: Page, *, seed: int, most: int) -> list[dict[str, Any]]:
    """Fingerprints of some controls of the page, as they would be stored; the nodes are marked with their number."""
    raw = page.evaluate(RUN, {"learn": True, "seed": seed, "most": most})
    return [learned(one).to_mapping() for one in raw]


def cases(page: Page, url: str, *, seed: int, most: int, rounds: int = 1) -> Iterator[dict[str, Any]]:
    """Every scenario over one page."""
    for turn in range(rounds):
        for number, scenario in enumerate((*SINGLE, *GONE)):
            load(page, url)
            wanted = learn(page, seed=seed + turn, most=most)
            chooser = random.Random(seed * 1000 + turn * 100 + number)
            gone = chooser.sample(range(len(wanted)), k=min(len(wanted), max(1, len(wanted) // 2)))
            job = {"seed": seed * 31 + number + turn, "scenario": scenario, "wanted": wanted, "gone": gone}
            began = time.perf_counter()
            seen: Mapping[str, Any] = page.evaluate(RUN, job)
            yield {"scenario": scenario, "wanted": wanted, "ms": (time.perf_counter() - began) * 1000, **seen}


def gather(kits: tuple[Kit, ...], root: Path, out: Path, *, seed: int, most_pages: int, most: int) -> int:
    """Write the cases of all kits; returns how many pages were used."""
    used = 0
    with served(root) as address, browser_context() as context, out.open("w", encoding="utf-8") as file:
        for kit in kits:
            for version in kit.versions[-1:]:
                for path in pages(kit, version, root, most=most_pages):
                    page = context.new_page()
                    url = f"{address}/{path.relative_to(root).as_posix()}"
                    for case in cases(page, url, seed=seed + used, most=most):
                        where = {"kit": f"{kit.name}@{version}", "page": path.name}
                        file.write(json.dumps({**where, **case}, ensure_ascii=False) + "\n")
                    page.close()
                    used += 1
    return used


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("root", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--kits", choices=tuple(SETS), default="training")
    parser.add_argument("--only", help="one kit by name and last version")
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--pages", type=int, default=4)
    parser.add_argument("--elements", type=int, default=24)
    asked = parser.parse_args()
    kits = tuple(kit for kit in SETS[asked.kits] if asked.only in (None, f"{kit.name}@{kit.versions[-1]}"))
    used = gather(kits, asked.root, asked.out, seed=asked.seed, most_pages=asked.pages, most=asked.elements)
    print(f"{used} pages, seed {asked.seed}, {asked.kits}")


if __name__ == "__main__":
    main()
