"""A flow without a screen: orders entered over HTTP at a partner that takes its time; it measures the engine alone."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from nightclerk import Queue, Transaction, flow, looks

LOGIN = {"user": "night01", "password": "Chaos-Partner<01>"}


@dataclass(frozen=True, kw_only=True)
class PlainOrder:
    """One order; `ref` is our reference."""

    ref: str

    @property
    def key(self) -> str:
        return self.ref


plain_queue = Queue("plain", of=PlainOrder)


class Till:
    """One kept connection to the partner."""

    def __init__(self, url: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
        self._cookie = ""
        answer = self._ask("POST", "/till/login", urlencode(LOGIN))
        self._cookie = answer[1].partition(";")[0]

    @looks(conclusive=True, settle_s=1.0)
    def find(self, ref: str) -> str | None:
        page, _ = self._ask("GET", f"/till/search?ref={ref}")
        _, found, after = page.partition("class=number>")
        return after.partition("<")[0] if found else None

    def save(self, ref: str) -> None:
        self._ask("POST", "/till/save", json.dumps({"ref": ref, "quantity": 1}))

    def _ask(self, method: str, path: str, body: str | None = None) -> tuple[str, str]:
        self._connection.request(method, path, body, {"Cookie": self._cookie})
        answer = self._connection.getresponse()
        return answer.read().decode(), answer.headers.get("Set-Cookie", "")


@cache
def till(workspace: Path) -> Till:
    return Till(json.loads((workspace / "data" / "partner.json").read_text())["url"])


@flow("Enter plain orders", each=plain_queue)
def enter_plain_order(tx: Transaction, order: PlainOrder) -> str:
    """Enter one order exactly once."""
    site = till(tx.workspace)
    with tx.step("Enter the order"):
        return tx.once(
            name="save", target="till", look=lambda: site.find(order.ref), prepare=lambda: None,
            commit=lambda: site.save(order.ref),
        )  # fmt: skip


@flow("Enter plain orders, naively", each=plain_queue)
def enter_naively(tx: Transaction, order: PlainOrder) -> str:
    """What a job engine does alone: a step that is run again when it has not been recorded as done."""
    till(tx.workspace).save(order.ref)
    return order.ref


#: A partner that costs nothing: what is left is the engine, the ledger and the evidence.
memory: dict[str, str] = {}


@looks(conclusive=True)
def find_in_memory(ref: str) -> str | None:
    return memory.get(ref)


@flow("Enter orders in memory", each=plain_queue)
def enter_in_memory(tx: Transaction, order: PlainOrder) -> str:
    """Enter one order exactly once, at a partner that costs nothing."""
    with tx.step("Enter the order"):
        return tx.once(
            name="save", target="memory", look=lambda: find_in_memory(order.ref), prepare=lambda: None,
            commit=lambda: memory.update({order.ref: order.ref}),
        )  # fmt: skip
