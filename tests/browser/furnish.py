"""More for the made-up night: a workspace's files, weeks of history, a good run to compare with, healings, messages."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from nightclerk.console.services import Services
from nightclerk.domain.items import RunRecord, RunState, State
from nightclerk.evidence import open_film
from nightclerk.evidence.access import AccessBook
from nightclerk.evidence.keys import trusted_keys
from nightclerk.evidence.pack import make_pack
from nightclerk.locate.proposals import Proposal, Proposals
from nightclerk.work.links import sign_link
from nightclerk.work.messages import Message
from tests.browser import night
from tests.unit.screen_kit import OneScreen

ROOT = Path(__file__).parents[2]
GOOD = "key-orders-0120"
HEALING = "taobao.orders.ship.1a2b3c"
LINK_KEY = b"a key of the tests"
WEEKS = 9


def furnished(workspace: Path) -> Services:
    """The made-up night with everything that the settings, figures, healings and comparing pages look at."""
    services = night.seeded(workspace)
    for name in ("config", "bots"):
        shutil.copytree(ROOT / name, workspace / name)
    _history(services)
    _good_run(services)
    _healing(services)
    _messages(services)
    keys = workspace / "data" / "keys"
    return replace(
        services, accesses=AccessBook(logs=services.logs, keys=keys, machine="tests"),
        pack=lambda folder, out: make_pack(folder, out, ring=trusted_keys(keys) or {}),
        secrets=lambda: ["erp-night", "oa-night", "jd-night"], link_key=lambda: LINK_KEY,
        live=OneScreen(night.RUNNING),
    )  # fmt: skip


def _good_run(services: Services) -> None:
    """The night before: the same bot, all orders keyed."""
    now = datetime.now(UTC)
    film = open_film(logs=services.logs, data=services.data, run=GOOD, clock=night.SystemClock())
    film.begin({"bot": "key-orders", "by": "shift"})
    for n in (100, 103, 106):
        night.film_one(film, f"taobao:yunshan:{3515000000000000000 + n}")
    film.end("done", {"done": 3})
    start = now - timedelta(days=1)
    services.store.add_run(
        RunRecord(
            run=GOOD, bot="key-orders", flow="key-orders", state=RunState.DONE, started_by="shift", queued_at=start,
            started_at=start, ended_at=start + timedelta(minutes=38), counts={"done": 45, "rejected": 1, "healed": 1},
        )
    )  # fmt: skip


def _healing(services: Services) -> None:
    """One element that moved, seen in the pictures of two runs."""
    pictures = [next((services.logs / run / "pictures").iterdir()).stem for run in (GOOD, night.KEYED)]
    box = (night.SAVE.x, night.SAVE.y, night.SAVE.width, night.SAVE.height)
    found = {"role": "button", "name": "确认发货"}
    Proposals(services.workspace).put(
        Proposal(
            proposal=HEALING, app="taobao", element="orders.ship", state="open", run=night.KEYED,
            at=datetime.now(UTC).isoformat(timespec="seconds"), probability=0.997, margin=6.2, trust="edit", reasons=(),
            agreeing=("role", "name", "row"), conflicting=("id",), best="button 确认发货", second="link 发货说明",
            change={"orders.ship": {"role": "button", "name": "确认发货"}},
            diff="  orders:\n-   ship: {role: button, name: 发货}\n+   ship: {role: button, name: 确认发货}",
            learned=found, found=found, before_box=box, after_box=box, before_run=GOOD, before_picture=pictures[0],
            after_picture=pictures[1],
        )
    )  # fmt: skip


def _history(services: Services) -> None:
    """Some weeks of keyed orders, more of them straight through each week."""
    store, now = services.store, datetime.now(UTC)
    for week in range(WEEKS):
        at = now - timedelta(weeks=week, hours=3)
        run = f"key-orders-w{week}"
        store.add_run(
            RunRecord(
                run=run, bot="key-orders", flow="key-orders", state=RunState.DONE, started_by="shift", queued_at=at,
                started_at=at, ended_at=at + timedelta(minutes=40), counts={"done": 8, "healed": 2, "not_healed": 1},
            )
        )  # fmt: skip
        for n in range(10 + 2 * (WEEKS - week) % 7):
            store.put("old-orders", f"w{week}-{n}", {"number": f"w{week}-{n}"}, now=at)
            item = store.draw("old-orders", run=run, lease_s=60, now=at)
            assert item is not None
            good = n % 10 < 7 + (WEEKS - week) % 3
            reason = "" if good else ("商家编码没有对应的 ERP 品号" if n % 2 else "库存不足，ERP 拒绝保存")
            store.finish(item, State.DONE if good else State.REJECTED, reason=reason, now=at)


def _messages(services: Services) -> None:
    now = datetime.now(UTC)
    text = {"zh": "今夜录单完成：41 条，3 条待处理", "en": "Orders keyed: 41 done, 3 for a person"}
    services.store.tell(Message(about="shift@1", kind="shift", text=text, at=now), ["wecom", "email"], due=now)


def link_to(task: str) -> str:
    """A link that answers a task, as a message would carry it."""
    return f"/t/{sign_link(task, LINK_KEY, datetime.now(UTC) + timedelta(hours=1))}"
