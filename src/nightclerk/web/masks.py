"""Where private things stand on the picture of a page: private elements and private patterns, in every frame."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Frame as PageFrame
from playwright.sync_api import Locator, Page

from nightclerk.domain.privacy import find_private
from nightclerk.locate.ways import widened
from nightclerk.ports import Box, Selector, SelectorSet
from nightclerk.web.find import locator_of
from nightclerk.web.scripts import script

#: Masks reach this far beyond what they hide.
MARGIN = 2
_BOXES = """nodes => nodes.map(n => n.getBoundingClientRect()).filter(r => r.width > 0 && r.height > 0)
    .map(r => [r.left, r.top, r.width, r.height])"""

Corner = tuple[float, float]
Rectangle = list[float]


def private_boxes(page: Page, selectors: SelectorSet) -> tuple[Box, ...]:
    """The boxes of all that must be masked, in pixels of the viewport."""
    hidden = [s for s in selectors.elements.values() if s.private or s.secret]
    boxes: dict[Box, None] = {}
    for frame in page.frames:
        corner = _corner(frame)
        if corner is None:
            continue
        for rectangle in [*_elements(frame, hidden, selectors), *_patterns(frame)]:
            boxes[_box(rectangle, corner)] = None
    return tuple(boxes)


def is_secret_screen(page: Page, selectors: SelectorSet) -> bool:
    """Whether a login or verification screen is showing, of which no picture may be kept."""
    return any(_any_fit(frame, marker, selectors).count() for frame in page.frames for marker in selectors.unpictured)


def _corner(frame: PageFrame) -> Corner | None:
    """Where the frame's own (0, 0) is on the page; None when the frame is not visible."""
    if frame.parent_frame is None:
        return (0.0, 0.0)
    try:
        element = frame.frame_element()
        box = element.bounding_box()
        inset = element.evaluate("f => [f.clientLeft, f.clientTop]")
    except PlaywrightError:
        if frame.is_detached():
            return None
        raise
    return (box["x"] + inset[0], box["y"] + inset[1]) if box else None


def _elements(frame: PageFrame, hidden: Iterable[Selector], selectors: SelectorSet) -> Iterator[Rectangle]:
    for selector in hidden:
        yield from _any_fit(frame, selector, selectors).evaluate_all(_BOXES)


def _any_fit(frame: PageFrame, selector: Selector, selectors: SelectorSet) -> Locator:
    """All that any way of the selector fits in one frame, whatever the values of its placeholders."""
    root: Any = frame
    if selector.within:
        root = _any_fit(frame, selectors.elements[selector.within], selectors)
    wide = [widened(way) for way in selector.ways]
    locators = [locator_of(root, {k: v for k, v in way.items() if k != "nth"}) for way in wide if way]
    joined = locators[0]
    for locator in locators[1:]:
        joined = joined.or_(locator)
    return joined


def _patterns(frame: PageFrame) -> Iterator[Rectangle]:
    for run in frame.evaluate(script("private")):
        for span in find_private(run["text"], label=run["label"]):
            if "whole" in run:
                yield run["whole"]
            else:
                yield from joined_lines(box for box in run["boxes"][span.start : span.end] if box)


def joined_lines(boxes: Iterable[Rectangle]) -> list[Rectangle]:
    """The boxes of single characters as one rectangle for each line."""
    lines: list[Rectangle] = []
    for left, top, width, height in boxes:
        line = lines[-1] if lines else None
        if line and abs(line[1] - top) < height / 2:
            right, bottom = max(line[0] + line[2], left + width), max(line[1] + line[3], top + height)
            line[0], line[1] = min(line[0], left), min(line[1], top)
            line[2], line[3] = right - line[0], bottom - line[1]
        else:
            lines.append([left, top, width, height])
    return lines


def _box(rectangle: Rectangle, corner: Corner) -> Box:
    left, top, width, height = rectangle
    return Box(
        x=round(left + corner[0]) - MARGIN,
        y=round(top + corner[1]) - MARGIN,
        width=round(width) + 2 * MARGIN,
        height=round(height) + 2 * MARGIN,
    )
