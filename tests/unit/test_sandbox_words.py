"""The word that starts the systems to practise on tells their logins as they have to be typed."""

from __future__ import annotations

import subprocess
import sys

SAID = """
from nightclerk.cli.sandbox import print_logins
from nightclerk.speech import speak_cleanly

speak_cleanly()
print_logins({"douyin": {"url": "http://127.0.0.1:1"}, "legacy_erp": {"url": "http://127.0.0.1:2"}, "state": "x"})
"""


def test_practice_logins_are_not_masked() -> None:
    """A made-up login that looks like an e-mail address is shown whole, though the process speaks cleanly."""
    done = subprocess.run([sys.executable, "-c", SAID], capture_output=True, text=True, timeout=120, check=True)
    shown = done.stdout.splitlines()
    assert shown[0].split() == ["douyin", "http://127.0.0.1:1", "night@yunshan.example", "Yun-Shan-Dy-01"]
    assert shown[1].startswith("legacy_erp  http://127.0.0.1:2")
    assert len(shown) == 2
