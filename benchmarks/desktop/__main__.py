"""Desktop driver against a stock pyautogui script on the same form, decoys, and picture search, in one run.

`python -m benchmarks.desktop [--vouchers 100] [--stock 20] [--layouts 40] [--json FILE]`. Both key the same vouchers
into the same program on the same desktop, in turns of ten, so that other load meets both. What the form saved is
compared with what was to be keyed, character by character.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.desktop import stock
from benchmarks.desktop.decoys import count_wrong_clicks, picture_search
from benchmarks.desktop.voucher_form import LETTERS, TITLE
from benchmarks.desktop.vouchers import vouchers, wrong_characters
from nightclerk.app import SystemClock
from nightclerk.desktop import open_desktop
from nightclerk.desktop.clipboard import wait_until
from nightclerk.desktop.driver import Desktop
from nightclerk.ports import AppSettings, Selector, SelectorSet

_FORM = Path(__file__).with_name("voucher_form.py")
_TURN = 10


def _selectors() -> SelectorSet:
    window = f"^{TITLE} "
    fields = [Selector(name=f"voucher.{key}", ways=({"keys": f"Alt+{key}", "window": window},)) for key in LETTERS]
    save = Selector(name="voucher.save", ways=({"keys": "F6", "window": window},))
    saved = Selector(name="voucher.saved", ways=({"window": f"^{TITLE} {{number}}$"},))
    return SelectorSet(app="voucher", elements={one.name: one for one in (*fields, save, saved)})


def key_in(desktop: Desktop, texts: Sequence[Sequence[str]], already: int) -> None:
    """Key every voucher as a flow would: each field read back, each save seen."""
    elements = desktop.selectors.elements
    for number, voucher in enumerate(texts, start=already + 1):
        for key, text in zip(LETTERS, voucher, strict=True):
            desktop.fill(desktop.find(elements[f"voucher.{key}"], {}, timeout_s=10), text)
        desktop.click(desktop.find(elements["voucher.save"], {}, timeout_s=10))
        desktop.find(elements["voucher.saved"], {"number": str(number)}, timeout_s=10)


def compare(desktop: Desktop, folder: Path, count: int, stock_count: int) -> dict[str, Any]:
    """Seconds a voucher and wrong characters of both."""
    texts, books = vouchers(count), {name: folder / f"{name}.jsonl" for name in ("ours", "stock")}
    spent: dict[str, list[float]] = {"ours": [], "stock": []}
    done = {"ours": 0, "stock": 0}
    while done["ours"] < count or done["stock"] < stock_count:
        for name, most in (("ours", count), ("stock", stock_count)):
            turn = texts[done[name] : min(most, done[name] + _TURN)]
            if turn:
                spent[name].append(_turn(desktop, folder, name, turn, books[name]) / len(turn))
                done[name] += len(turn)
    found: dict[str, Any] = {}
    for name in spent:
        wrong, characters = wrong_characters(books[name], texts[: done[name]])
        found[name] = {"vouchers": done[name], "s": statistics.median(spent[name]), "wrong": wrong, "of": characters}
    return {**found, "times_as_fast": found["stock"]["s"] / found["ours"]["s"]}


def _turn(desktop: Desktop, folder: Path, name: str, texts: Sequence[Sequence[str]], books: Path) -> float:
    """Start the form, key some vouchers, return the seconds without the start."""
    desktop.start([sys.executable, str(_FORM), str(books)], window=f"^{TITLE} 0$", timeout_s=60)
    desktop._view.still_picture()
    box, before = desktop.active_box(), _lines(books)
    label = stock.cut_label(folder, (box.x, box.y))
    started = time.perf_counter()
    if name == "ours":
        key_in(desktop, texts, 0)
    else:
        stock.key_in(texts, label)
        wait_until(lambda: _lines(books) >= before + len(texts), timeout_s=10, poll_s=0.01)
    return time.perf_counter() - started


def _lines(books: Path) -> int:
    return len(books.read_text(encoding="utf-8").splitlines()) if books.exists() else 0


def main() -> None:
    """Measure, print, and keep."""
    parser = argparse.ArgumentParser(prog="benchmarks.desktop")
    parser.add_argument("--vouchers", type=int, default=100)
    parser.add_argument("--stock", type=int, default=20, help="so many of them by the stock script")
    parser.add_argument("--layouts", type=int, default=40)
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="nightclerk-bench-desktop-"))
    desktop = open_desktop(
        selectors=_selectors(), settings=AppSettings(name="voucher"), clock=SystemClock(), folder=folder
    )
    with contextlib.closing(desktop):
        stock.prepare()
        found: dict[str, Any] = compare(desktop, folder, chosen.vouchers, chosen.stock)
        found["picture_search"] = picture_search()
        found["decoys"] = count_wrong_clicks(desktop, folder, chosen.layouts)
    text = json.dumps(found, ensure_ascii=False, indent=1)
    print(text)
    if chosen.json:
        chosen.json.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
