"""Ask a page about one element beside its own scripts; Playwright's `evaluate` costs many times as much."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import FloatRect, Locator

from nightclerk.web.marks import ask_marked, mark
from nightclerk.web.scripts import script


def ask(locator: Locator, question: str, argument: Any = None) -> Any:
    """What the function `question` (JavaScript source, of element and argument) answers about the locator's element.

    Where it is not exactly one element just now, Playwright's own way follows: it waits, and says what is wrong.
    """
    fits, turn = mark(locator, "asked")
    one = f"(nodes, argument) => ({question})(nodes[0], argument)"
    answers = ask_marked(locator.page, "asked", turn, one, argument) if fits == 1 else []
    return answers[0] if answers else locator.evaluate(question, argument)


#: Where an element stands on the page (by its own frame, and the frames around it while they are of one origin), and
#: whether nothing lies over its middle; it is not scrolled to.
STAND = f"""element => {{
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
    return _stand(ask(locator, STAND)) or Stand(box=locator.bounding_box(timeout=1000))


def told_stand(told: Mapping[str, Any], locator: Locator) -> Stand:
    """`stand_of`, where the page has told it already."""
    return _stand(told) or stand_of(locator)


def _stand(told: Mapping[str, Any] | None) -> Stand | None:
    return Stand(box=told["box"], clear=told["clear"]) if told and told["box"]["width"] else None
