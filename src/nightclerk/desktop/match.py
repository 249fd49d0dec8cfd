"""Find a small picture on a screen: one unique best place, or a reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from nightclerk.ports import Box

#: A picture must have some structure: on a flat one every place of a flat screen fits.
FLAT_BELOW = 6.0
#: The best place must be so much better than the next one.
MARGIN = 0.02
#: What stands out from the picture's background by so much brightness (0-255) is its ink.
INK = 30
#: Mean difference of the ink that still is the same thing; the grey text of a disabled twin differs by more.
SHADE = 40.0


@dataclass(frozen=True, kw_only=True)
class Match:
    """One place where the picture fits. `score` is 1.0 for an exact fit."""

    box: Box
    score: float


def is_flat(needle: Any) -> bool:
    """Whether a picture is too plain to be searched for."""
    return float(_gray(needle).std()) < FLAT_BELOW


def matches(screen: Any, needle: Any, *, threshold: float = 0.9, at_most: int = 8) -> list[Match]:
    """Places where `needle` fits `screen` (RGB or gray arrays), best first; the twin in other shades is none."""
    import cv2
    import numpy as np

    hay, small = _gray(screen), _gray(needle)
    height, width = small.shape
    if hay.shape[0] < height or hay.shape[1] < width or is_flat(small):
        return []
    scores = cv2.matchTemplate(hay, small, cv2.TM_CCOEFF_NORMED)
    scores[~np.isfinite(scores)] = -1.0
    found: list[Match] = []
    for _ in range(at_most * 2):
        _, score, _, (x, y) = cv2.minMaxLoc(scores)
        if score < threshold or len(found) == at_most:
            break
        if _same_shade(hay[y : y + height, x : x + width], small):
            found.append(Match(box=Box(x=int(x), y=int(y), width=width, height=height), score=float(score)))
        half_h, half_w = max(1, height // 2), max(1, width // 2)
        scores[max(0, y - half_h) : y + half_h + 1, max(0, x - half_w) : x + half_w + 1] = -1.0
    return found


def unique(found: list[Match]) -> Match | None:
    """The best match if it stands alone: no second one within the margin."""
    if not found or (len(found) > 1 and found[0].score - found[1].score < MARGIN):
        return None
    return found[0]


def _same_shade(patch: Any, needle: Any) -> bool:
    """Whether the ink of two pictures of one shape is equally dark; the correlation alone ignores contrast."""
    import numpy as np

    ink = np.abs(needle.astype(np.int16) - np.median(needle)) > INK
    difference = np.abs(patch.astype(np.int16) - needle)
    return float((difference[ink] if ink.any() else difference).mean()) <= SHADE


def _gray(picture: Any) -> Any:
    import cv2

    return picture if picture.ndim == 2 else cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
