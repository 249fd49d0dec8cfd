"""How a page finds: wait for exactly one visible thing that is believed to be the element, or say what is there."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import FloatRect, Locator, Page
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from nightclerk.errors import ElementAmbiguous, ElementNotFound, WaitTimeout
from nightclerk.locate.deciding import AMBIGUOUS_FOR_S, decide
from nightclerk.locate.healer import HEAL_AFTER_S, Healing
from nightclerk.ports import AppSettings, Box, Clock, Found, Selector, SelectorSet
from nightclerk.texts import say
from nightclerk.web import filling
from nightclerk.web.asking import STAND, told_stand
from nightclerk.web.faults import is_passing, only_passing, translated
from nightclerk.web.find import Hit, ambiguous, any_hit, hits
from nightclerk.web.grip import Grip
from nightclerk.web.marks import Question
from nightclerk.web.mending import DESCRIBE, Mender
from nightclerk.web.protocol import ask_page
from nightclerk.web.scripts import script

#: What one look asks of the one element: where it stands, and (where it was learned) what it is like.
SEEN = Question(name="seen", source=f"nodes => nodes.length === 1 ? {{ stand: ({STAND})(nodes[0]) }} : null")
LOOKED_AT = Question(
    name="lookedAt",
    source=f"nodes => nodes.length === 1 ? {{ stand: ({STAND})(nodes[0]), like: ({DESCRIBE})(nodes[0]) }} : null",
)


class Finding:
    """The part of `WebPage` that looks; pop-ups, lost sessions and waiting are the page's own."""

    selectors: SelectorSet
    _settings: AppSettings
    _clock: Clock
    _mender: Mender
    _last_position: dict[str, int]
    _clear: Locator | None
    _grip: Grip | None

    if TYPE_CHECKING:

        @property
        def _page(self) -> Page: ...
        def _report_dialogs(self) -> None: ...
        def _close_known(self) -> bool: ...
        def _tell_why_missing(self) -> None: ...
        def _showed(self) -> str: ...
        def _pause(self) -> None: ...

    def find(self, selector: Selector, values: Mapping[str, str], *, timeout_s: float) -> Found:
        """The one visible element that a way of the selector fits, or an error that says what is there instead."""
        started = self._clock.monotonic()
        crowded_since: float | None = None
        heal_at = min(timeout_s, HEAL_AFTER_S)
        while True:
            waited_s = self._clock.monotonic() - started
            self._report_dialogs()
            found, crowded = self._look(selector, values, waited_s=waited_s)
            if found:
                return found
            crowded_since = (waited_s if crowded_since is None else crowded_since) if crowded else None
            over = waited_s >= timeout_s
            if timeout_s and (over or waited_s >= heal_at):
                heal_at = waited_s + HEAL_AFTER_S
                self._tell_why_missing()
                healed = self._mender.find_again(selector, values, over=over)
                if healed:
                    return self._healed(selector, *healed)
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
            seen = hits(self._page, self.selectors, selector, values, self._question(selector))
            last = self._last_position.get(selector.name, 0)
            decision = decide([hit.attempt for hit in seen], waited_s=waited_s, last_time=last)
            chosen = next((hit for hit in seen if hit.attempt is decision.chosen), None)
            if decision.ending == "found" and chosen and self._mender.believes(selector, values, chosen):
                return self._found(selector, chosen), None
            healed = self._mender.again(selector, values)
            if healed:
                return self._healed(selector, *healed), None
            if decision.ending == "found":
                return None, None
            return None, ambiguous(selector, chosen) if chosen else None
        except ElementAmbiguous as crowded:
            return None, crowded
        except PlaywrightError as error:
            if not is_passing(error) and not isinstance(error, PlaywrightTimeout):
                with translated(element=selector.name, verb="find"):
                    raise
            return None, None

    def _question(self, selector: Selector) -> Question:
        """Where the element stands, and what it looks like where that was learned."""
        return LOOKED_AT if self._mender.knows(selector) else SEEN

    def _found(self, selector: Selector, hit: Hit) -> Found:
        stand = told_stand(hit.told.get("stand", {}), hit.locator)
        box, self._clear = stand.box, hit.locator if stand.clear else None
        self._grip = Grip(locator=hit.locator, turn=hit.turn) if hit.turn else None
        self._last_position[selector.name] = hit.attempt.position
        return Found(
            selector=selector,
            way=hit.attempt.words,
            box=_box(box) if box else None,
            handle=hit.locator,
        )

    def _healed(self, selector: Selector, healing: Healing, hit: Hit) -> Found:
        found = self._found(selector, hit)
        return replace(found, way=healing.words, healed=True, trust=healing.trust)

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
            texts = hit.locator.evaluate_all(f"nodes => nodes.map({filling.TEXT})")
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
                if hit or ask_page(self._page, "document.readyState") != "loading":
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


def _box(box: FloatRect) -> Box:
    return Box(x=round(box["x"]), y=round(box["y"]), width=round(box["width"]), height=round(box["height"]))
