"""Ask a page about one element in a single round trip; Playwright's own `evaluate` takes three."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import FloatRect, Locator

from nightclerk.web.scripts import script


def ask(locator: Locator, question: str, argument: Any = None) -> Any:
    """What the function `question` (JavaScript source, of element and argument) answers about the locator's element.

    Where it is not exactly one element just now, Playwright's own way follows: it waits, and says what is wrong.
    """
    at_once = f"(nodes, argument) => nodes.length === 1 ? [({question})(nodes[0], argument)] : []"
    answers = locator.evaluate_all(at_once, argument)
    return answers[0] if answers else locator.evaluate(question, argument)


#: Where an element stands on the page (by its own frame, and the frames around it while they are of one origin), and
#: whether nothing lies over its middle; it is not scrolled to.
_STAND = f"""element => {{
  const box = element.getBoundingClientRect();
  let [left, top, inside] = [box.left, box.top, window];
  while (inside !== window.top) {{
    let frame = null;
    try {{ frame = inside.frameElement; }} catch {{ return null; }}
    if (!frame) return null;
    const outer = frame.getBoundingClientRect();
    left += outer.left + frame.clientLeft;
    top += outer.top + frame.clientTop;
    inside = inside.parent;
  }}
  const middle = {{ x: box.left + box.width / 2, y: box.top + box.height / 2 }};
  const shows = middle.x >= 0 && middle.y >= 0 && middle.x < innerWidth && middle.y < innerHeight;
  const clear = window === window.top && shows && !({script("cover")})(element, middle).cover;
  return {{ box: {{ x: left, y: top, width: box.width, height: box.height }}, clear }};
}}"""


@dataclass(frozen=True, kw_only=True)
class Stand:
    """Where an element stands; `clear`: nothing lies over its middle just now, which is known to be in view."""

    box: FloatRect | None
    clear: bool = False


def stand_of(locator: Locator) -> Stand:
    """How the locator's one element stands on the page."""
    told = ask(locator, _STAND)
    if told and told["box"]["width"]:
        return Stand(box=told["box"], clear=told["clear"])
    return Stand(box=locator.bounding_box(timeout=1000))
