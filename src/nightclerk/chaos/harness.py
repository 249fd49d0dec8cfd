"""One attack from beginning to end: make a workspace, start its staff, strike as planned, let it settle, count."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from nightclerk.app import store_of
from nightclerk.chaos.count import OPEN, Item, Tally, tally
from nightclerk.chaos.faults import Partner, plan
from nightclerk.chaos.home import BOTS, make_home, state_of
from nightclerk.chaos.other_side import WebPartner, standing, visible_from
from nightclerk.chaos.scene import Database, NoMoment, Scene, reference_of, site_of
from nightclerk.chaos.staff import Staff
from nightclerk.chaos.strikes import Striker, Struck, fire_slot, set_clock
from nightclerk.chaos.watch import Watch
from nightclerk.clocks import SystemClock
from nightclerk.domain.items import WorkItem
from nightclerk.errors import NightClerkError
from nightclerk.work.store import SqlStore
from nightclerk.workspace import Workspace

#: After the last fault the bot is given time for as long as it finishes something within this time.
SETTLE_S = 300.0
KILLS = ("kill", "kill_worker", "power_cut", "kill_program")


@dataclass(frozen=True, kw_only=True)
class Attack:
    """What is asked for. `items` is the least number of orders; more come in while faults are left."""

    partner: Partner
    seed: int = 1
    kills: int = 20
    faults: int = 20
    workers: int = 1
    items: int = 50
    lagging: int = 20  # every how manyth order goes to the site whose search lags
    minutes: float = 0.0  # no further fault after this time; 0: all of them
    folder: Path = field(default_factory=Path)
    database: Database | None = None


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What an attack came to, ready to be printed."""

    attack: Attack
    tally: Tally
    strikes: tuple[Struck, ...]
    seconds: float
    resumption: Mapping[str, float]
    slots_doubled: int
    stalled: str = ""

    @property
    def clean(self) -> bool:
        return self.tally.clean and not self.slots_doubled

    def facts(self) -> dict[str, Any]:
        """The figures in the words of the command's JSON."""
        struck, counted = [s for s in self.strikes if s.struck], self.tally
        by_kind = Counter(s.kind.value for s in struck)
        kills = sum(by_kind[kind] for kind in KILLS)
        return {
            "kills": kills, "faults": len(struck) - kills, "items": counted.items, "done": counted.done,
            "in_doubt": counted.in_doubt, "lost": len(counted.lost), "doubled": sum(_extra(counted).values()),
            "seconds": round(self.seconds, 1), "seed": self.attack.seed, "partner": self.attack.partner.value,
            "store": "postgresql" if self.attack.database else "sqlite", "workers": self.attack.workers,
            "by_kind": dict(sorted(by_kind.items())), "missed": len(self.strikes) - len(struck),
            "needless_doubts": list(counted.needless), "unfinished": list(counted.unfinished),
            "unclaimed": list(counted.unclaimed), "lost_refs": list(counted.lost),
            "doubled_refs": dict(counted.doubled), "slots_doubled": self.slots_doubled,
            "resumed_s": dict(self.resumption), "stalled": self.stalled,
        }  # fmt: skip


def _extra(counted: Tally) -> dict[str, int]:
    """How many entries too many each doubled reference has."""
    return {ref: max(1, count - 1) for ref, count in counted.doubled.items()}


def attack(asked: Attack, *, tell: Callable[[int, int, Struck], None] = lambda n, of, struck: None) -> Outcome:
    """Carry out one attack in `asked.folder` (new or empty). `tell(n, of, struck)` after each fault."""
    began = time.monotonic()
    state = asked.folder.resolve() / "data" / "sandbox"
    web = WebPartner(asked.folder.with_name(f"{asked.folder.name}-partner")) if asked.partner is Partner.WEB else None
    home = make_home(
        asked.folder, partner=asked.partner, url=web.url if web else "",
        database=asked.database.url if asked.database else "",
    )  # fmt: skip
    state.mkdir(parents=True, exist_ok=True)
    staff = Staff(home.root, workers=asked.workers, postgres=asked.database is not None,
                  desktop=asked.partner is Partner.DESKTOP)  # fmt: skip
    scene = Scene(
        home=home, partner=asked.partner, staff=staff, store=store_of(home), watch=Watch(home.logs), web=web,
        database=asked.database, seed=asked.seed, lagging=asked.lagging,
    )  # fmt: skip
    fire_slot(home, BOTS[asked.partner], SystemClock().now().replace(microsecond=0))
    striker, stalled = Striker(scene, asked.seed), ""
    strikes: list[Struck] = []
    try:
        stalled = _strike_all(asked, striker, strikes, tell)
        _settle(scene, asked.items)
        counted = _count(scene, web)
    finally:
        staff.close()
        scene.store.close()
        if web is not None:
            web.close()
    return Outcome(
        attack=asked, tally=counted, strikes=tuple(strikes), seconds=time.monotonic() - began,
        resumption=scene.resumption(), slots_doubled=striker.slots_doubled + _slots_doubled(home), stalled=stalled,
    )  # fmt: skip


def _strike_all(
    asked: Attack, striker: Striker, strikes: list[Struck], tell: Callable[[int, int, Struck], None]
) -> str:
    """Every planned fault; what it says when nothing works any more."""
    planned = plan(
        seed=asked.seed, kills=asked.kills, faults=asked.faults, partner=asked.partner,
        postgres=asked.database is not None,
    )  # fmt: skip
    until = time.monotonic() + asked.minutes * 60
    for fault in planned:
        if asked.minutes and time.monotonic() > until:
            return ""
        try:
            strikes.append(striker.strike(fault))
        except NoMoment as stalled:
            strikes.append(Struck(kind=fault.kind, moment=fault.moment, struck=False))
            if sum(not struck.struck for struck in strikes[-3:]) == 3:
                return str(stalled)
        tell(len(strikes), len(planned), strikes[-1])
    return ""


def _settle(scene: Scene, items: int) -> None:
    """No more faults: clocks right, the frozen awake, the last orders given; wait until nothing is open."""
    while scene.thaw_at:
        scene.pause(1.0)
    for member in scene.staff.members:
        set_clock(member.clock, 0)
    scene.resting = True
    while scene.fed < items:
        scene.feed_one()
    left, changed_at = -1, time.monotonic()
    while time.monotonic() - changed_at < SETTLE_S:
        scene.pause(1.0)
        with suppress(SQLAlchemyError, NightClerkError):
            counts = scene.store.counts(scene.queue)
            still = sum(counts.get(state, 0) for state in OPEN)
            if not still:
                return
            if still != left:
                left, changed_at = still, time.monotonic()


def _count(scene: Scene, web: WebPartner | None) -> Tally:
    state = scene.home.root.with_name(f"{scene.home.root.name}-partner") if web else state_of(scene.home)
    effects = {effect.key: effect for effect in scene.store.effects(limit=1_000_000)}

    def item(found: WorkItem) -> Item:
        effect = effects.get(found.key)
        doubted_at = effect.updated_at.timestamp() if effect is not None and effect.updated_at is not None else 0.0
        return Item(
            ref=reference_of(scene.partner, found.payload), site=site_of(scene.partner, found.payload),
            state=found.state, doubted_at=doubted_at,
        )  # fmt: skip

    known = [item(found) for found in scene.store.items(scene.queue, limit=1_000_000)]
    return tally(known, standing(state, scene.partner), visible_from(state, scene.partner))


def _slots_doubled(home: Workspace) -> int:
    """How many slots were given more than one run."""
    store: SqlStore = store_of(home)
    try:
        runs = Counter(run.slot_id for run in store.runs(limit=1_000_000) if run.slot_id)
    finally:
        store.close()
    return sum(count > 1 for count in runs.values())
