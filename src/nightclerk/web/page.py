"""A browser page as a WebSurface: finds elements, acts on them once, and says in sentences what stood in the way."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from playwright.sync_api import BrowserContext, FloatRect, Locator, Page
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from nightclerk.domain.privacy import mask
from nightclerk.errors import (
    ElementAmbiguous,
    ElementNotFound,
    SessionLost,
    UnknownPopup,
    WaitTimeout,
)
from nightclerk.locate.deciding import AMBIGUOUS_FOR_S, decide
from nightclerk.ports import AppSettings, Box, Clock, Found, Frame, ScreenState, Selector, SelectorSet
from nightclerk.texts import say
from nightclerk.web import choosing, popups
from nightclerk.web.downloads import Downloads
from nightclerk.web.faults import (
    BROKEN,
    BrowserTrouble,
    CannotAct,
    WrongContent,
    is_passing,
    only_passing,
    translated,
    why_not,
    without_query,
)
from nightclerk.web.find import Hit, ambiguous, any_hit, hits
from nightclerk.web.pictures import picture
from nightclerk.web.scripts import script
from nightclerk.web.tabs import Tabs

POLL_MS = 50
_TEXT = """e => e.matches('input[type=checkbox], input[type=radio]') ? (e.checked ? 'on' : 'off')
    : e.matches('input, textarea') ? e.value
    : e.matches('select') ? [...e.selectedOptions].map(o => o.text).join(' ') : e.innerText"""


class WebPage:
    """One tab at a time; a tab that a click opens becomes the current one until it closes."""

    def __init__(
        self,
        context: BrowserContext,
        *,
        selectors: SelectorSet,
        settings: AppSettings,
        clock: Clock,
        closing: Callable[[], None] = lambda: None,
    ) -> None:
        self.selectors = selectors
        self.on_popup: Callable[[str], None] = lambda name: None
        self._context = context
        self._settings = settings
        self._clock = clock
        self._closing = closing
        self._dialogs = popups.Dialogs()
        self._downloads = Downloads()
        self._last_position: dict[str, int] = {}
        context.set_default_timeout(settings.timeout_s * 1000)
        context.on("dialog", lambda dialog: self._dialogs.answer(dialog, self.selectors))
        self._tabs = Tabs(context, watch=self._downloads.watch)

    # ---------------------------------------------------------------------------------------- finding

    def find(self, selector: Selector, values: Mapping[str, str], *, timeout_s: float) -> Found:
        """The one visible element that a way of the selector fits, or an error that says what is there instead."""
        started = self._clock.monotonic()
        crowded_since: float | None = None
        while True:
            waited_s = self._clock.monotonic() - started
            self._report_dialogs()
            found, crowded = self._look(selector, values, waited_s=waited_s)
            if found:
                return found
            crowded_since = (waited_s if crowded_since is None else crowded_since) if crowded else None
            over = waited_s >= timeout_s
            if crowded and crowded_since is not None and (over or waited_s - crowded_since >= AMBIGUOUS_FOR_S):
                raise crowded
            self._tell_why_missing()
            if over:
                raise ElementNotFound(element=selector.name, waited_s=timeout_s, showed=self._showed())
            if not self._close_known():
                self._pause()

    def _look(
        self, selector: Selector, values: Mapping[str, str], *, waited_s: float
    ) -> tuple[Found | None, ElementAmbiguous | None]:
        """One look: the element, or the ambiguity that hides it, or neither."""
        try:
            seen = hits(self._page, self.selectors, selector, values)
            last = self._last_position.get(selector.name, 0)
            decision = decide([hit.attempt for hit in seen], waited_s=waited_s, last_time=last)
            chosen = next((hit for hit in seen if hit.attempt is decision.chosen), None)
            if decision.ending == "found" and chosen:
                return self._found(selector, chosen), None
            return None, ambiguous(selector, chosen) if chosen else None
        except ElementAmbiguous as crowded:
            return None, crowded
        except PlaywrightError as error:
            if not is_passing(error) and not isinstance(error, PlaywrightTimeout):
                with translated(element=selector.name, verb="find"):
                    raise
            return None, None

    def _found(self, selector: Selector, hit: Hit) -> Found:
        box = hit.locator.bounding_box(timeout=1000)
        self._last_position[selector.name] = hit.attempt.position
        return Found(
            selector=selector,
            way=hit.attempt.words,
            box=_box(box) if box else None,
            handle=hit.locator,
        )

    def exists(self, selector: Selector, values: Mapping[str, str]) -> bool:
        return self.count(selector, values) > 0

    def count(self, selector: Selector, values: Mapping[str, str]) -> int:
        hit = self._any(selector, values)
        return hit.attempt.fits if hit else 0

    def texts(self, selector: Selector, values: Mapping[str, str]) -> list[str]:
        hit = self._any(selector, values)
        if hit is None:
            return []
        with translated(element=selector.name, verb="texts"):
            texts = hit.locator.evaluate_all(f"nodes => nodes.map({_TEXT})")
        return [text.strip() for text in texts]

    def rows(self, selector: Selector, values: Mapping[str, str]) -> list[dict[str, str]]:
        found = self.find(selector, values, timeout_s=0)
        with translated(element=selector.name, verb="rows"):
            return found.handle.evaluate(script("rows"))

    def _any(self, selector: Selector, values: Mapping[str, str]) -> Hit | None:
        """The first way that fits anything. "Nothing" is believed only of a page that is whole and in order."""
        deadline = self._clock.monotonic() + self._settings.timeout_s
        while True:
            self._report_dialogs()
            with contextlib.suppress(PlaywrightError), only_passing(element=selector.name, verb="count"):
                hit = any_hit(self._page, self.selectors, selector, values)
                if hit or self._page.evaluate("document.readyState") != "loading":
                    break
            if self._clock.monotonic() >= deadline:
                raise WaitTimeout(
                    condition=say("web.page_ready"), waited_s=self._settings.timeout_s, showed=self._showed()
                )
            self._pause()
        if hit is None:
            self._tell_why_missing()
        return hit

    def wait_gone(self, selector: Selector, values: Mapping[str, str], *, timeout_s: float) -> None:
        deadline = self._clock.monotonic() + timeout_s
        while self.count(selector, values):
            if self._clock.monotonic() >= deadline:
                raise WaitTimeout(
                    condition=say("web.gone", element=selector.name), waited_s=timeout_s, showed=self._showed()
                )
            self._pause()

    # ----------------------------------------------------------------------------------------- acting

    def click(self, found: Found) -> None:
        self._reach(found)
        with self._acting(found, "click"):
            self._click(found.handle, no_wait_after=found.selector.commits)

    def _click(self, locator: Locator, *, no_wait_after: bool) -> None:
        """Click; that the click closed its own tab, as chooser windows do, is no error while another is open."""
        try:
            locator.click(no_wait_after=no_wait_after)
        except PlaywrightError:
            if not (locator.page.is_closed() and self._context.pages):
                raise

    def fill(self, found: Found, text: str) -> None:
        self._reach(found)
        self._put(found, text)
        with self._acting(found, "fill"):
            shown = found.handle.evaluate(_TEXT)
            if shown.strip() != text.strip() and self._is_date_field(found.handle):
                shown = self._settle_date(found, text)
        if " ".join(shown.split()) != " ".join(text.split()):
            hidden = found.selector.secret or found.selector.private
            raise WrongContent(
                element=found.selector.name, wanted="" if hidden else text, shown="" if hidden else shown
            )

    def _put(self, found: Found, text: str) -> None:
        """Replace the content. Playwright's own error quotes the text, so nothing of it may go on from here."""
        try:
            found.handle.fill(text)
            return
        except PlaywrightError as error:
            broken, why = bool(BROKEN.search(str(error))), why_not(str(error))
        if broken:
            raise BrowserTrouble(why=why)
        raise CannotAct(element=found.selector.name, verb="fill", why=why)

    def press(self, keys: str, found: Found | None = None) -> None:
        if found is None:
            self._report_dialogs()
            self._page.keyboard.press(keys)
            return
        self._reach(found)
        with self._acting(found, "press"):
            found.handle.press(keys, no_wait_after=found.selector.commits)

    def choose(self, found: Found, option: str) -> None:
        self._reach(found)
        with self._acting(found, "choose"):
            choosing.choose(found, option, page=self._page, clock=self._clock, timeout_s=self._settings.timeout_s)

    def check(self, found: Found, on: bool) -> None:
        self._reach(found)
        with self._acting(found, "check"):
            found.handle.set_checked(on)

    def upload(self, found: Found, files: Sequence[Path]) -> None:
        paths = [str(file) for file in files]
        with self._acting(found, "upload"):
            if found.handle.evaluate("e => e.matches('input[type=file]')"):
                found.handle.set_input_files(paths)
                return
        self._reach(found)
        with self._acting(found, "upload"):
            with self._page.expect_file_chooser() as chooser:
                found.handle.click()
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

    def read(self, found: Found) -> str:
        with self._acting(found, "read"):
            return found.handle.evaluate(_TEXT).strip()

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

    def _is_date_field(self, locator: Locator) -> bool:
        return bool(locator.evaluate("e => e.type === 'date' || !!e.closest('[class*=picker], [class*=date]')"))

    def _settle_date(self, found: Found, text: str) -> str:
        """A date picker takes a typed date only on Enter, and closes on Tab."""
        self._put(found, text)
        found.handle.press("Enter")
        found.handle.press("Tab")
        return found.handle.evaluate(_TEXT)

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

    def goto(self, url: str, *, timeout_s: float) -> None:
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
        return ScreenState(where=without_query(self._page.url), showed=self._showed())

    def _showed(self) -> str:
        with contextlib.suppress(PlaywrightError):
            return mask(self._page.evaluate(script("showed"))) or say("web.nothing_shown")
        return say("web.nothing_shown")

    def frame(self) -> Frame:
        return picture(self._page, self.selectors)

    def _pause(self) -> None:
        """Let the browser work for a moment between two looks."""
        with translated(element=self.selectors.app, verb="wait"):
            self._page.wait_for_timeout(POLL_MS)

    def close(self) -> None:
        with contextlib.suppress(PlaywrightError):
            self._context.close()
        self._closing()


def _box(box: FloatRect) -> Box:
    return Box(x=round(box["x"]), y=round(box["y"]), width=round(box["width"]), height=round(box["height"]))
