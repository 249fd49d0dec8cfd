"""Move things with the mouse: onto another element, or by a distance, in steps as a hand would."""

from __future__ import annotations

from playwright.sync_api import Locator

#: A drag that jumps is not seen as one by pages that follow the mouse.
STEPS = 12


def drag(source: Locator, *, target: Locator | None, offset: tuple[int, int]) -> None:
    """Press on the middle of `source`, move to the middle of `target` or by `offset` pixels, and let go."""
    if target is not None:
        source.drag_to(target, steps=STEPS)
        return
    source.scroll_into_view_if_needed()
    source.hover()
    box = source.bounding_box() or {"x": 0, "y": 0, "width": 0, "height": 0}
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    mouse = source.page.mouse
    mouse.move(x, y)
    mouse.down()
    mouse.move(x + offset[0], y + offset[1], steps=STEPS)
    mouse.up()
