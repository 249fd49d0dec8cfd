"""Turn the ways of a selector into Playwright locators, through frames, shadow roots and other elements."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import FrameLocator, Locator, Page

from nightclerk.domain.privacy import brief
from nightclerk.errors import ElementAmbiguous, WorkspaceError
from nightclerk.locate.deciding import Try
from nightclerk.locate.ways import filled, main_key, pattern_of, relation, way_words
from nightclerk.ports import Selector, SelectorSet
from nightclerk.texts import say
from nightclerk.web.faults import is_passing
from nightclerk.web.grip import SLOT
from nightclerk.web.marks import Question, tell
from nightclerk.web.scripts import script

Root = Page | FrameLocator | Locator
_WORDS = """e => `<${e.tagName.toLowerCase()}${e.id ? '#' + e.id : ''}> ` +
    (e.innerText || e.value || '').trim().slice(0, 1000)"""


@dataclass(frozen=True, kw_only=True)
class Hit:
    """A try together with the locator that made it."""

    attempt: Try
    locator: Locator
    told: Mapping[str, Any] = field(default_factory=dict)
    turn: int = 0  #: the number under which the one element was marked; 0: it is not marked


def hits(
    page: Page,
    selectors: SelectorSet,
    selector: Selector,
    values: Mapping[str, str],
    question: Question | None = None,
) -> list[Hit]:
    """What the ways of `selector` fit just now, up to the first that fits exactly one, and what that one `told`.

    Empty while the frame or element that it lives in is not there; ElementAmbiguous while there are several of those.
    """
    root = _root(page, selectors, selector, values)
    if root is None:
        return []
    found: list[Hit] = []
    framed = _framed(selectors, selector)
    for position, written in enumerate(selector.ways):
        way = filled(written, values, element=selector.name, where=selector.where)
        locator = locator_of(root, way)
        fits, told, turn = _fitting(locator, selector, way, question, framed=framed)
        if fits and relation(way)[0]:
            locator, fits = _beside(page, selectors, locator, relation(way), values)
            told, turn = {}, 0
        hit = Hit(attempt=Try(way=way, position=position, fits=fits), locator=locator, told=told, turn=turn)
        found.append(_with_hidden_file_field(hit, selector))
        if found[-1].attempt.fits == 1:
            break
    return found


def any_hit(page: Page, selectors: SelectorSet, selector: Selector, values: Mapping[str, str]) -> Hit | None:
    """The first way that fits anything at all, for counting and listing."""
    return next((hit for hit in hits(page, selectors, selector, values) if hit.attempt.fits), None)


def _root(page: Page, selectors: SelectorSet, selector: Selector, values: Mapping[str, str]) -> Root | None:
    if selector.within:
        return _only_one(page, selectors, selectors.elements[selector.within], values)
    if selector.frame:
        frame = _only_one(page, selectors, selectors.elements[selector.frame], values)
        return frame.content_frame if frame is not None else None
    return page


def _only_one(page: Page, selectors: SelectorSet, selector: Selector, values: Mapping[str, str]) -> Locator | None:
    """The one element that others live in. Two of them must not look like none: that would pass for "not there"."""
    found = hits(page, selectors, selector, values)
    for hit in found:
        if hit.attempt.fits == 1:
            return hit.locator
    crowded = next((hit for hit in found if hit.attempt.fits), None)
    if crowded:
        raise ambiguous(selector, crowded)
    return None


def ambiguous(selector: Selector, hit: Hit) -> ElementAmbiguous:
    """The error that names two of the things that fit."""
    words = ["?", "?"]
    with contextlib.suppress(PlaywrightError):
        words = [brief(hit.locator.nth(n).evaluate(_WORDS, timeout=1000), 60) for n in (0, 1)]
    return ElementAmbiguous(element=selector.name, count=hit.attempt.fits, first=words[0], second=words[1])


def _beside(
    page: Page, selectors: SelectorSet, locator: Locator, related: tuple[str, str], values: Mapping[str, str]
) -> tuple[Locator, int]:
    """Of all that a way fits, the one next to another element, and 1; 0 while there is none or the other is missing.

    Both must live in the same frame: their boxes are compared in its own pixels.
    """
    how, name = related
    anchor = _only_one(page, selectors, selectors.elements[name], values)
    if anchor is None:
        return locator, 0
    place = locator.evaluate_all(script("beside"), [how, anchor.element_handle(timeout=1000)])
    return (locator.nth(place), 1) if place >= 0 else (locator, 0)


def locator_of(root: Root, way: Mapping[str, Any]) -> Locator:
    """The locator of one way: visible things only."""
    locator = _locator(root, way).filter(visible=True)
    return locator.nth(int(way["nth"])) if "nth" in way else locator


def _locator(root: Root, way: Mapping[str, Any]) -> Locator:
    key = main_key(way)
    value = str(way.get(key, ""))
    if key == "role":
        name = str(way["name"]) if "name" in way else None
        if name is None:
            return root.get_by_role(value)  # type: ignore[arg-type]
        return root.get_by_role(value, name=pattern_of(name) or name, exact=True)  # type: ignore[arg-type]
    if key in ("css", "xpath"):
        return root.locator(f"{key}={value}")
    text = pattern_of(value) or value
    if key == "test_id":
        return root.get_by_test_id(text)
    get_by = {
        "label": root.get_by_label,
        "text": root.get_by_text,
        "placeholder": root.get_by_placeholder,
        "title": root.get_by_title,
    }
    if key in get_by:
        return get_by[key](text, exact=True)
    raise WorkspaceError(
        where=way_words(way), expected=say("web.not_for_pages", what=key), remedy=say("web.not_for_pages_remedy")
    )


def _fitting(
    locator: Locator, selector: Selector, way: Mapping[str, Any], question: Question | None, *, framed: bool
) -> tuple[int, Mapping[str, Any], int]:
    """How many a way fits, what the one told, and the number that it is held under (0 in another frame)."""
    if question is None:
        return _count(locator, selector, way), {}, 0
    with _bad_ways_told(selector, way):
        if framed:
            return *_told_in_frame(locator, question), 0
        told = tell(locator, SLOT, question)
    return told.fits, told.answer or {}, told.turn if told.fits == 1 else 0


def _told_in_frame(locator: Locator, question: Question) -> tuple[int, Mapping[str, Any]]:
    """How many fit in a frame, and what they told; none while there is no such frame."""
    try:
        seen = locator.evaluate_all(f"nodes => ({{ fits: nodes.length, told: ({question.source})(nodes) }})")
    except PlaywrightError as error:
        if "failed to find frame" in str(error):
            return 0, {}
        raise
    return seen["fits"], seen["told"] or {}


def _framed(selectors: SelectorSet, selector: Selector) -> bool:
    """Whether an element lives in a frame of the page."""
    within = selector.within and _framed(selectors, selectors.elements[selector.within])
    return bool(selector.frame or within)


def _count(locator: Locator, selector: Selector, way: Mapping[str, Any]) -> int:
    with _bad_ways_told(selector, way):
        return locator.count()


@contextlib.contextmanager
def _bad_ways_told(selector: Selector, way: Mapping[str, Any]) -> Iterator[None]:
    """Say where it is written when the browser cannot make sense of a way."""
    try:
        yield
    except PlaywrightError as error:
        if is_passing(error):
            raise
        if "selector" in str(error).lower() or "xpath" in str(error).lower() or "token" in str(error).lower():
            raise WorkspaceError(
                where=selector.where or selector.name,
                expected=say("web.bad_selector", name=selector.name, way=way_words(way)),
                remedy=say("web.bad_selector_remedy"),
            ) from error
        raise


def _with_hidden_file_field(hit: Hit, selector: Selector) -> Hit:
    """A file field may be hidden behind its button: it counts although nobody can see it."""
    css = str(hit.attempt.way.get("css", ""))
    if hit.attempt.fits or "file" not in css or selector.within or selector.frame:
        return hit
    hidden = hit.locator.page.locator(f"css={css}")
    fits = _count(hidden, selector, hit.attempt.way)
    return Hit(attempt=replace(hit.attempt, fits=fits), locator=hidden) if fits == 1 else hit
