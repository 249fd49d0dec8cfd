"""A person's work in a desktop program becomes a flow that runs at the first try: real mouse and keys."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from nightclerk.desktop import accessible, session
from nightclerk.desktop.clipboard import wait_until
from nightclerk.record import Request
from nightclerk.record.desktop import record_desktop
from nightclerk.workspace import load_workspace
from tests.record.kit import Bench, empty_workspace
from tests.sandbox.erp_kit import needs_desktop

pytestmark = [needs_desktop, pytest.mark.slow]

SOON_S = 60.0
PYTHON = "/usr/bin/python3"
PROGRAM = Path(__file__).with_name("gtk_orders.py")


def has_gtk() -> bool:
    asked = "import gi; gi.require_version('Gtk', '3.0')"
    try:
        accessible.import_gi()
        return subprocess.run([PYTHON, "-c", asked], capture_output=True, check=False).returncode == 0
    except Exception:
        return False


class DeskPerson:
    """A scripted person: works by real mouse and key events, knowing where things stand from the program's own word."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.done = threading.Event()

    def play(self, acts: Callable[[DeskPerson], None]) -> threading.Thread:
        def act() -> None:
            try:
                acts(self)
            finally:
                self.key("alt+shift+s")
                self.done.set()

        thread = threading.Thread(target=act, daemon=True)
        thread.start()
        return thread

    def sees(self, window: str) -> None:
        """Wait until the window says where its things stand."""
        assert wait_until(lambda: self._told().get("window") == window, timeout_s=SOON_S, poll_s=0.05), window

    def click(self, name: str) -> None:
        x, y = self._told()["places"][name]
        self._xdotool("mousemove", str(x), str(y), "sleep", "0.3", "click", "1")

    def type(self, name: str, text: str) -> None:
        self.click(name)
        self._xdotool("type", "--delay", "60", text)
        self.reads(name, text)

    def reads(self, name: str, text: str) -> None:
        """Wait until the program shows a text: a person looks at what they type."""
        shown = wait_until(lambda: self._told()["texts"].get(name) == text, timeout_s=SOON_S, poll_s=0.05)
        assert shown, (name, text, self._told())

    def key(self, chord: str) -> None:
        self._xdotool("key", chord)

    def _xdotool(self, *words: str) -> None:
        environment = {**os.environ, "LC_ALL": "C.UTF-8"}
        subprocess.run(["xdotool", *words], env=environment, check=True, timeout=SOON_S)
        subprocess.run(["xdotool", "sleep", "0.3"], env=environment, check=True, timeout=SOON_S)

    def _told(self) -> dict[str, Any]:
        file = self.folder / "places.json"
        return dict(json.loads(file.read_text(encoding="utf-8"))) if file.exists() else {}


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """A workspace that knows the program, on a desktop of the test's own."""
    bench = empty_workspace(tmp_path / "ws")
    apps = f"orders:\n  command: [{PYTHON}, {PROGRAM}, {tmp_path}]\n  window: '^云杉订单'\n"
    (bench.root / "config" / "apps.yaml").write_text(apps, encoding="utf-8")
    session.open_session()
    yield bench
    session.close_session()


def work(person: DeskPerson) -> None:
    """Log in, save one order, look it up."""
    person.sees("云杉订单 - 登录")
    person.type("用户", "night")
    person.type("口令", "yun-2026")
    person.click("登录")
    person.sees("云杉订单")
    person.type("订单号", "A1001")
    person.type("备注", "ring twice")
    person.key("alt+shift+k")
    person.click("保存")
    person.reads("订单号", "")
    person.key("alt+shift+l")
    person.type("查找单号", "A1001")
    person.click("查询")
    person.reads("查询结果", "A1001")
    person.key("alt+shift+r")
    person.click("查询结果")
    person.key("alt+shift+l")


@pytest.mark.skipif(not has_gtk(), reason="NO_GTK: python3-gi and gir1.2-gtk-3.0 are not installed")
def test_what_a_person_did_once_runs_at_the_first_try(bench: Bench, tmp_path: Path) -> None:
    """Names from the tree, the login as a vault entry, one `once` with its look; the password is in no file."""
    person = DeskPerson(tmp_path)
    played = person.play(work)
    request = Request(
        target="orders", flow="save_orders", workspace=load_workspace(bench.root), answers={"conclusive": 0}
    )
    outcome = record_desktop(request, over=person.done.is_set)
    played.join()

    source = bench.text("flows/save_orders.py")
    assert "tx.once(" in source, source
    texts = [file for file in bench.root.rglob("*") if file.suffix in (".py", ".yaml", ".json")]
    written = "".join(file.read_text(encoding="utf-8") for file in texts)
    assert "yun-2026" not in written
    command = [sys.executable, "-m", "nightclerk", "vault", "set", "orders-night"]
    subprocess.run(command, cwd=bench.root, input="yun-2026\n", text=True, check=True, capture_output=True)
    (tmp_path / "saved.jsonl").unlink()
    ended = bench.run("save-orders")
    assert [(run["state"], [item["state"] for item in run["items"]]) for run in ended] == [("done", ["done"])], ended
    saved = [json.loads(line) for line in (tmp_path / "saved.jsonl").read_text(encoding="utf-8").splitlines()]
    assert saved == [["A1001", "ring twice"]]
    assert outcome.written.files
