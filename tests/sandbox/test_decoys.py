"""Look-alikes of a button that only a picture leads to: whatever stands on the screen, no wrong one is ever clicked."""

from __future__ import annotations

import contextlib
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import pytest

from nightclerk.app import SystemClock
from nightclerk.desktop import open_desktop
from nightclerk.desktop.clipboard import wait_until
from nightclerk.errors import ElementAmbiguous, ElementNotFound
from nightclerk.ports import AppSettings, Box, Selector, SelectorSet
from tests.sandbox.erp_kit import ROOT, needs_desktop

pytestmark = needs_desktop
FORM = ROOT / "benchmarks" / "desktop" / "decoy_form.py"
WINDOW = Selector(name="form.window", ways=({"window": "开单"},))
BAR = [0, 0, 760, 60]


class Bench:
    """A desktop on which the form is shown with one set of parts after another."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.log, self.picture = folder, folder / "clicks", folder / "save.png"
        selectors = SelectorSet(app="decoys", elements={"form.window": WINDOW})
        settings = AppSettings(name="decoys")
        self.desktop = open_desktop(selectors=selectors, settings=settings, clock=SystemClock(), folder=folder)

    def show(self, parts: str, seed: int = 1) -> None:
        self.desktop.start([sys.executable, str(FORM), str(self.log), parts, str(seed)], window="开单", timeout_s=60)
        self.desktop._view.still_picture()

    def cut(self) -> None:
        """Keep the picture of the save button, as the author of a selector would."""
        pixels, window = self.desktop.frame().pixels, self.desktop.active_box()
        button = Box(x=window.x + 40 + self.left(1), y=window.y + 12, width=110, height=34)
        part = pixels[button.y : button.y + button.height, button.x : button.x + button.width]
        cv2.imwrite(str(self.picture), cv2.cvtColor(part, cv2.COLOR_RGB2BGR))

    @staticmethod
    def left(seed: int) -> int:
        chance = random.Random(seed)
        rows = [(chance.randrange(20, 560), 90 + 60 * row) for row in range(6)]
        chance.shuffle(rows)
        return rows[0][0] % 500

    def click(self, **more: Any) -> None:
        way = {"picture": str(self.picture), "window": "开单", **more}
        selector = Selector(name="form.save", ways=(way,))
        self.desktop.click(self.desktop.find(selector, {}, timeout_s=0.5))

    def clicked(self) -> list[str]:
        return self.log.read_text(encoding="utf-8").split() if self.log.exists() else []


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    bench = Bench(tmp_path_factory.mktemp("decoys"))
    with contextlib.closing(bench.desktop):
        bench.show("save")
        bench.cut()
        yield bench


@pytest.mark.parametrize("parts", ["save,twin", "save,advert", "save,twin,advert,disabled"])
def test_of_two_alike_none_is_clicked(bench: Bench, parts: str) -> None:
    """Two equal buttons, or an advertisement with the button's picture: a picture alone names both and clicks none."""
    bench.show(parts)
    before = bench.clicked()
    with pytest.raises(ElementAmbiguous, match=r"form.save fits \d things .*1\.000 at"):
        bench.click()
    assert bench.clicked() == before


@pytest.mark.parametrize("parts", ["disabled", "plain"])
def test_a_disabled_twin_is_not_the_button(bench: Bench, parts: str) -> None:
    """Where the button itself is not there, its grey twin is left alone."""
    bench.show(parts)
    before = bench.clicked()
    with pytest.raises(ElementNotFound):
        bench.click()
    assert bench.clicked() == before


@pytest.mark.parametrize("parts", ["twin,advert", "advert", "disabled,advert"])
def test_outside_of_its_region_nothing_is_the_button(bench: Bench, parts: str) -> None:
    """An advertisement is all that shows the picture, but it does not stand where the button belongs."""
    bench.show(parts)
    before = bench.clicked()
    with pytest.raises(ElementNotFound):
        bench.click(region=BAR)
    assert bench.clicked() == before


def test_a_region_tells_the_button_from_its_twins(bench: Bench) -> None:
    """Among all look-alikes the one in the tool bar is clicked, and the evidence keeps how well it fits."""
    bench.show("save,twin,advert,disabled", seed=3)
    before = bench.clicked()
    bench.click(region=BAR)
    assert wait_until(lambda: bench.clicked() == [*before, "save"], timeout_s=10)
