"""Sentinels on the form of a desktop program that offers no texts but its pixels: the picture is read and masked."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

import pytest
from sentinels import AMOUNT, ORDER, PERSONAL, SECRETS, found_in_bytes, read_pictures, seen_on, squeezed

from nightclerk import ocr
from nightclerk.clocks import SystemClock
from nightclerk.desktop import open_desktop
from nightclerk.evidence import open_film
from nightclerk.ports import Act, ActClass, AppSettings, Selector, SelectorSet
from tests.sandbox.erp_kit import needs_desktop

pytestmark = [
    needs_desktop,
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(not ocr.installed(), reason="pictures cannot be read without the extra ocr"),
]
PROGRAM = """
import sys, tkinter as tk
root = tk.Tk(); root.title("Form " + sys.argv[1])
for row, text in enumerate(sys.argv[2:]):
    tk.Label(root, text=text, font=("Noto Sans CJK SC", 14)).grid(row=row, sticky="w", padx=20, pady=6)
field = tk.Entry(root, width=40, font=("Noto Sans CJK SC", 14)); field.insert(0, sys.argv[1]); field.grid()
root.mainloop()
"""
LOGIN = Selector(name="login", ways=({"window": "^Login"},))


def test_a_form_without_a_tree_leaks_nothing(tmp_path: Path) -> None:
    """Labels, a field and the window's title: none is left in journal or picture; order and amount can be read."""
    film = open_film(logs=tmp_path / "logs", data=tmp_path / "data", run="run-1", clock=SystemClock())
    film.begin({})
    selectors = SelectorSet(app="form", unpictured=(LOGIN,))
    settings = AppSettings(name="form", facts={"masks": "ocr"})
    desktop = open_desktop(selectors=selectors, settings=settings, clock=SystemClock(), folder=tmp_path / "files")
    lines = [f"订单编号 {ORDER}", f"金额 {AMOUNT}", *PERSONAL.values()]
    with contextlib.closing(desktop):
        desktop.start([sys.executable, "-c", PROGRAM, PERSONAL["phone"], *lines], window="^Form", timeout_s=60)
        where = desktop.state().where
        film.act(Act(verb="read", act_class=ActClass.READ, app="form", where=where, value=" ".join(lines)))
        film.picture(desktop.frame())
        desktop.stop(timeout_s=5)
        desktop.start([sys.executable, "-c", PROGRAM.replace("Form", "Login"), *SECRETS.values()], window="^Login",
                      timeout_s=60)  # fmt: skip
        assert desktop.frame().secret_screen
    film.end("done", {})
    pictures = read_pictures(tmp_path / "logs")
    assert len(pictures) == 1
    assert found_in_bytes(tmp_path, {**PERSONAL, **SECRETS}) == []
    assert seen_on(pictures, {**PERSONAL, **SECRETS}) == []
    assert all(ORDER in text and squeezed(AMOUNT) in text for text in pictures.values())
