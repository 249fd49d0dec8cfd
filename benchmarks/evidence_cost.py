"""What evidence costs: `python benchmarks/evidence_cost.py [--steps N]` prints a table and one JSON line.

Each step of the made-up run is what a bot's step is: three acts (one with a picture of a changed screen), a
step end with a picture that repeats the last one. Screens are drawn, 1280x800, full of text; every frame is
handed over as PNG bytes, as a browser does. Numbers are of this machine, in this process.
"""

from __future__ import annotations

import argparse
import io
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image, ImageDraw

from nightclerk.evidence import Budget, RunFilm, open_film
from nightclerk.evidence.verify import verify
from nightclerk.ports import Act, ActClass, Box, Frame

BOX = Box(x=900, y=100, width=180, height=500)
ROOMY = Budget(size_bytes=1 << 34, pictures=1 << 24)


class _SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


def screens(count: int) -> list[Frame]:
    """Frames of a list page whose rows differ from frame to frame."""
    return [Frame(pixels=_screen(number), private=(BOX,)) for number in range(count)]


def _screen(number: int) -> bytes:
    image = Image.new("RGB", (1280, 800), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 1280, 46), fill=(255, 80, 0))
    for row in range(28):
        words = f"3728110{number:05}{row:02}  cotton set {row}  1{row}9.00  waiting for shipment  Hangzhou  paid  "
        draw.text((20, 60 + row * 26), words * 2, fill=(51, 51, 51))
        draw.line((0, 78 + row * 26, 1280, 78 + row * 26), fill=(232, 232, 232))
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=1)
    return out.getvalue()


def _act(number: int, act_class: ActClass = ActClass.EDIT) -> Act:
    return Act(
        verb="fill",
        act_class=act_class,
        app="taobao",
        element="orders.search",
        way="label=订单编号",
        box=Box(x=200, y=80, width=180, height=28),
        value=f"372811000729{number:06}",
        where="https://shop.example/trade/list",
    )


def _film(root: Path, run: str) -> RunFilm:
    return open_film(logs=root / "logs", data=root / "data", run=run, clock=_SystemClock(), budget=ROOMY)


def _steps(film: RunFilm, count: int, frames: list[Frame] | None) -> Iterator[float]:
    """Film the steps; yields how long the bot was held up by each, in seconds."""
    for number in range(count):
        shown = frames[number % len(frames)] if frames else None
        began = time.perf_counter()
        film.step("Search the order")
        film.act(_act(number))
        film.act(_act(number, ActClass.READ))
        film.act(_act(number), frame=shown)
        film.step_end("ok", frame=shown)
        yield time.perf_counter() - began


def measure(root: Path, run: str, count: int, frames: list[Frame] | None, *, think_s: float = 0) -> dict[str, float]:
    """One run of `count` steps; `think_s` is the time a real page takes between steps."""
    film = _film(root, run)
    film.begin({"bot": "benchmark"})
    wall, cpu, held = time.perf_counter(), time.process_time(), []
    for held_s in _steps(film, count, frames):
        held.append(held_s)
        if think_s:
            time.sleep(think_s)  # stands for the page under work, not a wait for a condition
    film.end("done", {})
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    size = sum(path.stat().st_size for path in film.folder.rglob("*") if path.is_file())
    return {
        "steps": count,
        "held_ms_median": round(statistics.median(held) * 1000, 2),
        "cpu_ms_per_step": round(cpu / count * 1000, 2),
        "wall_ms_per_step": round(wall / count * 1000, 2),
        "bytes_per_step": round(size / count),
    }


def measure_verify(root: Path, run: str) -> dict[str, float]:
    """CPU time of verifying one run, pictures and all."""
    cpu = time.process_time()
    report = verify(root / "logs" / run)
    cpu = time.process_time() - cpu
    if not report.ok:
        raise SystemExit("\n".join(report.sentences()))
    (told,) = report.runs
    return {
        "steps": told.steps,
        "lines": told.lines,
        "pictures": told.pictures,
        "cpu_s": round(cpu, 3),
        "cpu_us_per_line": round(cpu / told.lines * 1e6, 1),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=100, help="steps with pictures (journal alone: 20 times as many)")
    count = parser.parse_args().steps
    frames = screens(min(count, 50))
    with tempfile.TemporaryDirectory(prefix="nightclerk-bench-") as folder:
        root = Path(folder)
        result = {
            "journal alone": measure(root, "journal", 20 * count, None),
            "pictures, page takes 0.3 s": measure(root, "paced", count, frames, think_s=0.3),
            "pictures, flat out": measure(root, "pictures", count, screens(count)),
            "verify journal": measure_verify(root, "journal"),
            "verify with pictures": measure_verify(root, "pictures"),
        }
    for name, row in result.items():
        print(f"{name:28}", "  ".join(f"{key} {value:g}" for key, value in row.items()))
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
