"""Let a commit's request leave on a fresh connection, because a browser sends a request a second time by itself.

Chromium repeats a request, a POST as well, whose kept-alive connection was cut before the first byte of the answer
(`HttpNetworkTransaction::ShouldResendRequest` in its source): a server that wrote the order and then lost the
connection gets it twice from one click, and neither page nor driver is told. What went out on a fresh connection is
never repeated. So the idle connections are closed right before the click, by the browser's own chrome://net-internals.

Exactly as strong as this: a connection that another request of the page gives back between the closing and the click
may still be used, as may an HTTP/2 connection that is busy with another request. A browser that is too slow to close
them gets no click; one that has no such page closes nothing, and a line of the log says so.
"""

from __future__ import annotations

from collections.abc import Callable

from loguru import logger
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from nightclerk.web.faults import BROKEN, BrowserTrouble, first_line
from nightclerk.web.protocol import ask_page

_PAGE = "chrome://net-internals/#sockets"
_CLOSE = "typeof chrome === 'object' && !!chrome.send && (chrome.send('closeIdleSockets'), true)"
#: A busy machine takes seconds for the page; it is opened once for each browser.
_PATIENCE_S = 60.0


class Sockets:
    """The idle connections of one browser. `open_aside` opens a page that is none of the user's tabs."""

    def __init__(self, open_aside: Callable[[], Page]) -> None:
        self._open_aside = open_aside
        self._page: Page | None = None
        self._able = True

    def make_ready(self) -> None:
        """Open the page now. What stands in the way is told by `close_idle`."""
        try:
            self.close_idle()
        except BrowserTrouble as error:
            logger.info("not ready to close connections: {}", error)

    def close_idle(self) -> bool:
        """Close every connection that waits for its next request; False where the browser has no way to do it.

        BrowserTrouble when it has one and did not get to it: then a commit must not be clicked.
        """
        if not self._able:
            return False
        try:
            page = self._there()
            self._able = bool(ask_page(page, _CLOSE))
            ask_page(page, "0")  # the browser handles its messages in order: the one before has been taken
        except PlaywrightError as error:
            if isinstance(error, PlaywrightTimeout) or BROKEN.search(str(error)):
                raise BrowserTrouble(why=first_line(error)) from error
            self._able = False
        if not self._able:
            logger.warning("this browser cannot close idle connections: a commit may be sent twice by it")
        return self._able

    def _there(self) -> Page:
        if self._page is None or self._page.is_closed():
            page = self._open_aside()
            page.goto(_PAGE, wait_until="commit", timeout=_PATIENCE_S * 1000)
            self._page = page
        return self._page
