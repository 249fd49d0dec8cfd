"""What verifying costs: `python benchmarks/verify_cost.py [--steps 100000]` writes a journal and checks it.

Each step is what a bot's step is: three acts and a signed end, an item every five steps; no pictures. Told are lines,
bytes, CPU seconds of both verifiers (the package's and the one in docs/) and the memory that the first one grew by.
The journal is written without bringing each step to the disk, which only shortens the preparation.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import io
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from nightclerk.evidence import open_film
from nightclerk.evidence.verify import verify
from nightclerk.ports import Act, ActClass, Box

DOCS = Path(__file__).parents[1] / "docs" / "verify_evidence.py"


class _Clock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


def write_run(root: Path, steps: int) -> Path:
    """A run of so many steps; returns its folder."""
    film = open_film(logs=root / "logs", data=root / "data", run="long", clock=_Clock())
    film._journal.sync = lambda: film._journal.link  # type: ignore[method-assign]
    film.begin({"bot": "benchmark"})
    for number in range(steps):
        if number % 5 == 0:
            film.item(f"taobao:yunshan:{number}", attempt=1)
        film.step("Search the order")
        for act_class in (ActClass.EDIT, ActClass.READ, ActClass.EDIT):
            film.act(_act(number, act_class))
        film.step_end("ok", frame=None)
        if number % 5 == 4:
            film.item(None, outcome="done")
    film.end("done", {})
    return film.folder


def _act(number: int, act_class: ActClass) -> Act:
    return Act(
        verb="fill", act_class=act_class, app="taobao", element="orders.search", way="label=订单编号",
        box=Box(x=200, y=80, width=180, height=28), value=f"372811000729{number:06}",
        where="https://shop.example/trade/list",
    )  # fmt: skip


def cpu_of(work: Callable[[], object]) -> float:
    """CPU seconds of one call."""
    began = time.process_time()
    work()
    return round(time.process_time() - began, 2)


def outside(folder: Path) -> None:
    """Check with the verifier of docs/; an alteration ends the benchmark."""
    spec = importlib.util.spec_from_file_location("verify_evidence", DOCS)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with contextlib.redirect_stdout(io.StringIO()) as told:
        if module.main(folder):
            raise SystemExit(told.getvalue())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=100_000)
    steps = parser.parse_args().steps
    with tempfile.TemporaryDirectory(prefix="nightclerk-bench-") as root:
        folder = write_run(Path(root), steps)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        times = [cpu_of(lambda: verify(folder)) for _ in range(3)]
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        report = verify(folder).runs[0]
        result = {
            "steps": report.steps, "lines": report.lines, "state": report.state,
            "bytes": (folder / "journal.jsonl").stat().st_size, "cpu_s": sorted(times), "grown_kib": grown,
            "outside_cpu_s": cpu_of(lambda: outside(folder)),
        }  # fmt: skip
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
