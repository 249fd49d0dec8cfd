"""The picture of a page together with what must be masked on it: both of one moment, or no picture.

Why on demand, as PNG, and neither a screencast nor the browser's own WebP nor boxes drawn into the page:
`docs/decisions/evidence-of-pages.md`.
"""

from __future__ import annotations

import base64

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from nightclerk.ports import Box, Frame, SelectorSet
from nightclerk.web.faults import is_passing
from nightclerk.web.masks import Measured, is_secret_screen, measure, since
from nightclerk.web.protocol import session_of

TRIES = 4
PAUSE_MS = 40
#: A browser that has not painted within this time gives no picture; the flow goes on.
PAINT_S = 10.0
_PNG = {"format": "png", "optimizeForSpeed": True}
SECRET = Frame(pixels=b"", secret_screen=True)


def picture(page: Page, selectors: SelectorSet) -> Frame:
    """The picture of now; none of a secret screen, nor of one that could not be searched for private things."""
    for turn in range(TRIES):
        try:
            frame = _picture(page, selectors, last=turn == TRIES - 1)
        except PlaywrightTimeout:
            return _none("the browser did not paint in time")
        except PlaywrightError as error:
            if not is_passing(error) or page.is_closed():
                return _none("the browser could not be asked")
            frame = None
        if frame is not None:
            return frame
        page.wait_for_timeout(PAUSE_MS)
    return _none("the screen did not hold still")


def _picture(page: Page, selectors: SelectorSet, *, last: bool) -> Frame | None:
    """One try; None when the page changed meanwhile. On the last try what changed is masked as a whole instead."""
    if is_secret_screen(page, selectors):
        return SECRET
    measured = measure(page, selectors)
    pixels = _pixels(page)
    changed = since(measured)
    if changed.steady:
        return _frame(pixels, measured, ())
    if changed.replaced or not last:
        return None
    again = measure(page, selectors)  # elements that are private by selector may have come or moved
    since(again)
    if is_secret_screen(page, selectors):
        return SECRET
    return None if again.corners != measured.corners else _frame(pixels, measured, (*changed.boxes, *again.boxes))


def _frame(pixels: bytes, measured: Measured, more: tuple[Box, ...]) -> Frame:
    boxes = dict.fromkeys((*measured.boxes, *more))
    return Frame(pixels=pixels, private=tuple(_scaled(box, measured.scale) for box in boxes))


def _scaled(box: Box, scale: float) -> Box:
    """A box in the picture's own pixels, on screens that have more of them than the page counts."""
    if scale == 1:
        return box
    edges = (round(edge * scale) for edge in (box.x, box.y, box.width, box.height))
    x, y, width, height = edges
    return Box(x=x, y=y, width=width, height=height)


def _none(why: str) -> Frame:
    return Frame(pixels=b"", unpictured=why)


def _pixels(page: Page) -> bytes:
    """The page by the browser's own protocol: less than half the time of Playwright's screenshot."""
    taken = session_of(page).send("Page.captureScreenshot", dict(_PNG), timeout=PAINT_S * 1000)
    return base64.b64decode(taken["data"])
