"""Helpers of the evidence tests: a clock, small frames, and a film of a short honest run."""

from __future__ import annotations

import importlib.util
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType

import numpy as np

from nightclerk.evidence import RunFilm, open_film
from nightclerk.evidence.budget import Budget
from nightclerk.ports import Act, ActClass, Box, Frame

PHONE = "13800001234"
PASSWORD = "corr3ct-horse"
ADDRESS = "浙江省杭州市西湖区文三路90号"


class SteppingClock:
    """A clock that moves on by ten milliseconds each time it is looked at."""

    def __init__(self) -> None:
        self._now = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)

    def now(self) -> datetime:
        self._now += timedelta(milliseconds=10)
        return self._now

    def monotonic(self) -> float:
        return self.now().timestamp()


def frame(shade: int = 255, *, private: tuple[Box, ...] = (), secret_screen: bool = False) -> Frame:
    """A small plain picture."""
    pixels = np.full((40, 60, 3), shade, np.uint8)
    return Frame(pixels=pixels, private=private, secret_screen=secret_screen)


def act(value: str | None = None, *, private: bool = False, act_class: ActClass = ActClass.EDIT) -> Act:
    box = Box(x=5, y=6, width=20, height=10)
    return Act(
        verb="fill", act_class=act_class, app="shop", element="orders.note", value=value, private=private, box=box
    )


def new_film(root: Path, run: str = "run-1", *, budget: Budget | None = None) -> RunFilm:
    return open_film(logs=root / "logs", data=root / "data", run=run, clock=SteppingClock(), budget=budget)


def short_run(root: Path, run: str = "run-1", *, end: bool = True) -> RunFilm:
    """A run with two items, nested steps, pictures, a note and a kept file; its folder is `root`/logs/`run`."""
    film = new_film(root, run)
    film.begin({"bot": "export", "run_marker": run})
    for number, key in enumerate(("A-1", "A-2")):
        film.item(key, attempt=1)
        film.step("Fill the form")
        film.act(act(f"{run} {key}"), frame=frame(40 * number))
        film.step("Look again")
        film.step_end("ok", frame=frame(200))
        film.step_end("ok", frame=frame(210 + number))
        film.item(None, outcome="done")
    export = root / f"{run}.csv"
    export.write_text(f"order,total\nA-1,9.90\n{run}\n", encoding="utf-8")
    film.keep_file(export)
    _wait_for_pictures(film, 6)
    film.note("task_asked", {"question": "same order?"})
    if end:
        film.end("done", {"done": 2})
    else:
        film.close()
    return film


def _wait_for_pictures(film: RunFilm, count: int) -> None:
    """Until this many pictures have their lines: what follows then stands after them, however slow the machine."""
    lines = film.folder / "journal.jsonl"
    deadline_s = time.monotonic() + 60
    while lines.read_bytes().count(b'"kind":"picture"') < count:
        assert time.monotonic() < deadline_s, "the pictures were not stored within a minute"
        time.sleep(0.005)


def outside_verifier() -> ModuleType:
    """The second, independent verifier of `docs/`, as a module."""
    path = Path(__file__).parents[2] / "docs" / "verify_evidence.py"
    spec = importlib.util.spec_from_file_location("verify_evidence", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
