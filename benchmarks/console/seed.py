"""Fills a workspace with years of nights for the console's benchmark: runs, items, effects, questions, steps, films."""

from __future__ import annotations

import shutil
import sqlite3
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from nightclerk.console.stretch import words_of
from nightclerk.console.whereabouts import Whereabouts
from nightclerk.work import tables as t
from nightclerk.work.store import SqlStore, open_store

sys.path.append(str(Path(__file__).parents[2]))
from tests.browser import night

QUEUES = ("orders", "shipments-taobao", "shipments-jd", "stock-taobao", "invoices")
STATES = ("done",) * 17 + ("rejected", "failed", "waiting")
BOTS = tuple(bot.name for bot in night.BOTS)
BATCH = 5000
FILMS = 6


def seed(home: Path, *, runs: int, items: int, steps: int, now: datetime) -> list[str]:
    """Write everything; returns the runs that have a film."""
    for name in ("bots", "config"):  # the figures are counted by the workspace's own bots
        shutil.copytree(Path(__file__).parents[2] / name, home / name)
    store = open_store(f"sqlite:///{home / 'data' / 'books.db'}")
    _fill(store, t.runs, _runs(runs, now))
    _fill(store, t.items, _items(items, runs, now))
    _fill(store, t.effects, _effects(items // 3, runs, now))
    _fill(store, t.tasks, _tasks(items // 20, now))
    _fill(store, t.slots, _slots(runs, now))
    films = _films(home, runs)
    index = Whereabouts(home / "data" / "console-index.db", store=store, logs=home / "logs")
    while not index.catch_up(budget_s=30):
        print("  reading items and films into the index …", flush=True)
    index.close()
    _steps(home / "data" / "console-index.db", steps=steps, runs=runs, items=items, now=now)
    store.close()
    return films


def key_of(n: int) -> str:
    return f"taobao:yunshan:{3515000000000000000 + n}"


def run_of(n: int) -> str:
    return f"run-{n:06d}"


def _fill(store: SqlStore, table: Any, rows: Iterator[dict[str, Any]]) -> None:
    batch: list[dict[str, Any]] = []
    with store.engine.begin() as connection:
        for row in rows:
            batch.append(row)
            if len(batch) == BATCH:
                connection.execute(insert(table), batch)
                batch = []
        if batch:
            connection.execute(insert(table), batch)


def _runs(count: int, now: datetime) -> Iterator[dict[str, Any]]:
    for n in range(count):
        at = now - timedelta(minutes=30 * (count - n))
        bot = BOTS[n % len(BOTS)]
        state = "running" if n >= count - 3 else ("failed" if n % 23 == 0 else "done")
        yield {
            "run": run_of(n), "bot": bot, "flow": bot, "state": state, "started_by": "shift", "shift": f"{at:%Y-%m-%d}",
            "queued_at": at, "started_at": at, "ended_at": None if state == "running" else at + timedelta(minutes=20),
            "counts": {"done": 8, "rejected": 1, "waiting": 1}, "step": "保存单据", "item": key_of(n),
        }  # fmt: skip


def _items(count: int, runs: int, now: datetime) -> Iterator[dict[str, Any]]:
    for n in range(count):
        at = now - timedelta(minutes=3 * (count - n))
        state = STATES[n % len(STATES)]
        yield {
            "queue": QUEUES[n % len(QUEUES)], "key": key_of(n), "state": state, "run": run_of(n % runs), "attempts": 1,
            "payload": {"number": str(3515000000000000000 + n), "shop": "yunshan", "total": "78.00", "gross": "78.00",
                        "seller": "样例照明电器有限公司", "issued_on": "2026-11-18",
                        "lines": [{"sku": "TB-CUP", "quantity": 2, "title": "青瓷茶杯 200ml", "price": "39.00"}]},
            "details": {}, "result": f"XS{n:010d}" if state == "done" else "",
            "reason": "" if state == "done" else "商家编码没有对应的 ERP 品号", "created_at": at, "updated_at": at,
        }  # fmt: skip


def _effects(count: int, runs: int, now: datetime) -> Iterator[dict[str, Any]]:
    for n in range(count):
        yield {
            "target": "legacy_erp", "name": "voucher", "key": key_of(3 * n), "state": "confirmed",
            "run": run_of(n % runs), "reference": f"XS{3 * n:010d}",
            "updated_at": now - timedelta(minutes=9 * (count - n)),
        }  # fmt: skip


def _tasks(count: int, now: datetime) -> Iterator[dict[str, Any]]:
    for n in range(count):
        at = now - timedelta(minutes=60 * (count - n))
        answered = n < count - 40
        yield {
            "task": f"task-{n}", "kind": "question", "question": f"订单 {key_of(n)} 是同一张吗？",
            "choices": ["yes", "no"],
            "key": key_of(n), "queue": "orders", "asked_at": at, "answer": "yes" if answered else "",
            "answered_by": "lin" if answered else "", "answered_at": at if answered else None,
        }  # fmt: skip


def _slots(count: int, now: datetime) -> Iterator[dict[str, Any]]:
    for n in range(count):
        at = now - timedelta(minutes=30 * (count - n))
        yield {
            "slot_id": f"s{n}", "bot": BOTS[n % len(BOTS)], "planned_for": at, "shift": f"{at:%Y-%m-%d}",
            "outcome": "ran", "run": run_of(n),
        }  # fmt: skip


def _films(home: Path, runs: int) -> list[str]:
    """Real films for some of the latest runs: pages of single runs read these."""
    names = [run_of(n) for n in range(runs - FILMS - 3, runs - 3)]
    for name in names:
        film = night.open_film(logs=home / "logs", data=home / "data", run=name, clock=night.SystemClock())
        film.begin({"bot": "key-orders"})
        for n in range(4):
            night.film_one(film, key_of(n))
        film.end("done", {})
    return names


def _steps(file: Path, *, steps: int, runs: int, items: int, now: datetime) -> None:
    """Steps as reading their films would leave them in the index; the films themselves would take days to write."""
    per_run = steps // runs
    at = now.astimezone(UTC).isoformat()
    rows = (
        (run_of(r), s, key_of((r * 10 + s // 10) % items), "保存单据", at, 900, "ok", "", 0, "")
        for r in range(runs - FILMS - 3)
        for s in range(1, per_run + 1)
    )
    with sqlite3.connect(file) as db:
        db.execute("PRAGMA journal_mode=WAL")
        db.executemany("INSERT OR IGNORE INTO steps VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        known = ((word, "", key_of(n)) for n in range(items) for word in words_of(key_of(n)))
        db.executemany("INSERT OR IGNORE INTO words VALUES (?, ?, ?)", known)
