"""Pick an option of a select by its visible text: native selects, and drawn ones whose list is virtual."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page

from nightclerk.domain.privacy import brief
from nightclerk.errors import WaitTimeout
from nightclerk.ports import Clock, Found
from nightclerk.texts import say
from nightclerk.web.asking import ask
from nightclerk.web.faults import NoSuchOption, WrongContent
from nightclerk.web.grip import Grip
from nightclerk.web.popups import cover_of
from nightclerk.web.scripts import script

#: What drawn selects are made of: their open list, and the options in it.
LISTS = "[role=listbox], [class*=dropdown], [class*=popup], [class*=popover], [class*=menu], [class*=options]"
OPTIONS = "[role=option], [class*=option], [class*=menu-item], li"
#: Options that lie in no list: a web component may have only a slot for them in the list that it draws.
LOOSE = "[role=option]"
#: The texts of a native select's options; null for what is none.
_OPTIONS_OF = "e => e.tagName === 'SELECT' ? [...e.options].map(o => o.textContent) : null"
#: How often an option is clicked before its list, still open, ends the choice.
PICKS = 3
#: What the widget around a box says: the box and the three elements around it.
_SAYS = """e => {
  let said = '';
  for (let node = e, up = 0; node && up < 4; node = node.parentElement, up++)
    said += ` ${node.value || ''} ${node.innerText || ''} ${node.title || ''}`;
  return said;
}"""


def choose(found: Found, option: str, *, page: Page, clock: Clock, timeout_s: float, held: Grip | None = None) -> None:
    """Pick `option` and make sure that the select then shows it."""
    told = held.ask(_OPTIONS_OF) if held else []
    texts: list[str] | None = told[0] if told else ask(found.handle, _OPTIONS_OF)
    if texts is not None:
        _choose_native(found, option, texts)
    else:
        _Drawn(found, option, page, clock, clock.monotonic() + timeout_s).choose()


def _choose_native(found: Found, option: str, texts: list[str]) -> None:
    offered = [" ".join(text.split()) for text in texts]
    if offered.count(option) != 1:
        raise NoSuchOption(element=found.selector.name, option=option, offered=", ".join(offered[:20]))
    found.handle.select_option(index=offered.index(option))


class _Drawn:
    """One choice in a select that the page draws itself."""

    def __init__(self, found: Found, option: str, page: Page, clock: Clock, deadline: float) -> None:
        self.found, self.option, self.page, self.clock, self.deadline = found, option, page, clock, deadline
        self.locator: Locator = found.handle
        exact = re.compile(rf"^\s*{re.escape(option)}\s*$")
        self.loose = page.locator(LOOSE).filter(visible=True)
        drawn = page.locator(f":is({LISTS}) :is({OPTIONS}), {LOOSE}")
        self.fitting = drawn.filter(has_text=exact).filter(visible=True)

    def choose(self) -> None:
        self._open()
        if not self.fitting.count():
            self._filter_by_typing()
        if not self.fitting.count():
            self._scroll_to_it()
        self._pick()
        self._read_back()

    def _pick(self) -> None:
        """Click the option until its list closes: a list that redraws itself can swallow the first click.

        What the widget says is believed only with the list closed; an open list shows every option.
        """
        for _ in range(PICKS):
            self.fitting.last.click()
            self._wait(lambda: not self.fitting.count(), patience_s=1.0)
            if not self.fitting.count():
                return
        self.page.keyboard.press("Escape")
        self._wait(lambda: not self.fitting.count(), patience_s=1.0)
        if self.fitting.count():
            raise WrongContent(element=self.found.selector.name, wanted=self.option, shown=say("web.list_stays_open"))

    def _open(self) -> None:
        """Click where a person would: on the middle of the box, whichever of its parts takes the click."""
        if cover_of(self.locator) is None:
            self.locator.click()
        else:
            box = self.locator.bounding_box() or {"x": 0, "y": 0, "width": 0, "height": 0}
            self.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        self._wait(lambda: self._lists().count() > 0 or self.loose.count() > 0)

    def _lists(self) -> Locator:
        return self.page.locator(LISTS).filter(has=self.page.locator(OPTIONS)).filter(visible=True)

    def _filter_by_typing(self) -> None:
        editable = self.locator.locator("input:not([readonly])").or_(
            self.locator.and_(self.page.locator("input:not([readonly])"))
        )
        if editable.count():
            editable.first.fill(self.option)
            self._wait(lambda: self.fitting.count() > 0, patience_s=1.0)

    def _scroll_to_it(self) -> None:
        """Walk through a virtual list until the option is drawn."""
        lists = self._lists()
        offered = lists.last.evaluate(script("seek"), [self.option, OPTIONS])["offered"] if lists.count() else []
        if not self.fitting.count():
            offered = ", ".join((offered or self.loose.all_inner_texts())[:20])
            self.page.keyboard.press("Escape")
            raise NoSuchOption(element=self.found.selector.name, option=self.option, offered=offered)

    def _wait(self, condition: Callable[[], bool], *, patience_s: float | None = None) -> None:
        """Wait for a condition: with patience only that long, without it up to the deadline and then raise."""
        start = self.clock.monotonic()
        while not condition():
            waited_s = self.clock.monotonic() - start
            if patience_s is not None and waited_s >= patience_s:
                return
            if patience_s is None and self.clock.monotonic() >= self.deadline:
                condition_words = say("web.option_list", element=self.found.selector.name)
                raise WaitTimeout(condition=condition_words, waited_s=waited_s, showed=self.page.title())
            self.page.wait_for_timeout(30)

    def _read_back(self) -> None:
        """The widget around the box must now say the option."""
        self._wait(lambda: self.option in self.locator.evaluate(_SAYS), patience_s=1.5)
        shown = self.locator.evaluate(_SAYS)
        if self.option not in shown:
            said = brief(" ".join(shown.split()), 60)
            raise WrongContent(element=self.found.selector.name, wanted=self.option, shown=said)
