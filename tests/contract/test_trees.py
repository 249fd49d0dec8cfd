"""One suite for every accessibility tree: in memory, AT-SPI of a real GTK program, UI Automation over a fake of it."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from nightclerk.app import SystemClock
from nightclerk.desktop import open_desktop
from nightclerk.desktop.clipboard import wait_until
from nightclerk.desktop.session import missing_parts
from nightclerk.desktop.tree import Node, Wanted, search, table_rows
from nightclerk.desktop.uia import UiaTree
from nightclerk.errors import MissingPart
from nightclerk.ports import AppSettings, Box, SelectorSet
from tests.unit.tree_kit import Leaf, window

_PYTHON = "/usr/bin/python3"
_GTK = "import gi; gi.require_version('Gtk', '3.0'); gi.require_version('Atspi', '2.0'); from gi.repository import Gtk"
PROGRAM = f"""
{_GTK}
window = Gtk.Window(title="Voucher"); window.set_default_size(500, 300)
grid = Gtk.Grid(); window.add(grid)
label = Gtk.Label(label="客户："); entry = Gtk.Entry(); label.set_mnemonic_widget(entry); entry.set_text("云杉 <1>")
grid.attach(label, 0, 0, 1, 1); grid.attach(entry, 1, 0, 1, 1)
grid.attach(Gtk.Button(label="保存"), 0, 1, 1, 1)
tick = Gtk.CheckButton(label="加急"); tick.set_active(True); grid.attach(tick, 1, 1, 1, 1)
hidden = Gtk.Button(label="作废"); hidden.set_no_show_all(True); grid.attach(hidden, 0, 2, 1, 1)
store = Gtk.ListStore(str, str); store.append(["A1", "杯子"]); store.append(["B2", "碗"])
view = Gtk.TreeView(model=store)
for n, name in enumerate(("编码", "名称")):
    view.append_column(Gtk.TreeViewColumn(name, Gtk.CellRendererText(), text=n))
grid.attach(view, 0, 3, 2, 1)
window.connect("destroy", Gtk.main_quit); window.show_all(); Gtk.main()
"""


def in_memory() -> Node:
    table = Leaf("table", cells=(["编码", "名称"], [["A1", "杯子"], ["B2", "碗"]]))
    return window(
        Leaf("text", labelled=("客户：",), content="云杉 <1>"), Leaf("push button", "保存"),
        Leaf("check box", "加急", ticked=True), Leaf("push button", "作废", shows=False), table,
    )  # fmt: skip


class COMError(Exception):
    """What comtypes raises for an element that is gone."""


@dataclass
class Control:
    """A control as the package `uiautomation` gives it."""

    ControlTypeName: str
    Name: str = ""
    HelpText: str = ""
    IsOffscreen: bool = False
    IsPassword: bool = False
    HasKeyboardFocus: bool = False
    AutomationId: str = ""
    label: str = ""
    patterns: dict[int, Any] = field(default_factory=dict)
    inside: list[Control] = field(default_factory=list)
    gone: bool = False

    @property
    def BoundingRectangle(self) -> Any:
        return SimpleNamespace(left=10, top=10, right=60, bottom=30)

    def GetChildren(self) -> list[Control]:
        if self.gone:
            raise COMError
        return self.inside

    def GetPattern(self, number: int) -> Any:
        return self.patterns.get(number)

    def GetPropertyValue(self, _number: int) -> str:
        return self.label


def ui_automation() -> Any:
    """A Windows session with one window in front."""
    cells = [["A1", "杯子"], ["B2", "碗"]]
    grid = SimpleNamespace(
        RowCount=2, ColumnCount=2, GetItem=lambda row, column: Control("DataItemControl", cells[row][column])
    )
    heads = SimpleNamespace(GetColumnHeaders=lambda: [Control("HeaderItemControl", name) for name in ("编码", "名称")])
    controls = [
        Control("EditControl", label="客户：", patterns={10002: SimpleNamespace(Value="云杉 <1>")}),
        Control("ButtonControl", "保存"),
        Control("CheckBoxControl", "加急", patterns={10015: SimpleNamespace(ToggleState=1)}),
        Control("ButtonControl", "作废", IsOffscreen=True),
        Control("DataGridControl", patterns={10006: grid, 10012: heads}),
        Control("PaneControl", gone=True),
    ]
    front = Control("WindowControl", "Voucher", inside=[Control("PaneControl", inside=controls)])
    made = SimpleNamespace(CreateControlFromElement=lambda element: Control("TextControl", element))
    return SimpleNamespace(
        GetForegroundControl=lambda: front, GetRootControl=lambda: Control("PaneControl", inside=[front]), Control=made
    )


@contextlib.contextmanager
def at_spi(folder: Path) -> Iterator[Node]:
    """The tree of a real GTK window on a desktop of its own."""
    if missing_parts() or subprocess.run([_PYTHON, "-c", _GTK], capture_output=True, check=False).returncode:
        pytest.skip("needs Xvfb, openbox, python3-gi, gir1.2-gtk-3.0 and gir1.2-atspi-2.0")
    desktop = open_desktop(
        selectors=SelectorSet(app="gtk"), settings=AppSettings(name="gtk"), clock=SystemClock(), folder=folder
    )
    with contextlib.closing(desktop):
        desktop.start([_PYTHON, "-c", PROGRAM], window="^Voucher$", timeout_s=60)
        active = desktop._view.active()
        assert active is not None
        try:
            assert wait_until(lambda: desktop._view.sight.root(active) is not None, timeout_s=30, poll_s=0.05)
        except MissingPart as error:
            pytest.skip(str(error))
        root = desktop._view.sight.root(active)
        assert root is not None
        yield root
        assert desktop._view.system.answers(active, timeout_s=30)  # GTK takes part in the ping


@pytest.fixture(scope="module", params=["memory", "at-spi", "ui-automation"])
def root(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    if request.param == "at-spi":
        with at_spi(tmp_path_factory.mktemp("gtk")) as found:
            yield found
    elif request.param == "ui-automation":
        found = UiaTree(ui_automation()).window("Voucher")
        assert found is not None
        yield found
    else:
        yield in_memory()


def test_a_field_answers_to_its_label(root: Node) -> None:
    """Role and the text of its label lead to it; it says its content and has a place."""
    (node,) = search(root, Wanted(role="textbox", name="客户"))
    assert node.text() == "云杉 <1>"
    box = node.box()
    assert isinstance(box, Box)
    assert min(box.width, box.height) > 0


def test_a_button_answers_to_its_name(root: Node) -> None:
    """One button of that name, and none of another."""
    assert len(search(root, Wanted(role="button", name="保存"))) == 1
    assert search(root, Wanted(role="button", name="保")) == []


def test_what_is_hidden_is_not_found(root: Node) -> None:
    """Hidden widgets stay in a tree; none may be clicked."""
    assert search(root, Wanted(role="button", name="作废")) == []


def test_a_box_says_whether_it_is_ticked(root: Node) -> None:
    """Checked, and with the keyboard or not."""
    (node,) = search(root, Wanted(role="checkbox", name="加急"))
    assert node.checked()
    assert node.focused() in (True, False)


def test_a_table_is_rows_by_header(root: Node) -> None:
    """Each row is a mapping keyed by header text."""
    (node,) = search(root, Wanted(role="table"))
    assert table_rows(node) == [{"编码": "A1", "名称": "杯子"}, {"编码": "B2", "名称": "碗"}]
