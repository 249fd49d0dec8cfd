"""Tick a box or choose a radio, also one that its label draws over: what the mouse hits then is the drawing."""

from __future__ import annotations

from playwright.sync_api import Locator

#: Whether the middle of a box is covered by a part of its own label, which ticks it as well.
DRAWN_OVER = """box => {
  const place = box.getBoundingClientRect();
  const hit = box.getRootNode().elementFromPoint(place.x + place.width / 2, place.y + place.height / 2);
  return !!hit && hit !== box && [...(box.labels || [])].some(label => label.contains(hit));
}"""


def tick(target: Locator, on: bool) -> None:
    """Leave a box ticked or not. What else than its label covers a box stops the act, as it stops a person."""
    if target.evaluate(DRAWN_OVER) and target.is_checked() != on:
        target.click(force=True)
    target.set_checked(on)
