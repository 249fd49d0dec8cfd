"""A voucher form without an accessibility tree, for the benchmark: six fields, F6 saves what they say to a file.

`python voucher_form.py BOOKS`: each save appends one JSON list of the six texts to BOOKS and says so in the title.
"""

from __future__ import annotations

import json
import sys
import tkinter as tk
from pathlib import Path

TITLE = "凭证"
#: Alt and this letter leads into a field; the order is that of Tab.
LETTERS = "qwerty"


def main() -> None:
    """Show the form until the process is ended."""
    books = Path(sys.argv[1])
    root = tk.Tk()
    root.title(f"{TITLE} 0")
    root.geometry("700x320+200+100")
    fields = [_field(root, row, letter) for row, letter in enumerate(LETTERS)]
    saved = 0

    def save(_event: object) -> str:
        nonlocal saved
        with books.open("a", encoding="utf-8") as file:
            file.write(json.dumps([field.get() for field in fields], ensure_ascii=False) + "\n")
        saved += 1
        for field in fields:
            field.delete(0, "end")
        fields[0].focus_set()
        root.title(f"{TITLE} {saved}")
        return "break"

    root.bind("<F6>", save)
    fields[0].focus_force()
    root.mainloop()


def _field(root: tk.Tk, row: int, letter: str) -> tk.Entry:
    tk.Label(root, text=f"栏目 {letter.upper()}").grid(row=row, column=0, padx=10, pady=8)
    field = tk.Entry(root, width=60)
    field.grid(row=row, column=1)
    root.bind(f"<Alt-Key-{letter}>", lambda _event: field.focus_set() or "break")
    field.bind("<Control-a>", lambda _event: field.selection_range(0, "end") or "break")
    field.bind("<Control-v>", lambda _event: _paste(field))
    return field


def _paste(field: tk.Entry) -> str:
    """Tk's own paste keeps what is selected; programs replace it."""
    if field.selection_present():
        field.delete("sel.first", "sel.last")
    field.insert("insert", field.clipboard_get(type="UTF8_STRING"))
    return "break"


if __name__ == "__main__":
    main()
