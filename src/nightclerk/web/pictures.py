"""The picture of a page together with what must be masked on it."""

from __future__ import annotations

import base64
from weakref import WeakKeyDictionary

from playwright.sync_api import CDPSession, Page
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from nightclerk.ports import Frame, SelectorSet
from nightclerk.web.faults import is_passing
from nightclerk.web.masks import is_secret_screen, private_boxes

TRIES = 3
PAUSE_MS = 50
_sessions: WeakKeyDictionary[Page, CDPSession] = WeakKeyDictionary()
NO_PICTURE = Frame(pixels=b"", secret_screen=True)


def picture(page: Page, selectors: SelectorSet) -> Frame:
    """The picture of now; none at all of a screen that could not be searched for private things."""
    for _ in range(TRIES):
        try:
            return _picture(page, selectors)
        except PlaywrightTimeout:
            break
        except PlaywrightError as error:
            if not is_passing(error) or page.is_closed():
                break
            page.wait_for_timeout(PAUSE_MS)
    return NO_PICTURE


def _picture(page: Page, selectors: SelectorSet) -> Frame:
    """Masks are measured before and after the picture, so that a moving page cannot slip out of them."""
    if is_secret_screen(page, selectors):
        return NO_PICTURE
    before = private_boxes(page, selectors)
    pixels = _pixels(page)
    after = private_boxes(page, selectors)
    if is_secret_screen(page, selectors):
        return NO_PICTURE
    return Frame(pixels=pixels, private=tuple({*before, *after}))


def _pixels(page: Page) -> bytes:
    """The page as PNG, by the browser's own protocol: less than half the time of Playwright's screenshot."""
    session = _sessions.get(page)
    if session is None:
        session = _sessions[page] = page.context.new_cdp_session(page)
    asked = {"format": "png", "optimizeForSpeed": True}
    return base64.b64decode(session.send("Page.captureScreenshot", asked)["data"])
