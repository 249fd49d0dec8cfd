"""The web driver: an installed browser worked through Playwright, behind the WebSurface port."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nightclerk.locate.healer import Healer
from nightclerk.ports import AppSettings, Clock, Found, SelectorSet, WebSurface


def describe(found: Found, *, thorough: bool = False) -> dict[str, Any]:
    """What `fingerprint.js` says of an element that a page has found; `thorough`: with how rare its traits are
    and a small picture."""
    from nightclerk.locate.look import look_of
    from nightclerk.web.scripts import script

    source = f"element => ({script('fingerprint')})().of(element, {str(thorough).lower()})"
    told: dict[str, Any] = found.handle.evaluate(source)
    if thorough:
        told["look"] = look_of(found.handle.screenshot(timeout=2000))
    return told


def open_web(
    *,
    selectors: SelectorSet,
    settings: AppSettings,
    profile: Path,
    downloads: Path,
    clock: Clock,
    healer: Healer | None = None,
) -> WebSurface:
    """Open a page in a browser with `profile`; Playwright is loaded only now, because it is slow to import."""
    from nightclerk.web import driver

    return driver.open_web(
        selectors=selectors, settings=settings, profile=profile, downloads=downloads, clock=clock, healer=healer
    )
