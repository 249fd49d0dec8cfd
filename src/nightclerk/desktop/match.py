"""Find a small picture on a screen: one unique best place, or a reason why there is none.

The correlation alone is easily fooled: it ignores contrast (a disabled twin fits perfectly), colour, and one character
of many. So a place counts only if its ink is of the same shade and every part of the picture fits by itself.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nightclerk.ports import Box

#: A picture must have some structure: on a flat one every place of a flat screen fits.
FLAT_BELOW = 6.0
#: The best place must be so much better than the next one.
MARGIN = 0.02
#: Places worse than this are not even kept as the runner-up.
FLOOR = 0.6
#: What stands out from the picture's background by so much brightness (0-255) is its ink.
INK = 30
#: Mean difference of the ink that still is the same thing; the grey text of a disabled twin differs by more.
SHADE = 40.0
#: Each part of a picture, about one character wide, must fit so well by itself.
PART = 0.6
#: A place on the picture of half the size may score so much less: its pixels fall differently.
_COARSE = 0.35
#: Smaller pictures lose their structure at half the size and are looked for at full size at once.
_COARSE_FROM_PX = 16
_MOST_PLACES = 40


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
    hay, small = _gray(screen), _gray(needle)
    height, width = small.shape
    if hay.shape[0] < height or hay.shape[1] < width or is_flat(small):
        return []
    found: list[Match] = []
    for x, y, score in sorted(_places(hay, small, threshold), key=lambda place: -place[2]):
        box = Box(x=x, y=y, width=width, height=height)
        if len(found) < at_most and not any(_over(box, other.box) for other in found) and _same(screen, needle, box):
            found.append(Match(box=box, score=score))
    return found


def unique(found: list[Match], *, threshold: float = 0.0) -> Match | None:
    """The best match if it is good enough and stands alone: no second one, however good, within the margin."""
    if not found or found[0].score < threshold or rival(found) is not None:
        return None
    return found[0]


def rival(found: list[Match]) -> Match | None:
    """The second place that is too like the best one for either to be believed."""
    return found[1] if len(found) > 1 and found[0].score - found[1].score < MARGIN else None


def _places(hay: Any, small: Any, threshold: float) -> Iterator[tuple[int, int, float]]:
    """(x, y, score) of the peaks: those of a picture of half the size (a quarter of the work), looked at closely."""
    import cv2

    height, width = small.shape
    if min(height, width) < _COARSE_FROM_PX:
        yield from _peaks(hay, small, threshold)
        return
    half_hay, half_small = (cv2.resize(one, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA) for one in (hay, small))
    for half_x, half_y, _ in _peaks(half_hay, half_small, max(0.2, threshold - _COARSE)):
        left, top = max(0, half_x * 2 - 2), max(0, half_y * 2 - 2)
        part = hay[top : top + height + 5, left : left + width + 5]
        if part.shape[0] >= height and part.shape[1] >= width:
            x, y, score = next(_peaks(part, small, -1.0))
            if score >= threshold:
                yield left + x, top + y, score


def _peaks(hay: Any, small: Any, threshold: float) -> Iterator[tuple[int, int, float]]:
    """The places that fit best, one by one; half a picture around each is left out for the next."""
    import cv2
    import numpy as np

    height, width = small.shape
    scores = cv2.matchTemplate(hay, small, cv2.TM_CCOEFF_NORMED)
    scores[~np.isfinite(scores)] = -1.0
    half_h, half_w = max(1, height // 2), max(1, width // 2)
    for _ in range(_MOST_PLACES):
        _, score, _, (x, y) = cv2.minMaxLoc(scores)
        if score < threshold:
            return
        yield int(x), int(y), float(score)
        scores[max(0, y - half_h) : y + half_h + 1, max(0, x - half_w) : x + half_w + 1] = -2.0


def _same(screen: Any, needle: Any, box: Box) -> bool:
    patch = screen[box.y : box.y + box.height, box.x : box.x + box.width]
    return _same_shade(patch, needle) and _every_part_fits(_gray(patch), _gray(needle))


def _same_shade(patch: Any, needle: Any) -> bool:
    """Whether the ink of two pictures of one shape is equally dark and of one colour."""
    import numpy as np

    gray = _gray(needle).astype(np.int16)
    ink = np.abs(gray - np.median(gray)) > INK
    difference = np.abs(patch.astype(np.int16) - needle)
    if difference.ndim == 3:
        difference = difference.max(axis=2)
    return float((difference[ink] if ink.any() else difference).mean()) <= SHADE


def _every_part_fits(patch: Any, small: Any) -> bool:
    """Whether each stretch of the picture, as wide as it is high, fits by itself: one other character is told by it."""
    import numpy as np

    height, width = small.shape
    count = max(1, round(width / max(8, height)))
    edges = [round(width * n / count) for n in range(count + 1)]
    for left, right in itertools.pairwise(edges):
        mine, other = small[:, left:right].astype(np.float32), patch[:, left:right].astype(np.float32)
        if mine.std() < FLAT_BELOW:
            if float(np.abs(mine - other).mean()) > SHADE:
                return False
        elif _correlation(mine, other) < PART:
            return False
    return True


def _correlation(one: Any, other: Any) -> float:
    import numpy as np

    first, second = one - one.mean(), other - other.mean()
    spread = float(np.sqrt((first**2).sum() * (second**2).sum()))
    return float((first * second).sum()) / spread if spread else 0.0


def _over(one: Box, other: Box) -> bool:
    return abs(one.x - other.x) <= one.width // 2 and abs(one.y - other.y) <= one.height // 2


def _gray(picture: Any) -> Any:
    import cv2

    return picture if picture.ndim == 2 else cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
