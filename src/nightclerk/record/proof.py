"""Show recorded pages again, offline, and ask the engine's own finder whether a way leads to the right element."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, Route

from nightclerk.errors import ElementAmbiguous, WorkspaceError
from nightclerk.ports import Selector, SelectorSet
from nightclerk.record.pages import MARK
from nightclerk.web.browser import VIEWPORT, browser_or_fault, launch_options
from nightclerk.web.driver import shared_playwright
from nightclerk.web.find import hits

#: A host that no name server knows: everything that it answers comes from memory.
HOST = "http://recording.invalid"
#: Is `element` the marked one, or (where `inside` will do) within it? Shadow roots are crossed upwards.
_IS_MARKED = f"""(element, [mark, inside]) => {{
  for (let node = element; node; node = node.parentNode || node.host) {{
    if (node.getAttribute && (node.getAttribute('{MARK}') || '').split(' ').includes(mark)) return true;
    if (!inside) return false;
  }}
  return false;
}}"""


@contextlib.contextmanager
def offline_browser() -> Iterator[Browser]:
    """A browser without a window for looking at recorded pages."""
    with shared_playwright() as playwright:
        executable = browser_or_fault(playwright.chromium.executable_path)
        options = launch_options(executable=executable, downloads=executable.parent)
        kept = {name: options[name] for name in ("executable_path", "chromium_sandbox", "args")}
        browser = playwright.chromium.launch(headless=True, **kept)
        try:
            yield browser
        finally:
            browser.close()


class Proof:
    """One offline page; `show` a recorded page on it, then ask."""

    def __init__(self, browser: Browser) -> None:
        self.context: BrowserContext = browser.new_context(viewport=VIEWPORT, locale="zh-CN", offline=False)  # type: ignore[arg-type]
        self.page: Page = self.context.new_page()
        self._html = ""
        self.context.route("**/*", self._answer)

    def _answer(self, route: Route) -> None:
        """Answer from memory what is ours; nothing else leaves the machine."""
        if route.request.url.startswith(HOST):
            route.fulfill(status=200, content_type="text/html; charset=utf-8", body=self._html)
        else:
            route.abort()

    def show(self, html: str) -> None:
        """Put a recorded page on the screen (again only when it is another one)."""
        if html != self._html:
            self._html = html
            self.page.goto(f"{HOST}/", wait_until="domcontentloaded")

    def leads(
        self, way: Mapping[str, Any], mark: str, *, selectors: SelectorSet, values: Mapping[str, str],
        within: str = "", frame: str = "", inside: bool = False,
    ) -> bool:  # fmt: skip
        """Whether a way finds exactly one visible element, and that the marked one."""
        selector = Selector(name="recorded", ways=(way,), within=within, frame=frame, where="recording")
        return self.finds(selector, mark, selectors=selectors, values=values, inside=inside)

    def finds(
        self, selector: Selector, mark: str, *, selectors: SelectorSet, values: Mapping[str, str], inside: bool = False
    ) -> bool:
        """The same for a whole selector, in the order of its ways."""
        try:
            found = hits(self.page, selectors, selector, values)
        except (ElementAmbiguous, WorkspaceError):
            return False
        only = next((hit for hit in found if hit.attempt.fits == 1), None)
        return only is not None and bool(only.locator.evaluate(_IS_MARKED, [mark, inside]))
