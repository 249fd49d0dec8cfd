"""A browser page as a WebSurface: finds elements, acts on them once, and says in sentences what stood in the way."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Locator, Page
from playwright.sync_api import Error as PlaywrightError

from nightclerk.domain.privacy import brief
from nightclerk.errors import (
    SessionLost,
    UnknownPopup,
    WaitTimeout,
)
from nightclerk.locate.healer import Healer
from nightclerk.ports import AppSettings, Clock, Found, Frame, ScreenState, Selector, SelectorSet
from nightclerk.texts import say
from nightclerk.web import choosing, dragging, fence, filling, popups
from nightclerk.web.downloads import Downloads
from nightclerk.web.faults import (
    CannotAct,
    is_passing,
    only_passing,
    translated,
    without_query,
)
from nightclerk.web.find import Hit, any_hit
from nightclerk.web.finding import Finding
from nightclerk.web.grip import Grip
from nightclerk.web.harmless import only_reads
from nightclerk.web.mending import Mender
from nightclerk.web.pictures import picture
from nightclerk.web.scripts import script
from nightclerk.web.snapshot import snapshot
from nightclerk.web.sockets import Sockets
from nightclerk.web.tabs import Tabs
from nightclerk.web.ticking import tick

POLL_MS = 50


class WebPage(Finding):
    """One tab at a time; a tab that a click opens becomes the current one until it closes."""

    def __init__(
        self,
        context: BrowserContext,
        *,
        selectors: SelectorSet,
        settings: AppSettings,
        clock: Clock,
        closing: Callable[[], None] = lambda: None,
        killing: Callable[[], object] = lambda: None,
        healer: Healer | None = None,
    ) -> None:
        self.selectors = selectors
        self.on_popup: Callable[[str], None] = lambda name: None
        self._context = context
        self._settings = settings
        self._clock = clock
        self._closing = closing
        self._killing = killing
        self._dialogs = popups.Dialogs(clock=clock)
        self._downloads = Downloads()
        self._last_position: dict[str, int] = {}
        self._clear: Locator | None = None
        self._grip: Grip | None = None
        context.set_default_timeout(settings.timeout_s * 1000)
        fence.install(context)
        context.on("dialog", lambda dialog: self._dialogs.answer(dialog, self.selectors))
        self._tabs = Tabs(context, watch=self._downloads.watch)
        self._sockets = Sockets(self._tabs.open_aside)
        if any(element.commits for element in selectors.elements.values()):
            self._sockets.make_ready()  # opens its page now, so that no focus moves between a form and its commit
        self.healer = healer or Healer(app=selectors.app)
        self._mender = Mender(self.healer, page=lambda: self._page, selectors=lambda: self.selectors)

    # ----------------------------------------------------------------------------------------- acting

    def click(self, found: Found) -> None:
        page: Page = found.handle.page
        with self._ready(found) as target, self._acting(found, "click"):
            try:
                target.click(no_wait_after=found.selector.commits)
            except PlaywrightError:  # a click may close its own tab, as in a chooser window, while another is open
                if not (page.is_closed() and self._tabs.any_left()):
                    raise

    def fill(self, found: Found, text: str) -> None:
        with self._ready(found):
            filling.put(found, text, self._held(found))
        with self._acting(found, "fill"):
            shown = filling.shown_after(found, text, self._held(found))
        filling.compare(found, text, shown)

    def press(self, keys: str, found: Found | None = None) -> None:
        if found is None:
            self._report_dialogs()
            self._page.keyboard.press(keys)
            return
        with self._ready(found) as target, self._acting(found, "press"):
            target.press(keys, no_wait_after=found.selector.commits)

    def choose(self, found: Found, option: str) -> None:
        with self._ready(found), self._acting(found, "choose"):
            choosing.choose(
                found,
                option,
                page=self._page,
                clock=self._clock,
                timeout_s=self._settings.timeout_s,
                held=self._held(found),
            )

    def check(self, found: Found, on: bool) -> None:
        with self._ready(found) as target, self._acting(found, "check"):
            tick(target, on)

    def upload(self, found: Found, files: Sequence[Path]) -> None:
        paths = [str(file) for file in files]
        with translated(element=found.selector.name, verb="upload"):
            field = found.handle.evaluate("e => e.matches('input[type=file]')")
        with self._ready(found, reach=not field) as target, self._acting(found, "upload"):
            if field:
                target.set_input_files(paths)
                return
            with self._page.expect_file_chooser() as chooser:
                target.click()
            chooser.value.set_files(paths)

    def download(self, found: Found, folder: Path, *, timeout_s: float) -> Path:
        self._downloads.forget()
        self.click(found)
        deadline = self._clock.monotonic() + timeout_s
        while not self._downloads:
            self._report_dialogs()
            if self._clock.monotonic() >= deadline:
                raise WaitTimeout(
                    condition=say("web.file", element=found.selector.name),
                    waited_s=timeout_s,
                    showed=self._showed(),
                )
            self._pause()
        return self._downloads.save_first(folder, element=found.selector.name)

    def hover(self, found: Found) -> None:
        with self._ready(found) as target, self._acting(found, "hover"):
            target.hover()

    def double_click(self, found: Found) -> None:
        with self._ready(found) as target, self._acting(found, "double_click"):
            target.dblclick()

    def right_click(self, found: Found) -> None:
        with self._ready(found) as target, self._acting(found, "right_click"):
            target.click(button="right")

    def drag(self, found: Found, to: Found | None, offset: tuple[int, int]) -> None:
        with self._ready(found), self._acting(found, "drag"):
            dragging.drag(found.handle, target=to.handle if to else None, offset=offset)

    def tab(self, number: int) -> None:
        self._tabs.show(number)

    def read(self, found: Found) -> str:
        with self._acting(found, "read"):
            return filling.text_of(found, self._held(found)).strip()

    def _held(self, found: Found) -> Grip | None:
        """The page's hold on an element, if it is the one that was found last."""
        return self._grip if self._grip and self._grip.locator is found.handle else None

    @contextlib.contextmanager
    def _ready(self, found: Found, *, reach: bool = True) -> Iterator[Any]:
        """What to act on, with nothing in the way: the element; a commit's one node, behind the fence of its permit."""
        self._dialogs.permit, permit = found.permit, found.permit
        if permit is None:
            if reach:
                self._reach(found)
            yield found.handle
            return
        with fence.untouched_so_far():
            if reach:
                self._reach(found)
            with translated(element=found.selector.name, verb="find"):
                node = found.handle.element_handle()
            self._sockets.close_idle()
        with fence.fenced(node, permit, self._clock):
            yield node

    @contextlib.contextmanager
    def _acting(self, found: Found, verb: str) -> Iterator[None]:
        """Acts of Playwright with their errors translated; a cover that came in between is told as a pop-up."""
        try:
            with translated(element=found.selector.name, verb=verb):
                yield
        except CannotAct as error:
            if "intercepts pointer" in str(error):
                self._tell_cover(found.handle)
            raise
        self._report_dialogs()

    # -------------------------------------------------------------------------------- what is in the way

    def _reach(self, found: Found) -> None:
        """Make sure that an act will reach the element: pop-ups closed, nothing unknown above it."""
        locator: Locator = found.handle
        started = self._clock.monotonic()
        while True:
            self._report_dialogs()
            waited_s = self._clock.monotonic() - started
            if self._close_known() and waited_s < self._settings.timeout_s:
                continue
            if self._is_clear(found):
                return
            try:
                cover = popups.cover_of(locator)
            except PlaywrightError as error:
                if waited_s < self._settings.timeout_s and is_passing(error):
                    self._pause()
                    continue
                with translated(element=found.selector.name, verb="reach"):
                    raise
            if cover is None or not cover.overlay:
                return
            self._tell_session_lost()
            patience_s = popups.POPUP_AFTER_S if cover.controls else self._settings.timeout_s
            if waited_s >= patience_s:
                raise UnknownPopup(app=self.selectors.app, text=cover.text or cover.label)
            self._pause()

    def _is_clear(self, found: Found) -> bool:
        """Whether it was seen clear when it was found just now; a commit, which waits in between, looks anew."""
        clear, self._clear = self._clear, None
        return found.permit is None and clear is found.handle

    def _tell_cover(self, locator: Locator) -> None:
        with contextlib.suppress(PlaywrightError):
            cover = popups.cover_of(locator)
            if cover and cover.overlay:
                raise UnknownPopup(app=self.selectors.app, text=cover.text or cover.label)

    def _close_known(self) -> bool:
        """Close one known pop-up that is showing; whether there was one."""
        for popup in popups.on_page(self.selectors):
            marker = self._seen(popup.marker)
            if marker is None:
                continue
            if popup.close is not None:
                button = self._seen(popup.close)
                if button is None:
                    continue
                with contextlib.suppress(PlaywrightError):
                    button.locator.first.click(timeout=2000)
            with contextlib.suppress(PlaywrightError):
                marker.locator.first.wait_for(state="hidden", timeout=3000)
                self.on_popup(popup.name)
                return True
        return False

    def _seen(self, selector: Selector) -> Hit | None:
        """What a marker fits just now; nothing while the page is changing."""
        with contextlib.suppress(PlaywrightError), only_passing(element=selector.name, verb="look"):
            return any_hit(self._page, self.selectors, selector, {})
        return None

    def _report_dialogs(self) -> None:
        for name in self._dialogs.take_known():
            self.on_popup(name)
        text = self._dialogs.take_unknown()
        if text is not None:
            raise UnknownPopup(app=self.selectors.app, text=text)

    def _tell_why_missing(self) -> None:
        """Raise when the page as a whole explains why an element is not there."""
        self._tabs.tell_if_down()
        self._tell_session_lost()

    def _tell_session_lost(self) -> None:
        for marker in self.selectors.signed_out:
            if self._seen(marker):
                raise SessionLost(app=self.selectors.app, showed=self._showed())

    # ------------------------------------------------------------------------------- pages and pictures

    @property
    def _page(self) -> Page:
        return self._tabs.current

    def current_page(self) -> Page:
        """The tab that is worked now, for a person's hands (`live.py`)."""
        return self._page

    def goto(self, url: str, *, timeout_s: float) -> None:
        self._dialogs.permit = None
        self._tabs.goto(url, timeout_s=timeout_s)
        self._report_dialogs()

    def reload(self, *, timeout_s: float) -> None:
        self._tabs.reload(timeout_s=timeout_s)
        self._report_dialogs()

    def url(self) -> str:
        return self._page.url

    def title(self) -> str:
        with translated(element=self.selectors.app, verb="title"):
            return self._page.title()

    def state(self) -> ScreenState:
        return ScreenState(where=without_query(self._page.url))

    def _showed(self) -> str:
        with contextlib.suppress(PlaywrightError):
            return brief(self._page.evaluate(script("showed")), 200) or say("web.nothing_shown")
        return say("web.nothing_shown")

    def frame(self) -> Frame:
        return picture(self._page, self.selectors)

    def snapshot(self) -> str:
        """The page as still, masked HTML, for a test; "" where none may be kept or none can be had."""
        with contextlib.suppress(PlaywrightError):
            return snapshot(self._page, self.selectors)
        return ""

    def _pause(self) -> None:
        """Let the browser work for a moment between two looks."""
        with translated(element=self.selectors.app, verb="wait"):
            self._page.wait_for_timeout(POLL_MS)

    def only_reads(self) -> AbstractContextManager[list[str]]:
        """Stop what may write. See `harmless`."""
        return only_reads(self._context)

    def kill(self) -> None:
        self._killing()

    def close(self) -> None:
        with contextlib.suppress(PlaywrightError):
            self._context.close()
        self._closing()
