"""Colours, fonts and input habits of the client: Windows-like entry fields in a plain Tk window."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from tkinter import font, ttk
from typing import cast

FACE = "#f0f0f0"
BLUE = "#2b5797"
PALE = "#dce6f4"
CELL = "#ffffff"
FIXED = "#f4f4f4"
MUST = "#0033aa"
_FAMILIES = ("Microsoft YaHei UI", "Microsoft YaHei", "PingFang SC", "Noto Sans CJK SC", "WenQuanYi Micro Hei")


def dress(root: tk.Tk) -> None:
    """Set scaling, fonts and the ttk style of the whole program."""
    root.tk.call("tk", "scaling", 96 / 72)
    known = set(font.families(root))
    family = next((name for name in _FAMILIES if name in known), "TkDefaultFont")
    for name in ("TkDefaultFont", "TkTextFont", "TkMenuFont", "TkHeadingFont"):
        font.nametofont(name, root).configure(family=family, size=10)
    style = ttk.Style(root)
    style.theme_use("clam")
    style.configure("Treeview", rowheight=24, background=CELL, fieldbackground=CELL, bordercolor="#b8c4d8")
    style.configure("Treeview.Heading", background=PALE, relief="flat")
    style.map("Treeview", background=[("selected", "#3874c8")], foreground=[("selected", "white")])
    _windows_habits(root)


def _windows_habits(root: tk.Tk) -> None:
    """Ctrl+A selects all, Ctrl+V replaces the selection: as on Windows, unlike X11's defaults."""
    root.bind_class("Entry", "<Control-a>", lambda event: _select_all(cast(tk.Entry, event.widget)))
    root.bind_class("Entry", "<Control-v>", lambda event: _paste(cast(tk.Entry, event.widget)))
    root.bind_class("Entry", "<<Paste>>", lambda event: _paste(cast(tk.Entry, event.widget)))
    root.bind_class(_GATE, "<Key>", lambda event: _gate(event.widget))
    gated(root)


#: The modal windows that are open, the topmost last.
modals: list[tk.Misc] = []
_GATE = "ModalGate"


def gated(widget: tk.Misc) -> None:
    """Let keys through to this widget only while no modal window is above it.

    A modal window of Windows disables its owner at once; in Tk the keys that were typed ahead would still arrive.
    """
    widget.bindtags((_GATE, *(tag for tag in widget.bindtags() if tag != _GATE)))


def _gate(widget: tk.Misc) -> str:
    return "break" if modals and widget.winfo_toplevel() is not modals[-1] else ""


def _select_all(entry: tk.Entry) -> str:
    entry.selection_range(0, "end")
    entry.icursor("end")
    return "break"


def _paste(entry: tk.Entry) -> str:
    if str(entry["state"]) != "normal":
        return "break"
    try:
        text = (
            entry.clipboard_get(type="UTF8_STRING")
            if entry.tk.call("tk", "windowingsystem") == "x11"
            else entry.clipboard_get()
        )
    except tk.TclError:
        return "break"  # an empty clipboard pastes nothing
    if entry.selection_present():
        entry.delete("sel.first", "sel.last")
    entry.insert("insert", text.splitlines()[0] if text else "")
    return "break"


def entry(parent: tk.Misc, *, width: int = 20, variable: tk.Variable | None = None, fixed: bool = False) -> tk.Entry:
    """A single-line field; `fixed` shows a value that cannot be edited but copied."""
    field = tk.Entry(
        parent, width=width, relief="solid", bd=1, bg=CELL, readonlybackground=FIXED, highlightthickness=0,
        font="TkDefaultFont",
    )  # fmt: skip
    gated(field)
    if variable is not None:
        field.configure(textvariable=variable)
    if fixed:
        field.configure(state="readonly")
    return field


def on(act: Callable[..., object], *args: object) -> Callable[[object], object]:
    """An event handler that calls `act(*args)` and forgets the event."""
    return lambda _event: act(*args)


def access_key(window: tk.Misc, letter: str, act: Callable[[], object]) -> None:
    """Alt+letter does `act`, as an underlined letter in a Windows label does."""

    def run(_event: object) -> str:
        act()
        return "break"

    for sequence in {f"<Alt-Key-{letter.lower()}>", f"<Alt-Key-{letter.upper()}>"}:
        window.bind(sequence, run)


def select(field: tk.Entry) -> None:
    """Put the caret into a field with its text selected."""
    field.focus_set()
    field.selection_range(0, "end")
    field.icursor("end")


def table(parent: tk.Misc, columns: tuple[str, ...], widths: tuple[int, ...], *, height: int) -> ttk.Treeview:
    """A list whose rows copy as tab-separated text with its header (Ctrl+A, Ctrl+C)."""
    tree = ttk.Treeview(parent, columns=columns, show="headings", height=height, selectmode="extended")
    for column, width in zip(columns, widths, strict=True):
        tree.heading(column, text=column, anchor="w")
        tree.column(column, width=width, anchor="w", stretch=column == columns[-1])
    gated(tree)
    tree.bind("<Control-a>", lambda _event: tree.selection_set(tree.get_children()))
    tree.bind("<Control-c>", lambda _event: _copy_rows(tree))
    return tree


def _copy_rows(tree: ttk.Treeview) -> str:
    rows = [tuple(tree["columns"])] + [tuple(str(v) for v in tree.item(row, "values")) for row in tree.selection()]
    copy_text(tree, "\n".join("\t".join(row) for row in rows))
    return "break"


def copy_text(widget: tk.Misc, text: str) -> None:
    widget.clipboard_clear()
    widget.clipboard_append(text)


def fill_table(tree: ttk.Treeview, rows: Sequence[tuple[str, ...]]) -> None:
    """Replace the rows of a table and put the focus on the first one."""
    tree.delete(*tree.get_children())
    for row in rows:
        tree.insert("", "end", values=tuple(f"{value}" for value in row))
    if rows:
        first = tree.get_children()[0]
        tree.focus(first)
        tree.selection_set(first)
