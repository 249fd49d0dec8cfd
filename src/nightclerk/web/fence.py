"""Keep a commit's events from reaching the page after its permit is over: the browser's own clock decides, not ours.

Our process may be frozen at any instruction and wake an hour later with the click half sent. So the deadline is put
into the page before the click: an event that arrives after it is swallowed there. The deadline is told in the page's
clock, computed so that every delay of ours makes it earlier, never later; Chromium's monotonic clock stops while a
machine sleeps, which is why the wall clock counts too, whichever is stricter.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import BrowserContext, ElementHandle
from playwright.sync_api import Error as PlaywrightError

from nightclerk.errors import NightClerkError, PermitExpired
from nightclerk.ports import Clock, Permit
from nightclerk.web.faults import translated
from nightclerk.web.scripts import script

_FENCE = f"({script('fence')})()"


@dataclass(frozen=True, kw_only=True)
class Came:
    """How many events of an act the page's fence let through, and how many it swallowed."""

    passed: int
    swallowed: int


def install(context: BrowserContext) -> None:
    """Put the fence, unarmed, into every document of a context before the page's own scripts."""
    context.add_init_script(_FENCE)


@contextlib.contextmanager
def fenced(handle: ElementHandle, permit: Permit, clock: Clock) -> Iterator[None]:
    """Let the events of one act reach the page until the permit is over.

    Raises PermitExpired when they came too late. An error of the act leaves marked `untouched` when the page has seen
    no event of it.
    """
    with untouched_so_far(), translated(element=permit.element, verb="click"):
        _arm(handle, permit, clock)
    try:
        yield
    except NightClerkError as error:
        came = _came(handle)
        error.untouched = came is not None and came.passed == 0
        raise
    came = _came(handle)
    if came is not None and came.swallowed and not came.passed:
        raise PermitExpired(element=permit.element, late_s=max(0.0, -permit.left_s(clock)))


@contextlib.contextmanager
def untouched_so_far() -> Iterator[None]:
    """Mark what is raised in here: no event has reached the page."""
    try:
        yield
    except NightClerkError as error:
        error.untouched = True
        raise


def _arm(handle: ElementHandle, permit: Permit, clock: Clock) -> None:
    """First the page's clocks are read, then ours: what passes in between shortens the permit."""
    page_clocks_ms: list[float] = handle.evaluate(f"() => {_FENCE}.now()")
    left_s = permit.left_s(clock)
    if left_s <= 0:
        raise PermitExpired(element=permit.element, late_s=-left_s)
    until = [now_ms + left_s * 1000 for now_ms in page_clocks_ms]
    handle.evaluate(f"(element, until) => {_FENCE}.arm(...until)", until)


def _came(handle: ElementHandle) -> Came | None:
    """What the fence saw; None when the document is gone, as after a form that was sent."""
    with contextlib.suppress(PlaywrightError):
        came: dict[str, Any] | None = handle.evaluate(f"() => {_FENCE}.settle()")
        return Came(**came) if came else None
    return None
