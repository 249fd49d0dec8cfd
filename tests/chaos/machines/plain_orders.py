"""A flow for several machines at once: enter queued orders through the partner's own requests, without a browser."""

from __future__ import annotations

import json
import re
import threading
import urllib.request

from flows.chaos_orders import ChaosOrder, chaos_queue

from nightclerk import Transaction, flow, looks

LOGIN = b"user=night01&password=Chaos-Partner%3C01%3E"


class Till:
    """The partner's till, whose search is complete and immediate."""

    selectors = "partner"

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        self._site = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        self._ask("till/login", LOGIN)

    @looks(conclusive=True, settle_s=2.0)
    def find(self, ref: str) -> str | None:
        found = re.search(r"<td class=number>(\d+)</td>", self._ask(f"till/search?ref={ref}"))
        return found[1] if found else None

    def save(self, order: ChaosOrder) -> None:
        self._ask("till/save", json.dumps({"ref": order.ref, "quantity": order.quantity}).encode())

    def _ask(self, path: str, body: bytes | None = None) -> str:
        with self._site.open(f"{self._url}/{path}", body, timeout=30) as answer:
            return str(answer.read().decode())


@flow("Enter orders without a browser", each=chaos_queue)
def enter(tx: Transaction, order: ChaosOrder, url: str) -> str:
    """Enter one order; return the partner's number for it."""
    till = Till(url)
    with tx.step("Enter the order"):
        return tx.once(
            look=lambda: till.find(order.ref), prepare=lambda: threading.Event().wait(0.5),
            commit=lambda: till.save(order), name="save", target="partner",
        )  # fmt: skip
