"""What a harness asks of the order-entry partner: hold, drop, delay, fail or forget at a chosen point of a request."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

#: Points of a request. look: a search came in. form: the form was asked for. arrived: a save came in, nothing is
#: written yet. committed: the order stands in the books, nothing was answered yet.
POINTS = ("look", "form", "arrived", "committed")
#: hold: wait until released. drop: cut the connection. delay: wait, then go on. fail: answer 502.
#: expire: forget all sessions, then go on.
DEEDS = ("hold", "drop", "delay", "fail", "expire")
#: A hold that nobody releases ends by itself after this time.
MOST_HELD_S = 30.0


@dataclass
class Order:
    """One instruction: the next request that comes past `at` (of `site`, if named) meets `do`, once."""

    id: int
    at: str
    do: str
    seconds: float = 0.0
    site: str = ""
    state: str = "waiting"  # waiting, met, over
    ref: str = ""
    released: threading.Event = field(default_factory=threading.Event)


class Orders:
    """The instructions of one partner. Safe for many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._orders: dict[int, Order] = {}

    def tell(self, at: str, do: str, *, seconds: float = 0.0, site: str = "") -> int:
        """Give an instruction; its id. ValueError on a point or deed that does not exist."""
        if at not in POINTS or do not in DEEDS:
            raise ValueError(f"no {do!r} at {at!r}; points are {', '.join(POINTS)}, deeds {', '.join(DEEDS)}")
        with self._lock:
            order = Order(len(self._orders) + 1, at, do, seconds, site)
            self._orders[order.id] = order
        return order.id

    def told(self, number: int) -> dict[str, Any]:
        """Where an instruction stands, and the reference that it met."""
        order = self._orders[number]
        return {"state": order.state, "ref": order.ref}

    def release(self, number: int) -> None:
        """End a hold; withdraw an instruction that nothing has met yet."""
        with self._lock:
            order = self._orders[number]
            if order.state == "waiting":
                order.state = "over"
        order.released.set()

    def take(self, at: str, site: str, ref: str) -> Order | None:
        """The oldest instruction for this point, which nobody else gets after this."""
        with self._lock:
            for order in self._orders.values():
                if order.state == "waiting" and order.at == at and order.site in ("", site):
                    order.state, order.ref = "met", ref
                    return order
        return None

    @staticmethod
    def wait(order: Order) -> None:
        """Stay for as long as the instruction says."""
        order.released.wait(MOST_HELD_S if order.do == "hold" else order.seconds)
        order.state = "over"
