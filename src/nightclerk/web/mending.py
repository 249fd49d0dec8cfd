"""Verify what a selector's way hits on a page, and find an element again after the page changed."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Frame as PageFrame
from playwright.sync_api import JSHandle, Page

from nightclerk.locate.fingerprint import Fingerprint, learned, seen
from nightclerk.locate.healer import Doubt, Healer, Healing
from nightclerk.locate.healing import Ranked, Verdict
from nightclerk.locate.look import look_of, unlike
from nightclerk.locate.propose import change_of, frame_elements, templated_way, ways_in_row, ways_of
from nightclerk.ports import Selector, SelectorSet
from nightclerk.web.asking import ask
from nightclerk.web.faults import is_passing, translated
from nightclerk.web.find import Hit, hits
from nightclerk.web.scripts import script

#: One element, cheaply: what verification looks at.
DESCRIBE = f"element => ({script('fingerprint')})().of(element, false)"
#: One element with its neighbours and look-alikes: what is kept at its first use.
MEET = f"element => ({script('fingerprint')})().of(element)"
GATHER = f"wanted => {{ const api = ({script('fingerprint')})(); api.seen = api.gather(wanted); return api; }}"
#: As one text: Playwright would walk through every value of every candidate.
SEEN = "api => JSON.stringify(api.seen)"
_MARK = "__nightclerk_candidate"


class Mender:
    """Healing on the pages of one surface."""

    def __init__(self, healer: Healer, *, page: Callable[[], Page], selectors: Callable[[], SelectorSet]) -> None:
        self.healer = healer
        self._page, self._selectors = page, selectors

    def knows(self, selector: Selector) -> bool:
        """Whether there is a print to compare the element with."""
        return selector.name in self.healer.prints

    def believes(self, selector: Selector, values: Mapping[str, str], hit: Hit) -> bool:
        """Whether the one thing that a way hits is the element that was learned; asked where it was not told yet."""
        if not self.knows(selector):
            self._meet(selector, values, hit)
            return True
        raw = hit.told.get("like") or ask(hit.locator, DESCRIBE)
        return self.healer.believes(selector, values, raw) is None

    def _meet(self, selector: Selector, values: Mapping[str, str], hit: Hit) -> None:
        """Get to know an element at its first use; a page that moves on meanwhile is no reason to fail."""
        if self.healer.is_new(selector):
            with contextlib.suppress(PlaywrightError):
                self.healer.meet(selector, values, ask(hit.locator, MEET))

    def again(self, selector: Selector, values: Mapping[str, str]) -> tuple[Healing, Hit] | None:
        """An element that this run has healed before, if its new way still hits it and nothing else."""
        healing = self.healer.healing(selector.name)
        if healing is None:
            return None
        hit = self._only_hit(healing.after, healing.extra, values)
        if hit is None or not self.believes(selector, values, hit):
            return None
        return healing, hit

    def find_again(self, selector: Selector, values: Mapping[str, str], *, over: bool) -> tuple[Healing, Hit] | None:
        """`heal` as a search that waits wants it: doubt is an error, but only when time is over."""
        try:
            answer = self.heal(selector, values)
        except PlaywrightError as error:
            if not over and is_passing(error):
                return None
            with translated(element=selector.name, verb="find"):
                raise
        if not isinstance(answer, Doubt):
            return answer
        if over:
            self.healer.doubt(answer)
            raise answer.error()
        return None

    def heal(self, selector: Selector, values: Mapping[str, str]) -> tuple[Healing, Hit] | Doubt | None:
        """Look over the whole page for an element that its ways no longer lead to. None: it has no fingerprint."""
        wanted = self.healer.wanted(selector, values)
        if wanted is None:
            return None
        with self._gathered(selector, values, wanted) as (api, raws):
            verdict = self.healer.judge(selector, wanted, raws)
            told = Doubt(element=selector.name, before=selector, wanted=wanted, verdict=verdict)
            if verdict.ending != "healed" or verdict.best is None:
                return told
            found = self._resolved(selector, values, verdict, raws[verdict.best.index], api)
        if found is None:
            return replace(told, verdict=replace(verdict, ending="unsure", reasons=("no_way",)))
        self.healer.keep(found[0])
        return found

    @contextlib.contextmanager
    def _gathered(
        self, selector: Selector, values: Mapping[str, str], wanted: Fingerprint
    ) -> Iterator[tuple[JSHandle, list[dict[str, Any]]]]:
        """One pass over the page, or over the frame from elsewhere that the element lives in."""
        place: Page | PageFrame = self._foreign_frame(selector, values) or self._page()
        api = place.evaluate_handle(GATHER, wanted.to_mapping())
        try:
            yield api, json.loads(api.evaluate(SEEN))
        finally:
            with contextlib.suppress(PlaywrightError):
                api.dispose()

    def _foreign_frame(self, selector: Selector, values: Mapping[str, str]) -> PageFrame | None:
        """The frame of another origin that an element lives in, which a pass over the page cannot enter."""
        if not selector.frame:
            return None
        holder = self._selectors().elements[selector.frame]
        hit = self._only_hit(holder, {}, values)
        if hit is None or hit.locator.evaluate("frame => !!frame.contentDocument", timeout=1000):
            return None
        handle = hit.locator.element_handle(timeout=1000)
        return handle.content_frame()

    def _resolved(
        self, selector: Selector, values: Mapping[str, str], verdict: Verdict, raw: Mapping[str, Any], api: JSHandle
    ) -> tuple[Healing, Hit] | None:
        """The healing with ways that hit the decided element and nothing else; None when no way does."""
        best = verdict.best
        assert best is not None
        api.evaluate(f"(api, place) => {{ api.nodes[place].{_MARK} = true; }}", best.index)
        try:
            extra = self._frames(selector, best.candidate)
            good: list[tuple[dict[str, Any], Hit]] = []
            css_path = api.evaluate("(api, place) => api.pathOf(api.nodes[place])", best.index)
            for way in _candidates(raw, best, values, css_path):
                after = self._moved(selector, [way], extra)
                hit = self._only_hit(after, extra, values)
                if hit and hit.locator.evaluate(f"e => e.{_MARK} === true", timeout=1000):
                    good.append((way, hit))
                if len(good) == 2:
                    break
        finally:
            with contextlib.suppress(PlaywrightError):
                api.evaluate(f"(api, place) => {{ delete api.nodes[place].{_MARK}; }}", best.index)
        if not good:
            return None
        after = self._moved(selector, [way for way, _ in good], extra)
        healing = Healing(
            element=selector.name, before=selector, after=after, extra=extra, trust=verdict.trust, verdict=verdict,
            wanted=self.healer.prints[selector.name], change=change_of(after, extra),
            found=learned(raw, values=values, keep_text=not (selector.private or selector.secret)),
            unlike=self._unlike(selector, good[0][1]),
        )  # fmt: skip
        return healing, good[0][1]

    def _unlike(self, selector: Selector, hit: Hit) -> int:
        before = self.healer.prints[selector.name].look
        return unlike(before, look_of(hit.locator.screenshot(timeout=2000))) if before else -1

    def _frames(self, selector: Selector, candidate: Fingerprint) -> dict[str, Selector]:
        """The frames that the element's new place needs beyond what the selector has: none when it stayed."""
        if candidate.frame == self.healer.prints[selector.name].frame:
            return {}
        return {
            name: Selector(name=name, ways=({"css": spec["css"]},), frame=str(spec.get("frame", "")))
            for name, spec in frame_elements(selector.name, candidate.frame).items()
        }

    def _moved(self, selector: Selector, ways: list[dict[str, Any]], extra: Mapping[str, Selector]) -> Selector:
        stays = extra == {} and selector.frame
        frame = selector.frame if stays else list(extra)[-1] if extra else ""
        return replace(selector, ways=tuple(ways), within="", frame=frame)

    def _only_hit(self, selector: Selector, extra: Mapping[str, Selector], values: Mapping[str, str]) -> Hit | None:
        whole = self._selectors()
        known = replace(whole, elements={**whole.elements, **extra})
        with contextlib.suppress(PlaywrightError):
            return next((hit for hit in hits(self._page(), known, selector, values) if hit.attempt.fits == 1), None)
        return None


def _candidates(
    raw: Mapping[str, Any], best: Ranked, values: Mapping[str, str], css_path: str
) -> Iterator[dict[str, Any]]:
    """Ways to try. With values, only such as hold them: a way for this order must not stand for every order."""
    one = replace(seen(raw), name=str(raw.get("name", "")), label=str(raw.get("label", "")))
    if not values:
        yield from ways_of(one, css_path=css_path)
        return
    for way in ways_of(one):
        put = templated_way(way, values)
        if put != way:
            yield put
    for name, value in values.items():
        if any(value in str(token) for token in raw.get("row", ())):
            yield from ways_in_row(one, name)
