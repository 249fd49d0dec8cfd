"""A small program without an accessibility tree for desktop tests: one field, and troubles at the press of a key."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path

from nightclerk.app import SystemClock
from nightclerk.desktop import open_desktop
from nightclerk.desktop.driver import Desktop
from nightclerk.ports import AppSettings, Popup, Selector, SelectorSet

FORM = "^Form$"
FIELD = Selector(name="form.field", ways=({"keys": "Alt+F", "window": FORM},))
SECRET = Selector(name="form.secret", ways=({"keys": "Alt+F", "window": FORM},), secret=True)
SURVEY = Popup(
    name="survey",
    marker=Selector(name="popup", ways=({"window": "^Survey$"},)),
    close=Selector(name="close", ways=({"keys": "Escape", "window": "^Survey$"},)),
)
SELECTORS = SelectorSet(app="form", elements={"form.field": FIELD, "form.secret": SECRET}, popups=(SURVEY,))

#: F4 a chat window, F5 a known box, F6 an unknown one, F7 hang for a while, F8 a lock over all, F9 the end.
#: Each window notes what is typed into it in a file of its name in argv[1].
PROGRAM = """
import pathlib, sys, time, tkinter as tk
notes = pathlib.Path(sys.argv[1])
root = tk.Tk(); root.title("Form"); root.geometry("500x120+100+100")
field = tk.Entry(root, width=50); field.pack(); field.focus_force()
def note(name):
    return lambda event: event.char and (notes / name).open("a").write(event.char)
root.bind("<Alt-Key-f>", lambda e: field.focus_set() or "break")
def select(e): field.selection_range(0, "end"); return "break"
def paste(e):
    field.delete(0, "end"); field.insert(0, root.clipboard_get(type="UTF8_STRING")); return "break"
field.bind("<Control-a>", select); field.bind("<Control-v>", paste)
def box(name, grab):
    def show(e):
        window = tk.Toplevel(root); window.title(name); window.geometry("300x80+200+300")
        tk.Label(window, text="Licence expired").pack()
        window.bind("<Key>", note(name)); window.bind("<Escape>", lambda e: window.destroy())
        window.wait_visibility(); window.focus_force()
        if grab: window.grab_set()
    return show
root.bind("<F4>", box("Chat", False)); root.bind("<F5>", box("Survey", True)); root.bind("<F6>", box("Alert", True))
root.bind("<F7>", lambda e: time.sleep(20))
def lock(e):
    window = tk.Toplevel(root); window.title("Locker"); window.overrideredirect(True)
    window.geometry(f"{root.winfo_screenwidth()}x{root.winfo_screenheight()}+0+0"); window.lift()
root.bind("<F8>", lock); root.bind("<F9>", lambda e: sys.exit(3))
root.mainloop()
"""


@contextlib.contextmanager
def form(folder: Path) -> Iterator[Desktop]:
    """The program on a desktop of its own."""
    desktop = open_desktop(
        selectors=SELECTORS, settings=AppSettings(name="form", timeout_s=20), clock=SystemClock(), folder=folder
    )
    with contextlib.closing(desktop):
        start(desktop, folder)
        yield desktop


def start(desktop: Desktop, folder: Path) -> None:
    """Start it, anew if it runs."""
    desktop.start([sys.executable, "-c", PROGRAM, str(folder)], window=FORM, timeout_s=60)
