"""How fast the console answers with years of nights stored: `python -m benchmarks.console [--users 20] [--seconds 60]`.

Seeds 10,000 runs, 100,000 items and 1,000,000 steps (or what --scale leaves of them), serves the console in a process
of its own, and measures: CPU of the server a page (which other work on the machine hardly touches), then `users` people
who open pages at random with two seconds of reading in between, each with one live socket.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import random
import statistics
import tempfile
import time
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import httpx
import psutil
from websockets.asyncio.client import connect

from benchmarks.console.seed import key_of, run_of, seed
from benchmarks.console.server import serve

THINK_S = 2.0
ALONE = 12


def pages(items: int, runs: int, films: list[str]) -> dict[str, list[str]]:
    """What people open, by name; several addresses each, so that nothing is asked for twice in a row."""
    some = [random.randrange(items) for _ in range(40)]
    return {
        "tonight": ["/tonight"],
        "tasks": ["/tasks", "/tasks?show=all&page=30"],
        "runs": ["/runs", "/runs?page=200", "/runs?bot=key-orders&page=20", "/runs?state=failed&page=5"],
        "run": [f"/runs/{name}" for name in films],
        "bots": ["/bots", "/bots/key-orders?page=9"],
        "items": ["/items", "/items?queue=orders&state=person", "/items?page=900", "/items?state=failed&page=40"],
        "items by number": [f"/items?q={3515000000000000000 + n}" for n in some],
        "items by words": ["/items?q=没有对应", "/items?q=XS00000", "/items?q=nobody-wrote-this"],
        "item": [f"/items/orders/{quote(key_of(n - n % 5))}" for n in some],
        "where": [f"/where?q={3515000000000000000 + n}" for n in some],
        "invoices": ["/invoices", "/invoices?page=20"],
        "figures": ["/figures", "/figures?weeks=4"],
        "healings": ["/healings"],
        "audit": ["/settings/audit"],
        "api runs": ["/api/runs?limit=50&offset=5000"],
        "api items": ["/api/items?limit=50&offset=5000"],
        "unknown": [f"/runs/{run_of(runs + 5)}"],
    }  # fmt: skip


def alone(client: httpx.Client, server: psutil.Process, wanted: dict[str, list[str]]) -> dict[str, float]:
    """CPU milliseconds of the server a page, one reader, nothing else asked for."""
    found = {}
    for name, addresses in wanted.items():
        client.get(addresses[0])
        before = sum(server.cpu_times()[:2])
        for n in range(ALONE):
            client.get(addresses[n % len(addresses)])
        found[name] = (sum(server.cpu_times()[:2]) - before) / ALONE * 1000
    return found


async def reader(
    url: str, cookie: dict[str, str], wanted: dict[str, list[str]], until: float, took: dict[str, list[float]]
) -> None:
    """One person: a live socket, and a page every two seconds or so."""
    header = "; ".join(f"{name}={value}" for name, value in cookie.items())
    async with (
        connect(
            url.replace("http", "ws") + "/live", origin=url, additional_headers={"Cookie": header}, open_timeout=120
        ),
        httpx.AsyncClient(base_url=url, cookies=cookie, timeout=120) as client,
    ):
        while time.monotonic() < until:
            await asyncio.sleep(random.expovariate(1 / THINK_S))
            name = random.choice(list(wanted))
            began = time.perf_counter()
            await client.get(random.choice(wanted[name]))
            took[name].append((time.perf_counter() - began) * 1000)


async def crowd(
    url: str, cookies: list[dict[str, str]], wanted: dict[str, list[str]], seconds: float
) -> dict[str, list[float]]:
    took: dict[str, list[float]] = defaultdict(list)
    until = time.monotonic() + seconds
    await asyncio.gather(*(reader(url, cookie, wanted, until, took) for cookie in cookies))
    return took


def percentile(values: list[float], part: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.console")
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--keep", type=Path, help="a folder to keep the seeded workspace in, or to take it from")
    asked = parser.parse_args()
    runs, items, steps = (int(n * asked.scale) for n in (10_000, 100_000, 1_000_000))
    with tempfile.TemporaryDirectory() as folder:
        home = asked.keep or Path(folder)
        known = home / "films.json"
        if not known.exists():
            print(f"seeding {runs:,} runs, {items:,} items, {steps:,} steps …", flush=True)
            films = seed(home, runs=runs, items=items, steps=steps, now=datetime.now(UTC))
            known.write_text(json.dumps(films), encoding="utf-8")
        measure(home, json.loads(known.read_text(encoding="utf-8")), runs=runs, items=items, asked=asked)


def measure(home: Path, films: list[str], *, runs: int, items: int, asked: argparse.Namespace) -> None:
    ours, theirs = multiprocessing.Pipe()
    child = multiprocessing.get_context("spawn").Process(target=serve, args=(str(home), theirs))
    child.start()
    url, name, tokens = ours.recv()
    cookies = [{name: token} for token in tokens]
    wanted, server = pages(items, runs, films), psutil.Process(child.pid)
    with httpx.Client(base_url=url, cookies=cookies[0], timeout=600) as client:
        cpu = alone(client, server, wanted)
    print("CPU ms a page, alone: " + ", ".join(f"{page} {value:.1f}" for page, value in cpu.items()))
    print(f"load before the crowd: {psutil.getloadavg()[0]:.1f} on {psutil.cpu_count()} cores", flush=True)
    before, began = sum(server.cpu_times()[:2]), time.monotonic()
    took = asyncio.run(crowd(url, cookies[: asked.users], wanted, asked.seconds))
    busy = (sum(server.cpu_times()[:2]) - before) / (time.monotonic() - began)
    print(f"{'page':18} {'CPU ms':>8} {'asked':>6} {'median ms':>10} {'p95 ms':>8}")
    for page, values in sorted(took.items()):
        print(
            f"{page:18} {cpu[page]:8.1f} {len(values):6} {statistics.median(values):10.0f}"
            f" {percentile(values, 0.95):8.0f}"
        )
    every = [value for values in took.values() for value in values]
    memory_mb = server.memory_info().rss / 2**20
    print(
        f"{'all':18} {statistics.mean(cpu.values()):8.1f} {len(every):6} {statistics.median(every):10.0f}"
        f" {percentile(every, 0.95):8.0f}   server {busy:.2f} of a core, {memory_mb:.0f} MB"
    )
    ours.send(None)
    child.join()


if __name__ == "__main__":
    main()
