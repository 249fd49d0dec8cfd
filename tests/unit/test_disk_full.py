"""A disk that takes no more: pictures are given up and told of; without a journal nothing is committed any more."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from film_kit import act, new_film

from nightclerk.evidence import Budget
from nightclerk.evidence.verify import verify
from nightclerk.ports import ActClass, Frame

pytest.importorskip("resource", reason="file sizes cannot be limited on Windows")
#: A film in a process whose files the system refuses to let grow beyond a size: real failing writes.
LIMITED = """
import resource, sys
from pathlib import Path
import numpy as np
from film_kit import act, new_film
from nightclerk.ports import Frame
film = new_film(Path(sys.argv[1]))
film.begin({})
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
noise = np.random.default_rng(1).integers(0, 255, (300, 300, 3), dtype=np.uint8)
for number in range(40):
    film.step(f"step {number}")
    film.act(act("x" * 50), frame=Frame(pixels=noise))
    film.step_end("ok", frame=None)
film.end("done", {})
"""


def limited(root: Path, size_bytes: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", LIMITED, str(root), str(size_bytes)]
    return subprocess.run(command, cwd=Path(__file__).parent, capture_output=True, text=True, check=False, timeout=300)


def bodies(root: Path) -> list[dict[str, Any]]:
    text = (root / "logs/run-1/journal.jsonl").read_text(encoding="utf-8")
    return [json.loads(line)["body"] for line in text.splitlines() if line.endswith("}")]


def test_pictures_that_do_not_fit_are_told_and_the_journal_goes_on(tmp_path: Path) -> None:
    """Every step is in the journal, each lost picture with the system's reason; the run verifies."""
    assert limited(tmp_path, 60_000).returncode == 0
    lines = bodies(tmp_path)
    lost = [line["lost"] for line in lines if line["kind"] == "picture" and "lost" in line]
    assert sum(line["kind"] == "step_end" for line in lines) == 40
    assert lost
    assert all("File too large" in why for why in lost)
    assert verify(tmp_path / "logs").ok


def test_a_journal_that_does_not_fit_stops_the_run_with_one_sentence(tmp_path: Path) -> None:
    """The line that does not get through is an error at the bot, at once, that names run, cause and remedy."""
    told = limited(tmp_path, 4_000)
    assert told.returncode == 1
    assert "JournalLost" in told.stderr.splitlines()[-1]
    assert "File too large" in told.stderr.splitlines()[-1]
    assert verify(tmp_path / "logs").ok


def test_the_budget_in_bytes_keeps_trouble_then_nothing_and_says_so(tmp_path: Path) -> None:
    """Past the allowance only trouble is pictured, past the hard limit nothing; every line is written."""
    film = new_film(tmp_path, budget=Budget(size_bytes=60_000))
    film.begin({})
    random = np.random.default_rng(2)
    for number in range(30):
        noise = random.integers(0, 255, (120, 120, 3), dtype=np.uint8)
        film.step(f"step {number}")
        film.act(act(act_class=ActClass.COMMIT), frame=Frame(pixels=noise))
        film.picture(Frame(pixels=noise[::-1].copy()))
        film.step_end("failed" if number % 2 else "ok", frame=None)
    film.end("done", {})
    lines = bodies(tmp_path)
    notes = [line["facts"]["kept_from_now_on"] for line in lines if line.get("what") == "picture_budget"]
    size = sum(path.stat().st_size for path in film.folder.glob("pictures/*"))
    assert notes[-2:] == ["trouble", "nothing"]
    assert size < 60_000 * 1.25 + 20_000
    assert sum(line["kind"] == "act" for line in lines) == 30
    assert verify(film.folder).ok


@pytest.mark.slow
def test_memory_is_flat_over_ten_thousand_steps(tmp_path: Path) -> None:
    """Between step 2,000 and step 10,000 the process does not grow by more than a few megabytes."""
    psutil = pytest.importorskip("psutil")
    film, grown = new_film(tmp_path, budget=Budget(pictures=1_000_000, size_bytes=1 << 40)), []
    film.begin({})
    random = np.random.default_rng(3)
    for number in range(10_000):
        film.step("step")
        film.act(act("x"), frame=Frame(pixels=random.integers(0, 255, (60, 60, 3), dtype=np.uint8)))
        film.step_end("ok", frame=None)
        if number in (2_000, 9_999):
            grown.append(psutil.Process().memory_info().rss)
    film.end("done", {})
    assert grown[1] - grown[0] < 8_000_000
