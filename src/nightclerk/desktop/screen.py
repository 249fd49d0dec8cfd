"""Look at the screen: grab it or a part of it, and load the pictures that selectors name."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from nightclerk.errors import WorkspaceError
from nightclerk.ports import Box


class Screen:
    """The screen that DISPLAY names (Linux) or the main screen, as RGB arrays."""

    def __init__(self) -> None:
        import mss

        self._mss = mss.MSS()

    def grab(self, box: Box | None = None) -> Any:
        """Height x width x 3, RGB; the whole screen or the part of `box` that lies on it."""
        import cv2
        import numpy as np

        whole = self._mss.monitors[0]
        area: Any = whole if box is None else _on_screen(box, whole)
        shot = self._mss.grab(area)
        pixels = np.frombuffer(shot.raw, dtype=np.uint8).reshape(shot.height, shot.width, 4)
        return cv2.cvtColor(pixels, cv2.COLOR_BGRA2RGB)

    def close(self) -> None:
        self._mss.close()


def _on_screen(box: Box, whole: Any) -> dict[str, int]:
    left, top = max(0, box.x), max(0, box.y)
    right = min(whole["width"], box.x + box.width)
    bottom = min(whole["height"], box.y + box.height)
    return {"left": left, "top": top, "width": max(1, right - left), "height": max(1, bottom - top)}


@cache
def picture(path: Path) -> Any:
    """A picture file as an RGB array; a missing, unreadable or flat one is the author's fault."""
    import cv2
    import numpy as np

    from nightclerk.desktop.match import is_flat

    data = np.frombuffer(path.read_bytes(), dtype=np.uint8) if path.is_file() else None
    image = cv2.imdecode(data, cv2.IMREAD_COLOR) if data is not None and data.size else None
    if image is None:
        remedy = "Cut it again with `python -m nightclerk.desktop.cut`."
        raise WorkspaceError(where=str(path), expected="a picture (PNG) that a selector names", remedy=remedy)
    if is_flat(image):
        remedy = "Cut a larger part with text or an edge in it."
        raise WorkspaceError(where=str(path), expected="a picture with structure; this one is flat", remedy=remedy)
    return cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
