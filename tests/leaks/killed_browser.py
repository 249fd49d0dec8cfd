"""A page full of sentinels in a profile: `killed_browser.py URL PROFILE`; says ready when the profile holds some."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from sentinels import PERSONAL, found_in_bytes

from nightclerk.ports import AppSettings, SelectorSet
from nightclerk.web.driver import open_web
from nightclerk.web.page import WebPage


class RealClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


def opened(profile: Path) -> WebPage:
    settings = AppSettings(name="leaky", timeout_s=60)
    return open_web(
        selectors=SelectorSet(app="leaky", elements={}), settings=settings, profile=profile, downloads=profile.parent,
        clock=RealClock(),
    )  # fmt: skip


def main(url: str, profile: Path) -> None:
    page = opened(profile)
    page.goto(f"{url}/form?phone={PERSONAL['phone']}&mail={PERSONAL['email']}", timeout_s=60)
    while not found_in_bytes(profile, PERSONAL):
        page.current_page().wait_for_timeout(200)
    print("ready", flush=True)
    page.current_page().wait_for_timeout(600_000)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
