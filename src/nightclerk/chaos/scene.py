"""What a strike can reach: the workspace, its staff, its books, the partner, and the journals as they grow."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Protocol

from sqlalchemy.exc import SQLAlchemyError

from nightclerk.chaos import processes
from nightclerk.chaos.faults import Moment, Partner
from nightclerk.chaos.home import QUEUES
from nightclerk.chaos.other_side import WebPartner
from nightclerk.chaos.staff import Member, Staff
from nightclerk.chaos.watch import GLANCE_S, SIGHTS, Seen, Watch
from nightclerk.clocks import SystemClock
from nightclerk.domain.items import EffectState, State
from nightclerk.domain.orders import Order, OrderLine, OrderStatus
from nightclerk.errors import NightClerkError
from nightclerk.records import dump
from nightclerk.work.store import SqlStore
from nightclerk.workspace import Workspace

#: Items that wait at any time.
IN_STOCK = 6
FEED_S = 0.3
#: How long a moment is waited for. A frozen worker's items come back after a minute.
MOMENT_S = 150.0


class Database(Protocol):
    """A PostgreSQL that can be stopped and started."""

    @property
    def url(self) -> str: ...
    def stop(self, *, at_once: bool = False) -> None: ...
    def start(self) -> None: ...


class NoMoment(NightClerkError):
    """Facts: moment, waited_s."""

    en = "Nothing of ours came to the moment {moment!r} within {waited_s:g} s; see data/chaos/*.log"
    zh = "{waited_s:g} 秒内没有任何运行到达时刻 {moment!r}；见 data/chaos/*.log"


@dataclass(kw_only=True)
class Scene:
    """One workspace under attack."""

    home: Workspace
    partner: Partner
    staff: Staff
    store: SqlStore
    watch: Watch
    web: WebPartner | None
    database: Database | None
    seed: int
    lagging: int = 20  # every how manyth order goes to the site whose search lags
    fed: int = 0
    resting: bool = False  # the harness itself keeps away from the books
    killed_at: float = 0.0
    struck_since: bool = False  # another fault after the last kill
    resumed_s: list[float] = field(default_factory=list)
    resumed_late_s: list[float] = field(default_factory=list)  # other faults came in between
    thaw_at: dict[float, Callable[[], None]] = field(default_factory=dict)
    _fed_at: float = 0.0

    @property
    def queue(self) -> str:
        return QUEUES[self.partner]

    # ---------------------------------------------------------------------------------- keeping it going

    def tick(self) -> list[Seen]:
        """One glance: the dead are started, the frozen woken in time, orders come in; what the journals say."""
        self.staff.tend()
        now = time.monotonic()
        for at in [at for at in self.thaw_at if at <= now]:
            self.thaw_at.pop(at)()
        if now - self._fed_at >= FEED_S and not self.resting:
            self._fed_at = now
            with suppress(SQLAlchemyError, NightClerkError):
                self._feed()
        news = self.watch.news()
        for seen in news:
            self._note_resumption(seen)
        return news

    def pause(self, seconds: float) -> None:
        """Let this much time pass with everything going on."""
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            self.tick()
            time.sleep(GLANCE_S * 3)

    def _feed(self) -> None:
        waiting = self.store.counts(self.queue).get(State.NEW, 0)
        for _ in range(max(0, IN_STOCK - waiting)):
            self.feed_one()

    def feed_one(self) -> None:
        """Put one more order into the queue."""
        key, payload = order(self.partner, self.seed, self.fed + 1, self.lagging)
        self.store.put(self.queue, key, payload, now=SystemClock().now())
        self.fed += 1

    def _note_resumption(self, seen: Seen) -> None:
        if self.killed_at and seen.kind == "item" and seen.at > self.killed_at:
            (self.resumed_late_s if self.struck_since else self.resumed_s).append(seen.at - self.killed_at)
            self.killed_at, self.struck_since = 0.0, False

    def resumption(self) -> dict[str, float]:
        """Seconds from a kill to the next item in work, where no other fault came between: median and worst.

        `others`: how many resumptions had another fault between, `worst_of_others` the longest of these.
        """
        if not self.resumed_s:
            return {}
        return {
            "median": round(statistics.median(self.resumed_s), 1), "worst": round(max(self.resumed_s), 1),
            "others": len(self.resumed_late_s), "worst_of_others": round(max(self.resumed_late_s, default=0.0), 1),
        }  # fmt: skip

    # --------------------------------------------------------------------------------------- the moment

    def wait_for(self, moment: Moment, *, timeout_s: float = MOMENT_S) -> Seen:
        """The next time that a living process of ours comes to a moment that its journal shows. Raises NoMoment."""
        sight = SIGHTS[Moment.SUBMITTING if moment is Moment.CLAIMED else moment]
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            for seen in reversed(self.tick()):
                if sight(seen) and processes.is_performing(seen.pid, seen.run):
                    if moment is Moment.CLAIMED:
                        self._wait_claimed(seen)
                    return seen
            time.sleep(GLANCE_S)
        raise NoMoment(moment=moment.value, waited_s=timeout_s)

    def _wait_claimed(self, seen: Seen) -> None:
        """Until the ledger says `submitting`, or the journal has gone past it."""
        name = ("partner", "save_order") if self.partner is Partner.WEB else ("legacy_erp", "save_voucher")
        for _ in range(200):
            with suppress(SQLAlchemyError, NightClerkError):
                effect = self.store.effect(*name, seen.item)
                if effect is not None and effect.state is not EffectState.INTENT:
                    return
            time.sleep(0.001)

    def performing(self, item: str = "") -> Seen | None:
        """Who performs now (the item, if named), by the journals read so far."""
        for seen in reversed(self.watch.drawn):
            if item in ("", seen.item) and processes.is_performing(seen.pid, seen.run):
                return seen
        return None

    def member(self, pid: int) -> Member:
        """The member that started a process; the first one alive when it cannot be told."""
        return self.staff.member_of(pid) or next(m for m in self.staff.members if m.pid)


def order(partner: Partner, seed: int, n: int, lagging: int) -> tuple[str, dict[str, Any]]:
    """The key and the payload of the n-th order of a run with this seed; every `lagging`th goes to the depot."""
    if partner is Partner.WEB:
        ref, site = f"C{seed}-{n:05}", "depot" if n % lagging == 0 else "till"
        return ref, {"ref": ref, "site": site, "quantity": n % 90 + 1}
    line = OrderLine(line="1", sku="TB-CUP", title="青瓷茶杯", quantity=n % 9 + 1, price=Decimal("39.00"))
    placed = Order(
        platform="taobao", shop="yunshan", number=f"35{seed:06}{n:010}", status=OrderStatus.PAID_TO_SHIP,
        status_text="买家已付款，等待卖家发货", total=line.price * line.quantity, lines=(line,),
    )  # fmt: skip
    facts: Mapping[str, Any] = dump(placed)
    return placed.key, dict(facts)


def site_of(partner: Partner, payload: Mapping[str, Any]) -> str:
    return str(payload["site"]) if partner is Partner.WEB else "erp"


def reference_of(partner: Partner, payload: Mapping[str, Any]) -> str:
    """By what the partner's books know an item."""
    return str(payload["ref"] if partner is Partner.WEB else payload["number"])
