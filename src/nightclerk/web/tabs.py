"""The tabs of one browser window: which one is current, how to go somewhere, and whether the site answers."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import ClassVar

from playwright.sync_api import BrowserContext, Page, Response
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from nightclerk.errors import ApplicationError
from nightclerk.texts import say
from nightclerk.web.faults import (
    BROKEN,
    NETWORK,
    BrowserTrouble,
    PageUnavailable,
    first_line,
    translated,
    without_query,
)


class NoSuchTab(ApplicationError):
    """Facts: number, count."""

    en: ClassVar[str] = "There is no tab {number}: {count} are open."
    zh: ClassVar[str] = "没有第 {number} 个标签页：只打开了 {count} 个。"


class Tabs:
    """One tab is current: the one opened last that is still open."""

    def __init__(self, context: BrowserContext, *, watch: Callable[[Page], None]) -> None:
        self._context = context
        self._watch_too = watch
        self._asked = ""
        self._bad_page: tuple[str, str] | None = None
        self._shown: Page | None = None
        self._asides: list[Page] = []
        context.on("page", self._watch)
        for page in context.pages or [context.new_page()]:
            self._watch(page)

    @property
    def current(self) -> Page:
        """The page to work on."""
        pages = self._open_pages()
        if self._shown is not None and self._shown in pages:
            return self._shown
        return pages[-1]

    def _open_pages(self) -> list[Page]:
        pages = [page for page in self._context.pages if not page.is_closed() and page not in self._asides]
        if not pages:
            raise BrowserTrouble(why=say("web.no_tab"))
        return pages

    def open_aside(self) -> Page:
        """A new page of our own beside the tabs; it is never the current one."""
        current = self.current
        page = self._context.new_page()
        self._asides.append(page)
        self._shown = current
        current.bring_to_front()
        return page

    def any_left(self) -> bool:
        """Whether a tab is open."""
        return any(page not in self._asides for page in self._context.pages)

    def show(self, number: int) -> None:
        """Go on in the open tab of that number (from 1), until another one opens or this one closes."""
        pages = self._open_pages()
        if number > len(pages):
            raise NoSuchTab(number=number, count=len(pages))
        self._shown = pages[number - 1]
        self._shown.bring_to_front()

    def _watch(self, page: Page) -> None:
        self._shown = page
        page.on("response", self._note_response)
        self._watch_too(page)

    def _note_response(self, response: Response) -> None:
        """Remember when a whole page came as a server error; forget it when the next one is in order."""
        with contextlib.suppress(PlaywrightError):
            if response.request.is_navigation_request() and response.frame.parent_frame is None:
                bad = response.status >= 500
                self._bad_page = (response.url, f"HTTP {response.status}") if bad else None

    def tell_if_down(self) -> None:
        """Raise PageUnavailable when what is showing is no page of the site but an error in its place."""
        if self._bad_page:
            raise _unavailable(*self._bad_page)
        if self.current.url.startswith("chrome-error:"):
            raise _unavailable(self._asked, say("web.no_answer"))

    def goto(self, url: str, *, timeout_s: float) -> None:
        """Go to a page and wait until its document is there."""
        self._travel(lambda: self.current.goto(url, wait_until="domcontentloaded", timeout=timeout_s * 1000), url)

    def reload(self, *, timeout_s: float) -> None:
        """Load the current page again."""
        self._travel(
            lambda: self.current.reload(wait_until="domcontentloaded", timeout=timeout_s * 1000), self.current.url
        )

    def _travel(self, go: Callable[[], Response | None], url: str, *, again: bool = True) -> None:
        self._asked, self._bad_page = url, None
        try:
            response = go()
        except PlaywrightTimeout as error:
            raise _unavailable(url, first_line(error)) from error
        except PlaywrightError as error:
            if again and "chrome-error:" in str(error):  # the error page of an earlier failure came in between
                return self._travel(go, url, again=False)
            return self._wait_for_other(error, url)
        if response is not None and response.status >= 400:
            raise _unavailable(url, f"HTTP {response.status}")

    def _wait_for_other(self, error: PlaywrightError, url: str) -> None:
        """Another navigation took over, such as to the login: wait for that. Anything else is an error."""
        network = NETWORK.search(str(error))
        if network and network[1] != "ERR_ABORTED":
            with contextlib.suppress(PlaywrightError):  # the browser's own error page comes a little later
                self.current.wait_for_url("chrome-error://**", timeout=2000, wait_until="commit")
            raise _unavailable(url, network[1]) from error
        if BROKEN.search(str(error)):
            raise BrowserTrouble(why=first_line(error)) from error
        with translated(element=without_query(url), verb="open"):
            self.current.wait_for_load_state("domcontentloaded")


def _unavailable(url: str, why: str) -> PageUnavailable:
    return PageUnavailable(url=without_query(url), why=why)
