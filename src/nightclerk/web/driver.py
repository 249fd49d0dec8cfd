"""Start a browser with the profile of one account, and hand out its page."""

from __future__ import annotations

import contextlib
import functools
import threading
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import BrowserContext, Playwright, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from nightclerk.errors import ApplicationError
from nightclerk.locate.healer import Healer
from nightclerk.ports import AppSettings, Clock, SelectorSet
from nightclerk.texts import say
from nightclerk.web import marks
from nightclerk.web.browser import browser_or_fault, end_browser, launch_options
from nightclerk.web.faults import first_line
from nightclerk.web.finding import LOOKED_AT, SEEN
from nightclerk.web.masks import PRIVATE
from nightclerk.web.page import WebPage
from nightclerk.web.profile import forget_visits

_of_this_thread = threading.local()


def open_web(
    *,
    selectors: SelectorSet,
    settings: AppSettings,
    profile: Path,
    downloads: Path,
    clock: Clock,
    healer: Healer | None = None,
) -> WebPage:
    """A page in a browser of its own, with the cookies and storage that `profile` kept from the last time."""
    with contextlib.ExitStack() as stack:
        forget_visits(profile)
        stack.callback(forget_visits, profile)
        playwright = stack.enter_context(shared_playwright())
        context = _launch(playwright, profile=profile, downloads=downloads)
        closing = stack.pop_all().close
    kill = functools.partial(end_browser, profile)
    return WebPage(
        context, selectors=selectors, settings=settings, clock=clock, closing=closing, killing=kill, healer=healer
    )


@contextlib.contextmanager
def shared_playwright() -> Iterator[Playwright]:
    """The Playwright of this thread, which allows only one; all who use it at the same time share it."""
    users = getattr(_of_this_thread, "users", 0)
    if not users:
        _of_this_thread.playwright = sync_playwright().start()
        marks.register(_of_this_thread.playwright, (SEEN, LOOKED_AT, PRIVATE))
    _of_this_thread.users = users + 1
    try:
        yield _of_this_thread.playwright
    finally:
        _of_this_thread.users -= 1
        if not _of_this_thread.users:
            _of_this_thread.playwright.stop()


def _launch(playwright: Playwright, *, profile: Path, downloads: Path) -> BrowserContext:
    profile.mkdir(parents=True, exist_ok=True)
    executable = browser_or_fault(playwright.chromium.executable_path)
    options = launch_options(executable=executable, downloads=downloads)
    try:
        return playwright.chromium.launch_persistent_context(str(profile), **options)
    except PlaywrightError as error:
        if "ProcessSingleton" in str(error) or "already in use" in str(error):
            raise ApplicationError(say("web.profile_busy", profile=profile.name)) from error
        raise ApplicationError(say("web.launch_failed", why=first_line(error))) from error
