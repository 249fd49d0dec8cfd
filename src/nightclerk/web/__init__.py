"""The web driver: an installed browser worked through Playwright, behind the WebSurface port."""

from __future__ import annotations

from pathlib import Path

from nightclerk.ports import AppSettings, Clock, SelectorSet, WebSurface


def open_web(
    *, selectors: SelectorSet, settings: AppSettings, profile: Path, downloads: Path, clock: Clock
) -> WebSurface:
    """Open a page in a browser with `profile`; Playwright is loaded only now, because it is slow to import."""
    from nightclerk.web import driver

    return driver.open_web(selectors=selectors, settings=settings, profile=profile, downloads=downloads, clock=clock)
