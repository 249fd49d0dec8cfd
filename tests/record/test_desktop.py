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
from nightclerk.locate.prints import load_prints
from nightclerk.record import Outcome, Request
from nightclerk.record.desktop import record_desktop
from nightclerk.workspace import load_workspace
from tests.record.kit import Bench, empty_workspace
from tests.sandbox.erp_kit import needs_desktop

pytestmark = [needs_desktop, pytest.mark.slow]

SOON_S = 60.0
MEMO = "请放门口，谢谢 <2>"
PYTHON = "/usr/bin/python3"
PROGRAM = Path(__file__).with_name("gtk_orders.py")
TK_PROGRAM = Path(__file__).with_name("tk_orders.py")
#: On X11 Control+A goes to the start of a Tk field.
TK_FACTS = "  facts: {select_all: Home Shift+End}\n"


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

    def type(self, name: str, text: str, *, clear: bool = False) -> None:
        self.click(name)
        if clear:
            self.key("ctrl+a")
        self._xdotool("type", "--delay", "60", text)
        self.reads(name, text)

    def paste(self, name: str, text: str) -> None:
        """As a person does who has copied it elsewhere."""
        copy = ["xclip", "-selection", "clipboard"]
        subprocess.run(copy, input=text.encode(), stdout=subprocess.DEVNULL, check=True, timeout=SOON_S)
        self.click(name)
        self.key("ctrl+v")
        self.reads(name, text)

    def choose(self, menu: str, item: str) -> None:
        """Open a menu and click what it offers, once it hangs there."""
        self.click(menu)
        assert wait_until(lambda: item in self._told()["places"], timeout_s=SOON_S, poll_s=0.05), item
        self.click(item)

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
def bench(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Bench]:
    """A workspace that knows the program (GTK, or what the test asks for), on a desktop of the test's own."""
    bench = empty_workspace(tmp_path / "ws")
    python, program, facts = getattr(request, "param", (PYTHON, PROGRAM, ""))
    apps = f"orders:\n  command: [{python}, {program}, {tmp_path}]\n  window: '^云杉订单'\n{facts}"
    (bench.root / "config" / "apps.yaml").write_text(apps, encoding="utf-8")
    session.open_session()
    yield bench
    session.close_session()


def log_in(person: DeskPerson) -> None:
    person.sees("云杉订单 - 登录")
    person.type("用户", "night")
    person.type("口令", "yun-2026")
    person.click("登录")
    person.sees("云杉订单")


def work(person: DeskPerson) -> None:
    """Log in, take a new order from the menu, type and paste, save it, look it up."""
    log_in(person)
    person.choose("操作", "新建")
    person.reads("订单号", "A")
    person.type("订单号", "A1001", clear=True)
    person.paste("备注", MEMO)
    save_and_look(person)


def work_by_hand(person: DeskPerson) -> None:
    """The same without the menu."""
    log_in(person)
    person.type("订单号", "A1001")
    person.paste("备注", MEMO)
    save_and_look(person)


def save_and_look(person: DeskPerson) -> None:
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


def recorded(bench: Bench, folder: Path, acts: Callable[[DeskPerson], None]) -> Outcome:
    """What the recorder writes of a person's acts."""
    person = DeskPerson(folder)
    played = person.play(acts)
    asked = Request(
        target="orders", flow="save_orders", workspace=load_workspace(bench.root), answers={"conclusive": 0}
    )
    outcome = record_desktop(asked, over=person.done.is_set)
    played.join()
    texts = [file for file in bench.root.rglob("*") if file.suffix in (".py", ".yaml", ".json")]
    assert "yun-2026" not in "".join(file.read_text(encoding="utf-8") for file in texts)
    assert "tx.once(" in bench.text("flows/save_orders.py")
    return outcome


def replayed(bench: Bench, folder: Path) -> list[list[str]]:
    """What the recorded flow saves, run once in an emptied program."""
    command = [sys.executable, "-m", "nightclerk", "vault", "set", "orders-night"]
    subprocess.run(command, cwd=bench.root, input="yun-2026\n", text=True, check=True, capture_output=True)
    (folder / "saved.jsonl").unlink()
    ended = bench.run("save-orders")
    assert [(run["state"], [item["state"] for item in run["items"]]) for run in ended] == [("done", ["done"])], ended
    return [json.loads(line) for line in (folder / "saved.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.mark.skipif(not has_gtk(), reason="NO_GTK: python3-gi and gir1.2-gtk-3.0 are not installed")
def test_what_a_person_did_once_runs_at_the_first_try(bench: Bench, tmp_path: Path) -> None:
    """Names and fingerprints from the tree, a login from the vault, one `once` with its look."""
    outcome = recorded(bench, tmp_path, work)
    assert outcome.written.files
    prints = load_prints("orders", workspace=bench.root)
    assert {(one.role, one.name) for one in prints.values()} >= {("textbox", "订单号"), ("button", "保存")}
    assert replayed(bench, tmp_path) == [["A1001", MEMO]]


@pytest.mark.parametrize("bench", [(sys.executable, TK_PROGRAM, TK_FACTS)], indirect=True, ids=["tk"])
def test_a_program_without_a_tree_is_recorded_by_pictures_of_it(bench: Bench, tmp_path: Path) -> None:
    """What was typed by the keys, what was pasted by the clipboard, where by a piece of the screen around it."""
    recorded(bench, tmp_path, work_by_hand)
    assert "picture:" in bench.text("selectors/orders/pages.yaml")
    assert load_prints("orders", workspace=bench.root) == {}
    assert replayed(bench, tmp_path) == [["A1001", MEMO]]
