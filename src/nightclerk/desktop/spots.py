"""Which of the places that fit is the one that is meant: pure decisions over boxes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nightclerk.desktop.match import MARGIN
from nightclerk.desktop.tree import Node
from nightclerk.errors import ElementAmbiguous
from nightclerk.ports import Box

#: What stands beside something may reach into it by so many pixels (borders, shadows).
_OVERLAP = 4


@dataclass(frozen=True, kw_only=True)
class Spot:
    """One place on the screen that fits a way. `score` is 1.0 but for pictures; `node`: found in the tree."""

    box: Box
    score: float = 1.0
    node: Node | None = None
    text: str = ""  # as OCR read it

    @property
    def words(self) -> str:
        """For messages and the journal."""
        return f"{self.score:.3f} at {self.box.x},{self.box.y}"


def fitting(spots: Sequence[Spot], threshold: float) -> list[Spot]:
    """Those that are good enough to be counted."""
    return [spot for spot in spots if spot.score >= threshold]


def decide(spots: Sequence[Spot], threshold: float, *, element: str) -> Spot | None:
    """The best of `spots` (best first); None when none is good enough. ElementAmbiguous when a second is as good."""
    if not spots or spots[0].score < threshold:
        return None
    rivals = [spot for spot in spots if spots[0].score - spot.score < MARGIN]
    if len(rivals) > 1:
        first, second = (spot.words for spot in rivals[:2])
        raise ElementAmbiguous(element=element, count=len(rivals), first=first, second=second)
    return spots[0]


def beside(spots: Sequence[Spot], how: str, anchor: Box) -> list[Spot]:
    """The spots that stand `near`, `right_of` or `below` another thing, of which only the nearest can be meant."""
    if how == "near":
        distances = [(_distance(spot.box, anchor), spot) for spot in spots]
    else:
        stands = _right_of if how == "right_of" else _below
        distances = [(gap, spot) for spot in spots if (gap := stands(spot.box, anchor)) is not None]
    nearest = min((distance for distance, _ in distances), default=0)
    return [spot for distance, spot in distances if distance <= nearest + 1]


def middle(box: Box) -> tuple[int, int]:
    """The point in the middle of a box."""
    return box.x + box.width // 2, box.y + box.height // 2


def within(spots: Sequence[Spot], area: Box) -> list[Spot]:
    """The spots whose middle lies in an area."""
    return [spot for spot in spots if holds(area, middle(spot.box))]


def holds(area: Box, point: tuple[int, int]) -> bool:
    """Whether a point lies in an area."""
    x, y = point
    return area.x <= x < area.x + area.width and area.y <= y < area.y + area.height


def _right_of(box: Box, anchor: Box) -> float | None:
    """How far to the right of an anchor on the same line; None when it stands elsewhere."""
    gap = box.x - (anchor.x + anchor.width)
    return max(0, gap) if gap >= -_OVERLAP and _shared(box.y, box.height, anchor.y, anchor.height) else None


def _below(box: Box, anchor: Box) -> float | None:
    gap = box.y - (anchor.y + anchor.height)
    return max(0, gap) if gap >= -_OVERLAP and _shared(box.x, box.width, anchor.x, anchor.width) else None


def _shared(start: int, length: int, other: int, other_length: int) -> bool:
    """Whether two stretches share at least half of the shorter one."""
    common = min(start + length, other + other_length) - max(start, other)
    return common * 2 >= min(length, other_length)


def _distance(box: Box, anchor: Box) -> float:
    """The distance between the edges of two boxes; 0 when they touch."""
    across = max(anchor.x - box.x - box.width, box.x - anchor.x - anchor.width, 0)
    along = max(anchor.y - box.y - box.height, box.y - anchor.y - anchor.height, 0)
    return float((across**2 + along**2) ** 0.5)
