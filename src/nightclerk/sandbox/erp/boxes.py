"""Modal windows of the client: message boxes whose text copies with Ctrl+C, as real Windows boxes do."""

from __future__ import annotations

import tkinter as tk
from functools import partial

from nightclerk.sandbox.erp import look

PRODUCT = "云杉ERP"
_MARKS = {"提示": ("i", look.BLUE), "询问": ("?", look.BLUE), "警告": ("!", "#c77700"), "错误": ("×", "#c0261c")}
_KEYS = {"是": "y", "否": "n", "确定": "", "取消": "", "知道了": ""}


class Modal(tk.Toplevel):
    """A window that blocks the rest of the program until it is closed."""

    def __init__(self, parent: tk.Misc, title: str) -> None:
        super().__init__(parent, bg=look.FACE)
        self.withdraw()
        self.title(title)
        self.resizable(False, False)
        self.result = ""
        look.modals.append(self)
        self._before = parent.focus_get() if parent.winfo_viewable() else None
        self.bind("<Escape>", lambda _event: self.leave(""))
        self.protocol("WM_DELETE_WINDOW", lambda: self.leave(""))

    def leave(self, result: str) -> str:
        self.result = result
        look.modals.remove(self)
        self.grab_release()
        self.destroy()
        return "break"

    def show(self, first: tk.Misc) -> str:
        """Show the window with the focus on `first` and wait until it is left; returns its result."""
        parent = self.master
        if isinstance(parent, tk.Wm) and parent.winfo_viewable():
            self.transient(parent)
        self._centre(parent)
        self.deiconify()
        self.wait_visibility()
        self.grab_set()
        first.focus_force()
        self.wait_window()
        if self._before is not None and self._before.winfo_exists():
            self._before.focus_force()
        return self.result

    def _centre(self, parent: tk.Misc) -> None:
        self.update_idletasks()
        width, height = self.winfo_reqwidth(), self.winfo_reqheight()
        seen = parent.winfo_viewable()
        left, top = (parent.winfo_rootx(), parent.winfo_rooty()) if seen else (0, 0)
        wide = parent.winfo_width() if seen else self.winfo_screenwidth()
        high = parent.winfo_height() if seen else self.winfo_screenheight()
        self.geometry(f"+{left + (wide - width) // 2}+{top + (high - height) // 3}")


class MessageBox(Modal):
    """A sentence and buttons. Enter takes the first button, 是/否 have Y and N as keys."""

    def __init__(self, parent: tk.Misc, kind: str, text: str, buttons: tuple[str, ...], *, title: str = "") -> None:
        super().__init__(parent, title or f"{PRODUCT} - {kind}")
        self._text = text
        self._buttons = buttons
        body = tk.Frame(self, bg="white")
        body.pack(fill="both", expand=True)
        sign, colour = _MARKS.get(kind, ("i", look.BLUE))
        mark = tk.Label(body, text=sign, bg=colour, fg="white", width=2, font=("TkDefaultFont", 18, "bold"))
        mark.pack(side="left", padx=(22, 16), pady=24)
        words = tk.Label(body, text=text, bg="white", justify="left", wraplength=420, anchor="w")
        words.pack(side="left", padx=(0, 34), pady=24)
        self._first = self._add_buttons(buttons)
        self.bind("<Control-c>", lambda _event: self._copy())
        self.bind("<Return>", lambda _event: self.leave(self._focused()))

    def ask(self) -> str:
        """The button that was taken ("" when the box was closed)."""
        return self.show(self._first)

    def _add_buttons(self, names: tuple[str, ...]) -> tk.Button:
        row = tk.Frame(self, bg=look.FACE)
        row.pack(fill="x")
        made = []
        for name in reversed(names):
            key = _KEYS.get(name, "")
            caption = f"{name}({key.upper()})" if key else name
            button = tk.Button(row, text=caption, width=9, relief="groove", bd=2, command=partial(self.leave, name))
            button.pack(side="right", padx=(0, 12), pady=10)
            if key:
                self.bind(f"<Key-{key}>", look.on(self.leave, name))
            made.append(button)
        return made[-1]

    def _focused(self) -> str:
        focused = self.focus_get()
        if isinstance(focused, tk.Button):
            return str(focused["text"]).split("(")[0]
        return self._buttons[0]

    def _copy(self) -> str:
        rule = "-" * 27
        names = "   ".join(self._buttons)
        look.copy_text(self, f"{rule}\n{self.title()}\n{rule}\n{self._text}\n{rule}\n{names}   \n{rule}\n")
        return "break"


def tell(parent: tk.Misc, kind: str, text: str) -> None:
    """A box with 确定 only."""
    MessageBox(parent, kind, text, ("确定",)).ask()


def ask(parent: tk.Misc, text: str, *buttons: str) -> str:
    """A question; the button that was taken."""
    return MessageBox(parent, "询问", text, buttons).ask()
