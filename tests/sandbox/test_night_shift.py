"""The main job, end to end: a workspace made by `init` runs a whole shift, and the systems' own books are counted."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from nightclerk.init import create_workspace

pytestmark = pytest.mark.timeout(1500)


def night_shift(folder: Path, *options: str) -> tuple[int, dict[str, Any]]:
    """Run `nightclerk demo` in a workspace; its exit status and its JSON."""
    command = [sys.executable, "-m", "nightclerk", "demo", "--no-console", "--json", *options]
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=1400)
    assert ended.stdout.strip(), ended.stderr[-3000:]
    return ended.returncode, json.loads(ended.stdout)


def zeros(counts: dict[str, Any]) -> dict[str, int]:
    """Every count that must be zero, by its full name."""
    words = ("doubled", "lost", "wrong", "negative")
    parts = {name: part for name, part in counts.items() if isinstance(part, dict)}
    return {f"{name}.{word}": part[word] for name, part in parts.items() for word in words if word in part}


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return create_workspace(tmp_path / "customer" / "workspace")


def test_a_whole_shift(workspace: Path) -> None:
    """At least 120 orders come out of three shops; all that can be keyed stands in the ERP once; nothing is lost."""
    status, counts = night_shift(workspace)
    assert set(zeros(counts).values()) == {0}, counts
    assert counts["orders"]["exported"] >= 120
    assert counts["orders"]["keyed"] + counts["orders"]["in_review"] >= counts["orders"]["eligible"] > 60
    assert min(counts["shipments"]["written"], counts["stock"]["written"], counts["approvals"]["forms"]) > 0
    assert counts["invoices"]["matched"] > 10
    assert counts["evidence"]["verified"]
    assert status == 0, counts


@pytest.mark.slow
def test_the_same_shift_again_enters_nothing_twice(workspace: Path) -> None:
    """A second shift over the same day and the same books finds everything there and doubles nothing."""
    assert night_shift(workspace)[0] == 0
    status, counts = night_shift(workspace, "--again")
    assert set(zeros(counts).values()) == {0}, counts
    assert counts["orders"]["keyed"] > 60
    assert status == 0, counts


@pytest.mark.slow
def test_a_shift_with_all_troubles(workspace: Path) -> None:
    """Slow pages, a lost session, an unknown pop-up, lost answers and a redesign end in the same zeros."""
    status, counts = night_shift(workspace, "--trouble")
    assert set(zeros(counts).values()) == {0}, counts
    assert counts["orders"]["keyed"] > 60
    assert counts["evidence"]["verified"]
    assert status == 0, counts
