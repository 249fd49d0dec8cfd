"""A small accessible program to record on: a login, orders to be saved, a search. Run by the system's own Python.

`gtk_orders.py FOLDER`: what is saved goes to FOLDER/saved.jsonl, where things stand to FOLDER/places.json.
"""

import json
import sys
from pathlib import Path

import gi

gi.require_version("Gtk", "3.0")
from gi.repository import GLib, Gtk  # noqa: E402

FOLDER = Path(sys.argv[1])
SAVED = FOLDER / "saved.jsonl"


class Form(Gtk.Window):
    """A window of labelled fields and buttons, one a row."""

    def __init__(self, title: str) -> None:
        super().__init__(title=title)
        self.grid, self.rows, self.fields = Gtk.Grid(row_spacing=8, column_spacing=8), 0, {}
        self.stood, self.menus = {}, {}
        self.add(self.grid)
        self.set_default_size(420, 260)

    def field(self, name: str, *, secret: bool = False, shows: bool = False) -> Gtk.Entry:
        label, entry = Gtk.Label(label=name), Gtk.Entry(visibility=not secret, editable=not shows, width_chars=30)
        label.set_mnemonic_widget(entry)
        self._row(name, label, entry)
        return entry

    def button(self, name: str, does) -> None:
        button = Gtk.Button(label=name)
        button.connect("clicked", lambda _: does())
        self._row(name, button)

    def menu(self, name: str, **items) -> None:
        """A menu bar with one menu in it."""
        bar, top, menu = Gtk.MenuBar(), Gtk.MenuItem(label=name), Gtk.Menu()
        self.menus[name] = top
        for text, does in items.items():
            self.menus[text] = Gtk.MenuItem(label=text)
            self.menus[text].connect("activate", lambda _, does=does: does())
            menu.append(self.menus[text])
        top.set_submenu(menu)
        bar.append(top)
        self.grid.attach(bar, 0, self.rows, 2, 1)
        self.rows += 1

    def _row(self, name: str, *widgets) -> None:
        for column, widget in enumerate(widgets):
            self.grid.attach(widget, column, self.rows, 1, 1)
        self.fields[name], self.rows = widgets[-1], self.rows + 1

    def places(self) -> bool:
        """Write where the middle of each field and button stands, once it stands still."""
        if not self.get_visible():
            return False
        found = {}
        for name, widget in self.fields.items():
            x, y = widget.translate_coordinates(self, 0, 0)
            _, left, top = self.get_window().get_origin()
            box = widget.get_allocation()
            found[name] = [left + x + box.width // 2, top + y + box.height // 2]
        for name, item in self.menus.items():
            if item.get_mapped() and item.get_window() is not None:
                _, left, top = item.get_window().get_origin()
                box = item.get_allocation()
                found[name] = [left + box.x + box.width // 2, top + box.y + box.height // 2]
        if found == self.stood:
            draft = FOLDER / "places.draft"
            texts = {name: one.get_text() for name, one in self.fields.items() if isinstance(one, Gtk.Entry)}
            told = {"window": self.get_title(), "places": found, "texts": texts}
            draft.write_text(json.dumps(told), encoding="utf-8")
            draft.replace(FOLDER / "places.json")
        self.stood = found
        return True

    def come_up(self) -> None:
        self.show_all()
        GLib.timeout_add(250, self.places)


def orders() -> None:
    form = Form("云杉订单")
    form.menu("操作", 新建=lambda: number.set_text("A"))
    number, memo = form.field("订单号"), form.field("备注")

    def save() -> None:
        with SAVED.open("a", encoding="utf-8") as out:
            out.write(json.dumps([number.get_text(), memo.get_text()], ensure_ascii=False) + "\n")
        number.set_text("")
        memo.set_text("")

    def search() -> None:
        lines = SAVED.read_text(encoding="utf-8").splitlines() if SAVED.exists() else []
        known = [json.loads(line)[0] for line in lines]
        result.set_text(wanted.get_text() if wanted.get_text() in known else "无")

    form.button("保存", save)
    wanted = form.field("查找单号")
    form.button("查询", search)
    result = form.field("查询结果", shows=True)
    form.connect("destroy", Gtk.main_quit)
    form.come_up()


def login() -> None:
    form = Form("云杉订单 - 登录")
    user, password = form.field("用户"), form.field("口令", secret=True)

    def enter() -> None:
        if (user.get_text(), password.get_text()) == ("night", "yun-2026"):
            form.hide()
            orders()

    form.button("登录", enter)
    form.come_up()


login()
Gtk.main()
