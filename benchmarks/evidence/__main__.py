"""What evidence costs: `python benchmarks/evidence [--orders N]` keys the same orders four ways in one run.

The ways take turns, a small batch each, so that whatever else the machine does falls on all of them: plain
Playwright without evidence; ours with full evidence; plain Playwright with tracing (screenshots, snapshots);
Robot Framework Browser with a screenshot each step. Robot Framework lives in a virtual environment of its own
(`pip install robotframework robotframework-browser robotframework-browser-batteries`; name its Python with --robot).
CPU is that of a worker's whole process tree (browser, driver, encoder), the site's server is not in it.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from shop import Shop
from tree import PARTS, used

from nightclerk.web.browser import browser_or_fault

HERE = Path(__file__).parent
STEPS_AN_ORDER = 3


@dataclass
class Way:
    """One way of keying orders: its worker process, its site, and what was measured of it."""

    name: str
    process: subprocess.Popen[str]
    shop: Shop
    folder: Path
    kept: str
    wall_s: list[float] = field(default_factory=list)
    cpu_s: list[float] = field(default_factory=list)
    parts_s: list[dict[str, float]] = field(default_factory=list)
    memory_mb: list[float] = field(default_factory=list)
    orders: int = 0

    def batch(self, first: int, count: int) -> None:
        """Let the worker key some orders; wall and CPU seconds an order are kept."""
        before = used(self.process.pid)
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"first": first, "count": count}) + "\n")
        self.process.stdin.flush()
        wall_s = self.answer()["wall_s"]
        after = used(self.process.pid)
        self.wall_s.append(wall_s / count)
        spent = {part: (after.cpu_s[part] - before.cpu_s[part]) / count for part in PARTS}
        self.cpu_s.append(sum(spent.values()))
        self.parts_s.append(spent)
        self.memory_mb.append(after.own_memory_mb)
        self.orders += count

    def forget(self) -> None:
        """Count from here on."""
        for measured in (self.wall_s, self.cpu_s, self.parts_s, self.memory_mb):
            measured.clear()

    def answer(self) -> dict[str, float]:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith("@"):
                return json.loads(line[1:])
        code, log = self.process.wait(timeout=120), self.folder / "worker.log"
        last = log.read_text(encoding="utf-8", errors="replace")[-2000:]
        raise SystemExit(f"{self.name}: the worker ended early with code {code}; {log} (kept by --keep) ends:\n{last}")

    def end(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(timeout=120)
        self.shop.close()

    def row(self, raw: Way) -> dict[str, float]:
        """The figures of this way, as ratios to plain Playwright's where that is asked for."""
        kept = sum(file.stat().st_size for file in self.folder.glob(self.kept) if file.is_file())
        wall_s, cpu_s = statistics.median(self.wall_s), statistics.median(self.cpu_s)
        return {
            "orders": self.orders,
            "wall_s_an_order": round(wall_s, 3),
            "cpu_s_an_order": round(cpu_s, 3),
            "wall_ratio": round(wall_s / statistics.median(raw.wall_s), 3),
            "cpu_ratio": round(cpu_s / statistics.median(raw.cpu_s), 3),
            **{f"cpu_s_{part}": round(statistics.median(one[part] for one in self.parts_s), 3) for part in PARTS},
            "kb_a_step": round(kept / 1000 / (self.orders * STEPS_AN_ORDER), 1),
            "memory_mb_first": round(self.memory_mb[0]),
            "memory_mb_last": round(self.memory_mb[-1]),
        }


def start(name: str, command: list[str], folder: Path, shop: Shop, kept: str) -> Way:
    folder.mkdir(parents=True, exist_ok=True)
    log = (folder / "worker.log").open("w")
    env = {**os.environ, "PYTHONPATH": str(HERE)}
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, env=env, cwd=folder
    )
    way = Way(name=name, process=process, shop=shop, folder=folder, kept=kept)
    way.answer()
    return way


def ways(root: Path, names: list[str], *, latency_s: float, robot: str) -> list[Way]:
    """Start the workers that are asked for; each has a site of its own."""
    started = []
    for name in names:
        folder, shop = root / name, Shop(latency_s=latency_s)
        script, kept = {
            "raw": ("raw.py", "nothing"),
            "ours": ("ours.py", "logs/**/*"),
            "tracing": ("raw.py", "trace-*.zip"),
            "robot": ("orders.robot", "out/**/*"),
        }[name]
        if name == "robot":
            command = [robot, "-m", "robot", "--outputdir", str(folder / "out"), "--console", "none"]
            command += [
                "--variable",
                f"URL:{shop.url}",
                "--variable",
                f"CHROMIUM:{browser_or_fault('')}",
                str(HERE / script),
            ]
        else:
            command = [sys.executable, str(HERE / script), shop.url, str(folder), name]
        started.append(start(name, command, folder, shop, kept))
    return started


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders", type=int, default=200)
    parser.add_argument("--batch", type=int, default=5, help="orders a way keys before the next takes its turn")
    parser.add_argument("--latency-ms", type=float, default=100, help="how long the site thinks over each page")
    parser.add_argument("--ways", default="raw,ours,tracing,robot")
    parser.add_argument("--robot", default=sys.executable, help="the Python that has Robot Framework Browser")
    parser.add_argument("--keep", type=Path, help="where to keep what the ways wrote")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="nightclerk-bench-", ignore_cleanup_errors=True) as temporary:
        root = asked.keep or Path(temporary)
        started = ways(root, asked.ways.split(","), latency_s=asked.latency_ms / 1000, robot=asked.robot)
        for way in started:
            way.batch(1_000_000, 2)  # caches and first pages: not counted
            way.forget()
        for turn, first in enumerate(range(0, asked.orders, asked.batch)):
            for way in started[turn % len(started) :] + started[: turn % len(started)]:
                way.batch(first, asked.batch)
        for way in started:
            way.end()
        rows = {way.name: way.row(started[0]) for way in started}
    for name, row in rows.items():
        print(f"{name:8}", "  ".join(f"{key} {value:g}" for key, value in row.items()))
    print(json.dumps(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
