"""The program of gtk_orders.py in Tk, which offers no accessibility tree.

`tk_orders.py FOLDER`: what is saved goes to FOLDER/saved.jsonl, where things stand to FOLDER/places.json.
"""

from __future__ import annotations

import json
import sys
import tkinter as tk
from collections.abc import Callable
from pathlib import Path

FOLDER = Path(sys.argv[1])
SAVED = FOLDER / "saved.jsonl"
FONT = ("Noto Sans CJK SC", 11)


class Form(tk.Toplevel):
    """A window of labelled fields and buttons, one a row."""

    def __init__(self, root: tk.Tk, title: str) -> None:
        super().__init__(root)
        self.title(title)
        self.geometry("520x300+200+120")
        self.widgets: dict[str, tk.Entry | tk.Button] = {}
        self.stood: dict[str, list[int]] = {}
        self.protocol("WM_DELETE_WINDOW", root.destroy)
        self.after(250, self.places)

    def field(self, name: str, *, hidden: bool = False) -> tk.Entry:
        tk.Label(self, text=name, font=FONT).grid(row=len(self.widgets), column=0, padx=8, pady=6)
        entry = tk.Entry(self, width=30, font=FONT, show="*" if hidden else "")
        entry.grid(row=len(self.widgets), column=1)
        self.widgets[name] = entry
        return entry

    def button(self, name: str, does: Callable[[], None]) -> None:
        button = tk.Button(self, text=name, font=FONT, command=does)
        button.grid(row=len(self.widgets), column=1)
        self.widgets[name] = button

    def places(self) -> None:
        """Write where the middle of each field and button stands, once it stands still."""
        if not self.winfo_viewable():
            self.after(250, self.places)
            return
        found = {
            name: [one.winfo_rootx() + one.winfo_width() // 2, one.winfo_rooty() + one.winfo_height() // 2]
            for name, one in self.widgets.items()
        }
        if found == self.stood:
            texts = {name: one.get() for name, one in self.widgets.items() if isinstance(one, tk.Entry)}
            draft = FOLDER / "places.draft"
            draft.write_text(json.dumps({"window": self.title(), "places": found, "texts": texts}), encoding="utf-8")
            draft.replace(FOLDER / "places.json")
        self.stood = found
        self.after(250, self.places)


def orders(root: tk.Tk) -> None:
    form = Form(root, "云杉订单")
    number, memo = form.field("订单号"), form.field("备注")

    def save() -> None:
        with SAVED.open("a", encoding="utf-8") as out:
            out.write(json.dumps([number.get(), memo.get()], ensure_ascii=False) + "\n")
        number.delete(0, "end")
        memo.delete(0, "end")

    def search() -> None:
        lines = SAVED.read_text(encoding="utf-8").splitlines() if SAVED.exists() else []
        result.delete(0, "end")
        result.insert(0, wanted.get() if wanted.get() in [json.loads(line)[0] for line in lines] else "无")

    form.button("保存", save)
    wanted = form.field("查找单号")
    form.button("查询", search)
    result = form.field("查询结果")


def login(root: tk.Tk) -> None:
    form = Form(root, "云杉订单 - 登录")
    user, password = form.field("用户"), form.field("口令", hidden=True)

    def enter() -> None:
        if (user.get(), password.get()) == ("night", "yun-2026"):
            form.destroy()
            orders(root)

    form.button("登录", enter)


if __name__ == "__main__":
    main = tk.Tk()
    main.withdraw()
    login(main)
    main.mainloop()
