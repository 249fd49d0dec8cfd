"""The rehearsal over real screens: a shop's page, a desktop program, terminals; and nothing anywhere is written."""

from __future__ import annotations

import hashlib
import importlib.util
import shutil
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from flows.apps.taobao import SOLD
from nightclerk.app import store_of, vault_of
from nightclerk.clocks import SystemClock
from nightclerk.domain.items import RunRecord, RunState
from nightclerk.evidence import open_film
from nightclerk.ports import Account, Act, ActClass, AppSettings
from nightclerk.rehearsal import Finding, rehearse
from nightclerk.sandbox import world
from nightclerk.sandbox.erp import rules
from nightclerk.settings import Settings
from nightclerk.work.store import SqlStore
from nightclerk.workspace import Bot, Workspace
from tests.sandbox.erp_kit import ROOT, needs_desktop
from tests.sandbox.green_kit import address

CLASSES = {
    "green_erp": "flows.apps.green_erp:GreenErp", "legacy_erp": "flows.apps.legacy_erp:LegacyErp",
    "mainframe_erp": "flows.apps.green_erp:MainframeErp",
    "taobao": "flows.apps.taobao:Taobao",
}  # fmt: skip
Done = Sequence[tuple[str, str, str]]  # verb, element, value


def planned(root: Path, app: str, login: tuple[str, str], done: Done, **settings: Any) -> tuple[Workspace, SqlStore]:
    """A workspace with one bot for one app, and the film of its last good run."""
    bot = Bot(name="b", titles={}, flow="tests.sandbox.look_flow:look", apps={"app": CLASSES[app]}, accounts=("night",))
    home = Workspace(
        root=root, settings=Settings(vault="file", language="en"), bots={"b": bot},
        accounts={"night": Account(name="night", app=app, user=login[0], secret="night")},
        apps={app: AppSettings(name=app, timeout_s=20, **settings)},
    )  # fmt: skip
    shutil.copytree(ROOT / "selectors" / app, root / "selectors" / app)
    vault_of(home).set("night", login[1])
    film = open_film(logs=home.logs, data=home.data, run="r1", clock=SystemClock())
    film.begin({"bot": "b", "clients": {app: "another build 2020-01-01T00:00:00Z 1"}})
    film.step("look")
    for verb, element, value in done:
        film.act(Act(verb=verb, act_class=ActClass.READ, app=app, element=element, value=value))
    film.step_end("ok", frame=None)
    film.end("done", {})
    store = store_of(home)
    store.add_run(RunRecord(run="r1", bot="b", flow=bot.flow, state=RunState.DONE, film="r1"))
    return home, store


def everything(*folders: Path) -> dict[str, str]:
    """Each file with the digest of its content; of a database its rows, since its own files breathe."""
    found = {}
    for file in (file for folder in folders for file in sorted(folder.rglob("*")) if file.is_file()):
        if file.suffix == ".db":
            with closing(sqlite3.connect(file)) as books:
                content = "\n".join(books.iterdump()).encode()
        else:
            content = b"" if file.name.endswith(("-shm", "-wal")) else file.read_bytes()
        found[str(file)] = hashlib.sha256(content).hexdigest()
    return {name: digest for name, digest in found.items() if not name.endswith(("-shm", "-wal", ".log"))}


def by_code(found: Iterator[Finding]) -> dict[str, tuple[str, str]]:
    return {one.code: (one.state, one.what) for one in found}


GREEN = [
    ("fill", "menu.choice", "3"), ("click", "menu.enter", ""), ("fill", "customers.code", "C1"),
    ("click", "customers.find", ""), ("read", "customers.name", "x"),
]  # fmt: skip
BEHIND = " › menu.choice › menu.enter"


@pytest.mark.parametrize(
    ("done", "page", "state", "what"),
    [
        (GREEN, BEHIND, "ok", "every element is there (2)"),
        (
            [("read", "voucher.memo", "x"), ("read", "menu.old", "x"), ("exists", "login.user", "no"), *GREEN], "",
            "broken", "voucher.memo (missing); menu.old (no longer in the selectors)",
        ),
        ([*GREEN[:2], ("read", "voucher.memo", "x")], BEHIND, "broken", "voucher.memo (missing)"),
    ],
)  # fmt: skip
def test_a_terminal_is_rehearsed(tmp_path: Path, done: Done, page: str, state: str, what: str) -> None:
    """What the last run found on the menu is looked for on the menu, then on the screen that the menu leads to; what it
    found absent is not, and what a look-up led to is named as not known."""
    books = tmp_path / "partner"
    command = (sys.executable, "-m", "nightclerk.sandbox.green.vt", "--state", str(books))
    home, store = planned(tmp_path / "home", "green_erp", rules.LOGIN, done, command=command)
    with closing(store):
        before = everything(home.root)
        found = by_code(rehearse(home, store, ["b"]))
        assert everything(home.root) == before
    assert found["LOGIN night"] == ("ok", "signed in as night")
    assert found[f"PAGE green_erp{page}"][0] == state
    assert what in found[f"PAGE green_erp{page}"][1]
    if GREEN[-1] in done:
        assert found["PAGES green_erp"][1].startswith("1 more, to be seen only after a click or a key")
    assert found["CLIENT green_erp"][0] == "unknown"


@pytest.mark.skipif(importlib.util.find_spec("tnz") is None, reason="the extra `terminal` is not installed")
def test_a_3270_host_is_rehearsed(tmp_path: Path) -> None:
    """The same over a line of its own, which is hung up afterwards."""
    with address("3270", tmp_path / "partner", "utf-8", ()) as where:
        home, store = planned(tmp_path / "home", "mainframe_erp", rules.LOGIN, GREEN[:3], **where)
        with closing(store):
            found = by_code(rehearse(home, store, ["b"]))
    assert found["LOGIN night"] == ("ok", "signed in as night")
    assert found[f"PAGE mainframe_erp{BEHIND}"] == ("ok", "every element is there (1)")


@needs_desktop
def test_a_desktop_program_is_rehearsed(tmp_path: Path) -> None:
    """The ERP's client is started, signed in and looked at on a desktop of its own; its books stay as they are."""
    command = (sys.executable, "-m", "nightclerk.sandbox.erp", "--state", str(tmp_path / "partner"))
    done = [
        ("click", "main.refer", ""),
        ("fill", "look_up.filter", "C1"),
        ("press", "", "F9"),
        ("read", "box.any", "x"),
    ]
    home, store = planned(tmp_path / "home", "legacy_erp", rules.LOGIN, done, command=command, window="云杉ERP")
    with closing(store):
        before = everything(home.root)
        found = by_code(rehearse(home, store, ["b"]))
        assert everything(home.root) == before
    assert found["LOGIN night"] == ("ok", "signed in as night")
    assert found["PAGE legacy_erp"] == ("ok", "every element is there (1)")
    assert found["PAGE legacy_erp › main.refer"] == ("ok", "every element is there (1)")
    assert "box.any" in found["PAGES legacy_erp"][1]
    with closing(sqlite3.connect(tmp_path / "partner" / "books" / "erp.db")) as books:
        assert books.execute("SELECT count(*) FROM vouchers").fetchone() == (0,)


def test_a_shops_page_is_rehearsed(tmp_path: Path, state: Path, endpoints: dict[str, Any]) -> None:
    """Over a copy of the profile; neither the shop's books nor a file of the workspace is another after it."""
    done = [
        ("open", "", SOLD), ("fill", "orders.first_day", "2026-11-20"), ("click", "orders.search", ""),
        ("read", "orders.total", "3"), ("click", "orders.export", ""), ("wait", "export.dialog", ""),
        ("click", "export.make", ""), ("wait", "export.answered", ""),
    ]  # fmt: skip
    home, store = planned(tmp_path, "taobao", world.LOGINS["taobao"], done, url=endpoints["taobao"]["url"])
    with closing(store):
        before = everything(home.root, state / "books")
        found = by_code(rehearse(home, store, ["b"]))
        assert everything(home.root, state / "books") == before
        assert [len(store.runs()), store.slots(), store.tasks()] == [1, [], []]
    assert found["LOGIN night"] == ("ok", "signed in as night")
    assert found[f"PAGE taobao {SOLD}"] == ("ok", "every element is there (2)")
    assert found[f"PAGE taobao {SOLD} › orders.search"] == ("ok", "every element is there (2)")
    assert found[f"PAGE taobao {SOLD} › orders.search › orders.export"] == ("ok", "every element is there (2)")
    assert "export.answered" in found["PAGES taobao"][1]


def test_a_login_that_fails_tonight_fails_now(tmp_path: Path) -> None:
    """A password that was changed on the other side is told by its account."""
    command = (sys.executable, "-m", "nightclerk.sandbox.green.vt", "--state", str(tmp_path / "partner"))
    home, store = planned(tmp_path / "home", "green_erp", (rules.LOGIN[0], "the-old-one"), GREEN, command=command)
    with closing(store):
        found = by_code(rehearse(home, store, ["b"]))
    assert found["LOGIN night"][0] == "broken"
    assert "PAGE green_erp" not in found
