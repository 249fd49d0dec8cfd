"""Where private things stand on the picture of a page: private elements and private patterns, in every frame."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Frame as PageFrame
from playwright.sync_api import Locator, Page

from nightclerk.domain.privacy import find_private
from nightclerk.domain.split import Part, split_private
from nightclerk.locate.ways import widened
from nightclerk.ports import Box, Selector, SelectorSet
from nightclerk.web.find import locator_of
from nightclerk.web.marks import Question, tell
from nightclerk.web.protocol import ask_beside
from nightclerk.web.scripts import script

#: Masks reach this far beyond what they hide.
MARGIN = 2
#: What must be masked, asked of the elements that are private by selector.
PRIVATE = Question(name="private", source=script("private"))

Corner = tuple[float, float]
Rectangle = list[float]


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What must be masked on the page just now. `corners`: the frames that were searched, and where each stands."""

    boxes: tuple[Box, ...]
    corners: Mapping[PageFrame, Corner]
    scale: float = 1.0


def measure(page: Page, selectors: SelectorSet) -> Measured:
    """All that must be masked, in pixels of the viewport; every frame is watched from now on for `moved`."""
    hidden = [s for s in selectors.elements.values() if s.private or s.secret]
    boxes: dict[Box, None] = {}
    corners: dict[PageFrame, Corner] = {}
    scale = 1.0
    for frame in page.frames:
        corner = _corner(frame)
        if corner is None:
            continue
        corners[frame] = corner
        seen = _seen(frame, hidden, selectors)
        scale = max(scale, float(seen["scale"]))
        boxes.update(dict.fromkeys(_box(rectangle, corner) for rectangle in _rectangles(seen)))
    return Measured(boxes=tuple(boxes), corners=corners, scale=scale)


@dataclass(frozen=True, kw_only=True)
class Since:
    """What became of a page since it was measured: `boxes` of all that changed, and of all that is private now.

    `replaced`: a frame shows another document or stands elsewhere, so that nobody can say what stood there in between.
    """

    steady: bool = True
    replaced: bool = False
    boxes: tuple[Box, ...] = ()


def since(measured: Measured) -> Since:
    """Whether the page stood still since it was measured; ends the watch."""
    told = {frame: _asked(frame, script("steady")) for frame in measured.corners}
    if all(one["steady"] for one in told.values()) and _in_place(measured):
        return Since()
    if any(one["now"] is None and not one["steady"] for one in told.values()) or not _in_place(measured):
        return Since(steady=False, replaced=True)
    boxes = {
        _box(rectangle, measured.corners[frame]): None
        for frame, one in told.items()
        if not one["steady"]
        for rectangle in [*one["touched"], *_rectangles(one["now"])]
    }
    return Since(steady=False, boxes=tuple(boxes))


def _in_place(measured: Measured) -> bool:
    return all(_corner(frame) == corner for frame, corner in measured.corners.items())


def is_secret_screen(page: Page, selectors: SelectorSet) -> bool:
    """Whether a login or verification screen is showing, of which no picture may be kept."""
    markers = selectors.unpictured
    return bool(markers) and any(_joined(frame, markers, selectors).count() for frame in page.frames)


def of_private_elements(frame: PageFrame, selectors: SelectorSet, source: str) -> Any:
    """What the function expression `source` returns for the private and secret elements of one frame."""
    hidden = [s for s in selectors.elements.values() if s.private or s.secret]
    if hidden:
        return _joined(frame, hidden, selectors).evaluate_all(source)
    return frame.evaluate(f"() => ({source})([])")


def _seen(frame: PageFrame, hidden: Sequence[Selector], selectors: SelectorSet) -> dict[str, Any]:
    """What must be masked in one frame. The watch that is left there is asked by `since` in the same world."""
    if not hidden:
        return _asked(frame, f"() => ({PRIVATE.source})([])")
    joined = _joined(frame, hidden, selectors)
    if frame.parent_frame is not None:
        return joined.evaluate_all(PRIVATE.source)
    return tell(joined, "private", PRIVATE).answer


def _asked(frame: PageFrame, question: str) -> Any:
    """What a function comes to in a frame, the main one beside the page's own scripts."""
    return ask_beside(frame.page, f"({question})()") if frame.parent_frame is None else frame.evaluate(question)


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


def _joined(frame: PageFrame, wanted: Iterable[Selector], selectors: SelectorSet) -> Locator:
    """All that any of the selectors fits in one frame."""
    return _either([_any_fit(frame, selector, selectors) for selector in wanted])


def _any_fit(frame: PageFrame, selector: Selector, selectors: SelectorSet) -> Locator:
    """All that any way of the selector fits in one frame, whatever the values of its placeholders."""
    root: Any = frame
    if selector.within:
        root = _any_fit(frame, selectors.elements[selector.within], selectors)
    wide = [widened(way) for way in selector.ways]
    return _either([locator_of(root, {k: v for k, v in way.items() if k != "nth"}) for way in wide if way])


def _either(locators: Sequence[Locator]) -> Locator:
    joined = locators[0]
    for locator in locators[1:]:
        joined = joined.or_(locator)
    return joined


def _rectangles(seen: Mapping[str, Any]) -> Iterator[Rectangle]:
    """The rectangles to mask: marked elements, private stretches of text, and numbers cut up into several fields."""
    yield from seen["marked"]
    for run in seen["runs"]:
        for span in find_private(run["text"], label=run["label"]):
            if "whole" in run:
                yield run["whole"]
            else:
                yield from joined_lines(box for box in run["boxes"][span.start : span.end] if box)
    parts = [Part(text=run["text"], label=run["label"], box=_hull(run)) for run in seen["runs"]]
    yield from (list(part.box) for part in split_private(parts))


def _hull(run: Mapping[str, Any]) -> tuple[float, float, float, float]:
    boxes = [run["whole"]] if "whole" in run else [box for box in run["boxes"] if box]
    left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right, bottom = max(box[0] + box[2] for box in boxes), max(box[1] + box[3] for box in boxes)
    return (left, top, right - left, bottom - top)


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


def _box(rectangle: Sequence[float], corner: Corner) -> Box:
    left, top, width, height = rectangle
    return Box(
        x=round(left + corner[0]) - MARGIN,
        y=round(top + corner[1]) - MARGIN,
        width=round(width) + 2 * MARGIN,
        height=round(height) + 2 * MARGIN,
    )
