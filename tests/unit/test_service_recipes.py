"""The recipes for services in the docs: what systemd itself says of the unit, and what the Windows task promises."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from defusedxml import ElementTree

PAGE = (Path(__file__).parents[2] / "docs" / "how-to" / "unattended.md").read_text(encoding="utf-8")
TASK = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"


def block(language: str) -> str:
    found = re.search(rf"^```{language}\n(.*?)^```$", PAGE, re.M | re.S)
    assert found is not None
    return found[1]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze on this machine")
def test_systemd_finds_no_fault_in_the_unit(tmp_path: Path) -> None:
    """With a program, a user and a folder that exist here, it is accepted without a warning."""
    unit = block("ini").replace("/srv/nightclerk/.venv/bin/nightclerk", sys.executable)
    unit = unit.replace("User=nightclerk", "User=root").replace("/srv/my-night", str(tmp_path))
    file = tmp_path / "nightclerk.service"
    file.write_text(unit, encoding="utf-8")
    said = subprocess.run(
        ["systemd-analyze", "verify", "--recursive-errors=no", str(file)], capture_output=True, text=True, timeout=120
    )  # fmt: skip
    ours = [line for line in said.stderr.splitlines() if "nightclerk" in line]
    assert (said.returncode, ours) == (0, []), said.stderr


def test_the_unit_gives_the_shift_more_time_than_it_asks_for() -> None:
    """Stopping in order takes up to `goodbye_s`; systemd must not kill before."""
    from nightclerk.settings import Settings

    stop = re.search(r"TimeoutStopSec=(\d+)", block("ini"))
    assert stop is not None
    assert int(stop[1]) > Settings().goodbye_s
    assert "KillMode=mixed" in block("ini")


def test_the_windows_task_is_one_shift_in_the_session_of_its_user() -> None:
    """Well-formed, started at logon, never twice, without a time limit, started again when it fails."""
    task = ElementTree.fromstring(block("xml").encode())
    found = {name: task.findtext(f".//{TASK}{name}") for name in (
        "Arguments", "LogonType", "MultipleInstancesPolicy", "ExecutionTimeLimit", "Count",
    )}  # fmt: skip
    assert found == {
        "Arguments": "shift", "LogonType": "InteractiveToken", "MultipleInstancesPolicy": "IgnoreNew",
        "ExecutionTimeLimit": "PT0S", "Count": "99",
    }  # fmt: skip
    assert task.find(f".//{TASK}LogonTrigger") is not None
