"""What a killed browser left of people's data in its profile is gone when the next one has started."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from killed_browser import opened
from leaky_site import LeakySite
from sentinels import PERSONAL, found_in_bytes

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
CHILD = Path(__file__).with_name("killed_browser.py")


def test_a_killed_browsers_profile_is_cleaned_by_the_next_start(tmp_path: Path) -> None:
    """Worker and browser are killed together; the profile holds sentinels then, and none once the next is open."""
    site, profile = LeakySite(), tmp_path / "profile"
    command = [sys.executable, str(CHILD), site.url, str(profile)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        family = [*psutil.Process(child.pid).children(recursive=True), psutil.Process(child.pid)]
        for process in family:
            process.kill()
        psutil.wait_procs(family, timeout=60)
    assert found_in_bytes(profile, PERSONAL)
    page = opened(profile)
    try:
        assert found_in_bytes(profile, PERSONAL) == []
    finally:
        page.close()
        site.close()
