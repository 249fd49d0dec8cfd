"""How often a look-alike is clicked over many layouts, and how long one search for a picture takes."""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks.desktop.decoy_form import BAR
from nightclerk.desktop.clipboard import wait_until
from nightclerk.desktop.driver import Desktop
from nightclerk.desktop.match import FLOOR, matches
from nightclerk.errors import ApplicationError
from nightclerk.ports import Box, Selector

_FORM = Path(__file__).with_name("decoy_form.py")
_PARTS = ("save", "twin", "disabled", "advert")


def count_wrong_clicks(desktop: Desktop, folder: Path, layouts: int, *, seed: int = 5) -> dict[str, int]:
    """Show random sets of look-alikes; ask for the button by picture alone and by picture and region.

    Without a region a lone look-alike with the same pixels cannot be told from the button: it is asked for by picture
    alone only while the button is there.
    """
    chance, log, told = random.Random(seed), folder / "clicks", Counter[str]()
    picture = _cut(desktop, folder, log)
    for _ in range(layouts):
        parts = [part for part in _PARTS if chance.random() < 0.6] or ["plain"]
        _show(desktop, log, parts, chance.randrange(10**6))
        for region in (None, list(BAR)) if "save" in parts else (list(BAR),):
            told[_try(desktop, picture, region, log)] += 1
    return {"asked": told.total(), "right": told["save"], "wrong": _wrong(log), "refused": told["refused"]}


def _try(desktop: Desktop, picture: Path, region: list[int] | None, log: Path) -> str:
    way: dict[str, Any] = {"picture": str(picture), "window": "开单", **({"region": region} if region else {})}
    before = _clicks(log)
    try:
        desktop.click(desktop.find(Selector(name="form.save", ways=(way,)), {}, timeout_s=0.05))
    except ApplicationError:
        return "refused"
    wait_until(lambda: _clicks(log) != before, timeout_s=10, poll_s=0.01)
    return _clicks(log)[-1]


def _show(desktop: Desktop, log: Path, parts: list[str], seed: int) -> None:
    command = [sys.executable, str(_FORM), str(log), ",".join(parts), str(seed)]
    desktop.start(command, window="开单", timeout_s=60)
    desktop._view.still_picture()


def _cut(desktop: Desktop, folder: Path, log: Path) -> Path:
    """The picture of the button, found by its border in a form that shows nothing else."""
    import cv2
    import numpy as np

    _show(desktop, log, ["save"], 1)
    window = desktop.active_box()
    pixels = desktop._view.screen.grab(Box(x=window.x, y=window.y, width=BAR[2], height=BAR[3]))
    rows, columns = np.nonzero((pixels != pixels[0, 0]).any(axis=2))
    part = pixels[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    file = folder / "save.png"
    cv2.imwrite(str(file), cv2.cvtColor(part, cv2.COLOR_RGB2BGR))
    return file


def _clicks(log: Path) -> list[str]:
    return log.read_text(encoding="utf-8").split() if log.exists() else []


def _wrong(log: Path) -> int:
    return sum(part != "save" for part in _clicks(log))


def picture_search(times: int = 30) -> dict[str, float]:
    """Milliseconds of one search on 1280x800 full of text, wall (best, median) and CPU (mean)."""
    import numpy as np
    from PIL import Image, ImageDraw

    image, chance = Image.new("RGB", (1280, 800), "#eeeeee"), random.Random(1)
    draw = ImageDraw.Draw(image)
    for row in range(50):
        draw.text((8, 4 + 16 * row), "".join(chance.choices("abcdefghij 0123456789", k=200)), "black")
    draw.rectangle((600, 330, 670, 356), fill="#dddddd", outline="#888888")
    draw.text((615, 337), "Save (S)", "black")
    screen = np.asarray(image)
    needle, walls, started = screen[330:357, 600:671], [], time.process_time()
    for _ in range(times):
        begun = time.perf_counter()
        assert matches(screen, needle, threshold=FLOOR)
        walls.append((time.perf_counter() - begun) * 1000)
    cpu = (time.process_time() - started) / times * 1000
    return {"best_ms": min(walls), "median_ms": sorted(walls)[times // 2], "cpu_ms": cpu}
