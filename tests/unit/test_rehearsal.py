"""The rehearsal: what it looks at comes from the last good run, and it says what would break, by code."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from nightclerk.calendars import Calendar
from nightclerk.domain.items import RunRecord, RunState
from nightclerk.errors import MissingPart
from nightclerk.evidence.replay import Event
from nightclerk.locate.trial import Tried
from nightclerk.office.preflight import preflight
from nightclerk.rehearsal import due_bots, rehearse
from nightclerk.rehearsal.pages import Move, Page, pages_of, used
from nightclerk.rehearsal.rehearse import _export, _page
from nightclerk.rehearsal.visit import Looked
from nightclerk.screens import WebApp
from nightclerk.work.agenda import Agenda
from nightclerk.work.store import SqlStore
from nightclerk.workspace import Bot, Workspace, load_workspace
from tests.unit.planner_kit import bot

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
ROOT = Path(__file__).parents[2]


def act(verb: str, element: str = "", value: str = "", app: str = "shop", step: int = 1) -> Event:
    facts = {"verb": verb, "element": element, "value": value, "app": app}
    return Event(seq=1, kind="act", at=AT, step=step, item="", facts=facts)


def test_what_is_expected_at_once_is_what_came_before_the_first_click() -> None:
    """Elements behind a click are not looked for, nor the login's: the rehearsal does not click."""
    pages = pages_of([
        act("open", value="login", step=0), act("fill", "login.user", step=0),
        act("open", value="orders#/all"), act("fill", "orders.day"), act("read", "login.name", app="mail"),
        act("click", "orders.search"), act("read", "orders.total"), act("open", value="stock"),
        act("read", "stock.free"), act("open", value="orders#/all"), act("read", "orders.banner"),
    ])  # fmt: skip
    assert [(page.path, list(page.elements)) for page in pages] == [
        ("orders#/all", ["orders.day", "orders.search", "orders.banner"]), ("stock", ["stock.free"]),
    ]  # fmt: skip


def test_a_program_without_addresses_is_looked_at_as_it_stands_after_signing_in() -> None:
    """What a key or a click leads to is behind; what was found absent is not expected, a name loses its values."""
    events = [
        act("fill", "login.user", step=0), act("exists", "box.any", "no"), act("read", "main.row(n=3)"),
        act("press", value="F5"), act("fill", "voucher.customer"), act("wait_gone", "box.question"),
    ]  # fmt: skip
    [page] = pages_of(events, programs=("shop",))
    assert (page.path, list(page.elements)) == ("", ["main.row"])
    assert used(events, "shop") == {"main.row", "voucher.customer"}
    assert pages_of(events) == []


def test_harmless_moves_lead_on_to_further_views() -> None:
    """What is declared `opens: true` is done again; not with a record's values or what was masked, and not twice."""
    acts = [
        act("open", value="orders"), act("click", "orders.export"), act("wait", "export.dialog"),
        act("fill", "export.kind", "all"), act("click", "export.make"), act("read", "export.answer"),
        act("open", value="orders"), act("click", "orders.row(n=3)"), act("read", "row.total"),
        act("open", value="stock"), act("click", "orders.next"), act("read", "stock.free"), act("click", "orders.next"),
    ]  # fmt: skip
    masked = Event(seq=1, kind="act", at=AT, step=1, item="", facts={**acts[3].facts, "digest": "d"})
    open_ = {"orders.export", "export.kind", "orders.row", "orders.next"}
    for third in (acts[3], masked):
        pages = pages_of([*acts[:3], third, *acts[4:]], opens=lambda app, element: element in open_)
        seen = {(page.path, *(m.element for m in page.moves)): list(page.elements) for page in pages}
        assert seen[("orders",)] == ["orders.export", "orders.row"]
        assert seen[("stock", "orders.next")] == ["stock.free", "orders.next"]
        behind = ("orders", "orders.export", "export.kind")
        assert seen.get(behind) == (["export.make"] if third is acts[3] else None)
        assert len(seen) == (5 if third is acts[3] else 4)


def test_a_fault_after_something_was_not_sent_is_not_certain() -> None:
    """A page that may have wanted its own request is not told as broken for tonight."""
    page = Page(app="shop", path="orders", moves=(Move(verb="click", element="orders.search"),))
    tried = (Tried(element="orders.total", state="missing", how=""),)
    sure = _page(bot("b"), Looked(page=page, tried=tried))
    held = _page(bot("b"), Looked(page=page, tried=tried, stopped=("POST http://shop/find",)))
    assert (sure.code, sure.state, held.state) == ("PAGE shop orders › orders.search", "broken", "unknown")
    assert "the page wanted to send POST http://shop/find" in held.what


def test_who_is_due_tonight(store: SqlStore, clock: Any) -> None:
    """Bots whose clock rings within a day, the chain behind them, and those that an event may start."""
    bots = (
        bot("daily", cron="0 3 * * *"),
        bot("chain", "daily"),
        bot("monthly", cron="0 3 5 * *"),
        bot("call", event="e"),
    )
    home = Workspace(root=Path(), bots={one.name: one for one in (*bots, bot("by-hand"), bot("off", "by-hand"))})
    agenda = Agenda(workspace=home, calendar=Calendar(), store=store)
    assert due_bots(agenda, clock.now()) == ["daily", "chain", "call"]


class Lacking:
    """A machine with nothing."""

    platform, python = "linux", (3, 11, 0)

    def free_bytes(self, folder: Path) -> int:
        return 1024**2

    def browser(self) -> str:
        return ""


class Shop(WebApp):
    """A shop."""

    selectors = "taobao"


def test_a_bot_is_blocked_by_a_code(tmp_path: Path) -> None:
    """A full disk, no browser, no secret: the first lack stops the run before anything is opened."""
    home = load_workspace(ROOT)
    home = Workspace(root=tmp_path, settings=home.settings, accounts=home.accounts, apps=home.apps)
    night = Bot(name="b", titles={}, flow="f:f", accounts=("taobao-night",))
    with pytest.raises(MissingPart, match=r"^DISK_LOW: "):
        preflight(home, night, [Shop], Lacking())  # type: ignore[arg-type]
    roomy = Lacking()
    roomy.free_bytes = lambda folder: 1024**4  # type: ignore[method-assign]
    with pytest.raises(MissingPart, match=r"^NO_BROWSER: "):
        preflight(home, night, [Shop], roomy)  # type: ignore[arg-type]
    roomy.browser = lambda: "/usr/bin/chromium"  # type: ignore[method-assign]
    with pytest.raises(MissingPart, match=r"^NO_SECRET taobao-night: .*nightclerk vault set taobao-night"):
        preflight(home, night, [Shop], roomy)  # type: ignore[arg-type]


def test_an_export_that_lost_a_column_is_told_before_the_night(tmp_path: Path) -> None:
    """The last file is read by the layouts as they are now: a column that is gone is named, a sound file is sound."""
    (tmp_path / "config" / "layouts").mkdir(parents=True)
    columns = "columns:\n  code: {header: 编码, reads: code}\n  free: {header: 可用量, reads: int}\n"
    (tmp_path / "config" / "layouts" / "stock.yaml").write_text(f"title: stock\n{columns}", encoding="utf-8")
    home, night, file = Workspace(root=tmp_path), bot("b"), tmp_path / "stock.csv"
    states = {}
    for header in ("编码,可用量", "编码,数量"):
        file.write_text(f"{header}\nA,1\n", encoding="utf-8")
        found = _export(home, night, file, "stock.csv")
        states[header] = (found.code, found.state, "可用量" in found.what)
    assert states == {
        "编码,可用量": ("EXPORT_COLUMNS", "ok", False), "编码,数量": ("EXPORT_COLUMNS", "broken", True),
    }  # fmt: skip


def test_a_bot_that_cannot_start_is_told_and_the_books_stay_as_they_are(store: SqlStore, tmp_path: Path) -> None:
    """A flow that is not there is one finding; no run, no slot, no lease is written."""
    home = Workspace(root=tmp_path, bots={"b": bot("b")})
    store.add_run(RunRecord(run="r1", bot="b", flow="f:f", state=RunState.DONE))
    found = list(rehearse(home, store, ["b"], screens=False))
    assert [(one.code, one.state) for one in found] == [("VERSIONS", "ok"), ("WORKSPACE", "broken")]
    assert len(store.runs()) == 1
    assert store.slots() == []
    assert list(tmp_path.iterdir()) == []
